"""Checks of gradients: finite differences, complex step, gradcheck."""
