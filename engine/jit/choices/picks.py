"""Items of lists, tuples and arrays that an integer among the arguments picks, as ``table[token]`` does.

Such an item is chosen among all that it could have been: a number, or a row of numbers that all items have in
the same places. Which is read from the source, as the list itself is told nothing of who reads it.
"""

from __future__ import annotations

import ast
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain, islice
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from engine.frames.calls import operation_of
from engine.frames.syntax import Syntax
from engine.frames.user_frame import position_at, user_spot
from engine.jit.choices.arms import UnknownError, read_beside
from engine.jit.choices.parts import leaves
from engine.node.backend import Value
from engine.node.functions import FUNCTIONS
from engine.ops import OPERATORS
from engine.pytree.statics import static_key

__all__ = ["Pick", "Returned", "is_within", "made_by", "pick_at"]

_INDEXES = (ast.Name, ast.Attribute, ast.Subscript)
_COMPUTES = (ast.BinOp, ast.UnaryOp)
_CONTAINERS = (list, tuple, dict, OrderedDict, np.ndarray)
"""Of items that are rows: an object of another class may know more than what it holds."""


class Pick:
    """A choice among the items of a container.

    Attributes:
        site: the subscript, in the syntax of its file.
        node: the index.
        container: a list or tuple, not a subclass, or an array of objects.
        count: how many items it has.
        items: those that it had.
        varied: which parts of an item are Values, of which not all items have the same one.
        columns: of each of these what the items have there.
        before: how many nodes there were.
        spot: where it stands.
        position: of the item that was taken.
        is_local: whether the function may have made the container, or have picked it.
    """

    def __init__(self, site: ast.Subscript, node: Value, container: Sequence[Any], before: int) -> None:
        self.site, self.node, self.container, self.before = site, node, container, before
        self.spot = user_spot()
        self.count = len(container)
        self.items = tuple(container)
        self._rows = _rows_of(self.items)
        columns = list(zip(*self._rows, strict=True))
        self.varied = tuple(i for i, column in enumerate(columns) if _varies(column))
        self.columns = [columns[i] for i in self.varied]
        if not self.columns:
            raise UnknownError
        self.position = 0
        self.is_local = True

    @property
    def form(self) -> Any:
        """What the same pick in another run has in common with it."""
        ids = () if self.is_local else tuple(tuple(map(id, column)) for column in self.columns)
        return self.site, self.count, self.varied, self.is_local, ids

    @property
    def read(self) -> list[Any]:
        """What it reads: the index, and what it picks from unless that was there before."""
        return [self.node, *(x for column in self.columns if self.is_local for x in column)]

    @property
    def given(self) -> list[Any]:
        """What it gives: those parts of the item that are not the same in all."""
        return [column[self.position] for column in self.columns]

    @property
    def is_as_it_was(self) -> bool:
        """Whether no item has been changed since: two picks may be of one item, which is seen only then."""
        if all(type(x) is Value for x in self.items):
            return True
        try:
            rows = _rows_of(self.items)
        except UnknownError:
            return False
        if len(rows[0]) != len(self._rows[0]):
            return False
        pairs = zip(chain(*rows), chain(*self._rows), strict=True)
        return all(_is_same(x, y) for x, y in pairs)

    def columns_of(self, read: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The columns, where other Values may stand for what it read."""
        if not self.is_local:
            return self.columns
        return [read[i : i + self.count] for i in range(1, len(read), self.count)]


def pick_at(frame: FrameType, syntax: Syntax, node: Value, before: int, known: Callable[..., Any]) -> Pick:
    """The pick that a frame is at, where a number is asked for the integer that it is.

    Args:
        frame: where the code stands.
        syntax: of its file.
        node: the number.
        before: how many nodes there are.
        known: what an inner subscript picked, by its syntax; it raises ``KeyError`` of others.

    Raises:
        UnknownError: it is asked for something else, or not known what it picks from.
    """
    site = syntax.subscript_at(frame)
    if site is None or not isinstance(site.ctx, ast.Load) or not _is_subscript(frame):
        raise UnknownError
    if isinstance(site.slice, _INDEXES):
        if read_beside(frame, syntax, site.slice, known) is not node:
            raise UnknownError
    elif not isinstance(site.slice, _COMPUTES):
        raise UnknownError  # it may be a slice
    container = read_beside(frame, syntax, site.value, known)
    is_array = type(container) is np.ndarray and container.dtype == object and container.ndim > 0
    if not (is_array or type(container) in (list, tuple)) or not len(container):
        raise UnknownError
    return Pick(site, node, container, before)


def made_by(function: Any, nodes: Sequence[Value]) -> list[Value]:
    """The list that a function of the engine gave which made the last nodes: one for each operand.

    Raises:
        KeyError: it is no such function.
    """
    row = OPERATORS[getattr(function, "__name__", "")]
    if FUNCTIONS.get(row.name) is not function or not nodes or nodes[-1]._row is not row:
        raise KeyError(function)
    count = len(nodes[-1]._children)
    return list(islice((node for node in reversed(nodes) if node._row is row), count))[::-1]


def _is_subscript(frame: FrameType) -> bool:
    name, sign = operation_of(frame)
    return name.startswith("BINARY_SUBSCR") or (name == "BINARY_OP" and sign == "[]")


def _rows_of(items: Sequence[Any]) -> list[Sequence[Any]]:
    """The parts of each item, as many in each: Values, and keys of what is not a Value."""
    if {*map(type, items)} == {Value}:
        return [[each] for each in items]
    found: list[Sequence[Any]] = [[*map(_part, leaves(each))] for each in items]
    if len({*map(len, found)}) != 1:
        raise UnknownError
    return found


def _part(x: Any) -> Any:
    if type(x) is Value:
        return x
    # leaves() has pairs in the places of containers: a subclass may hold more than its items
    if type(x) is tuple and not (x[0] in _CONTAINERS or _is_named(x[0])):
        raise UnknownError
    return static_key(x)


def _is_same(x: Any, y: Any) -> bool:
    return x is y if type(x) is Value or type(y) is Value else bool(x == y)


def _is_named(kind: type) -> bool:
    """Whether a class is a named tuple, whose objects have no attributes of their own."""
    return issubclass(kind, tuple) and hasattr(kind, "_fields") and not kind.__dictoffset__


def _varies(column: Sequence[Any]) -> bool:
    """Whether the items have different Values in one place; else all must have the same there."""
    first = column[0]
    if {*map(type, column)} == {Value}:
        return any(x is not first for x in column)
    if any(type(x) is Value or x != first for x in column):
        raise UnknownError
    return False


@cache
def is_within(count: int) -> Callable[[Any], Any]:
    """The test whether a number, or each of an array, is an index of a container with so many items."""

    def test(x: Any) -> Any:
        return (x >= -count) & (x < count) & (x % 1 == 0)

    return test


class Returned:
    """A block within which this thread notes what calls return last, in each frame and place: lists, tuples.

    Calls of functions in Python are seen. While anything else, such as a profiler, is told of calls, none is.
    """

    def __init__(self) -> None:
        self._found: dict[int, dict[int, Any]] = {}
        self._is_on = False

    def __enter__(self) -> Returned:
        self._is_on = sys.getprofile() is None
        if self._is_on:
            sys.setprofile(self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._is_on:
            sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, result: Any) -> None:
        if event == "return" and (type(result) is list or type(result) is tuple):
            caller = frame.f_back
            if caller is not None:
                self._found.setdefault(id(caller), {})[caller.f_lasti] = result

    def taken(self, frame: FrameType, call: ast.expr) -> Any:
        """What a call returned last in a frame; it is not found again.

        Raises:
            KeyError: it is not known.
        """
        place = (call.lineno, call.end_lineno, call.col_offset, call.end_col_offset)
        found = self._found.get(id(frame), {})
        for offset in found:
            if position_at(frame.f_code, offset) == place:
                return found.pop(offset)
        raise KeyError(call)
