"""Records what Python decides by numbers in a traced function; these become guards of the program.

A comparison such as ``x > 0`` has an outcome and leaves no node; nor does a number that is read out of one.
Both are recorded. In the second run of a trace the outcomes of the first are given again, so that both go the
same way. Then each decision is settled:

- by an argument's number, or by a Value that was there before: a :class:`Guard`, looked at before each call;
- by a number that was computed from such: refused, as the program does not say what it is;
- by constants only: nothing, as it comes out the same for ever.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.autograd.trace_mode import OF_NODES, Recorder, user_line
from engine.errors import TraceError
from engine.frames.user_frame import Spot, line_of, user_spot
from engine.node.backend import Value
from engine.ops.indexing import SAME
from engine.ops.op import CONSTANT
from engine.quoting import brief

__all__ = ["Decisions", "Guard", "Replay", "StandIns", "settled"]

_MOST = 100_000  # decisions in one trace; each is looked at in each call

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}

_REMEDY = (
    "choose by engine.where, engine.maximum, engine.relu or engine.take; keep a number constant by "
    "engine.stop_gradient; or decide outside (an "
    "accuracy, what is printed), and pass what was decided as an argument"
)


class StandIns(Recorder):
    """Makes Values stand in for numbers: keys, comparisons and reads act as the numbers would, or raise.

    Args:
        inputs: the Values.
        numeric: of each whether it stands for a number; else for a Value of the caller's.
        wanted: of each whether it takes a gradient.
    """

    def __init__(self, inputs: Sequence[Value], numeric: Sequence[bool], wanted: Sequence[bool]) -> None:
        self.frozen = {id(value) for value, flag in zip(inputs, wanted, strict=True) if not flag}
        self.numeric = {id(value): flag for value, flag in zip(inputs, numeric, strict=True)}
        self.held = inputs  # so that no other object has the id of one

    def seen(self, node: Value, how: str, test: Callable[[Any], Any]) -> Any:
        if how == "requires_grad" and id(node) in self.numeric:
            return id(node) not in self.frozen
        return test(node if how in OF_NODES else node._data)

    def compared(self, node: Value, other: Any, symbol: str) -> Any:
        if isinstance(other, Value):
            if symbol in ("==", "!=") and (same := self._same_node(node, other)) is not None:
                return same == (symbol == "==")
            other = other._data
        return _COMPARISONS[symbol](node._data, other)

    def refuse_as_key(self, node: Value) -> None:
        if not self._is_value(node):
            raise TraceError(
                f"{_shown(node)} as a key of a dict, or in a set: a function under engine.jit has a Value "
                "where a number is given to it, and that is found by its identity; compare by `==`, pick by "
                f"engine.take, or name the argument in static_argnums{user_line()}"
            )

    def _same_node(self, a: Value, b: Value) -> bool | None:
        """Whether two nodes are one, where both are Values to the caller too; None if it is about numbers."""
        if a is b:
            return None
        stands_for_value = [self.numeric.get(id(x)) is False for x in (a, b)]
        if self._is_value(a) and self._is_value(b) and not any(stands_for_value):
            return False
        if any(stands_for_value):
            raise TraceError(
                f"{_shown(a)} == {_shown(b)}: between two Values it asks whether they are the same one, "
                "which a function under engine.jit cannot see of its arguments; compare .data, or by <"
                f"{user_line()}"
            )
        return None

    def _is_value(self, node: Value) -> bool:
        """Whether a node would be a Value, not a number, if the function were called as it is written."""
        waiting, met = [node], {id(node)}
        while waiting:
            item = waiting.pop()
            if not item._children:
                numeric = self.numeric.get(id(item))
                if item._row is not CONSTANT if numeric is None else not numeric:
                    return True
            for child in item._children:
                if id(child) not in met:
                    met.add(id(child))
                    waiting.append(child)
        return False


class Decision:
    """One comparison or read: of what, how, with what outcome, and where in the user's code."""

    __slots__ = ("how", "node", "other", "outcome", "spot", "test")

    def __init__(self, node: Value, other: Any, how: str, test: Any, outcome: Any, spot: Spot | None) -> None:
        self.node, self.other, self.how, self.test = node, other, how, test
        self.outcome, self.spot = outcome, spot

    @property
    def shown(self) -> str:
        """What was decided."""
        if self.how in _COMPARISONS:
            return f"{_shown(self.node)} {self.how} {_shown(self.other)}"
        return f"{_HOW.get(self.how, self.how)} of {_shown(self.node)}"

    def __str__(self) -> str:
        return _with_line(self.shown, self.spot)


