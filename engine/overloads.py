"""Arithmetic for any number type that can apply a row of the operator table.

A class that defines ``_apply(row, operands)`` gets the operators of Python, a method for every
row, and the ufuncs of NumPy.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.convert import is_real
from engine.op import Op
from engine.ops import OPERATORS

__all__ = ["METHODS", "Ordered", "Overloads", "elementwise", "is_finite", "is_infinite", "is_nan"]


def is_nan(x: Any) -> bool:
    """Whether a number that can be compared is nan; found by comparing, which whoever traces sees."""
    return not x <= math.inf


def is_infinite(x: Any) -> bool:
    """Whether a number that can be compared is infinite, of either sign."""
    return bool(x == math.inf or x == -math.inf)


def is_finite(x: Any) -> bool:
    """Whether a number that can be compared is neither infinite nor nan."""
    return bool(-math.inf < x < math.inf)


_UFUNCS = {row.ufunc: row for row in OPERATORS.values() if row.ufunc}
_TESTS: dict[str, Callable[[Any], bool]] = {
    "isnan": is_nan,
    "isinf": is_infinite,
    "isfinite": is_finite,
    "signbit": lambda x: math.copysign(1.0, float(np.real(getattr(x, "data", x)))) < 0.0,
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
}
_COMPOSED: dict[str, Callable[..., Any]] = {
    "square": lambda x: x * x,
    "divmod": lambda a, b: (np.floor_divide(a, b), np.remainder(a, b)),
    "reciprocal": lambda x: 1.0 / x,
    "positive": lambda x: x,
}


class Overloads:
    """A number type whose operators, methods and NumPy ufuncs are the rows of the table."""

    __slots__ = ()

    def _apply(self, row: Op, operands: Sequence[Any]) -> Any:
        raise TypeError(f"{type(self).__name__} does not say how to apply an operator")

    if TYPE_CHECKING:  # the methods of the rows are added below

        def __getattr__(self, name: str) -> Callable[..., Any]: ...

    def __add__(self, other: Any) -> Any:
        return self._apply(_ADD, (self, other))

    def __radd__(self, other: Any) -> Any:
        return self._apply(_ADD, (other, self))

    def __sub__(self, other: Any) -> Any:
        return self._apply(_SUB, (self, other))

    def __rsub__(self, other: Any) -> Any:
        return self._apply(_SUB, (other, self))

    def __mul__(self, other: Any) -> Any:
        return self._apply(_MUL, (self, other))

    def __rmul__(self, other: Any) -> Any:
        return self._apply(_MUL, (other, self))

    def __truediv__(self, other: Any) -> Any:
        return self._apply(_DIV, (self, other))

    def __rtruediv__(self, other: Any) -> Any:
        return self._apply(_DIV, (other, self))

    def __pow__(self, other: Any) -> Any:
        return self._apply(_POW, (self, other))

    def __rpow__(self, other: Any) -> Any:
        return self._apply(_POW, (other, self))

    def __mod__(self, other: Any) -> Any:
        return self._apply(_MOD, (self, other))

    def __rmod__(self, other: Any) -> Any:
        return self._apply(_MOD, (other, self))

    def __floordiv__(self, other: Any) -> Any:
        return self._apply(_FLOOR_DIVIDE, (self, other))

    def __rfloordiv__(self, other: Any) -> Any:
        return self._apply(_FLOOR_DIVIDE, (other, self))

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __neg__(self) -> Any:
        return self._apply(_NEG, (self,))

    def __pos__(self) -> Any:
        return self

    def conjugate(self) -> Any:
        """The number itself, as for every real number; NumPy's statistics ask for it."""
        return self

    def __abs__(self) -> Any:
        return self._apply(_ABS, (self,))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return _from_ufunc(ufunc, method, inputs, options)


