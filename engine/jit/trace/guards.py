"""Guards: a traced function's decisions, checked again before its program runs.

Once two runs are over, each decision is settled:

- by an argument's number, or by a Value that was there before: a :class:`Guard`, looked at before each call;
- by a number that was computed from such: a guard too, which the program looks at when it has computed it;
- by constants only: nothing, as it comes out the same for ever.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.autograd.trace_mode import OF_NODES
from engine.errors import TraceError
from engine.jit.trace.decisions import ITEM, REMEDY, Decision, Decisions, unlike, with_line
from engine.node.backend import Value
from engine.ops.indexing import SAME

Vector = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_OF_ARRAYS = frozenset({"checked", ITEM})
"""Decisions whose tests take arrays."""

__all__ = ["Computed", "Guard", "Position", "computed_by", "settled"]


class Guard:
    """A decision that a program was traced with, and that is looked at again before the program runs.

    Attributes:
        left, right: the position of a number among the arguments, a Value that was captured, or a number.
        outcome: what it was.
    """

    __slots__ = ("_shown", "_spot", "how", "left", "outcome", "right", "test")

    def __init__(self, decision: Decision, left: Any, right: Any) -> None:
        self._shown, self._spot = decision.shown, decision.spot
        self.how, self.test, self.outcome = decision.how, decision.test, decision.outcome
        self.left, self.right = left, right

    @property
    def decision(self) -> str:
        """What was decided, and where."""
        return with_line(self._shown, self._spot)

    @property
    def by_arguments(self) -> bool:
        """Whether it is about arguments."""
        return type(self.left) is Position or type(self.right) is Position

    @property
    def captured(self) -> list[Value]:
        """The captured Values it is about."""
        return [x for x in (self.left, self.right) if isinstance(x, Value)]

    @property
    def is_late(self) -> bool:
        """Whether it is about what the program computes."""
        return type(self.left) is Computed or type(self.right) is Computed

    @property
    def key(self) -> Any:
        """Equal for guards that say the same."""
        sides = self.left, self.right
        return self.how, self.test, *((type(x), x) if isinstance(x, Position) else id(x) for x in sides)

    def holds(self, numbers: Sequence[float]) -> bool:
        """Whether it comes out as it did, for these numbers: of the arguments, then those computed."""
        return self.holds_between(self._read(self.left, numbers), self._read(self.right, numbers))

    def holds_between(self, left: Any, right: Any) -> bool:
        """The same for the numbers on its sides."""
        try:
            found = self.test(left) if self.right is None else self.test(left, right)
        except (ValueError, OverflowError):  # int(nan)
            return False
        return _equal(found, self.outcome)

    def holds_on(self, columns: Sequence[Vector], count: int) -> Flags:
        """Of each sample whether it comes out as it did; columns[i] has the number i of all."""
        return np.broadcast_to(self._on_each(columns), (count,))

    def holds_for_all(self, columns: Sequence[Vector]) -> bool:
        """Whether it comes out as it did for all samples."""
        return bool(self._on_each(columns).all())

    def _on_each(self, columns: Sequence[Vector]) -> Flags:
        """The same of each sample; of one where it is the same for all."""
        left, right = self._read(self.left, columns), self._read(self.right, columns)
        if self.right is None and self.how not in _OF_ARRAYS:
            return np.array([self.holds_between(x, None) for x in left.tolist()])
        found = self.test(left) if self.right is None else self.test(left, right)
        return np.asarray(np.asarray(found) == self.outcome)

    def _read(self, side: Any, numbers: Sequence[Any]) -> Any:
        """What stands on a side: a number, or those of all samples."""
        if isinstance(side, Position):
            return numbers[side]
        if self.how in OF_NODES:
            return side
        return getattr(side, "_data", side)


class Position(int):
    """Which number among the arguments."""


class Computed(Position):
    """Which number of those that a program computes to decide by; they are counted on from the arguments."""


def computed_by(first: Decisions, second: Decisions) -> tuple[list[Value], list[Value]]:
    """What two runs computed and decided by, in either: node by node the same.

    Raises:
        TraceError: they do not decide alike.
    """
    if len(first.made) != len(second.made):
        raise unlike(first.made[len(second.made)])
    given = [set(map(id, run.held)) for run in (first, second)]
    found: dict[int, tuple[Value, Value]] = {}
    for pair in zip(first.made, second.made, strict=True):
        for name in ("node", "other"):
            a, b = (_behind_variables(getattr(decision, name)) for decision in pair)
            if not isinstance(a, Value) or a is b or id(a) in given[0] or not a._children:
                continue
            if not isinstance(b, Value) or id(b) in given[1] or found.setdefault(id(a), (a, b))[1] is not b:
                raise unlike(pair[0])
            if pair[0].how in OF_NODES or pair[0].how == "local gradients":
                raise _refused(pair[0])
    return [a for a, _ in found.values()], [b for _, b in found.values()]


def settled(first: Decisions, second: Decisions, places: Mapping[int, int]) -> list[Guard]:
    """The guards that the decisions of two runs leave.

    Args:
        first: the recorder of the run that becomes a program.
        second: the recorder of another.
        places: of the nodes that the program is to decide by, by their ids, their places among them.

    Raises:
        TraceError: a decision is by a number that is neither an argument's, captured nor computed alike.
    """
    mine = [{id(value): i for i, value in enumerate(run.held)} for run in (first, second)]
    guards: dict[Any, Guard] = {}
    for pair in zip(first.made, second.made, strict=True):
        sides = []
        for name in ("node", "other"):
            a, b = (getattr(decision, name) for decision in pair)
            sides.append(_side(a, b, mine, places, pair[0]))
        if not any(isinstance(side, (Position, Value)) for side in sides):
            continue
        guard = Guard(pair[0], *sides)
        if guard.how in OF_NODES and guard.by_arguments:
            if guard.how == "grad":
                raise _refused(pair[0])
            continue  # a program is for arguments that take gradients, or for such that do not
        guards.setdefault(guard.key, guard)
    return list(guards.values())


def _side(
    a: Any, b: Any, mine: Sequence[dict[int, int]], places: Mapping[int, int], decision: Decision
) -> Any:
    """A side of a decision: the position of an argument, a captured Value, or a number."""
    a, b = _behind_variables(a), _behind_variables(b)
    if not isinstance(a, Value):
        if isinstance(b, Value) or not (a is b or _equal(a, b)):
            raise unlike(decision)
        return a
    position = mine[0].get(id(a))
    if position is not None:
        if mine[1].get(id(b)) != position:
            raise unlike(decision)
        return Position(position)
    if a is b:
        return a
    if not isinstance(b, Value) or id(b) in mine[1]:
        raise unlike(decision)
    if id(a) in places:
        return Computed(len(mine[0]) + places[id(a)])
    if not _equal(a._data, b._data):
        raise unlike(decision)
    return a._data


def _behind_variables(x: Any) -> Any:
    """What the variable of a transform within the function stands for: it has the same number."""
    while isinstance(x, Value) and x._row is SAME:
        (x,) = x._children
    return x


def _refused(decision: Decision) -> TraceError:
    return TraceError(
        f"a function under engine.jit cannot read the gradients of what it is given or computes: {decision}"
        f"\nIt would be frozen as it is now: {REMEDY}; or call the function without engine.jit"
    )


def _equal(a: Any, b: Any) -> bool:
    """Whether two numbers are the same, to the sign of a zero; nan is itself."""
    if a != a:
        return bool(b != b)
    if a != b or type(a) is not type(b):
        return bool(a == b) and not isinstance(a, float)
    return bool(a) or not isinstance(a, float) or math.copysign(1.0, a) == math.copysign(1.0, b)
