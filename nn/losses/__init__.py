"""Loss functions of predictions and targets, and a table of them by name.

Predictions and targets are numbers and Values in lists, tuples or arrays, nested alike; an axis of length
1 may be left out (four predictions go with targets of shape (4, 1)). With numbers alone the result is a
float. y are predictions, t targets; N counts all elements, n the samples (the outermost sequence).

====================================  =======================================================
``error``                             Σ(t - y) / N
``absolute_error``                    Σ|t - y| / N
``squared_error``                     Σ(t - y)²
``mse``                               Σ(t - y)² / N
``half_squared_error``                ½·Σ(t - y)²
``quadratic_cost``                    Σ‖t - y‖² / (2n)
``binary_cross_entropy``              -Σ(t·log p + (1 - t)·log(1 - p)) / N
``binary_cross_entropy_with_logits``  the same of p = sigmoid(z), from z
``categorical_cross_entropy``         -Σ log p[t] / n
``cross_entropy``                     the same of p = softmax(z), from z
``huber``                             Σ h(t - y) / N, h(d) = d²/2 within ±delta, else delta·(|d| - delta/2)
``smooth_l1``                         the same over delta, which is called beta
``negative_log_likelihood``           -Σ q[t] / n, from log-probabilities q
``kl_divergence``                     Σ t·(log t - q) / n, from log-probabilities q
``poisson_nll``                       Σ(exp(z) - t·z) / N, of counts t
``hinge``                             Σ max(0, 1 - t·s) / N
``soft_margin``                       Σ log(1 + exp(-t·s)) / N
``hinge_embedding``                   Σ(d where t is +1, else max(0, margin - d)) / N
====================================  =======================================================

As modules with ``reduction="mean"``, ``"sum"`` or ``"none"`` they have PyTorch's names: ``nn.MSELoss()``, see
:mod:`nn.losses.modules`.

The result is a Value to call ``backward()`` on. Targets that are numbers are checked, but no formula branches
on them, except to find a class by its index.
"""

from __future__ import annotations

from nn.losses.binary import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    hinge,
    hinge_embedding,
    soft_margin,
)
from nn.losses.categorical import categorical_cross_entropy, cross_entropy, negative_log_likelihood
from nn.losses.likelihood import kl_divergence, poisson_nll
from nn.losses.regression import (
    absolute_error,
    error,
    half_squared_error,
    huber,
    mse,
    quadratic_cost,
    smooth_l1,
    squared_error,
)
from nn.losses.row import LOSSES, Loss, as_loss

__all__ = [
    "LOSSES",
    "Loss",
    "absolute_error",
    "as_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "categorical_cross_entropy",
    "cross_entropy",
    "error",
    "half_squared_error",
    "hinge",
    "hinge_embedding",
    "huber",
    "kl_divergence",
    "mse",
    "negative_log_likelihood",
    "poisson_nll",
    "quadratic_cost",
    "smooth_l1",
    "soft_margin",
    "squared_error",
]
