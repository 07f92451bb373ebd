"""A Value as a number: comparisons, conversions to numbers, and text."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, overload

from engine.autograd import trace_mode as tracing
from engine.autograd.trace_mode import RECORDED
from engine.display.notebook import mimebundle
from engine.floats.coerce import is_real
from engine.node.leaks import caller, notice
from engine.quoting import brief

__all__ = ["AsNumber"]


class AsNumber:
    """What a Value does with its number alone."""

    __slots__ = ()

    label: str = ""  # kept in __dict__ where it is given, so that the many nodes without one pay nothing

    _data: float
    _grad: float

    def __eq__(self, other: Any) -> bool:  # of two Values: object's, so whether they are the same node
        if RECORDED and isinstance(other, AsNumber):
            return tracing.compared(self, other, "==", NotImplemented)  # type: ignore[no-any-return]
        found = bool(self._data == other) if is_real(other) else NotImplemented
        return tracing.compared(self, other, "==", found) if RECORDED else found

    def __ne__(self, other: Any) -> bool:
        found = self.__eq__(other)
        return NotImplemented if found is NotImplemented else not found

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> bool:
        found = self._data < number if (number := _comparable(other)) is not NotImplemented else number
        return tracing.compared(self, other, "<", found) if RECORDED else found

    def __le__(self, other: Any) -> bool:
        found = self._data <= number if (number := _comparable(other)) is not NotImplemented else number
        return tracing.compared(self, other, "<=", found) if RECORDED else found

    def __gt__(self, other: Any) -> bool:
        found = self._data > number if (number := _comparable(other)) is not NotImplemented else number
        return tracing.compared(self, other, ">", found) if RECORDED else found

    def __ge__(self, other: Any) -> bool:
        found = self._data >= number if (number := _comparable(other)) is not NotImplemented else number
        return tracing.compared(self, other, ">=", found) if RECORDED else found

    def __bool__(self) -> bool:
        return tracing.seen(self, "bool", bool) if RECORDED else self._data != 0.0

    def __float__(self) -> float:
        notice(self, caller())
        return tracing.seen(self, "float", float) if RECORDED else self._data

    def __int__(self) -> int:
        notice(self, caller())
        return tracing.seen(self, "int", int)  # type: ignore[no-any-return]

    def __trunc__(self) -> int:
        return tracing.seen(self, "trunc", math.trunc)  # type: ignore[no-any-return]

    def __index__(self) -> int:
        index = tracing.index_of(self) if RECORDED else None
        if index is not None:
            return index
        raise TypeError(
            f"a Value cannot be an index, a range or a count, got {brief(self)}; pick from a sequence with "
            "engine.take(sequence, index), or use int(index.data)"
        )

    def __floor__(self) -> int:
        return tracing.seen(self, "floor", math.floor)  # type: ignore[no-any-return]

    def __ceil__(self) -> int:
        return tracing.seen(self, "ceil", math.ceil)  # type: ignore[no-any-return]

    @overload
    def __round__(self, digits: None = None) -> int: ...

    @overload
    def __round__(self, digits: int) -> float: ...

    def __round__(self, digits: int | None = None) -> float:
        return tracing.seen(self, f"round({digits})", partial(round, ndigits=digits))  # type: ignore[no-any-return]

    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        if RECORDED:
            return tracing.text_of(self, lambda data: format(data, spec))
        return format(self._data, spec)

    def __repr__(self) -> str:
        return tracing.text_of(self, self._shown) if RECORDED else self._shown(self._data)

    def _shown(self, data: float) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={data!r}, grad={self._grad!r}{label})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return mimebundle(self)


def _comparable(x: Any) -> Any:
    if isinstance(x, AsNumber):
        return x._data
    return x if is_real(x) else NotImplemented
