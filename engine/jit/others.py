"""Other numbers for the second look at a function: mildly changed first, then of either sign, large, and
zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Change", "changes_for", "dealt_anew"]

Numbers = np.ndarray[Any, np.dtype[np.float64]]

_LARGE = 20_000  # nodes from which one further run must do

Change = Callable[[Numbers, np.random.Generator], Numbers]


def _nearby(x: Numbers, rng: np.random.Generator) -> Numbers:
    return np.asarray(
        x * (1.0 + 0.3 * rng.uniform(-1.0, 1.0, x.shape)) + 1e-3 * rng.uniform(-1.0, 1.0, x.shape)
    )


def _either_sign(x: Numbers, rng: np.random.Generator) -> Numbers:
    size = rng.uniform(0.5, 1.5, x.shape) * rng.choice([-1.0, 1.0], x.shape)
    return np.asarray(x * size + 0.1 * rng.uniform(-1.0, 1.0, x.shape))


def _turned(x: Numbers, rng: np.random.Generator) -> Numbers:
    return np.asarray(-1.7 * x - 0.3 * rng.uniform(0.0, 1.0, x.shape))


def _large(x: Numbers, rng: np.random.Generator) -> Numbers:
    return np.asarray(60.0 * x + 7.0 * rng.uniform(-1.0, 1.0, x.shape))


def _zero(x: Numbers, rng: np.random.Generator) -> Numbers:
    return np.zeros_like(x)


def changes_for(size: int) -> tuple[Change, ...]:
    """The ways in which numbers are changed: mildly first, as a loop that waits for a number may never
    end."""
    if size > _LARGE:
        return (_either_sign,)
    return (_nearby, _either_sign, _turned, _large, _zero)


def dealt_anew(x: Numbers, rng: np.random.Generator) -> Numbers:
    """Whole numbers changed for others of their range: indices stay indices."""
    low, high = int(x.min()), int(x.max())
    if low == high:
        return np.full_like(x, low - 1 if low > 0 and rng.random() < 0.5 else low + 1)
    return np.asarray(rng.integers(low, high + 1, x.shape), dtype=float)
