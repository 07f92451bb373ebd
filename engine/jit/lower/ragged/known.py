"""What is known of a number before a program runs: which one it is, or that it is finite, or nothing.

Rules of the operator table compute on it as on any number type. That something is finite is taken on trust,
of leaves and of what is computed from them: where it is not, nan comes out, which a program notices.

>>> zero, some = Known(0.0), FINITE
>>> zero * some, zero / some, Known(-math.inf) - some, some * some
(0.0, 0.0, -inf, finite)
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.floats import divide
from engine.ops import OPERATORS
from engine.ops.namespaces import Arithmetic
from engine.ops.op import Op

__all__ = ["FINITE", "Known", "partials_of", "value_of"]


def _swapped(function: Callable[[Any, Any], Any]) -> Any:
    return lambda self, other: function(_known(other), self)


class Known:
    """A number that may be known.

    Attributes:
        number: the number; None where it is not known.
        finite: whether it is finite.
    """

    __slots__ = ("finite", "number")

    def __init__(self, number: float | None, finite: bool = False) -> None:
        self.number = number
        self.finite = finite if number is None else math.isfinite(number)

    def __repr__(self) -> str:
        return "finite" if self.number is None and self.finite else str(self.number)

    @property
    def is_zero(self) -> bool:
        return self.number == 0.0

    def __add__(self, other: Any) -> Known:
        a, b = self, _known(other)
        if a.number is not None and b.number is not None:
            return Known(a.number + b.number)
        for one, another in ((a, b), (b, a)):
            if one.number is not None and not one.finite and another.finite:
                return one
        return Known(None, a.finite and b.finite)

    def __neg__(self) -> Known:
        return self * -1.0

    def __sub__(self, other: Any) -> Known:
        return self + _known(other) * -1.0

    def __mul__(self, other: Any) -> Known:
        a, b = self, _known(other)
        if a.number is not None and b.number is not None:
            return Known(a.number * b.number)
        if a.finite and b.finite:
            return Known(0.0) if a.is_zero or b.is_zero else FINITE
        return NOTHING

    def __truediv__(self, other: Any) -> Known:
        a, b = self, _known(other)
        if a.number is not None and b.number is not None:
            return Known(divide(a.number, b.number))
        if a.finite and b.number is not None and not b.finite:
            return Known(0.0)
        if a.finite and b.finite:
            return Known(0.0) if a.is_zero else FINITE
        return NOTHING

    def __pow__(self, n: Any) -> Known:
        exponent = _known(n)
        if self.number is not None and exponent.number is not None:
            with np.errstate(all="ignore"):
                return Known(float(np.float64(self.number) ** exponent.number))
        return Known(None, self.finite and exponent.finite)

    def __gt__(self, other: Any) -> Known:
        b = _known(other)
        return FINITE if self.number is None or b.number is None else Known(float(self.number > b.number))

    def __ge__(self, other: Any) -> Known:
        b = _known(other)
        return FINITE if self.number is None or b.number is None else Known(float(self.number >= b.number))

    __lt__, __le__ = _swapped(operator.gt), _swapped(operator.ge)
    __radd__, __rsub__, __rmul__ = map(_swapped, (operator.add, operator.sub, operator.mul))
    __rtruediv__, __rpow__ = _swapped(operator.truediv), _swapped(operator.pow)


FINITE, NOTHING = Known(None, True), Known(None)


def _known(x: Any) -> Known:
    return x if isinstance(x, Known) else Known(float(x))


class _Rows:
    """The ``m`` of the rules."""

    def __getattr__(self, name: str) -> Any:
        if name not in OPERATORS:
            raise AttributeError(f"no operator named {name!r} in the table")
        return lambda *operands: value_of(OPERATORS[name], operands)


_ROWS, _ARITHMETIC = _Rows(), Arithmetic()


def value_of(row: Op, operands: Sequence[Any]) -> Known:
    """The value of a row, as far as it is known, on numbers that are known or not."""
    if row.arity is None and len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    xs = [_known(x) for x in operands]
    numbers = [x.number for x in xs if x.number is not None]
    if len(numbers) == len(xs):
        return Known(row.forward(numbers) if row.arity is None else row.forward(*numbers))
    if row.name == "equal" and numbers in ([math.inf], [-math.inf]) and any(x.finite for x in xs):
        return Known(0.0)  # an infinity and what is finite
    found = row.in_arithmetic(_ARITHMETIC, xs)
    if found is not NotImplemented:
        return _known(found)
    return Known(None, all(x.finite for x in xs))


def partials_of(row: Op, y: Known, operands: Sequence[Known]) -> list[Known]:
    """The partials of a row as a lifted program computes them, as far as they are known."""
    rules = row.array_partials or row.partials
    try:
        found = rules[0](_ROWS, y, operands) if row.arity is None else [r(_ROWS, y, *operands) for r in rules]
    except (AttributeError, TypeError, ArithmeticError, ValueError):
        return [NOTHING] * len(operands)
    return [_known(x) for x in found]
