"""Merges the ways through a function's short decisions into one graph with ``where``.

The function runs with decisions forced, each once so and once otherwise at least. What agrees with all runs
is a graph in which ``where`` stands for each decision, with exactly the numbers and the gradients of the side
that Python would take. Whatever does not agree leaves the function as it was: a program for each way.
"""

from __future__ import annotations

import gc
import random
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from operator import is_
from typing import Any

import numpy as np

from engine.autograd.grad_mode import enable_grad
from engine.autograd.trace_mode import recording, tracing
from engine.graph.walks import leaves as leaves_of
from engine.jit.choices.arms import Fork, Leaf, Path, Tree
from engine.jit.choices.parts import leaves, same_leaf
from engine.jit.choices.paths import DIRECT, Base, Event, Kind, Narrowing, Run
from engine.jit.choices.picks import Pick, is_within
from engine.jit.choices.read_out import gives_alike, raising, without_error
from engine.jit.choices.returned import Returned
from engine.jit.choices.runs import WHICH, Choice, Choosing, UnlikeError
from engine.jit.trace.decisions import Decision, StandIns
from engine.jit.trace.traced_graph import is_by_hand, is_own
from engine.node.backend import Value, apply
from engine.node.bulk import nodes_made, spoil
from engine.ops import OPERATORS
from engine.ops.indexing import SAME, TAKE
from engine.ops.op import Op
from engine.pytree.result import Result

__all__ = ["Merged", "merged"]

_RUNS = 16  # with half of the outcomes otherwise, at most
_ALL, _HALF = -1, -2

_GREATER, _GREATER_EQUAL, _WHERE = (OPERATORS[name] for name in ("greater", "greater_equal", "where"))

RunOn = Callable[[np.ndarray[Any, Any], Callable[[list[Value]], Any]], tuple[Any, Any]]
"""Runs the function on numbers, with a recorder made for its inputs: what it returns, and the recorder."""


class KeptError(Exception):
    """What a function keeps is to be put back: it may hold Values in the place of numbers."""


