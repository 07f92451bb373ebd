"""Checks the settings of an estimator, as they are when a training begins."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from engine.floats.validate import integer, non_negative
from nn.checks import above_zero, below_one, flag, one_of, up_to_one
from nn.modules.activations import ACTIVATIONS

__all__ = ["SKLEARN_NAMES", "checked_widths"]

SKLEARN_NAMES = {"identity": "linear", "logistic": "sigmoid"}
"""Activations that scikit-learn calls otherwise."""


_RULES = {
    "activation": one_of(*sorted({*ACTIVATIONS, *SKLEARN_NAMES})),
    "solver": one_of("lbfgs", "sgd", "adam"),
    "learning_rate": one_of("constant", "invscaling", "adaptive"),
    **dict.fromkeys(("alpha", "power_t", "tol"), non_negative),
    **dict.fromkeys(("learning_rate_init", "epsilon"), above_zero),
    **dict.fromkeys(("validation_fraction", "beta_1", "beta_2"), below_one),
    "momentum": up_to_one,
    **dict.fromkeys(("max_iter", "max_fun"), integer),
    **dict.fromkeys(("shuffle", "warm_start", "nesterovs_momentum", "early_stopping"), flag),
}


def checked_widths(estimator: Any) -> tuple[int, ...]:
    """The widths of the hidden layers.

    Raises:
        ValueError, TypeError: a setting of the estimator is wrong; the message names it.
    """
    for name, check in _RULES.items():
        check(name, getattr(estimator, name))
    if estimator.n_iter_no_change != math.inf:
        integer("n_iter_no_change", estimator.n_iter_no_change)
    if estimator.batch_size != "auto":
        integer("batch_size", estimator.batch_size)
    sizes = estimator.hidden_layer_sizes
    sizes = tuple(sizes) if isinstance(sizes, Iterable) and not isinstance(sizes, str) else (sizes,)
    return tuple(integer("hidden_layer_sizes", size) for size in sizes)
