"""Builds the graph in which ``where`` stands for each choice, once it is known who reads which."""

from __future__ import annotations

from collections.abc import Iterator
from operator import is_
from typing import Any

from engine.jit.choices.arms import Fork, Leaf, Path, Tree
from engine.jit.choices.paths import DIRECT, Base, Event, Kind
from engine.jit.choices.picks import is_within
from engine.jit.choices.read_out import raising, without_error
from engine.jit.choices.runs import WHICH, Choice, UnlikeError
from engine.jit.trace.decisions import ITEM, Decision
from engine.jit.trace.traced_graph import is_by_hand, is_own
from engine.node.backend import Value, apply
from engine.ops import OPERATORS
from engine.ops.indexing import SAME, TAKE
from engine.ops.op import Op
from engine.pytree.result import Result

__all__ = ["Builder"]

_GREATER, _GREATER_EQUAL, _WHERE = (OPERATORS[name] for name in ("greater", "greater_equal", "where"))


class Builder:
    """Builds the graph of a base with choices in the places of what its readers read."""

    def __init__(self, base: Base, readers: dict[tuple[int, int], int]) -> None:
        self.base, self.readers = base, readers
        self.needed = set(readers.values())
        self.raising = raising(base.nodes, base.recorder)
        self.rows: set[Op] = set()  # operators that can be applied anew
        self.new: dict[int, Value] = {}
        self.given: list[Any] = []

    def _resolved(self, number: int, place: int, x: Any) -> Any:
        through = self.readers.get((number, place), DIRECT)
        if through != DIRECT:
            return self.given[through]
        return self.new.get(id(x), x) if isinstance(x, Value) else x

    def built(self) -> tuple[Result, list[Decision]]:
        """The result, and the decisions that are left."""
        decisions, asked, choice = list[Decision](), list[Any](), None
        for number, event in enumerate(self.base.events):
            if event.kind is Kind.NODES:
                decisions += self._stretch(event.of)
                continue
            if event.kind is Kind.NODE and id(event.of) in self.raising:
                read = [self._resolved(number, i, x) for i, x in enumerate(event.read)]
                if event.choice >= 0:
                    read = [self._where_taken(x, choice, asked, event.path) for x in read]
                decisions += without_error(event.of, read)
            changed = number in self.base.reading or event.kind is not Kind.NODE
            if not changed and not any(id(x) in self.new for x in event.read):
                continue
            read = [self._resolved(number, i, x) for i, x in enumerate(event.read)]
            if event.kind is Kind.NODE:
                self._node(event.of, read)
            elif event.kind is Kind.ASKS:
                choice, asked = event.of, read
            elif event.kind is Kind.GIVES:
                self.given.append(self._chosen(event.of, asked, read))
            elif event.kind is Kind.PICKS:
                given = self._picked(event, read)
                how = ITEM if any(x is not None for x in given) else "checked"
                self.given += given
                pick = event.of
                decisions.append(Decision(read[0], None, how, is_within(pick.count), True, pick.spot))
            elif event.kind is Kind.DECIDES:
                d = event.of
                if d.how != WHICH:
                    decisions.append(Decision(read[0], read[1], d.how, d.test, d.outcome, d.spot))
                elif read[0] is not d.node or read[1] is not d.other:
                    raise UnlikeError
            elif any(isinstance(x, Value) and self.base.recorder.is_read_out(x) for x in event.read):
                raise UnlikeError  # the function gives floats there
            else:
                result = Result(self.base.output)
                result.values = [part for part in read if isinstance(part, Value)]
        return result, decisions

    def _stretch(self, stretch: range) -> Iterator[Decision]:
        """Of many nodes in a row make those that are others now; what is decided by them."""
        new, reading = self.new, self.base.reading
        for k, node in enumerate(self.base.nodes[stretch.start : stretch.stop], stretch.start):
            operands = node._children
            if ~k in reading:
                self._node(node, [self._resolved(~k, i, x) for i, x in enumerate(operands)])
            else:
                for x in operands:
                    if id(x) in new:
                        self._node(node, [new.get(id(y), y) for y in operands])
                        break
        for k in filter(stretch.__contains__, self.raising.values()):
            node = self.base.nodes[k]
            yield from without_error(node, [self._resolved(~k, i, x) for i, x in enumerate(node._children)])

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
        self.new[id(node)] = apply(row, operands)

    def _where_taken(self, x: Any, choice: Any, asked: list[Any], path: Path) -> Any:
        """An operand on the way to a choice's outcome, 1 on the others."""
        sides, tree, ways = _sides(choice, asked), choice.tree, []
        for outcome in path:
            assert isinstance(tree, Fork)
            ways.append((_truth(tree, *sides[tree]), outcome))
            tree = tree.yes if outcome else tree.no
        for truth, outcome in ways:
            x = apply(_WHERE, (truth, x, 1.0) if outcome else (truth, 1.0, x))
        return x

    def _chosen(self, choice: Choice, asked: list[Any], given: list[Any]) -> Any:
        sides = _sides(choice, asked)
        values = iter(given)

        def made(part: Tree) -> Any:
            if isinstance(part, Leaf):
                return self._simpler(next(values))
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
