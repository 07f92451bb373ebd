"""Recurrences for the coefficients of power series: from a row's rule, or its own.

Every function here takes the series ``y`` of a row and returns what gives its coefficients of order 1 and up,
each when those below it are known. By the chain rule y' = p·x', where p is the partial derivative that the
row's rule makes of y and x. With series for numbers that is k·y_k = Σ j·x_j·p_(k-j), summed over j = 1 … k.
Rows whose rule leads to ever new series, as powers and quotients, have recurrences of their own (Griewank and
Walther, "Evaluating Derivatives", chapter 13; Knuth, TAOCP volume 2, section 4.7).

Glossary: ``a``, ``b``, ``x`` operands, ``y`` the result, ``k`` the order of the coefficient at hand.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from engine.autograd.masking import NOTHING, is_nothing, masks
from engine.floats import divide
from engine.node.backend import Value
from engine.ops import OPERATORS
from engine.ops.fields import Series as Rule
from engine.transforms.reverse import ROWS

__all__ = ["Coefficient", "recurrence"]

Series = Any
"""A series.Series: this file stands below it."""

Coefficient = Callable[[int], Any]
"""The coefficient of an order, where those of all orders below are known."""

_LARGEST_PRODUCT = 1024
"""Whole powers up to this one are products; a recurrence would divide by the base."""


def recurrence(y: Series) -> Coefficient:
    """The function that gives the coefficients of a series, from order 1 on."""
    return _RECURRENCES[y.row.series](y)


def _by_rule(y: Series) -> Coefficient:
    """y' = Σ p·x' over the operands."""
    partials = y.row.partials_at(ROWS, y, y.operands)
    terms = [
        (x, p) for i, (x, p) in enumerate(zip(y.operands, partials, strict=True)) if not _is_masked(y, i, p)
    ]
    constant = [(x, p) for x, p in terms if not _is_series(p)]
    varying = [(x, p) for x, p in terms if _is_series(p) and not x.is_constant]

    def coefficient(k: int) -> Any:
        total: Any = NOTHING
        for x, p in varying:
            p.coefficient(k - 1)
            total = total + y.tape.convolve(x.derivative(k), p.known, k, 1)
        if not is_nothing(total):
            total = total / k
        for x, p in constant:
            of_x = x.coefficient(k)
            if not is_nothing(of_x):
                total = total + p * of_x
        return total

    return coefficient


def _is_masked(y: Series, i: int, p: Any) -> bool:
    """Whether a partial derivative is 0 where the row masks."""
    literals = [0.0 if x.is_literal_zero else 1.0 for x in y.operands]
    return masks(y.row, i, literals, p.coefficient(0) if _is_series(p) else p)


def _product(y: Series) -> Coefficient:
    a, b = y.operands
    if a.is_literal_zero or b.is_literal_zero:
        return lambda k: NOTHING

    def coefficient(k: int) -> Any:
        a.coefficient(k)
        b.coefficient(k)
        return y.tape.convolve(a.known, b.known, k, 0)

    return coefficient


def _dot(y: Series) -> Coefficient:
    half = len(y.operands) // 2
    products = [y.tape.apply(_MUL, (a, b)) for a, b in zip(y.operands[:half], y.operands[half:], strict=True)]
    return lambda k: sum((product.coefficient(k) for product in products), NOTHING)


def _prod(y: Series) -> Coefficient:
    """A product after the other; each is computed in turn, so that many of them do not recurse."""
    if any(x.is_literal_zero for x in y.operands):
        return lambda k: NOTHING
    products = [*y.operands[:1]]
    for x in y.operands[1:]:
        products.append(y.tape.apply(_MUL, (products[-1], x)))
    return lambda k: [product.coefficient(k) for product in products][-1]


def _quotient(y: Series) -> Coefficient:
    """From y·b = a."""
    a, b = y.operands
    if a.is_literal_zero and _number(b.coefficient(0)) != 0.0:
        return lambda k: NOTHING

    def coefficient(k: int) -> Any:
        b.coefficient(k)
        return _divided(a.coefficient(k) - y.tape.convolve(b.known, y.known, k, 1), b.known[0])

    return coefficient


def _power(y: Series) -> Coefficient:
    """x^r of a constant r: a whole power as products; else from x·y' = r·y·x', where x can be divided by."""
    if not y.row.baked:
        return _by_rule(y)
    ((r,), (x,)) = y.row.baked, y.operands
    if 2.0 <= r <= _LARGEST_PRODUCT and r.is_integer():
        power: Coefficient = _whole_power(x, int(r)).coefficient
        return power
    first, size = _number(x.coefficient(0)), abs(_number(y.coefficient(0)))
    divides = r < 0.0 if first == 0.0 else 1e-290 < size < 1e290
    if r in (0.0, 1.0) or not divides or not isfinite(r):
        return _by_rule(y)

    def coefficient(k: int) -> Any:
        x.coefficient(k)
        factors = (r * j - (k - j) for j in range(1, k + 1))
        weighted = [NOTHING, *map(_scaled, x.known[1 : k + 1], factors)]
        base = x.known[0] if r.is_integer() else x.known[0] + 0.0  # of -0, a whole power alone keeps the sign
        return _divided(y.tape.convolve(weighted, y.known, k, 1), k * base)

    return coefficient


def _whole_power(x: Series, n: int) -> Series:
    """x^n by squaring."""
    square, result = x, None
    while True:
        if n & 1:
            result = square if result is None else result * square
        n >>= 1
        if not n:
            return result
        square = square * square


def _choice(y: Series) -> Coefficient:
    condition, a, b = y.operands
    chosen: Coefficient = (a if condition.coefficient(0) else b).coefficient
    return chosen


def _is_series(number: Any) -> bool:
    return hasattr(number, "coefficient")


def _divided(a: Any, b: Any) -> Any:
    """a / b by IEEE 754; of nothing, nothing."""
    if is_nothing(a):
        return NOTHING
    if isinstance(a, float) and isinstance(b, (float, int)):
        return divide(a, b)
    return a / b


def _scaled(coefficient: Any, factor: float) -> Any:
    return NOTHING if is_nothing(coefficient) else coefficient * factor


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else x


_MUL = OPERATORS["mul"]


_RECURRENCES: dict[Rule, Callable[[Series], Coefficient]] = {
    Rule.BY_PARTIALS: _by_rule,
    Rule.PRODUCT: _product,
    Rule.SUM_OF_PRODUCTS: _dot,
    Rule.PRODUCT_OF_ALL: _prod,
    Rule.QUOTIENT: _quotient,
    Rule.POWER: _power,
    Rule.CHOICE: _choice,
}
"""The laws that a row may name."""
