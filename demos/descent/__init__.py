"""Gradient descent: landscapes, batch sizes and the update rule."""
