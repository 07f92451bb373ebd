"""Exponentials, logarithms, roots, trigonometric and hyperbolic functions on Python floats.

The functions of the ``math`` module, except that none of them raises: at a pole stands the signed
infinity, beyond an overflow too, and outside the domain nan. They are as accurate as the C library
(within 1 ulp of the true value for most, 2.3 for the hyperbolic ones in glibc), but for ``cbrt``,
which glibc gets wrong by up to 4 ulp, and ``hypot``, of which Python and C have each their own.
"""

import math
from math import asinh, atan, atan2, erf, tanh

__all__ = [
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "sqrt",
    "cbrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "erf",
    "hypot",
]  # atan, atan2, tanh, asinh and erf never raise: they are the math module's own

_INF = math.inf
_NAN = math.nan


def exp(x: float) -> float:
    """The exponential e**x; inf above 709.78.

    >>> exp(1.0), exp(1000.0), exp(-1000.0)
    (2.718281828459045, inf, 0.0)
    """
    try:
        return math.exp(x)
    except OverflowError:
        return _INF


def exp2(x: float) -> float:
    """The power 2**x; inf from 1024 on.

    >>> exp2(10.0), exp2(1024.0)
    (1024.0, inf)
    """
    try:
        return math.exp2(x)
    except OverflowError:
        return _INF


def expm1(x: float) -> float:
    """e**x - 1, without the cancellation near 0; inf above 709.78.

    >>> expm1(1e-20), expm1(-40.0), expm1(1000.0)
    (1e-20, -1.0, inf)
    """
    try:
        return math.expm1(x)
    except OverflowError:
        return _INF


def log(x: float) -> float:
    """The natural logarithm; -inf at 0, nan below.

    >>> log(1.0), log(0.0), log(-1.0)
    (0.0, -inf, nan)
    """
    try:
        return math.log(x)
    except ValueError:
        return -_INF if x == 0.0 else _NAN


def log2(x: float) -> float:
    """The logarithm to base 2; -inf at 0, nan below.

    >>> log2(8.0), log2(0.0), log2(-1.0)
    (3.0, -inf, nan)
    """
    try:
        return math.log2(x)
    except ValueError:
        return -_INF if x == 0.0 else _NAN


def log10(x: float) -> float:
    """The logarithm to base 10; -inf at 0, nan below.

    >>> log10(1000.0), log10(0.0), log10(-1.0)
    (3.0, -inf, nan)
    """
    try:
        return math.log10(x)
    except ValueError:
        return -_INF if x == 0.0 else _NAN


def log1p(x: float) -> float:
    """log(1 + x), without the cancellation near 0; -inf at -1, nan below.

    >>> log1p(1e-20), log1p(-1.0), log1p(-2.0)
    (1e-20, -inf, nan)
    """
    try:
        return math.log1p(x)
    except ValueError:
        return -_INF if x == -1.0 else _NAN


def sqrt(x: float) -> float:
    """The square root; nan below 0.

    >>> sqrt(2.25), sqrt(0.0), sqrt(-1.0)
    (1.5, 0.0, nan)
    """
    try:
        return math.sqrt(x)
    except ValueError:
        return _NAN


def cbrt(x: float) -> float:
    """The real cube root, of negative numbers too; within 0.7 ulp.

    One step of Newton's method from the C library's result, cut to 23 bits so that its square is
    exact; after FreeBSD's ``s_cbrt.c``.

    >>> cbrt(27.0), cbrt(-0.001), cbrt(0.0)
    (3.0, -0.1, 0.0)
    """
    root = math.cbrt(x)
    if root - root != 0.0 or root == 0.0:  # infinite, nan, zero
        return root
    shifted = root * 1073741825.0  # 2**30 + 1
    root = shifted - (shifted - root)
    quotient = x / (root * root)
    return root + root * ((quotient - root) / (root + root + quotient))


