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
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import compress
from typing import Any

import numpy as np

from engine.autograd.grad_mode import enable_grad
from engine.autograd.trace_mode import recording, tracing
from engine.jit.choices.arms import Path
from engine.jit.choices.builder import Builder
from engine.jit.choices.extrema import are_decisive
from engine.jit.choices.narrowing import Narrowing
from engine.jit.choices.parts import leaves, same_leaf
from engine.jit.choices.paths import Base, Kind, Run
from engine.jit.choices.picks import Pick, Returned
from engine.jit.choices.read_out import gives_alike
from engine.jit.choices.runs import Choice, Choosing, UnlikeError
from engine.jit.trace.decisions import Decision, StandIns
from engine.jit.trace.identity import places_among
from engine.node.backend import Value
from engine.node.bulk import graph_arrays, nodes_made, spoil
from engine.pytree.result import Result, as_nodes

__all__ = ["Merged", "merged"]

_RUNS = 16  # with half of the outcomes otherwise, at most
_ALL, _HALF = -1, -2

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
        recorder.check_picked()
        recorder.settle_leaves()
        return Run(output, recorder)

    def _narrow(self, base: Base, numbers: Any, spent: list[Value]) -> None:
        """Let the function run with other outcomes until each reader has one candidate."""
        if base.recorder.read:
            self._refuse_kept(numbers)
        if not (base.recorder.choices or base.recorder.picks):
            return
        choices: list[Choice] = base.recorder.choices
        outcomes: set[Any] = {(choice.site, path) for choice in choices for path in choice.leaves}
        outcomes |= {(i, k) for i, pick in enumerate(base.recorder.picks) for k in pick.varied}
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
        run.nodes.clear()
        vars(run.recorder).clear()  # which the blocks that were open know for a while
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
            own = Result(as_nodes(output, result))
        graph, _, _, _, offsets, _ = graph_arrays([*result.values, *own.values])
        outer = list(compress(graph, (np.diff(offsets) == 0).tolist()))
        for inner in (nodes, made):
            outer = list(compress(outer, (places_among(outer, inner) < 0).tolist()))
        alike = gives_alike(result, own, recorder.held, given.held, outer)
        spoil(nodes)
        if not alike:
            raise UnlikeError

    def _built(self, base: Base) -> tuple[Result, Any, list[Value]]:
        with nodes_made() as made, enable_grad(), tracing(), recording(None):
            builder = Builder(base, self._readers, with_extrema=True)
            result, decisions = builder.built()
            if not are_decisive(builder.extrema, result.values):
                result, decisions = Builder(base, self._readers, with_extrema=False).built()
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
        """Of what is picked another item than the base's: for all picks, or for half.

        Each part must be another one once, as ``in`` and ``==`` of lists ask no Value that is the same.
        """
        position = own = _first_aim(i, pick)
        if self.rank == _ALL or self.draw.random() < 0.5:
            position = (position + self.draw.randrange(1, pick.count)) % pick.count
            parts = zip(pick.varied, pick.columns, strict=True)
            unmet = next((column for k, column in parts if (i, k) not in self.met), None)
            if unmet is not None and unmet[position] is unmet[own]:
                position = self.draw.choice([k for k, x in enumerate(unmet) if x is not unmet[own]])
            for k, column in zip(pick.varied, pick.columns, strict=True):
                if column[position] is not column[own]:
                    self.met.add((i, k))
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
