"""Arithmetic for any number type that can apply a row of the operator table.

A class that defines ``_apply(row, operands)`` gets the operators of Python, a method for every
row, and the ufuncs of NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.floats.coerce import is_real
from engine.ops import OPERATORS
from engine.ops.op import Op
from engine.ops.ufuncs import CALLED, from_function, from_ufunc

__all__ = ["METHODS", "Ordered", "Overloads"]


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
        return from_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        return from_function(function, types, arguments, options)


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


def _method(row: Op) -> Callable[..., Any]:
    def method(self: Any, *operands: Any, **named: Any) -> Any:
        return self._apply(row, row.arguments((self, *operands), named))

    method.__name__ = row.name
    method.__qualname__ = f"Value.{row.name}"
    method.__doc__ = row.docstring
    return method


METHODS: dict[str, Callable[..., Any]] = {
    row.name: _method(row) for row in OPERATORS.values() if row.arity and row.name not in ("where",)
}
"""A method for every row that is no sequence; NumPy's names too, which object arrays call."""

METHODS |= {row.ufunc: METHODS[name] for name, row in OPERATORS.items() if row.ufunc and name in METHODS}

for _name, _function in (CALLED | METHODS).items():
    if not hasattr(Overloads, _name):
        setattr(Overloads, _name, _function)
