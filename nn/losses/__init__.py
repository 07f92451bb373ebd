"""Losses: how far predictions are from their targets, as one Value to call ``backward()`` on.

Predictions and targets are numbers and Values in lists, tuples or arrays, nested alike; an axis of length
1 may be left out (four predictions go with targets of shape (4, 1)). With numbers alone the result is a
float. y are predictions, t targets; N counts all elements, n the samples (the outermost sequence).

=================================  ==========================================================
``error``                          Σ(t - y) / N
``absolute_error``                 Σ|t - y| / N
``squared_error``                  Σ(t - y)²
``mse``                            Σ(t - y)² / N
``half_squared_error``             ½·Σ(t - y)²
``quadratic_cost``                 Σ‖t - y‖² / (2n)
``binary_cross_entropy``           -Σ(t·log p + (1 - t)·log(1 - p)) / N
``binary_cross_entropy_with_…``    the same of p = sigmoid(z), from z
``categorical_cross_entropy``      -Σ log p[t] / n
``cross_entropy``                  the same of p = softmax(z), from z
``hinge``                          Σ max(0, 1 - t·s) / N
=================================  ==========================================================

Where it is a mean, the step size need not change with the number of samples. Targets that are numbers are
checked, but no formula here branches on them, except to find a class by its index.
"""

from nn.losses.binary import binary_cross_entropy, binary_cross_entropy_with_logits, hinge
from nn.losses.categorical import categorical_cross_entropy, cross_entropy
from nn.losses.regression import (
    absolute_error,
    error,
    half_squared_error,
    mse,
    quadratic_cost,
    squared_error,
)
from nn.losses.table import LOSSES, Loss, loss_function

__all__ = [
    "LOSSES",
    "Loss",
    "absolute_error",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "categorical_cross_entropy",
    "cross_entropy",
    "error",
    "half_squared_error",
    "hinge",
    "loss_function",
    "mse",
    "quadratic_cost",
    "squared_error",
]
