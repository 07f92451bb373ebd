"""The activation functions of neurons on Python floats: no overflow, and digits kept in the tails.

``gelu`` stands with the normal distribution in ``tails``, ``tanh`` with the elementary functions.
"""

import math

__all__ = ["elu", "leaky_relu", "log_sigmoid", "relu", "sigmoid", "silu", "softplus"]

_SHIFT, _SHIFT_BACK = 50.0, math.exp(-50.0)  # of the exponents at which exp() would lose digits to underflow


def sigmoid(x: float) -> float:
    """The logistic function 1 / (1 + e**-x).

    >>> sigmoid(0.0), sigmoid(-740.0), sigmoid(-1000.0), sigmoid(1000.0)
    (0.5, 4.2e-322, 0.0, 1.0)
    """
    if x < -2.0:  # a term less a small one is rounded less than a quotient, and exp(-x) may overflow
        decay = math.exp(x)
        return decay - decay * decay / (1.0 + decay)
    return 1.0 / (1.0 + math.exp(-x))


def log_sigmoid(x: float) -> float:
    """The logarithm of the logistic function, also where that is 0 or 1 in floats.

    >>> log_sigmoid(0.0), log_sigmoid(-1000.0), log_sigmoid(40.0)
    (-0.6931471805599453, -1000.0, -4.248354255291589e-18)
    """
    if x >= 0.0:
        return -math.log1p(math.exp(-x))
    return x - math.log1p(math.exp(x))


def softplus(x: float) -> float:
    """log(1 + e**x), a smooth relu.

    >>> softplus(0.0), softplus(1000.0), softplus(-40.0)
    (0.6931471805599453, 1000.0, 4.248354255291589e-18)
    """
    if x <= 0.0:
        return math.log1p(math.exp(x))
    return x + math.log1p(math.exp(-x))


def silu(x: float) -> float:
    """x·sigmoid(x), also called swish; its limit 0 at -inf.

    >>> silu(0.0), silu(-40.0), silu(1000.0), silu(-math.inf)
    (0.0, -1.6993417021166355e-16, 1000.0, 0.0)
    """
    if x < -708.0:  # exp(-x) may overflow; from -760 on the value is 0
        return x * math.exp(x + _SHIFT) * _SHIFT_BACK if x > -760.0 else 0.0
    return x / (1.0 + math.exp(-x))


def relu(x: float) -> float:
    """The positive part of x; nan for nan.

    >>> relu(2.5), relu(-2.5), relu(math.nan)
    (2.5, 0.0, nan)
    """
    if x > 0.0:
        return x
    return 0.0 if x == x else x


def leaky_relu(x: float, alpha: float = 0.01) -> float:
    """x where positive, else alpha·x.

    >>> leaky_relu(2.5), leaky_relu(-2.0, 0.1)
    (2.5, -0.2)
    """
    return x if x > 0.0 else alpha * x


def elu(x: float, alpha: float = 1.0) -> float:
    """x where positive, else alpha·(e**x - 1): the exponential linear unit.

    >>> elu(2.5), elu(-1000.0), elu(-1e-20, 2.0)
    (2.5, -1.0, -2e-20)
    """
    return x if x > 0.0 else alpha * math.expm1(x)
