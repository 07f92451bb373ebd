"""What the table's rows should give, from mpmath: the value to many digits, its differences for the partials.

A row says how NumPy computes it (``row.numpy``). Run on a stand-in for NumPy whose functions are mpmath's,
that line gives the value to any precision, and central differences of it give the partials, without the row's
``forward`` and ``partials``, which are under test. So a new row brings its own oracle.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from mpmath import mp, mpc, mpf

from engine.ops.op import Op

DIGITS = 720
"""Enough for sin(1e308), and for cos(1e-320), which a step of 1e-360 changes by 1e-680."""

STEP = mpf(10) ** -40


def _real(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of mpmath on numbers and object arrays, nan where its result is not real."""

    def on_numbers(*operands: Any) -> Any:
        try:
            result = function(*operands)
        except (ZeroDivisionError, ValueError):
            return mp.nan
        return mp.nan if isinstance(result, mpc) else result

    def call(*operands: Any) -> Any:
        if any(isinstance(x, np.ndarray) for x in operands):
            return np.frompyfunc(on_numbers, len(operands), 1)(*operands)
        return on_numbers(*operands)

    return call


def _log1p(x: Any) -> Any:
    return x if x == 0 else mp.log(1 + x)


def _sum_of_exponentials(a: Any, b: Any) -> Any:
    return mp.log(mp.exp(a) + mp.exp(b))


_IN_MPMATH: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "absolute": abs,
    "add": lambda a, b: a + b,
    "arctan2": mp.atan2,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "copysign": lambda a, b: abs(a) if b >= 0 else -abs(a),
    "deg2rad": mp.radians,
    "divide": lambda a, b: a / b,
    "equal": lambda a, b: a == b,
    "erfc": lambda x: mp.erfc(x) if abs(x) < 1e6 else 1 - mp.sign(x),  # mpmath cannot count that far
    "exp2": lambda x: mpf(2) ** x,
    "floor_divide": lambda a, b: mp.floor(a / b),
    "fmod": lambda a, b: mp.sign(a) * (abs(a) % abs(b)),
    "heaviside": lambda x, at_zero: mpf(x > 0) if x != 0 else mpf(at_zero),
    "log1p": _log1p,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "logaddexp": _sum_of_exponentials,
    "maximum": lambda a, b: max(a, b),
    "minimum": lambda a, b: min(a, b),
    "multiply": lambda a, b: a * b,
    "ndtr": mp.ncdf,
    "negative": lambda x: -x,
    "positive": lambda x: x,
    "rad2deg": mp.degrees,
    "reciprocal": lambda x: 1 / x,
    "remainder": lambda a, b: a % b,
    "rint": mp.nint,
    "sinc": mp.sincpi,
    "square": lambda x: x * x,
    "subtract": lambda a, b: a - b,
    "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
}
"""NumPy's functions that mpmath knows under another name or takes another way."""


class MpNumpy:
    """NumPy, computing in mpmath: its own functions for the shape of things, mpmath's for the numbers."""

    def __getattr__(self, name: str) -> Any:
        short = "a" + name[3:] if name.startswith("arc") else name
        function = _IN_MPMATH.get(name) or getattr(mp, short, None)
        return getattr(np, name) if function is None else _real(function)


def value(row: Op, operands: Sequence[Any]) -> mpf:
    """The value of a row at operands of any precision."""
    exact = [mpf(x) for x in operands]
    if row.arity is None:
        array = np.empty(len(exact), dtype=object)
        array[:] = exact
        exact = [array]
    rule = row.numpy if callable(row.numpy) else lambda xp, *xs: getattr(xp, row.numpy)(*xs)
    result = rule(MpNumpy(), *exact)
    return mpf(result.item() if isinstance(result, np.ndarray) else result)


def partial(row: Op, operands: Sequence[Any], *which: int) -> mpf:
    """The derivative of a row by the operands at the given positions: two positions, a second derivative."""
    if not which:
        return value(row, operands)
    first, *rest = which
    x = mpf(operands[first])
    h = STEP * min(abs(x), 1) if x else STEP

    def moved(to: mpf) -> list[Any]:
        return [*operands[:first], to, *operands[first + 1 :]]

    return (partial(row, moved(x + h), *rest) - partial(row, moved(x - h), *rest)) / (2 * h)


def as_float(number: mpf) -> float:
    """The nearest float."""
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)


def ulps(found: float, exact: mpf) -> float:
    """How far a float is from the exact number, in units of the last place of the float nearest to that."""
    expected = as_float(exact)
    if not (math.isfinite(expected) and math.isfinite(found)):
        return 0.0 if str(found) == str(expected) else math.inf
    return float(abs(mpf(found) - exact) / mpf(math.ulp(expected)))
