"""Numbers that a function reads out of Values, computed by the program instead of being part of it.

In the runs in which ways are merged, ``x.data`` is a Value that stands for the number: a node of ``x`` that
passes no gradient on, but a number to whoever asks. What Python computes of such numbers are nodes then, too,
whose rows give what floats do, to the last bit. Where floats raise instead, or become complex, a decision
says that they did not.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from engine.jit.trace.decisions import Decision
from engine.node.backend import Value
from engine.node.bulk import adjoints
from engine.ops.op import CONSTANT, Op
from engine.pytree.result import Result

__all__ = ["GIVEN", "READ", "Flag", "flag_of", "gives_alike", "raises", "without_error"]

_RAISING: dict[str, Callable[[float, float], Any]] = {
    "div": operator.truediv,
    "floor_divide": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
}
"""Python's operators on floats that raise for some, or give what is no float."""


Flag = Any
"""Whether something is a plain number: None, it is a Value; GIVEN; READ; or what makes a node, 1 if it is."""

GIVEN, READ = "given", "read"
"""A constant, or a number among the arguments; a number that is computed of such as were read out."""


def flag_of(flags: Sequence[Flag]) -> Flag:
    """The flag of what Python computes of operands with such flags."""
    if None in flags:
        return None
    conditions = [flag for flag in flags if callable(flag)]
    if conditions:
        return partial(_all, conditions)
    return READ if READ in flags else GIVEN


def _all(conditions: Sequence[Callable[[], Value]]) -> Value:
    found, *others = (each() for each in conditions)
    for each in others:
        found = found * each
    return found


def raises(node: Value) -> bool:
    """Whether Python's operator on floats, in the place of a node, may raise."""
    return node._row.key[0] in _RAISING


def without_error(node: Value, operands: Sequence[Any]) -> list[Decision]:
    """That Python's operator on floats gives a float; nothing where it is of constants.

    Args:
        node: what it gave.
        operands: those that the decision is by.
    """
    row: Op = node._row
    function = _RAISING[row.key[0]]
    given: list[Any] = [*operands, *row.baked]
    if function is not operator.pow:
        given[0] = 1.0  # it is about the second one
    constant = [_constant(x) for x in given]
    sides = [x for x, number in zip(given, constant, strict=True) if number is None]
    if not sides:
        return []
    test = _test(function, *constant)
    outcome = test(*(side._data for side in sides))
    return [Decision(sides[0], sides[1] if sides[1:] else None, "operator", test, outcome, None)]


def _constant(x: Any) -> float | None:
    if not isinstance(x, Value):
        return float(x)
    return x._data if x._row is CONSTANT else None


@cache
def _test(function: Callable[[float, float], Any], *constant: float | None) -> Callable[..., Any]:
    """What asks whether a function gives a float of numbers, or of arrays of them.

    Args:
        function: of two numbers.
        constant: those that are known; None for the others.
    """

    def asked(*numbers: float) -> bool:
        given = iter(numbers)
        try:
            found = function(*(next(given) if x is None else x for x in constant))
        except ArithmeticError:
            return False
        return isinstance(found, float)

    return partial(_on_any, asked)


def _on_any(asked: Callable[..., bool], *sides: Any) -> Any:
    if any(isinstance(side, np.ndarray) for side in sides):
        columns = [side.tolist() for side in np.broadcast_arrays(*sides)]
        return np.array([asked(*row) for row in zip(*columns, strict=True)])
    return asked(*sides)


def gives_alike(
    mine: Result, own: Result, mine_by: Sequence[Value], own_by: Sequence[Value], captured: Sequence[Value]
) -> bool:
    """Whether two results have the same numbers, and the same gradients by some Values.

    Args:
        mine, own: the results.
        mine_by, own_by: Values of each, in the same order.
        captured: Values of both.
    """
    if mine.spec != own.spec or not mine.same_as(own):
        return False
    for a, b in zip(mine.values, own.values, strict=True):
        found = adjoints(a, (*mine_by, *captured)), adjoints(b, (*own_by, *captured))
        if found[0] is None or found[1] is None:
            return False
        x, y = np.array([a._data, *found[0]]), np.array([b._data, *found[1]])
        if not np.allclose(x, y, rtol=1e-9, atol=1e-12, equal_nan=True):
            return False
    return True
