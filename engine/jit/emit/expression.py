"""Rules of the operator table on trees: what a row computes, and its partials, as trees of NumPy.

A rule such as ``lambda m, y, x: 1.0 / (2.0 * y)`` is given trees; ``m`` and ``np`` are then namespaces whose
functions make trees.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from engine.floats import divide
from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.jit.emit.trees import Call, Expression, Origin, as_expression
from engine.ops import OPERATORS
from engine.ops.fields import Masks
from engine.ops.namespaces import Arithmetic
from engine.ops.op import Op

__all__ = [
    "FORMS",
    "NUMPY",
    "Rows",
    "forward_expression",
    "is_closed",
    "partial_expressions",
]


class _NumPy:
    """Stands for NumPy in the ``numpy`` forms of the rows."""

    def __getattr__(self, name: str) -> Any:
        def function(*operands: Any) -> Expression:
            return Call(name, tuple(as_expression(x) for x in operands))

        return function

    def power(self, x: Any, n: Any) -> Any:
        """x**n, by a quicker way where n is a small integer or a half."""
        return as_expression(x) ** n


NUMPY = _NumPy()


def forward_expression(row: Op, operands: Sequence[Any]) -> Expression:
    """The value of an elementwise row on trees."""
    if row.array is not None:
        found = getattr(NUMPY, row.array.__name__)(*operands, *row.baked)
    else:
        found = row.numpy(NUMPY, *operands) if callable(row.numpy) else getattr(NUMPY, row.numpy)(*operands)
    return _stemming(as_expression(found), Origin(row, tuple(operands)))  # type: ignore[no-any-return]


def partial_expressions(row: Op, y: Any, operands: Sequence[Any]) -> list[Any]:
    """The partial derivatives of an elementwise row on trees: trees or numbers."""
    rules = row.array_partials or row.partials
    given = [_Number(x) if isinstance(x, float) else x for x in operands]
    found = [rule(FORMS, y, *given) for rule in rules]
    return [_stemming(tree, Origin(row, tuple(operands), i, y)) for i, tree in enumerate(found)]


def _stemming(tree: Any, origin: Origin) -> Any:
    return replace(tree, origin=origin) if isinstance(tree, Call) else tree


def is_closed(row: Op, partial: Any) -> bool:
    """Whether no gradient passes, not even an infinite one: the row masks, and is flat everywhere."""
    return not isinstance(partial, Expression) and partial == 0.0 and row.masks is Masks.ALWAYS


class _Number(float):
    """A number of a program, by which one may divide although it is zero."""

    def __truediv__(self, other: Any) -> Any:
        return divide(float(self), float(other)) if isinstance(other, float) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return divide(float(other), float(self)) if isinstance(other, float) else NotImplemented


class Rows(ABC):
    """The rows of the table on trees: the ``m`` of the rules."""

    @abstractmethod
    def value(self, row: Op, operands: Sequence[Any]) -> Any:
        """The value of a row on all its operands, of which some are trees."""

    @abstractmethod
    def other(self, name: str) -> Any:
        """What a rule finds under a name that no row has."""

    def __getattr__(self, name: str) -> Any:
        if name not in OPERATORS:
            return self.other(name)
        row = OPERATORS[name]

        def function(*operands: Any) -> Any:
            if row.arity is None:
                return self.value(row, *operands)
            if not any(isinstance(x, Expression) for x in operands):
                return row.forward(*operands)
            return self.value(row, row.arguments(operands, {}))

        return function


class _Forms(Rows):
    """The rows on arrays."""

    def value(self, row: Op, operands: Sequence[Any]) -> Any:
        if row.arity is None:
            return row.in_arithmetic(_ARITHMETIC, operands)
        return forward_expression(row, operands)

    def other(self, name: str) -> Any:
        if name in ARRAY_FUNCTIONS:
            return getattr(NUMPY, name)
        raise AttributeError(f"no operator named {name!r} in the table")


_ARITHMETIC = Arithmetic()

FORMS = _Forms()