def sin(x: float) -> float:
    """The sine of an angle in radians; nan at infinity.

    >>> sin(0.0), sin(math.inf)
    (0.0, nan)
    """
    try:
        return math.sin(x)
    except ValueError:
        return _NAN


def cos(x: float) -> float:
    """The cosine of an angle in radians; nan at infinity.

    >>> cos(0.0), cos(math.inf)
    (1.0, nan)
    """
    try:
        return math.cos(x)
    except ValueError:
        return _NAN


def tan(x: float) -> float:
    """The tangent of an angle in radians; nan at infinity.

    >>> tan(0.0), tan(math.inf)
    (0.0, nan)
    """
    try:
        return math.tan(x)
    except ValueError:
        return _NAN


def asin(x: float) -> float:
    """The angle in [-π/2, π/2] with the sine x; nan beyond 1.

    >>> asin(1.0), asin(2.0)
    (1.5707963267948966, nan)
    """
    try:
        return math.asin(x)
    except ValueError:
        return _NAN


def acos(x: float) -> float:
    """The angle in [0, π] with the cosine x; nan beyond 1.

    >>> acos(0.0), acos(2.0)
    (1.5707963267948966, nan)
    """
    try:
        return math.acos(x)
    except ValueError:
        return _NAN


def sinh(x: float) -> float:
    """The hyperbolic sine; infinite, with the sign of x, beyond 710.48.

    >>> sinh(0.0), sinh(-1000.0)
    (0.0, -inf)
    """
    try:
        return math.sinh(x)
    except OverflowError:
        return math.copysign(_INF, x)


def cosh(x: float) -> float:
    """The hyperbolic cosine; inf beyond 710.48.

    >>> cosh(0.0), cosh(-1000.0)
    (1.0, inf)
    """
    try:
        return math.cosh(x)
    except OverflowError:
        return _INF


def acosh(x: float) -> float:
    """The number that is not negative with the hyperbolic cosine x; nan below 1.

    >>> acosh(1.0), acosh(0.0)
    (0.0, nan)
    """
    try:
        return math.acosh(x)
    except ValueError:
        return _NAN


def atanh(x: float) -> float:
    """The number with the hyperbolic tangent x; infinite at -1 and 1, nan beyond.

    >>> atanh(0.0), atanh(-1.0), atanh(2.0)
    (0.0, -inf, nan)
    """
    try:
        return math.atanh(x)
    except ValueError:
        return math.copysign(_INF, x) if abs(x) == 1.0 else _NAN


def hypot(a: float, b: float) -> float:
    """The root of a² + b², without overflow on the way; within 1 ulp.

    The root of the rounded sum, corrected; after Borges, "An improved algorithm for hypot(a, b)", 2019,
    arXiv:1904.09481, without fused operations. One infinite side makes it infinite, whatever the other is.

    >>> hypot(3.0, 4.0), hypot(1e200, 1e200), hypot(math.inf, math.nan), hypot(5e-324, 0.0)
    (5.0, 1.414213562373095e+200, inf, 5e-324)
    """
    x = abs(a)
    y = abs(b)
    if x == _INF or y == _INF:
        return _INF
    if y > x:
        x, y = y, x
    if y <= x * 1e-8:  # the smaller one is beyond the digits of the larger
        return x
    scale = 1.0
    if x > 1e150:
        scale = 4.149515568880993e180  # 2**600
    elif y < 1e-140:
        scale = 2.409919865102884e-181  # 2**-600
    x /= scale
    y /= scale
    root = math.sqrt(x * x + y * y)
    if root <= 2.0 * y:
        rest = root - y
        root -= (x * (2.0 * rest - x) + (rest - 2.0 * (x - y)) * rest) / (2.0 * root)
    else:
        rest = root - x
        root -= (2.0 * rest * (x - 2.0 * y) + (4.0 * rest - y) * y + rest * rest) / (2.0 * root)
    return root * scale
