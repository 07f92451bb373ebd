"""Division, powers, rounding, comparing and choosing on Python floats, with IEEE 754's answers.

Nothing here raises for any float. Where Python would, the answer is that of IEEE 754: an
infinity, with its sign, or nan. Comparisons are numbers, 1.0 and 0.0, so that formulas can
multiply by them.
"""

import math

__all__ = [
    "divide",
    "power",
    "mod",
    "floor_divide",
    "floor",
    "ceil",
    "rint",
    "sign",
    "step",
    "minimum",
    "maximum",
    "clip",
    "where",
    "greater",
    "greater_equal",
    "equal",
]

_INF = math.inf
_NAN = math.nan


def divide(a: float, b: float) -> float:
    """The quotient ``a / b``; division by zero gives an infinity with IEEE's sign, and 0/0 nan.

    >>> divide(1.0, 4.0), divide(1.0, 0.0), divide(1.0, -0.0), divide(0.0, 0.0)
    (0.25, inf, -inf, nan)
    """
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0.0 or a != a:
            return _NAN
        return math.copysign(_INF, a) * math.copysign(1.0, b)


def power(x: float, y: float) -> float:
    """The power ``x ** y`` of IEEE 754's pow: 1 for ``y = 0`` whatever x, nan instead of a complex number.

    A pole at zero keeps the sign of the zero for odd powers, as an overflow keeps that of x.

    >>> power(2.0, -1.0), power(0.0, -1.0), power(-0.0, -1.0), power(0.0, 0.0)
    (0.5, inf, -inf, 1.0)
    >>> power(-8.0, 1 / 3), power(-10.0, 309.0)
    (nan, -inf)
    """
    try:
        return math.pow(x, y)
    except OverflowError:
        return -_INF if x < 0.0 and y % 2.0 == 1.0 else _INF
    except ValueError:
        if x != 0.0:
            return _NAN
        return math.copysign(_INF, x) if y % 2.0 == 1.0 else _INF


def mod(a: float, b: float) -> float:
    """The remainder of ``a / b`` with the sign of b, as Python and NumPy have it; nan for ``b = 0``.

    >>> mod(7.0, 3.0), mod(-7.0, 3.0), mod(7.0, -3.0), mod(7.0, 0.0)
    (1.0, 2.0, -2.0, nan)
    """
    try:
        return a % b
    except ZeroDivisionError:
        return _NAN


def floor_divide(a: float, b: float) -> float:
    """``a // b`` as a float: the integral quotient that leaves ``mod(a, b)``; a/b for b = 0.

    >>> floor_divide(7.0, 2.0), floor_divide(-7.0, 2.0), floor_divide(1.0, 0.1), floor_divide(1.0, 0.0)
    (3.0, -4.0, 9.0, inf)
    """
    if b == 0.0:
        return divide(a, b)
    return a // b


def floor(x: float) -> float:
    """The largest integer not above x, as a float; infinities and nan stay.

    >>> floor(2.7), floor(-2.7), floor(1e300), floor(-float("inf"))
    (2.0, -3.0, 1e+300, -inf)
    """
    whole = x // 1.0
    return whole if whole == whole else x  # inf // 1.0 is nan


def ceil(x: float) -> float:
    """The smallest integer not below x, as a float; infinities and nan stay.

    >>> ceil(2.3), ceil(-2.7), ceil(1e300), ceil(float("inf"))
    (3.0, -2.0, 1e+300, inf)
    """
    whole = -(-x // 1.0)
    return whole if whole == whole else x


def rint(x: float) -> float:
    """The integer closest to x, the even one of two, as a float; infinities and nan stay.

    >>> rint(2.4), rint(2.5), rint(-0.3), rint(1e300)
    (2.0, 2.0, -0.0, 1e+300)
    """
    if not abs(x) < 4503599627370496.0:  # an integer from 2**52 on
        return x
    return math.copysign((abs(x) + 4503599627370496.0) - 4503599627370496.0, x)


def sign(x: float) -> float:
    """-1, 0 or 1 as x is negative, zero or positive; nan for nan.

    >>> sign(-3.0), sign(-0.0), sign(2.5), sign(float("nan"))
    (-1.0, 0.0, 1.0, nan)
    """
    if x > 0.0:
        return 1.0
    if x < 0.0:
        return -1.0
    return 0.0 if x == 0.0 else x


def step(x: float, threshold: float = 0.0) -> float:
    """1 where x lies above the threshold, else 0: a perceptron's activation; nan for nan.

    >>> step(0.3), step(0.0), step(0.3, 0.5)
    (1.0, 0.0, 0.0)
    """
    if x > threshold:
        return 1.0
    return 0.0 if x == x else x


def minimum(a: float, b: float) -> float:
    """The smaller of two numbers; nan if either is nan, as NumPy has it.

    >>> minimum(2.0, -1.0), minimum(1.0, float("nan"))
    (-1.0, nan)
    """
    return a if a <= b or a != a else b


def maximum(a: float, b: float) -> float:
    """The larger of two numbers; nan if either is nan, as NumPy has it.

    >>> maximum(2.0, -1.0), maximum(1.0, float("nan"))
    (2.0, nan)
    """
    return a if a >= b or a != a else b


def clip(x: float, low: float, high: float) -> float:
    """The number of the interval that is closest to x: ``minimum(maximum(x, low), high)``; nan for nan.

    >>> clip(0.3, -1.0, 1.0), clip(-7.0, -1.0, 1.0), clip(7.0, -1.0, 1.0)
    (0.3, -1.0, 1.0)
    """
    if low <= x <= high:
        return x
    return minimum(maximum(x, low), high)


def where(condition: float, a: float, b: float) -> float:
    """The number a where the condition is not zero, else b.

    >>> where(1.0, 2.0, 3.0), where(0.0, 2.0, 3.0)
    (2.0, 3.0)
    """
    return a if condition != 0.0 else b


def greater(a: float, b: float) -> float:
    """1 if ``a > b``, else 0.

    >>> greater(2.0, 1.0), greater(1.0, 1.0)
    (1.0, 0.0)
    """
    return 1.0 if a > b else 0.0


def greater_equal(a: float, b: float) -> float:
    """1 if ``a >= b``, else 0.

    >>> greater_equal(1.0, 1.0), greater_equal(1.0, 2.0)
    (1.0, 0.0)
    """
    return 1.0 if a >= b else 0.0


def equal(a: float, b: float) -> float:
    """1 if ``a == b``, else 0; nan equals nothing.

    >>> equal(1.0, 1.0), equal(1.0, 2.0), equal(float("nan"), float("nan"))
    (1.0, 0.0, 0.0)
    """
    return 1.0 if a == b else 0.0
