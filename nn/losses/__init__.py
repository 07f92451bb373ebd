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
``hinge``                             Σ max(0, 1 - t·s) / N
====================================  =======================================================

The result is a Value to call ``backward()`` on. Targets that are numbers are checked, but no formula branches
on them, except to find a class by its index.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.quoting import brief
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
from nn.losses.row import Loss

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
    "mse",
    "quadratic_cost",
    "squared_error",
]

_ROWS = (
    Loss("error", error, "mean"),
    Loss("absolute_error", absolute_error, "mean"),
    Loss("squared_error", squared_error, "sum"),
    Loss("mse", mse, "mean"),
    Loss("half_squared_error", half_squared_error, "sum"),
    Loss("quadratic_cost", quadratic_cost, "mean"),
    Loss("binary_cross_entropy", binary_cross_entropy, "mean", checks_targets=True),
    Loss(
        "binary_cross_entropy_with_logits",
        binary_cross_entropy_with_logits,
        "mean",
        checks_targets=True,
        signed=True,
    ),
    Loss("categorical_cross_entropy", categorical_cross_entropy, "mean", checks_targets=True),
    Loss("cross_entropy", cross_entropy, "mean", checks_targets=True),
    Loss("hinge", hinge, "mean", checks_targets=True, signed=True),
)

LOSSES: dict[str, Loss | Callable[[Any, Any], Any]] = {row.name: row for row in _ROWS}
"""The losses by name. A row or a function added here can be named in :func:`nn.fit`."""


def as_loss(given: str | Loss | Callable[[Any, Any], Any]) -> Loss:
    """Find the row of a loss: by its name or function; any other function gets a row of its own.

    Raises:
        ValueError: the name is unknown.
        TypeError: it is neither a name nor a function.

    >>> as_loss("hinge").signed, as_loss(mse).reduction, as_loss(max)
    (True, 'mean', Loss(name='max', function=<built-in function max>, ...))
    """
    if isinstance(given, Loss):
        return given
    rows = {name: row if isinstance(row, Loss) else Loss(name, row) for name, row in LOSSES.items()}
    if isinstance(given, str):
        if given not in rows:
            raise ValueError(
                f"no loss is called {brief(given)}; there are {', '.join(rows)}, or give a function"
            )
        return rows[given]
    known = (row for row in rows.values() if row.function is given)
    name = str(getattr(given, "__name__", type(given).__name__))
    return next(known, None) or Loss(name, given)
