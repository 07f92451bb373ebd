"""Functions that NumPy lacks, and those that keep the digits of far tails, on arrays.

A program is given those that it names, and the file that it writes of itself holds their text: they need
NumPy and ``math`` only, and none calls another. Where no number is in a tail, that costs a look at the
smallest or largest one.
"""

import math

import numpy as np

__all__ = ["SPECIAL"]


def erf(x):
    """The error function."""
    return np.vectorize(math.erf, otypes=[float])(x)


def erfc(x):
    """1 - erf(x)."""
    return np.vectorize(math.erfc, otypes=[float])(x)


def ndtr(x):
    """The normal distribution function."""
    return 0.5 * np.vectorize(math.erfc, otypes=[float])(-math.sqrt(0.5) * x)


def sigmoid(x):
    """1 / (1 + exp(-x)), also where exp(-x) overflows."""
    y = np.asarray(1.0 / (1.0 + np.exp(-x)))
    if y.min() < 1e-300:
        y = np.where(x < -650.0, np.exp(x), y)
    return y


def silu(x):
    """x / (1 + exp(-x)), also where exp(-x) overflows."""
    y = x / (1.0 + np.exp(-x))
    if x.min() < -650.0:
        y = np.where(x < -650.0, x * np.exp(x + 50.0) * math.exp(-50.0), y)
    return y


def sech2(x):
    """1 / cosh(x)**2, also where that overflows."""
    return np.square(1.0 / np.cosh(x))


def tanh_slope(y, x):
    """The derivative 1 - y**2 of y = tanh(x), also where y is nearly 1."""
    slope = np.asarray(1.0 - y * y)
    if slope.min() < 0.01:
        decay = np.exp(-2.0 * np.abs(x))
        slope = np.where(slope < 0.01, 4.0 * decay / np.square(1.0 + decay), slope)
    return slope


def sigmoid_slope(y, x):
    """The derivative y * (1 - y) of y = sigmoid(x), also where y is nearly 1."""
    slope = y * (1.0 - y)
    if y.max() > 0.99:
        decay = np.exp(-np.abs(x))
        slope = np.where(y > 0.99, decay / np.square(1.0 + decay), slope)
    return slope


def power_slope(y, x, n):
    """The derivative n * x**(n - 1) of y = x**n, by a division where y has all its digits."""
    size = np.abs(y)
    slope = n * (y / x)
    if not size.min() > 1e-290:
        slope = np.where(size > 1e-290, slope, n * np.power(x, n - 1.0))
    return slope


def others(e, xs):
    """Along the first axis, the sum of e = exp(xs - max(xs)) without the 1 of the largest."""
    rest = e.sum(axis=0) - 1.0
    if not rest.min() > 0.01:
        place = np.arange(len(xs)).reshape(-1, *[1] * (xs.ndim - 1))
        rest = np.where(place == xs.argmax(axis=0), 0.0, e).sum(axis=0)
    return rest


def prod(xs):
    """The product along the first axis, also where a product of some of them leaves the range of floats."""
    sizes = np.abs(np.multiply.accumulate(xs, axis=0))
    product = np.multiply.reduce(xs, axis=0)
    ordinary = (sizes >= 2.0**-1022) & (sizes < np.inf)
    if not ordinary.all():
        mantissas, exponents = np.frexp(xs)
        mantissa, exponent = np.frexp(np.ones(product.shape))
        for factor, power in zip(mantissas, exponents, strict=True):
            mantissa, shift = np.frexp(mantissa * factor)
            exponent = exponent + shift + power
        product = np.where(ordinary.all(axis=0), product, np.ldexp(mantissa, exponent))
    return product


def products_of_the_others(xs):
    """Along the first axis, the products of all but one."""
    before, after = np.ones((2, *xs.shape))
    np.multiply.accumulate(xs[:-1], axis=0, out=before[1:])
    np.multiply.accumulate(xs[:0:-1], axis=0, out=after[-2::-1])
    return before * after


SPECIAL = {
    function.__name__: function
    for function in (
        erf,
        erfc,
        ndtr,
        sigmoid,
        silu,
        sech2,
        tanh_slope,
        sigmoid_slope,
        power_slope,
        others,
        prod,
        products_of_the_others,
    )
}
"""The functions by name."""
