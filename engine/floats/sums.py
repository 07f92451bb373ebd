"""Operators over sequences of Python floats: sums, products, extremes, logsumexp.

Sums run from left to right, as a loop in C does. Python's own ``sum`` compensates from 3.12 on, and
gives other bits before. Where a sum or a product leaves the range of floats although its factors do
not, it is done once more without that limit.
"""

import builtins
import math
from collections.abc import Sequence
from functools import reduce
from operator import add, mul

__all__ = ["dot", "log_softmax_first", "logsumexp", "max", "mean", "min", "norm", "prod", "sum"]

_SMALLEST_NORMAL = 2.0**-1022


def sum(xs: Sequence[float]) -> float:
    """The sum, from left to right; 0 of none.

    >>> sum((0.1, 0.2, 0.3)), sum((1e308, 1e308, -1e308)), sum(())
    (0.6000000000000001, 1e+308, 0.0)
    """
    total = reduce(add, xs, 0.0)
    return total if math.isfinite(total) else _unlimited_dot(xs, [1.0] * len(xs))


def mean(xs: Sequence[float]) -> float:
    """The arithmetic mean.

    Raises:
        ValueError: there are no numbers.

    >>> mean((1.0, 2.0, 4.5)), mean((1e308, 1e308))
    (2.5, 1e+308)
    """
    if not xs:
        raise _empty("mean")
    count = len(xs)
    total = reduce(add, xs, 0.0)
    return total / count if math.isfinite(total) else _unlimited_dot(xs, [1.0] * count, count)


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """The sum of the products of the numbers of two sequences of one length, from left to right; 0 of none.

    >>> dot((1.0, 2.0), (3.0, 0.5)), dot((1e200, 1e200), (1e200, -1e200))
    (4.0, 0.0)
    """
    total = reduce(add, map(mul, a, b), 0.0)
    return total if math.isfinite(total) else _unlimited_dot(a, b)


def prod(xs: Sequence[float]) -> float:
    """The product; 1 of none. No partial product overflows or underflows if the whole does not.

    >>> prod((2.0, 3.0, 0.5)), prod((1e200, 1e200, 1e-200, 1e-100)), prod(())
    (3.0, 1e+100, 1.0)
    """
    product = 1.0
    for x in xs:
        product *= x
        if -_SMALLEST_NORMAL < product < _SMALLEST_NORMAL:
            break
    else:
        if math.isfinite(product):
            return product
    mantissa, exponent = 1.0, 0
    for x in xs:
        mantissa, shift = math.frexp(mantissa * math.frexp(x)[0])
        exponent += shift + math.frexp(x)[1]
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.copysign(math.inf, mantissa)


def norm(xs: Sequence[float]) -> float:
    """The length sqrt(x1**2 + … + xn**2); 0 of none. No square overflows or underflows on the way.

    As with ``hypot``, an infinite number makes it inf, also beside nan. At 0 its second derivatives are
    infinite, so that those of a squared norm are nan there: write ``dot(xs, xs)``.

    >>> norm((3.0, 4.0, 12.0)), norm((3e-200, 4e-200)), norm((-1e308,)), norm(())
    (13.0, 5e-200, 1e+308, 0.0)
    """
    return math.hypot(*xs)


def max(xs: Sequence[float]) -> float:
    """The largest number; nan if any is nan.

    Raises:
        ValueError: there are no numbers.

    >>> max((2.0, -3.0, 0.5)), max((1.0, math.nan))
    (2.0, nan)
    """
    if not xs:
        raise _empty("max")
    return math.nan if any(map(math.isnan, xs)) else builtins.max(xs)


def min(xs: Sequence[float]) -> float:
    """The smallest number; nan if any is nan.

    Raises:
        ValueError: there are no numbers.

    >>> min((2.0, -3.0, 0.5)), min((1.0, math.nan))
    (-3.0, nan)
    """
    if not xs:
        raise _empty("min")
    return math.nan if any(map(math.isnan, xs)) else builtins.min(xs)


def logsumexp(xs: Sequence[float]) -> float:
    """log(e**x1 + … + e**xn), computed as the largest x plus what the others add to it.

    Raises:
        ValueError: there are no numbers.

    >>> logsumexp((0.0, 0.0)), logsumexp((1000.0, 0.0)), logsumexp((0.0, -40.0))
    (0.6931471805599453, 1000.0, 4.248354255291589e-18)
    """
    if not xs:
        raise _empty("logsumexp")
    largest = builtins.max(xs)
    if not math.isfinite(largest):
        return math.nan if any(map(math.isnan, xs)) else largest
    return largest + math.log1p(_others(xs, largest))


def log_softmax_first(xs: Sequence[float]) -> float:
    """x1 - logsumexp(x1, …, xn), the logarithm of the first softmax, with its digits also near 0.

    As in PyTorch it is nan where any number is inf, or all are -inf.

    Raises:
        ValueError: there are no numbers.

    >>> log_softmax_first((0.0, 0.0)), log_softmax_first((1000.0, 0.0)), log_softmax_first((40.0, 0.0))
    (-0.6931471805599453, 0.0, -4.248354255291589e-18)
    """
    if not xs:
        raise _empty("log_softmax")
    largest = builtins.max(xs)
    if not math.isfinite(largest):
        return math.nan
    return (xs[0] - largest) - math.log1p(_others(xs, largest))


def _others(xs: Sequence[float], largest: float) -> float:
    """The sum of exp(x - largest) without the term of the largest, which is 1."""
    place = xs.index(largest)
    others = (*xs[:place], *xs[place + 1 :])
    total = 0.0
    for x in others:
        total += math.exp(x - largest)
    if not 0.0 < total < 0.25:
        return total
    # The exponents are large enough for their rounding to cost digits: add what it lost.
    total = 0.0
    for x in others:
        exponent = x - largest
        if term := math.exp(exponent):
            kept = exponent - x
            lost = (x - (exponent - kept)) - (largest + kept)  # Knuth's exact sum
            total += term + term * lost
    return total


def _unlimited_dot(a: Sequence[float], b: Sequence[float], count: int = 1) -> float:
    """The sum of products, divided by count, as if there were no largest float; rounded once, at the end."""
    pairs = list(zip(a, b, strict=True))
    if infinite := [x * y for x, y in pairs if not (math.isfinite(x) and math.isfinite(y))]:
        return reduce(add, infinite)  # however large the finite rest is
    from fractions import Fraction  # slow to import, and seldom needed

    exact = reduce(add, (Fraction(x) * Fraction(y) for x, y in pairs), Fraction()) / count
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def _empty(name: str) -> ValueError:
    return ValueError(f"{name}() of no numbers has no value; pass at least one")
