"""Bell curves and their integrals on Python floats, accurate far out in their tails.

The trouble in the tails is the exponent: x·x rounded is off by half an ulp of x·x, and exp() makes
a relative error of the absolute error of its argument, hundreds of ulp at x = 25. So squares are taken
exactly, as a sum of two floats (Dekker 1971), and the second enters as a first-order correction.

The integrals go through Mills' ratio, the tail of the normal distribution over its density:

    Φ(-t) = exp(-t²/2) / √(2π) / (t + K(t)),    K(0) = √(2/π), falling like 1/t.

The fewer roundings the better, so 1/√(2π) is taken into the exponent, and K is a constant plus a
small rest: rounding the rest hardly matters in the sum with t.

Glossary: ``square + low`` is x·x exactly; a tail is ``bell / (t + constant + rest)``.
"""

import math

__all__ = ["erfc", "gaussian", "gelu", "ndtr", "sech2"]

_ROOT_2 = math.sqrt(2.0)
_ROOT_HALF = math.sqrt(0.5)

_LOG_ROOT_PI = (0.5723649429247001, 5.132975581353913e-18)  # twice the digits, as sums of two floats
_LOG_ROOT_2_PI = (0.9189385332046728, -3.8782941580672414e-17)
_K_1 = 0.525  # K(1.00068), the constant part of K
_K_1_OVER_ROOT_2 = 0.37123106012293744


def gaussian(x: float, k: float = 1.0) -> float:
    """The bell curve exp(-k·x²).

    Args:
        x: any number.
        k: a power of two, so that multiplying by it is exact; 0.5 for the normal density. Any other
            positive number costs digits in the tail.

    >>> gaussian(0.0), gaussian(26.0), gaussian(1e200, 0.5)
    (1.0, 2.6117417612840555e-294, 0.0)
    """
    square, low = exact_square(x)
    exponent = -k * square
    if exponent < -760.0:  # also where the square has overflowed
        return 0.0
    if exponent > 709.0:
        return math.inf
    value = math.exp(exponent)
    return value - value * (k * low)


def sech2(x: float) -> float:
    """1 / cosh(x)², the derivative of tanh; far out, where 1 - tanh(x)² would be 0, too.

    >>> sech2(0.0), sech2(20.0), sech2(1000.0)
    (1.0, 1.6993417021166355e-17, 0.0)
    """
    size = abs(x)
    if size > 350.0:  # the square of exp(size) may overflow, the result underflow
        half = 2.0 * math.exp(-size)
        return half * half
    growth = math.exp(2.0 * size)
    return 4.0 / (growth + (2.0 + 1.0 / growth))


def erfc(x: float) -> float:
    """1 - erf(x), with all its digits where that is tiny.

    >>> erfc(0.0), erfc(10.0), erfc(-10.0)
    (1.0, 2.088487583762545e-45, 2.0)
    """
    if not 0.5 < x < 28.0:
        return math.erfc(x)
    bell, error = _exp_minus_square(x, 1.0, *_LOG_ROOT_PI)
    total = x + _K_1_OVER_ROOT_2
    rest = (_K_1_OVER_ROOT_2 - (total - x)) + _ROOT_HALF * _k_rest(_ROOT_2 * x)
    return bell / (total + (rest - (total + rest) * error))


def ndtr(x: float) -> float:
    """Φ(x), the normal distribution function: the probability that a standard normal variable is below x.

    >>> ndtr(0.0), ndtr(-12.0), ndtr(12.0)
    (0.5, 1.7764821120776787e-33, 1.0)
    """
    if not x < -0.5:
        return 0.5 * math.erfc(-_ROOT_HALF * x)
    if x < -40.0:
        return 0.0
    bell, rest = _normal_tail(-x)
    total = _K_1 - x
    return bell / (total + (rest + (_K_1 - (total + x))))


def gelu(x: float) -> float:
    """x·Φ(x), the Gaussian error linear unit in its exact form; its limit 0 at -inf.

    >>> gelu(0.0), gelu(1.0), gelu(-12.0), gelu(-1000.0)
    (0.0, 0.841344746068543, -2.1317785344932147e-32, 0.0)
    """
    if not x < -0.5:
        return x * (0.5 * math.erfc(-_ROOT_HALF * x))
    if x < -40.0:
        return 0.0
    bell, rest = _normal_tail(-x)
    return bell / ((_K_1 + rest) / x - 1.0)


def _normal_tail(t: float) -> tuple[float, float]:
    """The bell and the rest of Φ(-t) = bell / (t + 0.525 + rest), for 0.5 <= t <= 40."""
    bell, error = _exp_minus_square(t, 0.5, *_LOG_ROOT_2_PI)
    rest = _k_rest(t)
    return bell, rest - (t + _K_1 + rest) * error


def _exp_minus_square(x: float, k: float, first: float, second: float) -> tuple[float, float]:
    """b and e of exp(-k·x² - first - second) = b · (1 + e), for k a power of two and x > 0 below 1e100."""
    exponent, error = minus_square(x, k, first, second)
    return math.exp(exponent), error


# The following serve arrays too: arithmetic alone, with all numbers in place.


def exact_square(x: float) -> tuple[float, float]:
    """x·x exactly: rounded, and what the rounding lost (Dekker 1971)."""
    square = x * x
    upper = x * 134217729.0  # 2**27 + 1
    upper -= upper - x  # the upper half of the digits of x
    lower = x - upper
    return square, ((upper * upper - square) + 2.0 * upper * lower) + lower * lower


def minus_square(x: float, k: float, first: float, second: float) -> tuple[float, float]:
    """-k·x² - first - second exactly, for k a power of two: rounded, and what the rounding lost."""
    square, low = exact_square(x)
    square = -k * square
    exponent = square - first
    kept = exponent - square
    lost = (square - (exponent - kept)) - (first + kept)  # Knuth's exact sum
    return exponent, lost - second - k * low


def _k_rest(t: float) -> float:
    """K(t) - 0.525 for 0.5 <= t <= 40, within 4e-18·(t + K(t)) but for rounding.

    That over t - 1.00068, its root, is a rational function that meets it at 20 Chebyshev points of
    (t - 4) / (t + 4), found with 80 digits.
    """
    p = 1.029312291617171e-05 + t * 3.6871471136482743e-07
    p = 0.0012687719994663854 + t * (0.0001428143073076245 + t * p)
    p = 0.03538081334477329 + t * (0.007882987895508278 + t * p)
    p = 0.2600176253003088 + t * (0.11470276682457146 + t * p)
    p = 0.2726992393515104 + t * (0.3774630308882702 + t * p)
    q = 2.0240897845320104e-05 + t * 7.023137359340288e-07
    q = 0.0026960344394942235 + t * (0.00029096207091558327 + t * q)
    q = 0.08490023962354458 + t * (0.017655059701232764 + t * q)
    q = 0.7917280864170827 + t * (0.3028733685408183 + t * q)
    q = 1.7164787000372559 + t * (1.456509339311369 + t * q)
    return (1.0006795818409318 - t) * p / (1.0 + t * q)
