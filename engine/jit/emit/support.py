"""Functions that programs call: views, picks, and what NumPy lacks or loses the digits of in far tails.

A program is given those that it names, and the file that it writes of itself holds their text: they need
NumPy and ``math`` only, and none calls another. Where no number is in a tail, that costs a look at the
smallest or largest one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import floats
from engine.jit.lower.strides import Index

__all__ = ["GIVEN", "SPECIAL", "pick", "view"]


def view(cells: Any, start: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """A strided view of cells; where each is a row of samples, their axis comes last."""
    step = cells.strides[0]
    return np.lib.stride_tricks.as_strided(
        cells[start:], shape + cells.shape[1:], tuple(step * stride for stride in strides) + cells.strides[1:]
    )


def pick(table: Index, index: Any) -> Any:
    """Where tables of positions (one a column) are read, given the index into each.

    Raises:
        IndexError: an index is out of range.
        TypeError: an index is not an integer.
    """
    index = np.asarray(index)
    whole = index.astype(np.intp)
    if not (whole == index).all():
        wrong = index[whole != index].flat[0]
        raise TypeError(f"take() needs integers as indices, got {float(wrong)!r}")
    length = len(table)
    if whole.size and (whole.min() < -length or whole.max() >= length):
        wrong = whole.flat[int(np.argmax(((whole < -length) | (whole >= length)).ravel()))]
        raise IndexError(f"take() index {int(wrong)} is out of range for a sequence of {length}")
    column = np.arange(table.shape[1])
    return table[whole, column.reshape(-1, *[1] * (whole.ndim - 1))]


def erf(x: Any) -> Any:
    """The error function."""
    return np.vectorize(math.erf, otypes=[float])(x)


def erfc(x: Any) -> Any:
    """1 - erf(x)."""
    return np.vectorize(math.erfc, otypes=[float])(x)


def ndtr(x: Any) -> Any:
    """The normal distribution function."""
    return 0.5 * np.vectorize(math.erfc, otypes=[float])(-math.sqrt(0.5) * x)


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


def log_partial(y: Any, x: Any) -> Any:
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


def others(e: Any, xs: Any) -> Any:
    """Along the first axis, the sum of e = exp(xs - max(xs)) without the 1 of the largest."""
    rest = e.sum(axis=0) - 1.0
    if not rest.min() > 0.01:
        place = np.arange(len(xs)).reshape(-1, *[1] * (xs.ndim - 1))
        rest = np.where(place == xs.argmax(axis=0), e - 1.0, e).sum(axis=0)  # nan of an infinity stays
    return rest


def prod(xs: Any) -> Any:
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


def products_of_the_others(xs: Any) -> Any:
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
        tanh_partial,
        sigmoid_partial,
        log_partial,
        power_partial,
        others,
        prod,
        products_of_the_others,
    )
}
"""The functions on arrays by name, as their text stands in a file that needs NumPy only."""


def _on_arrays(function: Any) -> Any:
    ufunc = np.frompyfunc(function, 1, 1)
    return lambda x: np.asarray(ufunc(x), dtype=float)


GIVEN = {**SPECIAL, **{name: _on_arrays(getattr(floats, name)) for name in ("erf", "erfc", "ndtr")}}
"""What programs of this process are given: where the engine has more digits than ``math``, its function."""