_HOW = {
    "data": "the number (.data)",
    "grad": "the gradient (.grad)",
    "float": "the number (float())",
    "bool": "the truth (if, and, or, not)",
    "checked": "a check",
}


class Decisions(StandIns):
    """The recorder of a function's first run.

    Attributes:
        made: the decisions, in order.
    """

    def __init__(self, inputs: Sequence[Value], numeric: Sequence[bool], wanted: Sequence[bool]) -> None:
        super().__init__(inputs, numeric, wanted)
        self.made: list[Decision] = []

    def seen(self, node: Value, how: str, test: Callable[[Any], Any]) -> Any:
        return self._decided(node, None, how, test, super().seen(node, how, test))

    def compared(self, node: Value, other: Any, symbol: str) -> Any:
        outcome = super().compared(node, other, symbol)
        if isinstance(other, Value) and symbol in ("==", "!=") and self._same_node(node, other) is not None:
            return outcome
        return self._decided(node, other, symbol, _COMPARISONS[symbol], outcome)

    def _decided(self, node: Value, other: Any, how: str, test: Any, outcome: Any) -> Any:
        if len(self.made) >= _MOST:
            raise TraceError(
                f"the function looks at numbers more than {_MOST} times, the last time at {_shown(node)}: "
                f"{_REMEDY}{user_line()}"
            )
        self.made.append(Decision(node, other, how, test, outcome, user_spot()))
        return outcome


class Replay(Decisions):
    """The recorder of a second run, in which decisions come out as they did in the first.

    Args:
        first: the decisions of the first.
    """

    def __init__(
        self,
        inputs: Sequence[Value],
        numeric: Sequence[bool],
        wanted: Sequence[bool],
        first: Sequence[Decision],
    ) -> None:
        super().__init__(inputs, numeric, wanted)
        self.first = first

    def _decided(self, node: Value, other: Any, how: str, test: Any, outcome: Any) -> Any:
        position = len(self.made)
        if position >= len(self.first) or self.first[position].how != how:
            raise _unlike(Decision(node, other, how, test, outcome, user_spot()))
        before = self.first[position]
        self.made.append(Decision(node, other, how, test, outcome, before.spot))
        return before.outcome


