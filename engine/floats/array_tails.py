"""The error function and the normal distribution on arrays, accurate far out in their tails.

The same formulas as of :mod:`engine.floats.tails` on numbers, where it is told how they come about. Near the
middle, where those ask the ``math`` module, stands a polynomial. Nothing branches: what a number has no use
for is computed of a number nearby, and passed over.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.floats.tails import _k_rest, exact_square, minus_square

__all__ = ["TAIL_FUNCTIONS"]


def gaussian(x: Any, k: float) -> Any:
    """exp(-k·x²), for k a power of two."""
    square, low = exact_square(x)
    value, error = np.exp(-k * square), k * low
    return np.where(np.isfinite(error), value * (1.0 - error), value)


def exp_minus_square(x: Any, k: float, first: float, second: float) -> Any:
    """b and e of exp(-k·x² - first - second) = b · (1 + e), for k a power of two."""
    exponent, error = minus_square(x, k, first, second)
    return np.exp(exponent), error


def erf_near_zero(x: Any) -> Any:
    """erf(x) for -0.5 <= x <= 0.5: a polynomial that meets it at 9 Chebyshev points of x²."""
    z = x * x
    p = 1.4725865480556744e-06 * z - 1.4845849259707869e-05
    for coefficient in (
        0.00012053335124353741,
        -0.0008548297753674966,
        0.00522397737302147,
        -0.026866170632887928,
        0.11283791670925353,
        -0.37612638903183476,
    ):
        p *= z
        p += coefficient
    return x * (1.1283791670955126 + z * p)


def erfc(x: Any) -> Any:
    """1 - erf(x)."""
    size = np.minimum(np.maximum(np.abs(x), 0.5), 40.0)
    bell, error = exp_minus_square(size, 1.0, 0.5723649429247001, 5.132975581353913e-18)
    total = size + 0.37123106012293744
    rest = (0.37123106012293744 - (total - size)) + 0.7071067811865476 * _k_rest(1.4142135623730951 * size)
    tail = bell / (total + (rest - (total + rest) * error))
    return np.where(x > 0.5, tail, np.where(x < -0.5, 2.0 - tail, 1.0 - erf_near_zero(x)))


def erf(x: Any) -> Any:
    """The error function."""
    size = np.minimum(np.maximum(np.abs(x), 0.5), 40.0)
    rest = 0.7071067811865476 * _k_rest(1.4142135623730951 * size)
    tail = np.exp(-0.5723649429247001 - size * size) / (size + (0.37123106012293744 + rest))
    return np.where(np.abs(x) > 0.5, np.copysign(1.0 - tail, x), erf_near_zero(x))


def ndtr(x: Any) -> Any:
    """The normal distribution function."""
    t = np.minimum(np.maximum(np.abs(x), 0.5), 40.0)
    bell, error = exp_minus_square(t, 0.5, 0.9189385332046728, -3.8782941580672414e-17)
    rest = _k_rest(t)
    rest -= (t + 0.525 + rest) * error
    total = 0.525 + t
    tail = bell / (total + (rest + (0.525 - (total - t))))
    middle = 0.5 + 0.5 * erf_near_zero(0.7071067811865476 * x)
    return np.where(x < -0.5, tail, np.where(x > 0.5, 1.0 - tail, middle))


TAIL_FUNCTIONS = (
    *(_k_rest, exact_square, minus_square),
    *(gaussian, exp_minus_square, erf_near_zero, erf, erfc, ndtr),
)
"""The functions, each behind those that it calls."""
