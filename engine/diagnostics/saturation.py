"""Finds functions that saturate, and their largest derivative, from their rows.

A function is S-shaped here where it is flat far out on both sides, at different heights: sigmoid, tanh, erf,
atan, a clip. Nothing is kept by hand, so a new row is recognised.
"""

from __future__ import annotations

from functools import lru_cache

from engine.ops.op import Op

__all__ = ["SATURATED", "saturated", "steepest"]

SATURATED = 0.05
"""A node is saturated where its local gradient is below this share of the steepest: tanh beyond ±2.2."""

_FAR = 1e3
_FLAT = 1e-3
_GRID = [i / 16 for i in range(-160, 161)]


@lru_cache(maxsize=1024)
def steepest(row: Op) -> float | None:
    """The largest derivative of an S-shaped function; None for any other row.

    >>> from engine.ops import find
    >>> steepest(find("sigmoid")), steepest(find("tanh")), steepest(find("relu")), steepest(find("sin"))
    (0.25, 1.0, None, None)
    """
    if row.arity != 1 or not row.partials:
        return None
    low, high = row.forward(-_FAR), row.forward(_FAR)
    rise = abs(high - low)
    bounded = all(abs(row.forward(1e3 * x) - y) < _FLAT * rise for x, y in ((-_FAR, low), (_FAR, high)))
    largest = max(abs(_derivative(row, x)) for x in _GRID)
    flat = all(abs(_derivative(row, x)) < _FLAT * largest for x in (-_FAR, _FAR))
    return largest if bounded and flat else None


def saturated(row: Op, local_grad: float) -> bool | None:
    """Whether a node is saturated, by its operator and local gradient; None where that is not S-shaped.

    >>> from engine.ops import find
    >>> saturated(find("tanh"), 0.01), saturated(find("tanh"), 0.5), saturated(find("relu"), 0.0)
    (True, False, None)
    """
    most = steepest(row)
    return None if most is None else abs(local_grad) < SATURATED * most


def _derivative(row: Op, x: float) -> float:
    return row.local_gradients(row.forward(x), [x])[0]
