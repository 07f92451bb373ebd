"""Gradients: the backward sweep, hooks, and what records or does not."""
