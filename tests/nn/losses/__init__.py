"""Losses against PyTorch's figures, against formulas of many digits, and at the edges."""

from engine import Value


def as_values(tree):
    """Nested lists of numbers as nested lists of Values."""
    return [as_values(item) for item in tree] if isinstance(tree, list) else Value(tree)


def gradients(tree):
    """The gradients of nested lists of Values."""
    return [gradients(item) for item in tree] if isinstance(tree, list) else tree.grad
