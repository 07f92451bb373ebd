"""Optimisers whose steps are scaled by the gradients so far, each parameter by its own."""
