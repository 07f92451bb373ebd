"""The operators and methods that every number type has from the table of operators.

They are made from the rows in a loop. What editors and type checkers read is ``methods.pyi`` beside this
file, which ``python .ci/write_stubs.py`` writes from the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import Parameter, Signature, signature
from types import FunctionType
from typing import Any, Generic, TypeVar

import numpy as np

from engine.floats.coerce import is_real
from engine.formulas.symbol import BINARY as SIGNS
from engine.ops import OPERATORS
from engine.ops.composed import CALLED
from engine.ops.op import Op

__all__ = ["BINARY", "METHODS", "UNARY", "Methods", "Number", "Result", "is_left_to"]

Number = float | np.floating[Any] | np.integer[Any]
"""The numbers that operators take beside those of the number type."""

Result = TypeVar("Result")
"""The number type that operators return."""

BINARY = {SIGNS[row.symbol]: row.name for row in OPERATORS.values() if row.symbol in SIGNS}
"""The rows of Python's operators of two operands, by the name within ``__add__`` and ``__radd__``."""

_REFLECTED = {row: f"__r{name}__" for name, row in BINARY.items()}

UNARY = {"neg": "neg", "abs": "abs"}
"""The rows of Python's operators of one operand."""


class Methods(Generic[Result]):
    """The operators of Python and a method for every row, all of which call ``_apply(row, operands)``."""

    __slots__ = ()

    def _apply(self, row: Op, operands: Sequence[Any]) -> Any:
        raise TypeError(f"{type(self).__name__} does not say how to apply an operator")


def _method(row: Op) -> Callable[..., Any]:
    def method(self: Any, *operands: Any, **named: Any) -> Any:
        return self._apply(row, row.arguments((self, *operands), named))

    method.__signature__ = _with_self(row.signature)  # type: ignore[attr-defined]
    method.__name__, method.__qualname__ = row.name, f"Value.{row.name}"
    method.__doc__ = row.docstring
    return method


def _with_self(function: Signature) -> Signature:
    """The signature of a method, from that of the function: its first operand is ``self``."""
    own = Parameter("self", Parameter.POSITIONAL_ONLY)
    return Signature([own, *list(function.parameters.values())[1:]])


def _unary(row: Op) -> Callable[..., Any]:
    return lambda self: self._apply(row, (self,))


def is_left_to(other: Any, row: Op) -> bool:
    """Whether an operator is left to its right operand: no number, but of a class that has ``__rmul__``.

    >>> Vector = type("Vector", (), {"__rmul__": lambda self, factor: self})
    >>> is_left_to(Vector(), OPERATORS["mul"]), is_left_to([1.0], OPERATORS["mul"])
    (True, False)
    """
    kind = type(other)
    return (
        isinstance(getattr(kind, _REFLECTED[row.name], None), FunctionType)
        and not hasattr(kind, "_apply")
        and not is_real(other)
    )


def _binary(row: Op) -> Callable[..., Any]:
    def operator(self: Any, other: Any) -> Any:
        return NotImplemented if is_left_to(other, row) else self._apply(row, (self, other))

    return operator


def _reflected(row: Op) -> Callable[..., Any]:
    return lambda self, other: self._apply(row, (other, self))


METHODS: dict[str, Callable[..., Any]] = {
    row.name: _method(row) for row in OPERATORS.values() if row.arity and row.name != "where"
}
"""A method for every row that is not a sequence; NumPy's names too, which object arrays call."""

METHODS |= {row.ufunc: METHODS[name] for name, row in OPERATORS.items() if row.ufunc and name in METHODS}

_SPECIAL = {
    **{f"__{name}__": _unary(OPERATORS[row]) for name, row in UNARY.items()},
    **{f"__{name}__": _binary(OPERATORS[row]) for name, row in BINARY.items()},
    **{f"__r{name}__": _reflected(OPERATORS[row]) for name, row in BINARY.items()},
}

for _name, _function in (CALLED | _SPECIAL).items():
    _function.__name__, _function.__qualname__ = _name, f"Value.{_name}"
    _function.__signature__ = _with_self(signature(_function))  # type: ignore[attr-defined]

for _name, _function in (CALLED | METHODS | _SPECIAL).items():
    setattr(Methods, _name, _function)