class Ordered(Overloads):
    """A number type compared by a real number of its own, ``_number()``, as Values are by their data.

    So a function or a rule that asks which of two numbers is larger goes the way it would with floats. As of
    Values, ``==`` asks whether they are the same one, and with a plain number whether the numbers are equal.
    """

    __slots__ = ()

    def _number(self) -> float:
        raise TypeError(f"{type(self).__name__} does not say what it is compared by")

    def __eq__(self, other: Any) -> bool:
        return bool(self._number() == other) if is_real(other) else NotImplemented

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> bool:
        return self._number() < _compared(other)

    def __le__(self, other: Any) -> bool:
        return self._number() <= _compared(other)

    def __gt__(self, other: Any) -> bool:
        return self._number() > _compared(other)

    def __ge__(self, other: Any) -> bool:
        return self._number() >= _compared(other)

    def __bool__(self) -> bool:
        return self._number() != 0.0


def _compared(x: Any) -> float:
    return x._number() if isinstance(x, Ordered) else float(np.real(getattr(x, "data", x)))


_ADD, _SUB, _MUL, _DIV = (OPERATORS[name] for name in ("add", "sub", "mul", "div"))
_POW, _MOD, _NEG, _ABS = (OPERATORS[name] for name in ("pow", "mod", "neg", "abs"))
_FLOOR_DIVIDE = OPERATORS["floor_divide"]


def _from_ufunc(ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a NumPy ufunc gives where a Value is among its operands: a Value, or an array of them."""
    name = ufunc.__name__
    if method != "__call__" or set(options) - {"dtype", "out"}:
        return NotImplemented
    if name in _COMPARISONS:
        result = _compare(_COMPARISONS[name], inputs)
    elif name in _TESTS:
        result = _TESTS[name](*inputs)
    elif name in _COMPOSED:
        result = _COMPOSED[name](*inputs)
    elif name in _UFUNCS:
        number = next(x for x in inputs if hasattr(type(x), "_apply"))
        result = number._apply(_UFUNCS[name], inputs)
    else:
        raise TypeError(
            f"numpy.{name} is not among the engine's operators; "
            "compose it from engine functions, or pass .data for the bare number"
        )
    return _stored(result, *options["out"]) if "out" in options else result


def _compare(compare: Callable[[Any, Any], bool], operands: Sequence[Any]) -> Any:
    """What a comparison says of each pair of elements, asked of the Values themselves."""
    found = elementwise(lambda a, b: compare(_of_python(a), _of_python(b)), operands)
    return found.astype(bool)[()]


def _of_python(x: Any) -> Any:
    """A number of NumPy's as one of Python's: NumPy's own would ask NumPy again."""
    return float(x) if isinstance(x, np.floating) else x.item() if isinstance(x, np.generic) else x


def _stored(result: Any, out: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A result put into the array it was asked for, as ``array += value`` does."""
    if out.dtype != object:
        raise TypeError(f"an array of {out.dtype} cannot hold Values; make it with dtype=object")
    out[...] = result
    return out


def elementwise(function: Callable[..., Any], operands: Sequence[Any]) -> np.ndarray[Any, Any]:
    """The array of a scalar function's results, its operands broadcast as NumPy does."""
    arrays = []
    for x in operands:
        array = np.empty((), dtype=object)
        array[()] = x  # a Value must not meet the ufunc bare: that would ask the Value again
        arrays.append(x if isinstance(x, np.ndarray) else array)
    with np.errstate(all="ignore"):  # the floating-point flags of functions that meant their nan
        return np.asarray(np.frompyfunc(function, len(operands), 1)(*arrays), dtype=object)


def _method(row: Op) -> Callable[..., Any]:
    def method(self: Any, *operands: Any, **named: Any) -> Any:
        return self._apply(row, row.arguments((self, *operands), named))

    method.__name__ = row.name
    method.__qualname__ = f"Value.{row.name}"
    method.__doc__ = f"{row.text}; the derivative is {row.partial_text[0]}."
    return method


METHODS: dict[str, Callable[..., Any]] = {
    row.name: _method(row) for row in OPERATORS.values() if row.arity and row.name not in ("where",)
}
"""A method for every row that is no sequence; NumPy's names too, which object arrays call."""

METHODS |= {row.ufunc: METHODS[name] for name, row in OPERATORS.items() if row.ufunc and name in METHODS}

for _name, _function in METHODS.items():
    setattr(Overloads, _name, _function)
