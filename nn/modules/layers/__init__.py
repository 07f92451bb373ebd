"""Layers under PyTorch's names: Linear, norms, convolutions, recurrent layers, activations as modules."""