def _unlike(decision: Decision) -> TraceError:
    return TraceError(
        "the function decides otherwise when it runs again, on other numbers: by random numbers, or by what "
        f"changes from call to call? {decision}"
    )


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
        return _with_line(self._shown, self._spot)

    @property
    def by_arguments(self) -> bool:
        """Whether it is about arguments."""
        return type(self.left) is Position or type(self.right) is Position

    @property
    def captured(self) -> list[Value]:
        """The captured Values it is about."""
        return [x for x in (self.left, self.right) if isinstance(x, Value)]

    @property
    def key(self) -> Any:
        """Equal for guards that say the same."""
        return self.how, self.test, *(x if type(x) is Position else id(x) for x in (self.left, self.right))

    def holds(self, numbers: Sequence[float]) -> bool:
        """Whether it comes out as it did, for these arguments."""
        left, right = self._read(self.left, numbers), self._read(self.right, numbers)
        try:
            found = self.test(left) if self.right is None else self.test(left, right)
        except (ValueError, OverflowError):  # int(nan)
            return False
        return _equal(found, self.outcome)

    def holds_on(
        self, columns: Sequence[np.ndarray[Any, Any]], count: int
    ) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Of each sample whether it comes out as it did; columns[i] has the number i of all arguments."""
        if self.right is None and self.how != "checked":
            (column,) = self._columns(columns, self.left)
            return np.fromiter((self.holds_number(x) for x in column.tolist()), bool, count)
        sides = [
            column for x in (self.left, self.right) if x is not None for column in self._columns(columns, x)
        ]
        return np.broadcast_to(np.asarray(self.test(*sides)) == self.outcome, (count,))

    def holds_number(self, number: float) -> bool:
        """The same for a read of one number."""
        try:
            return _equal(self.test(number), self.outcome)
        except (ValueError, OverflowError):
            return False

    @staticmethod
    def _columns(columns: Sequence[Any], side: Any) -> tuple[Any]:
        return (columns[side] if type(side) is Position else getattr(side, "_data", side),)

    def _read(self, side: Any, numbers: Sequence[float]) -> Any:
        if type(side) is Position:
            return numbers[side]
        if self.how in OF_NODES:
            return side
        return getattr(side, "_data", side)


class Position(int):
    """Which number among the arguments."""


def settled(first: Decisions, second: Decisions) -> list[Guard]:
    """The guards that the decisions of two runs leave.

    Raises:
        TraceError: a decision is by a number that was computed from arguments or captured Values.
    """
    if len(first.made) != len(second.made):
        raise _unlike(first.made[len(second.made)])
    mine = [{id(value): i for i, value in enumerate(run.held)} for run in (first, second)]
    guards: dict[Any, Guard] = {}
    for pair in zip(first.made, second.made, strict=True):
        sides = []
        for name in ("node", "other"):
            a, b = (getattr(decision, name) for decision in pair)
            sides.append(_side(a, b, mine, pair[0]))
        if not any(type(side) is Position or isinstance(side, Value) for side in sides):
            continue
        guard = Guard(pair[0], *sides)
        if guard.how in OF_NODES and guard.by_arguments:
            if guard.how == "grad":
                raise _refused(pair[0])
            continue  # a program is for arguments that take gradients, or for such that do not
        guards.setdefault(guard.key, guard)
    return list(guards.values())


def _side(a: Any, b: Any, mine: Sequence[dict[int, int]], decision: Decision) -> Any:
    """What a side of a decision is: the position of an argument, a captured Value, or a number."""
    a, b = _behind_variables(a), _behind_variables(b)
    if not isinstance(a, Value):
        if isinstance(b, Value) or not (a is b or _equal(a, b)):
            raise _unlike(decision)
        return a
    position = mine[0].get(id(a))
    if position is not None:
        if mine[1].get(id(b)) != position:
            raise _unlike(decision)
        return Position(position)
    if a is b:
        return a
    if not isinstance(b, Value) or id(b) in mine[1]:
        raise _unlike(decision)
    if _depends(a, b, mine):
        raise _refused(decision)
    if not _equal(a._data, b._data):
        raise _unlike(decision)
    return a._data


def _behind_variables(x: Any) -> Any:
    """What the variable of a transform within the function stands for: it has the same number."""
    while isinstance(x, Value) and x._row is SAME:
        (x,) = x._children
    return x


def _depends(a: Value, b: Value, mine: Sequence[dict[int, int]]) -> bool:
    """Whether a node that both runs made is made of arguments, or of what was there before."""
    leaves = [{id(node): node for node in root._topological_order() if not node._children} for root in (a, b)]
    return bool(leaves[0].keys() & leaves[1].keys() or leaves[0].keys() & mine[0].keys())


def _refused(decision: Decision) -> TraceError:
    return TraceError(
        f"a function under engine.jit cannot decide by a number that it computes: {decision}\nIt would be "
        f"frozen as it is now: {_REMEDY}; or call the function without engine.jit"
    )


def _with_line(shown: str, spot: Spot | None) -> str:
    line = line_of(spot)
    return shown if line is None else f"{shown}\n{line}"


def _equal(a: Any, b: Any) -> bool:
    """Whether two numbers are the same, to the sign of a zero; nan is itself."""
    if a != a:
        return bool(b != b)
    if a != b or type(a) is not type(b):
        return bool(a == b) and not isinstance(a, float)
    return bool(a) or not isinstance(a, float) or math.copysign(1.0, a) == math.copysign(1.0, b)


def _shown(x: Any) -> str:
    if not isinstance(x, Value):
        return repr(x)
    name = f" {brief(x.label)}" if x.label else ""
    return f"a Value{name} of {x._op!r}" if x._children else f"Value({x._data!r}){name}"
