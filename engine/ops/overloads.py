"""Arithmetic for any number type that can apply a row of the operator table.

A class that defines ``_apply(row, operands)`` gets the operators of Python, a method for every
row, and the ufuncs of NumPy.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from engine.floats.coerce import is_real
from engine.ops.methods import Methods, Number, Result
from engine.ops.ufuncs import from_function, from_ufunc

__all__ = ["Ordered", "Overloads"]


class Overloads(Methods[Result]):
    """A number type whose operators, methods and NumPy ufuncs are the rows of the table."""

    __slots__ = ()

    def __divmod__(self, other: Result | Number) -> tuple[Result, Result]:
        return self // other, self % other

    def __rdivmod__(self, other: Number) -> tuple[Result, Result]:
        return other // self, other % self

    def __pos__(self) -> Self:
        return self

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return from_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        return from_function(function, types, arguments, options)


class Ordered(Overloads[Result]):
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
