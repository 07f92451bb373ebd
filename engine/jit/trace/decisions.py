"""Records what Python decides by numbers in a traced function; these become guards of the program.

A comparison such as ``x > 0`` has an outcome and leaves no node; nor does a number that is read out of one.
Both are recorded. In the second run of a trace the outcomes of the first are given again, so that both go the
same way. Then each decision is settled: see ``guards.py``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from engine.autograd.trace_mode import OF_NODES, Recorder, user_line
from engine.errors import TraceError
from engine.frames.shown import is_only_shown
from engine.frames.user_frame import Spot, is_of_library, is_of_project, line_of, user_spot
from engine.node.backend import Value
from engine.ops.op import CONSTANT
from engine.quoting import brief

__all__ = [
    "COMPARISONS",
    "ITEM",
    "REMEDY",
    "Decision",
    "Decisions",
    "Replay",
    "StandIns",
    "unlike",
    "with_line",
]

ITEM = "item"
"""How it is decided that a number is the index of an item which the graph picks by it."""

_MOST = 100_000  # decisions in one trace; each is looked at in each call

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}

REMEDY = (
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
        self.read: dict[int, Value] = {}  # Values that stand for numbers that were read out, by their ids

    def seen(self, node: Value, how: str, test: Callable[[Any], Any]) -> Any:
        if how == "requires_grad" and id(node) in self.numeric:
            return id(node) not in self.frozen
        return test(node if how in OF_NODES else node._data)

    def compared(self, node: Value, other: Any, symbol: str) -> Any:
        if isinstance(other, Value):
            if symbol in ("==", "!=") and (same := self._same_node(node, other)) is not None:
                return same == (symbol == "==")
            other = other._data
        return COMPARISONS[symbol](node._data, other)

    def index_of(self, node: Value) -> int | None:
        if self._is_value(node) or not node._data.is_integer():
            return None
        return int(self.seen(node, "index", _exactly))

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
            return True if self._is_value(a) else None
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
            if id(item) in self.read:
                continue
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
        if self.how in COMPARISONS:
            return f"{_shown(self.node)} {self.how} {_shown(self.other)}"
        return f"{_HOW.get(self.how, self.how)} of {_shown(self.node)}"

    def __str__(self) -> str:
        return with_line(self.shown, self.spot)


_HOW = {
    "data": "the number (.data)",
    "grad": "the gradient (.grad)",
    "float": "the number (float())",
    "text": "the text (f-string, str, repr)",
    "bool": "the truth (if, and, or, not)",
    "checked": "a check",
    "operator": "the error that floats raise (a division by 0, a power too large or complex)",
    ITEM: "an index",
    "index": "the integer (as an index, a range or a count)",
}


def _exactly(number: float) -> int:
    """A number as an integer.

    Raises:
        ValueError: it is not an integer.
    """
    if not number.is_integer():
        raise ValueError(f"not an integer: {number!r}")
    return int(number)


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

    def text_of(self, node: Value, test: Callable[[Any], str], frame: FrameType) -> str:
        if is_of_project(frame) or is_of_library(frame) or is_only_shown(frame):
            return test(node._data)
        return str(self.seen(node, "text", test))

    def compared(self, node: Value, other: Any, symbol: str) -> Any:
        outcome = super().compared(node, other, symbol)
        if isinstance(other, Value) and symbol in ("==", "!=") and self._same_node(node, other) is not None:
            return outcome
        return self._decided(node, other, symbol, COMPARISONS[symbol], outcome)

    def _decided(self, node: Value, other: Any, how: str, test: Any, outcome: Any) -> Any:
        if len(self.made) >= _MOST:
            raise TraceError(
                f"the function looks at numbers more than {_MOST} times, the last time at {_shown(node)}: "
                f"{REMEDY}{user_line()}"
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

    def index_of(self, node: Value) -> int | None:
        if self._is_value(node) or self._expected("index") is None:
            return super().index_of(node)
        return int(self._decided(node, None, "index", _exactly, None))

    def _expected(self, how: str) -> Decision | None:
        """The next decision of the first run, if it is of this kind."""
        expected = self.first[len(self.made)] if len(self.made) < len(self.first) else None
        return expected if expected is not None and expected.how == how else None

    def _decided(self, node: Value, other: Any, how: str, test: Any, outcome: Any) -> Any:
        before = self._expected(how)
        if before is None:
            raise unlike(Decision(node, other, how, test, outcome, user_spot()))
        self.made.append(Decision(node, other, how, test, before.outcome, before.spot))
        return before.outcome


def unlike(decision: Decision) -> TraceError:
    return TraceError(
        "the function decides otherwise when it runs again, on other numbers: by random numbers, or by what "
        f"changes from call to call? {decision}"
    )


def with_line(shown: str, spot: Spot | None) -> str:
    line = line_of(spot)
    return shown if line is None else f"{shown}\n{line}"


def _shown(x: Any) -> str:
    if not isinstance(x, Value):
        return repr(x)
    name = f" {brief(x.label)}" if x.label else ""
    return f"a Value{name} of {x._op!r}" if x._children else f"Value({x._data!r}){name}"
