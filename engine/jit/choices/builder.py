"""Builds the graph in which ``where`` stands for each choice, once it is known who reads which."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, partial
from operator import is_
from typing import Any

import numpy as np

from engine.jit.choices.arms import Fork, Leaf, Path, Tree
from engine.jit.choices.extrema import Extremum, same_number
from engine.jit.choices.paths import DIRECT, Base, Event, Kind
from engine.jit.choices.picks import is_within
from engine.jit.choices.read_out import GIVEN, READ, Flag, flag_of, raises, without_error
from engine.jit.choices.runs import WHICH, Choice, UnlikeError
from engine.jit.choices.stretches import make_anew
from engine.jit.trace.decisions import ITEM, Decision
from engine.jit.trace.identity import places_among
from engine.jit.trace.traced_graph import is_by_hand, is_own
from engine.node.backend import Value, apply
from engine.ops import OPERATORS
from engine.ops.indexing import SAME, TAKE
from engine.ops.op import Op
from engine.pytree.result import Result

__all__ = ["Builder"]

_GREATER, _GREATER_EQUAL, _WHERE = (OPERATORS[name] for name in ("greater", "greater_equal", "where"))


class Builder:
    """Builds the graph of a base with choices in the places of what its readers read.

    Args:
        base: the base.
        readers: which choice each reader reads.
        with_extrema: whether one operator may stand for many choices, see :mod:`engine.jit.choices.extrema`.

    Attributes:
        extrema: the nodes of such operators.
    """

    def __init__(self, base: Base, readers: dict[tuple[int, int], int], with_extrema: bool) -> None:
        self.base, self.readers = base, readers
        self.needed = set(readers.values())
        self.rows: set[Op] = set()  # operators that can be applied anew
        self.new: dict[int, Any] = {}  # what stands for nodes: others, or extrema
        self.given: list[Any] = []
        self.decisions: list[Decision] = []
        self.extrema: list[Value] = []
        self._with_extrema, self._items = with_extrema, base.recorder.items if with_extrema else {}
        for key, function in self._items.items():  # of a single one, as others are of more
            self.new[key] = Extremum(function is max, (base.recorder.read[key],))
        # whether nodes, and what choices give, are plain numbers: see Flag
        self._flags: dict[int, Flag] = dict.fromkeys(base.recorder.read, READ)
        self._flags_given: list[Flag] = []
        self._has_read = bool(self._flags)
        if self._has_read:
            leaves = [base.nodes[i] for i in np.flatnonzero(base.arrays.counts == 0).tolist()]
            leaves += [x for x in base.recorder.held if not x._children]
            self._flags |= {id(x): GIVEN for x in leaves if base.recorder.is_number(x)}
        # the places of nodes in stretches that others do not go by
        read_out = places_among([base.recorder.read[key] for key in self._items], base.nodes).tolist()
        self._alone = sorted({*read_out, *(~number for number in base.reading if number < 0)})

    def _resolved(self, number: int, place: int, x: Any) -> Any:
        """What stands for what a reader reads; it may be an extremum."""
        through = self.readers.get((number, place), DIRECT)
        if through != DIRECT:
            return self.given[through]
        return self.new.get(id(x), x) if isinstance(x, Value) else x

    def _read(self, number: int, read: Sequence[Any]) -> list[Any]:
        """What stands for all that an event reads."""
        return [self._plainly(self._resolved(number, i, x)) for i, x in enumerate(read)]

    def _plainly(self, x: Any) -> Any:
        if not isinstance(x, Extremum):
            return x
        if x.is_new and len(x.sides) > 1:
            self.extrema.append(x.node)
        return x.node

    def _flags_of(self, number: int, read: Sequence[Any]) -> list[Flag]:
        """Of what an event reads whether it is a plain number."""
        readers = self.readers
        return [
            self._flags_given[readers[number, i]]
            if readers.get((number, i), DIRECT) != DIRECT
            else self._flags.get(id(x), None if isinstance(x, Value) else GIVEN)
            for i, x in enumerate(read)
        ]

    def built(self) -> tuple[Result, list[Decision]]:
        """The result, and the decisions that are left."""
        asked, choice = list[Any](), None
        for number, event in enumerate(self.base.events):
            if event.kind is Kind.NODES:
                self._stretch(event.of)
                continue
            if event.kind is Kind.NODE and self._has_read:
                self._note_flag(number, event.of, choice, asked, event.path)
            changed = number in self.base.reading or event.kind is not Kind.NODE
            if not changed and not any(id(x) in self.new for x in event.read):
                continue
            if event.kind is Kind.ASKS:
                choice, asked = event.of, [self._resolved(number, i, x) for i, x in enumerate(event.read)]
                continue
            if event.kind is Kind.GIVES:
                self._chosen(number, event, asked)
                continue
            read = self._read(number, event.read)
            if event.kind is Kind.NODE:
                self._node(event.of, read)
            elif event.kind is Kind.PICKS:
                given = self._picked(event, read)
                how = ITEM if any(x is not None for x in given) else "checked"
                self.given += given
                self._flags_given += self._flags_picked(number, event)
                test = is_within(event.of.count)
                self.decisions.append(Decision(read[0], None, how, test, True, event.of.spot))
            elif event.kind is Kind.DECIDES:
                d = event.of
                if d.how != WHICH:
                    self.decisions.append(Decision(read[0], read[1], d.how, d.test, d.outcome, d.spot))
                elif read[0] is not d.node or read[1] is not d.other:
                    raise UnlikeError
            else:
                parts = [i for i, part in enumerate(event.read) if isinstance(part, Value)]
                flags = self._flags_of(number, event.read)
                result = Result(self.base.output)
                result.values = [read[i] for i in parts]
                result.floats = frozenset(k for k, i in enumerate(parts) if flags[i] == READ)
        return result, self.decisions

    def _note_flag(self, number: int, node: Value, choice: Any, asked: list[Any], path: Path) -> None:
        """Note whether a node stands for a plain number; if so, Python's operator must not have raised."""
        if id(node) in self._flags or id(node) in self.base.recorder.leaves:
            return
        flag = flag_of(self._flags_of(number, node._children))
        if flag is None:
            return
        self._flags[id(node)] = flag
        if flag == GIVEN or not raises(node):
            return
        operands = self._read(number, node._children)
        if callable(flag):
            operands = [apply(_WHERE, (flag(), x, 1.0)) for x in operands]
        if path:
            operands = [self._where_taken(x, choice, asked, path) for x in operands]
        self.decisions += without_error(node, operands)

    def _flags_picked(self, number: int, event: Event) -> list[Flag]:
        """Whether what was picked are plain numbers."""
        flags = self._flags_of(number, event.read) if self._has_read else [None] * len(event.read)
        columns = event.of.columns_of(flags) if event.of.is_local else [[None]] * len(event.of.columns)
        if any(len(set(each)) != 1 or callable(each[0]) for each in columns):
            raise UnlikeError
        return [each[0] for each in columns]

    def _stretch(self, stretch: range) -> None:
        """Of many nodes in a row make those that are others now."""
        nodes, at = self.base.nodes, stretch.start
        inner = self._alone[bisect_left(self._alone, at) : bisect_left(self._alone, stretch.stop)]
        ends = iter((*inner, stretch.stop))
        end = next(ends)
        while (at := make_anew(nodes, at, end, self.new, self._flags, self.rows)) < stretch.stop:
            self._one_of_many(at)
            at += 1
            if at > end:
                end = next(ends)

    def _one_of_many(self, k: int) -> None:
        """The same for one node."""
        node = self.base.nodes[k]
        if self._has_read:
            self._note_flag(~k, node, None, [], ())
        self._node(node, self._read(~k, node._children))

    def _picked(self, event: Event, read: list[Any]) -> list[Value | None]:
        """What a pick gives, as nodes; None for what nobody reads."""
        columns = enumerate(event.of.columns_of(read), event.choice)
        return [apply(TAKE, (*each, read[0])) if i in self.needed else None for i, each in columns]

    def _node(self, node: Value, operands: list[Any]) -> None:
        if all(map(is_, operands, node._children)):
            return
        row = node._row
        if row not in self.rows:
            if row is SAME or is_own(row) or is_by_hand(row):
                raise UnlikeError
            self.rows.add(row)
        found = apply(row, operands)
        function = self._items.get(id(node))
        self.new[id(node)] = found if function is None else Extremum(function is max, (found,))

    def _where_taken(self, x: Any, choice: Any, asked: list[Any], path: Path) -> Any:
        """An operand on the way to a choice's outcome, 1 on the others."""
        sides, tree, ways = _sides(choice, [self._plainly(x) for x in asked]), choice.tree, []
        for outcome in path:
            assert isinstance(tree, Fork)
            ways.append((_truth(tree, *sides[tree]), outcome))
            tree = tree.yes if outcome else tree.no
        for truth, outcome in ways:
            x = apply(_WHERE, (truth, x, 1.0) if outcome else (truth, 1.0, x))
        return x

    def _chosen(self, number: int, event: Event, asked: list[Any]) -> None:
        """Note what stands for what a choice gives, and whether that is a plain number."""
        choice = event.of
        given = [self._resolved(number, i, x) for i, x in enumerate(event.read)]
        flags = self._flags_of(number, event.read) if self._has_read else [None]
        flag = flag_of(flags)
        if flag == READ and self._with_extrema:
            extremum = self._extremum(choice, asked, given)
            if extremum is not None:
                self.given.append(extremum)
                self._flags_given.append(READ)
                return
        asked, given = [*map(self._plainly, asked)], [*map(self._plainly, given)]
        if callable(flag) or (flag is None and any(flags)):
            flag = cache(partial(self._plain_way, choice, asked, flags))
        self.given.append(self._by_way(choice, asked, [*map(self._simpler, given)]))
        self._flags_given.append(flag)

    def _plain_way(self, choice: Choice, asked: list[Any], flags: list[Flag]) -> Any:
        """1 where a choice gives a plain number, else 0."""
        return self._by_way(choice, asked, [f() if callable(f) else float(f is not None) for f in flags])

    def _extremum(self, choice: Choice, asked: list[Any], given: list[Any]) -> Extremum | None:
        """The larger or smaller of two plain numbers, if a choice is that."""
        if len(choice.forks) != 1:
            return None
        (left, right), (yes, no), symbol = asked, given, choice.forks[0].symbol
        for first, second, largest in ((yes, no, True), (no, yes, False)):
            if same_number(first, left) and same_number(second, right):
                return Extremum(largest is (symbol[0] == ">"), (left, right))
        return None

    def _by_way(self, choice: Choice, asked: list[Any], given: list[Any]) -> Any:
        """What choices give, of what they ask and what their outcomes give."""
        sides = _sides(choice, asked)
        values = iter(given)

        def made(part: Tree) -> Any:
            if isinstance(part, Leaf):
                return next(values)
            yes, no = made(part.yes), made(part.no)
            return yes if yes is no else apply(_WHERE, (_truth(part, *sides[part]), yes, no))

        return made(choice.tree)

    def _simpler(self, x: Any) -> Any:
        """The chosen side of a ``where`` whose condition is a constant."""
        if type(x) is Value and x._row is _WHERE and id(x._children[0]) in self.base.constants:
            return x._children[1 if x._children[0]._data else 2]
        return x


def _sides(choice: Choice, asked: list[Any]) -> dict[Fork, tuple[Any, Any]]:
    """What stands on the sides of its comparisons."""
    return {fork: (asked[2 * i], asked[2 * i + 1]) for i, fork in enumerate(choice.forks)}


def _truth(fork: Fork, left: Any, right: Any) -> Value:
    """A comparison as an operator: 1 or 0."""
    row = _GREATER if fork.symbol in ("<", ">") else _GREATER_EQUAL
    found: Value = apply(row, (left, right) if fork.symbol[0] == ">" else (right, left))
    return found
