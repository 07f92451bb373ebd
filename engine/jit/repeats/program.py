"""Writes the program of a graph with loops: statements before, in, between and behind them, and the way back.

Forward, a loop is given what it reads from outside; each step ends by handing on what the next one reads.
Backward, each step begins with the gradients of what it handed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import numpy as np

from engine.jit.emit.adjoints import Adjoints
from engine.jit.emit.backward import write_backward_of, write_seeds
from engine.jit.emit.forward import Program, write_groups
from engine.jit.emit.fusion.laws import fuse
from engine.jit.emit.fusion.names import number_names
from engine.jit.emit.statements import Assign, Scatter, Statement
from engine.jit.emit.trees import as_expression
from engine.jit.emit.views import CELLS, GRADIENTS, Take, View
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Operand
from engine.jit.lower.strides import Index
from engine.jit.repeats.cells import Irregular, LoopCells, Whole, runs_of
from engine.jit.repeats.fission import parted
from engine.jit.repeats.plan import plan_of
from engine.jit.repeats.stages import Parts
from engine.jit.trace.traced_graph import CONSTANT, Trace

__all__ = ["repeated_program"]


def repeated_program(trace: Trace, differentiate: bool) -> tuple[Parts, Program] | None:
    """The program of a trace with its repetitions as loops, and its parts; None where it has none."""
    plan = plan_of(trace)
    if plan is None:
        return None
    try:
        whole = Whole(plan)
        writer = _Writer(whole)
    except Irregular:
        return None
    writer.write_forward()
    if differentiate:
        writer.write_backward()
    fuse(writer.program)
    number_names(writer.program)
    return Parts(whole), writer.program


_MOST_PIECES = 2
"""Of copies that are views; where more would be needed, all is gathered at once."""


class _Copy(NamedTuple):
    """What a loop is given: numbers from outside into its own cells.

    Attributes:
        into: where they go.
        given: what is read: as many cells, or an array of numbers.
    """

    into: Operand
    given: Any


class _Handed(NamedTuple):
    """What a step hands on: results into the cells that a later step reads.

    Attributes:
        back: how many steps later it is read.
        results, read: both in step 0, and views.
    """

    back: int
    results: Operand
    read: Operand


class _Writer:
    """Writes the statements of all parts."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        plan, layout = whole.plan, whole.layout
        trace = plan.trace
        self.program = Program(layout, [])
        self.program.outputs = [whole.place(node) for node in trace.outputs]
        self.program.watched = [whole.place(node) for node in trace.watched]
        self.program.frames = [loop.frame for loop in whole.loops]
        self.views = self.program.views
        self.copies = [list(self._copies(loop)) for loop in range(len(whole.loops))]
        self.handed = [list(_handed(loop)) for loop in whole.loops]
        self.wanted = {
            output
            for node, output in zip(trace.outputs, self.program.outputs, strict=True)
            if isinstance(output, tuple) and plan.flags_of(node).wanted
        }

    # -- forward --------------------------------------------------------------------------------------

    def write_forward(self) -> None:
        for part, (_, layout) in enumerate(self.whole.straight):
            write_groups(self.program, layout.groups)
            if part < len(self.whole.loops):
                self._write_loop(part)

    def _write_loop(self, part: int) -> None:
        loop, program = self.whole.loops[part], self.program
        for copy in self.copies[part]:
            lines = program.parts[copy.into.space]
            value = self.views.read(copy.given, copy.into.space, lines)
            lines.append(self._put(copy.into, value))
        body = SimpleNamespace(views=self.views, parts=([], []))  # where the groups of a step write
        self.views.frame = loop.frame
        write_groups(body, loop.layout.groups)
        handing = set()
        for handed in self.handed[part]:
            lines = body.parts[handed.read.space]
            lines.append(Assign(self._view(handed.read, handed.back), self._view(handed.results)))
            handing.add(id(lines[-1]))
        self.views.frame = None
        for lines, statements in zip(program.parts, body.parts, strict=False):
            lines += parted(statements, handing, self.views, loop.frame, False)

    def _view(self, operand: Operand, later: int = 0, gradient: bool = False) -> View:
        """Cells, or their gradients; in a loop those of a step, or of some steps later."""
        if gradient:
            start, strides = cast(Any, operand.view)  # there is no gradient of what is read at positions
            view = self.views.cells(GRADIENTS[operand.space], start, operand.index.shape, strides)
        else:
            view = self.views.operand(operand, operand.space, [], whole=True)
        return view.source.of_step(later) if later and view.source is not None else view

    def _put(self, operand: Operand, value: Any) -> Statement:
        """A statement that writes numbers into cells of a loop, outside of it."""
        if operand.view is None:
            at = Take(CELLS[operand.space], self.views.array(operand.index, "i"))
            return Scatter(at, value, adds=False, repeats=False)
        return Assign(self._view(operand), as_expression(value))

    def _copies(self, part: int) -> Iterator[_Copy]:
        """What a loop is given."""
        whole, plan = self.whole, self.whole.plan
        loop, refs, layout = whole.loops[part], whole.refs[part], whole.straight[part][1]
        pairs: dict[int, list[tuple[int, int]]] = {FIXED: [], PER_SAMPLE: []}
        for node, held in loop.stills.items():
            pairs[int(held.per_sample)].append((held.cell, refs[node]))
        for slot, held in loop.slots.items():
            space = int(held.per_sample)
            for t, node in enumerate(plan.initial(part, slot)):
                pairs[space].append((held.cell + t * loop.frame.sizes[space], refs[node]))
        for space, found in pairs.items():
            into, given = np.array(sorted(found), np.intp).reshape(-1, 2).T
            runs = list(runs_of(list(zip(into.tolist(), layout.cell[given].tolist(), strict=True))))
            ends = np.cumsum([len(run) for run in runs]).tolist()
            ends = ends if len(ends) <= _MOST_PIECES else ends[-1:]
            for start, stop in pairwise([0, *ends]):
                yield self._copy(layout, space, into[start:stop], given[start:stop])
        yield from self._feeds(part, layout, refs)

    def _copy(self, layout: Layout, space: int, cells: Index, refs: Index) -> _Copy:
        given = layout.operand(refs)
        if given.space > space:
            raise Irregular
        return _Copy(Operand(space, cells, given.wanted), given)

    def _feeds(self, part: int, layout: Layout, refs: dict[int, int]) -> Iterator[_Copy]:
        """What is another in each step, those of a kind together."""
        whole, plan = self.whole, self.whole.plan
        loop = whole.loops[part]
        kinds: dict[Any, list[int]] = {}
        for feed, held in loop.feeds.items():
            node = loop.step.feeds[feed][0]
            kind = -1 if plan.graph.number[node] >= 0 else int(plan.graph.kinds[node])
            kinds.setdefault((int(held.per_sample), kind, held.wanted), []).append(feed)
        for (space, kind, wants), feeds in kinds.items():
            nodes = np.stack([loop.step.feeds[feed] for feed in feeds], axis=1)
            first = np.array([loop.feeds[feed].cell for feed in feeds])
            cells = first + loop.frame.sizes[space] * np.arange(loop.frame.steps)[:, None]
            if kind < 0:
                given = np.array([refs[node] for node in nodes.ravel().tolist()]).reshape(nodes.shape)
                yield self._copy(layout, space, cells, given)
            elif kind == CONSTANT:
                yield _Copy(Operand(space, cells, False), plan.trace.data[nodes])
            else:
                yield _Copy(Operand(space, cells, wants), Operand(*whole.leaf_cells(nodes), wants))

    # -- backward -------------------------------------------------------------------------------------

    def write_backward(self) -> None:
        """Both halves, each from the last part to the first."""
        program, whole = self.program, self.whole
        after = Adjoints(self.views, whole.layout)
        for space, statements in ((PER_SAMPLE, program.backward), (FIXED, program.fixed_backward)):
            lines: list[Statement] = []
            for part in range(len(whole.straight) - 1, -1, -1):
                if part < len(whole.loops):
                    lines += self._loop_backward(part, space, after)
                layout = whole.straight[part][1]
                adjoints = Adjoints(self.views, layout, after)
                if part == len(whole.loops):
                    write_seeds(program, adjoints, space, self.wanted)
                else:
                    for copy in reversed(self.copies[part]):
                        self._copy_backward(copy, space, adjoints)
                write_backward_of(layout.groups, self.views, adjoints, space)
                adjoints.settle(space)
                lines += adjoints.lines
            statements += after.cleared_before(lines)

    def _copy_backward(self, copy: _Copy, space: int, adjoints: Adjoints) -> None:
        """Add the gradients of what a loop was given to those of where it came from."""
        into = copy.into
        if into.space != space or not isinstance(copy.given, Operand) or not copy.given.wanted:
            return
        if not adjoints.touched[space][into.index].any():
            return
        adjoints.clear(space, into.index)
        if into.view is None:
            value: Any = Take(GRADIENTS[space], self.views.array(into.index, "i"))
        else:
            value = self._view(into, gradient=True)
        adjoints.add(copy.given, value, space, now=True)

    def _loop_backward(self, part: int, space: int, after: Adjoints) -> list[Statement]:
        """The statements of a loop in one space.

        What is known of the cells of step 0 is so of all steps: in the cells of a result a gradient stands in
        all steps or in none.
        """
        loop = self.whole.loops[part]
        frame, touched = loop.frame, after.touched
        for where in (FIXED, PER_SAMPLE):
            results = [cell for own, cell in loop.places.values() if own == where]
            cells = np.array(results, np.intp) + frame.sizes[where] * np.arange(frame.steps)[:, None]
            some = touched[where][cells].any(axis=0)
            after.clear(where, cells[:, some])
        for operand in _still_operands(loop, space):
            after.clear(operand.space, operand.index)
        handed = [each for each in self.handed[part] if each.read.space == space and each.read.wanted]
        for each in handed:  # the last steps hand on to none
            ahead = each.read.index + frame.sizes[space] * (frame.steps + np.arange(each.back)[:, None])
            after.clear(space, ahead)
        self.views.frame = frame
        adjoints, handing = Adjoints(self.views, loop.layout, after), set()
        for each in handed:
            target, read = self._view(each.results, 0, True), self._view(each.read, each.back, True)
            adjoints.lines.append(Assign(target, read, adds=adjoints.adds(space, each.results.index)))
            handing.add(id(adjoints.lines[-1]))
        write_backward_of(loop.layout.groups, self.views, adjoints, space)
        adjoints.settle(space)
        for each in handed:
            adjoints.clear(space, each.read.index)
        self.views.frame = None
        for where, start, size in zip((FIXED, PER_SAMPLE), frame.starts, frame.sizes, strict=True):
            first = touched[where][start : start + size]
            touched[where][start : start + size * frame.steps].reshape(frame.steps, size)[:] |= first
        return parted(adjoints.lines, handing, self.views, frame, True)


def _handed(loop: LoopCells) -> Iterator[_Handed]:
    """What each step hands on, in pieces that are views."""
    for space, wanted, back, run in loop.handed():
        read, results = (Operand(space, cells, wanted) for cells in np.array(run).T)
        yield _Handed(back, results, read)


def _still_operands(loop: LoopCells, space: int) -> Iterator[Operand]:
    """What takes gradients and is the same for all steps, of what the groups in a space read."""
    for group in loop.layout.groups:
        if group.space == space and group.wanted:
            for each in group.read():
                if not isinstance(each, Operand) or not each.wanted:
                    continue
                if int(each.index.max()) < loop.frame.starts[each.space]:
                    yield each
