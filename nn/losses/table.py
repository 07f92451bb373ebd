"""The table of losses by name, and what finds a row in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.quoting import brief
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
from nn.losses.row import Loss

__all__ = ["LOSSES", "as_loss"]

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
    Loss("categorical_cross_entropy", categorical_cross_entropy, "mean", checks_targets=True, by_class=True),
    Loss("cross_entropy", cross_entropy, "mean", checks_targets=True, by_class=True),
    Loss("huber", huber, "mean"),
    Loss("smooth_l1", smooth_l1, "mean"),
    Loss("negative_log_likelihood", negative_log_likelihood, "mean", checks_targets=True, by_class=True),
    Loss("hinge", hinge, "mean", checks_targets=True, signed=True),
    Loss("soft_margin", soft_margin, "mean", checks_targets=True, signed=True),
    Loss("hinge_embedding", hinge_embedding, "mean", checks_targets=True),
    Loss("kl_divergence", kl_divergence, "mean", checks_targets=True, by_class=True),
    Loss("poisson_nll", poisson_nll, "mean", checks_targets=True),
)

LOSSES: dict[str, Loss | Callable[[Any, Any], Any]] = {row.name: row for row in _ROWS}
"""The losses by name. A row or a function added here can be named in :func:`nn.fit`."""


def as_loss(given: str | Loss | Callable[[Any, Any], Any]) -> Loss:
    """Find the row of a loss: by its name, function or module; any other function gets a row of its own.

    Raises:
        ValueError: the name is unknown.
        TypeError: it is neither a name nor a function.

    >>> from nn.losses import mse
    >>> as_loss("hinge").signed, as_loss(mse).reduction, as_loss(max)
    (True, 'mean', Loss(name='max', function=<built-in function max>, ...))
    """
    if isinstance(given, Loss):
        return given
    if isinstance(given, type) and isinstance(getattr(given, "source", None), Loss):
        given = given()  # the class of a loss as a module
    row = getattr(given, "row", None)
    if isinstance(row, Loss):  # a loss as a module
        return row
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
