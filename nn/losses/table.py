"""The losses by name."""

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

__all__ = ["LOSSES", "Loss", "loss_function"]

Loss = str | Callable[[Any, Any], Any]
"""A loss as a person gives it: a name in the table, or a function of predictions and targets."""

LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "error": error,
    "absolute_error": absolute_error,
    "squared_error": squared_error,
    "mse": mse,
    "half_squared_error": half_squared_error,
    "quadratic_cost": quadratic_cost,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "categorical_cross_entropy": categorical_cross_entropy,
    "cross_entropy": cross_entropy,
    "hinge": hinge,
}
"""The losses by name. A function added here can be named in :func:`nn.fit`."""


def loss_function(loss: Loss) -> Callable[[Any, Any], Any]:
    """The function that a loss names, or that it is.

    Raises:
        ValueError: no loss is called that.
        TypeError: it is neither a name nor a function.

    >>> loss_function("mse")([1.0], [3.0])
    4.0
    """
    if isinstance(loss, str):
        if loss not in LOSSES:
            raise ValueError(
                f"no loss is called {brief(loss)}; there are {', '.join(LOSSES)}, or give a function"
            )
        return LOSSES[loss]
    if not callable(loss):
        raise TypeError(
            f"loss must be a name or a function of predictions and targets, got {brief(loss)} of type "
            f"{type(loss).__name__}"
        )
    return loss
