"""Rows on arrays where NumPy has no name for them, or loses digits in far tails.

Lifted programs call these functions, and the files that they write of themselves hold the text of those
called: they need NumPy and ``math`` only. Where no number is in a tail, that costs a look at the smallest or
largest one. Functions over sequences work along the first axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.floats.array_tails import TAIL_FUNCTIONS, erf, erfc, gaussian, ndtr

__all__ = ["ARRAY_FUNCTIONS", "PARTIALS_OF_NUMBERS", "erf", "erfc", "gaussian", "ndtr"]


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), also where exp(-x) overflows."""
    y = np.exp(-x)
    y += 1.0
    np.divide(1.0, y, out=y)
    if not y.min() > 1e-300:
        y = np.where(x < -650.0, np.exp(x), y)
    return y


def silu(x: Any) -> Any:
    """x / (1 + exp(-x)), also where exp(-x) overflows."""
    y = x / (1.0 + np.exp(-x))
    if not x.min() > -650.0:
        y = np.where(x < -650.0, x * np.exp(x + 50.0) * math.exp(-50.0), y)
    return y


def sech2(x: Any) -> Any:
    """1 / cosh(x)**2, also where that overflows."""
    return np.square(1.0 / np.cosh(x))


def tanh_partial(y: Any, x: Any) -> Any:
    """The derivative 1 - y**2 of y = tanh(x), also where y is nearly 1."""
    partial = y * y
    np.subtract(1.0, partial, out=partial)
    if not partial.min() > 0.001:
        tail = partial < 0.001
        far = x[tail] if x.shape == tail.shape else np.broadcast_to(x, tail.shape)[tail]
        decay = np.exp(-2.0 * np.abs(far))
        partial[tail] = 4.0 * decay / np.square(1.0 + decay)
    return partial


def sigmoid_partial(y: Any, x: Any) -> Any:
    """The derivative y * (1 - y) of y = sigmoid(x), also where y is nearly 1."""
    partial = 1.0 - y
    np.multiply(y, partial, out=partial)
    if not y.max() < 0.999:
        tail = y > 0.999
        far = x[tail] if x.shape == tail.shape else np.broadcast_to(x, tail.shape)[tail]
        decay = np.exp(-far)
        partial[tail] = decay / np.square(1.0 + decay)
    return partial


def log_partial(x: Any) -> Any:
    """The derivative 1 / x of y = log(x); nan where that is."""
    partial = 1.0 / (x + 0.0)
    if not x.min() >= 0.0:
        partial = np.where(x >= 0.0, partial, np.nan)
    return partial


def power_partial(y: Any, x: Any, n: float) -> Any:
    """The derivative n * x**(n - 1) of y = x**n, by a division where y has all its digits."""
    size = np.abs(y)
    partial = n * (y / x)
    if not size.min() > 1e-290:
        partial = np.where(size > 1e-290, partial, np.where(size >= 0.0, n * np.power(x, n - 1.0), y))
    return partial


# -- over sequences -----------------------------------------------------------------------------------------


def shares_of_extremes(xs: Any, y: Any, g: Any) -> Any:
    """The gradients of y = max(xs) or min(xs), of which g arrives: shared by those that are y."""
    chosen = xs == y
    return chosen * (g / chosen.sum(axis=0))


def norm(xs: Any, out: Any) -> None:
    """The Euclidean norm."""
    np.hypot.reduce(xs, axis=0, initial=0.0, out=out)


def prod(xs: Any, out: Any) -> None:
    """The product, also where a product of some leaves the range of floats."""
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
    out[...] = product


def gradients_of_prod(xs: Any, y: Any, g: Any) -> Any:
    """The gradients of y = prod(xs), of which g arrives: each the product of the others, times g."""
    before, after = np.ones((2, *xs.shape))
    np.multiply.accumulate(xs[:-1], axis=0, out=before[1:])
    np.multiply.accumulate(xs[:0:-1], axis=0, out=after[-2::-1])
    return g * (before * after)


def others(e: Any, xs: Any) -> Any:
    """The sum of e = exp(xs - max(xs)) without the 1 of the largest."""
    rest = e.sum(axis=0) - 1.0
    if not rest.min() > 0.01:
        place = np.arange(len(xs)).reshape(-1, *[1] * (xs.ndim - 1))
        rest = np.where(place == xs.argmax(axis=0), e - 1.0, e).sum(axis=0)  # nan of an infinity stays
    return rest


def logsumexp(xs: Any, out: Any, kept: Any) -> None:
    """log(sum(exp(xs))); keeps exp(xs - max(xs)), and behind them the sum of all but the largest."""
    largest = xs.max(axis=0)
    powers, rest = kept[:-1], kept[-1]
    np.subtract(xs, largest, out=powers)
    np.exp(powers, out=powers)
    rest[...] = others(powers, xs)
    np.add(largest, np.log1p(rest), out=out)


def gradients_of_logsumexp(xs: Any, y: Any, g: Any, kept: Any) -> Any:
    """The gradients of y = logsumexp(xs), of which g arrives: softmax(xs) times g."""
    return kept[:-1] * (g / (1.0 + kept[-1]))


def log_softmax(xs: Any, out: Any, kept: Any) -> None:
    """xs[0] - logsumexp(xs); keeps what :func:`logsumexp` does."""
    powers, rest = kept[:-1], kept[-1]
    np.subtract(xs, xs.max(axis=0), out=powers)
    out[...] = powers[0]
    np.exp(powers, out=powers)
    rest[...] = others(powers, xs)
    np.subtract(out, np.log1p(rest), out=out)


def gradients_of_log_softmax(xs: Any, y: Any, g: Any, kept: Any) -> Any:
    """The gradients of y = log_softmax(xs): that of the first is summed from the others, with all digits."""
    shares = kept[:-1] * (g / (1.0 + kept[-1]))
    first = np.add.reduce(shares[1:], axis=0)
    np.negative(shares, out=shares)
    shares[0] = first
    return shares


ARRAY_FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        *TAIL_FUNCTIONS,
        sigmoid,
        silu,
        sech2,
        tanh_partial,
        sigmoid_partial,
        log_partial,
        power_partial,
        shares_of_extremes,
        norm,
        prod,
        gradients_of_prod,
        others,
        logsumexp,
        gradients_of_logsumexp,
        log_softmax,
        gradients_of_log_softmax,
    )
}
"""The functions by name: the rules :attr:`Op.array_partials` find them there."""

PARTIALS_OF_NUMBERS: dict[str, Callable[..., Any]] = {
    "tanh_partial": lambda m, y, x: m.choose(m.between(-0.9, y, 0.9), 1.0 - y * y, m.sech2(x)),
    "sigmoid_partial": lambda m, y, x: m.choose(y < 0.9, y * (1.0 - y), y * m.sigmoid(-x)),
    "log_partial": lambda m, x: 1.0 / x,  # where x is not above 0 the value is not finite
    "power_partial": lambda m, y, x, n: m.choose(abs(y) > 1e-290, n * (y / x), n * m.pow(x, n - 1.0)),
}
"""The same partials of one number: where it decides, only one of the two forms is computed."""