class Merged:
    """A function's graph with its choices as ``where``.

    Attributes:
        result: what it returns.
        decided: the recorder, with the decisions that are left.
        made: the nodes that were made for it.
    """

    def __init__(self, run_on: RunOn, numeric: Any, wanted: Any, numbers: np.ndarray[Any, Any]) -> None:
        self._run_on, self._numeric, self._wanted = run_on, numeric, wanted
        spent: list[Value] = []
        self._has_read = False
        self._notes = False  # what calls return
        try:
            natural = self._ran(numbers, None, None, None)
            spent += natural.nodes
            self._notes = any(decision.how == "index" for decision in natural.recorder.made)
            if self._notes:  # it may pick from what a call returns
                natural = self._ran(numbers, None, None, None)
                spent += natural.nodes
            made = natural.recorder
            if not (made.choices or made.picks or made.read):
                raise UnlikeError
            self._containers = [pick.container for pick in natural.recorder.picks]  # held for their ids
            self._others = natural.recorder.made
            base = self._base(numbers)
            self._narrow(base, numbers, spent)
            self._readers = {reader: only for reader, (only,) in base.candidates.items()}
            self._form = _form_of(base)
            self.result, self.decided, built = self._built(base)
            self.made = [*base.nodes, *built]
            if not _agrees(natural, base, self.result):
                raise UnlikeError
            self._check(numbers, base, self.result, self.made)
        except Exception as error:
            if self._has_read:
                raise KeptError from error
            raise
        finally:
            spoil(spent)

    def _base(self, numbers: Any) -> Base:
        run = self._ran(numbers, _first_wish, _first_aim, self._others)
        return Base(run.output, run.recorder)

    def _ran(self, numbers: Any, wish: Any, aim: Any, first: Any) -> Run:
        outside = frozenset() if first is None else frozenset(map(id, self._containers))
        made, returned = list[Choosing](), Returned()

        def recorder_for(inputs: list[Value]) -> Choosing:
            made.append(
                Choosing(*(inputs, self._numeric, self._wanted, nodes, wish, aim, first, outside, returned))
            )
            return made[0]

        with nodes_made() as nodes, returned if self._notes else nullcontext():
            try:
                output, recorder = self._run_on(numbers, recorder_for)
            finally:
                self._has_read |= any(each.read for each in made)
        if recorder.failed:
            raise UnlikeError
        return Run(output, recorder)

    def _narrow(self, base: Base, numbers: Any, spent: list[Value]) -> None:
        """Let the function run with other outcomes until each reader has one candidate."""
        if base.recorder.read:
            self._refuse_kept(numbers)
        if not (base.recorder.choices or base.recorder.picks):
            return
        outcomes = {(choice.site, path) for choice in base.recorder.choices for path in choice.leaves}
        met = {(choice.site, choice.path) for choice in base.recorder.choices}
        draw, halves = random.Random(0), 0
        ranks = range(1, min(base.most, _RUNS // 2))
        for rank in (_ALL, *ranks, *[_HALF] * _RUNS):
            wish = _Wish(rank, draw, met)
            run = self._ran(numbers, wish, wish.aim, self._others)
            spent += run.nodes
            Narrowing(base, run).walk()
            halves += rank == _HALF
            if halves >= 2 and met >= outcomes and all(len(each) == 1 for each in base.candidates.values()):
                return
        raise UnlikeError

    def _refuse_kept(self, numbers: Any) -> None:
        """Raise where the function keeps a number that it reads out, as a history of losses.

        No program would add to that. A list of its own is let go of with the run.
        """
        run = self._ran(numbers, None, None, self._others)
        read = [weakref.ref(each) for each in run.recorder.read.values()]
        vars(run.recorder).clear()  # itself it is known for a while to the block that it was told by
        del run
        if any(each() is not None for each in read):
            gc.collect()  # of the function's own cycles
            if any(each() is not None for each in read):
                raise UnlikeError

    def again(self, numbers: np.ndarray[Any, Any]) -> tuple[Result, Any]:
        """The same for other numbers, to compare.

        Raises:
            UnlikeError: it is not the same.
        """
        run = self._base(numbers)
        if _form_of(run) != self._form:
            raise UnlikeError
        result, decided, made = self._built(run)
        self._check(numbers, run, result, [*run.nodes, *made])
        return result, decided

    def _check(self, numbers: Any, run: Base, result: Result, made: Sequence[Value]) -> None:
        """Raise where numbers are read out and the function, given floats for them, gives another result."""
        recorder = run.recorder
        if not recorder.read or not all(map(_comes_out, recorder.made)):
            return
        with nodes_made() as nodes:
            try:
                output, given = self._run_on(
                    numbers, lambda inputs: StandIns(inputs, self._numeric, self._wanted)
                )
            except Exception:  # as it does on such numbers, which the other way of running it does not say
                return
            own = Result(output)
        inner = set(map(id, (*nodes, *made)))
        outer = {id(x): x for each in (*result.values, *own.values) for x in leaves_of(each)}
        captured = [x for x in outer.values() if id(x) not in inner]
        alike = gives_alike(result, own, recorder.held, given.held, captured)
        spoil(nodes)
        if not alike:
            raise UnlikeError

    def _built(self, base: Base) -> tuple[Result, Any, list[Value]]:
        with nodes_made() as made, enable_grad(), tracing(), recording(None):
            result, decisions = _Builder(base, self._readers).built()
        base.recorder.made = decisions
        return result, base.recorder, made


def merged(run_on: RunOn, numeric: Any, wanted: Any, numbers: np.ndarray[Any, Any]) -> Merged | None:
    """A function's graph with its choices as ``where``; None where that cannot be.

    Args:
        run_on: runs the function.
        numeric, wanted: of its arguments, see :class:`engine.jit.trace.decisions.StandIns`.
        numbers: in its arguments.

    Raises:
        KeptError: it cannot be, and the function may have kept Values that stand for numbers.
    """
    try:
        return Merged(run_on, numeric, wanted, numbers)
    except KeptError:
        raise
    except Exception:  # on a way that it does not take with these numbers the function fails
        return None


def _first_wish(_: int, choice: Choice) -> Path:
    """The outcome that the base takes: a Value, best one made for it, which nobody else reads."""
    found = [path for path, leaf in choice.leaves.items() if type(leaf.value) is Value]
    return next((path for path in found if choice.leaves[path].last > choice.leaves[path].first), found[0])


def _first_aim(i: int, pick: Pick) -> int:
    """The item that the base picks: of one container another each time, as far as there are some."""
    return i % pick.count


class _Wish:
    """Chooses other outcomes than the base's: for all choices, for half, or for those of one rank.

    A choice has rank n if n before it pass on the same Value.
    """

    def __init__(self, rank: int, draw: random.Random, met: set[Any]) -> None:
        self.rank, self.draw, self.met = rank, draw, met
        self.passed: Counter[int] = Counter()

    def __call__(self, i: int, choice: Choice) -> Path:
        path = _first_wish(i, choice)
        value = id(choice.leaves[path].value)
        self.passed[value] += 1
        if self.draw.random() < 0.5 if self.rank == _HALF else self.rank in (_ALL, self.passed[value] - 1):
            others = [other for other in choice.leaves if other != path]
            path = self.draw.choice(
                [each for each in others if (choice.site, each) not in self.met] or others
            )
        self.met.add((choice.site, path))
        return path

    def aim(self, i: int, pick: Pick) -> int:
        """Of what is picked another item than the base's: for all picks, or for half."""
        position = _first_aim(i, pick)
        if self.rank == _ALL or self.draw.random() < 0.5:
            return (position + self.draw.randrange(1, pick.count)) % pick.count
        return position


def _form_of(base: Base) -> Any:
    """What must be the same in bases for other numbers."""
    return (
        [
            base.arrays.shape(event.of)
            if event.kind is Kind.NODES
            else (event.kind, event.form, event.choice, event.path)
            for event in base.events
        ],
        [(choice.site, choice.path) for choice in base.recorder.choices],
        [(pick.site, pick.position) for pick in base.recorder.picks],
        sorted(base.candidates),
    )


def _comes_out(decision: Decision) -> bool:
    """Whether a decision comes out so by itself, too."""
    sides = (decision.node, decision.other)
    left, right = (getattr(side, "_data", side) for side in sides)
    found = decision.test(left) if right is None else decision.test(left, right)
    return bool(found == decision.outcome)


def _agrees(natural: Run, base: Base, result: Result) -> bool:
    """Whether what was merged gives the numbers that the function itself gave."""
    mine, own = leaves(base.output), leaves(natural.output)
    values = iter(result.values)
    mine = [next(values)._data if isinstance(x, Value) else x for x in mine]
    own = [x._data if isinstance(x, Value) else x for x in own]
    return len(mine) == len(own) and all(map(same_leaf, mine, own))


class _Builder:
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
                decisions.append(_guard_of(event.of, read[0]))
                self.given += self._picked(event, read)
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


def _guard_of(pick: Pick, index: Any) -> Decision:
    """That the index is one of the container's: an integer, negative from the end."""
    return Decision(index, None, "checked", is_within(pick.count), True, pick.spot)


def _sides(choice: Choice, asked: list[Any]) -> dict[Fork, tuple[Any, Any]]:
    """What stands on the sides of its comparisons."""
    return {fork: (asked[2 * i], asked[2 * i + 1]) for i, fork in enumerate(choice.forks)}


def _truth(fork: Fork, left: Any, right: Any) -> Value:
    """A comparison as an operator: 1 or 0."""
    row = _GREATER if fork.symbol in ("<", ">") else _GREATER_EQUAL
    found: Value = apply(row, (left, right) if fork.symbol[0] == ">" else (right, left))
    return found
