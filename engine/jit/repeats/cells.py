"""Lays out a program with loops: one step of each, whose cells are there once for every step.

A loop owns the cells of what it reads from outside. What is the same for all steps is copied there once; what
a step reads of the step before, and what is another in each step, stands in cells of the step. Steps are laid
out first: captured Values stand in the order in which loops read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from engine.jit.emit.arrays import Frame
from engine.jit.lower.canonical import CONST, LEAF, Canonical, Node
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Operand
from engine.jit.lower.layout import lay_out_groups, settle_unread
from engine.jit.lower.ragged.padding import padded
from engine.jit.lower.rewrite import canonical_form
from engine.jit.repeats.plan import Plan, Within
from engine.jit.repeats.recurrence import FEED, INSIDE, SLOT
from engine.jit.repeats.section import Held, Section
from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, Leaf

__all__ = ["Irregular", "LoopCells", "Whole", "runs_of"]


class Irregular(Exception):  # noqa: N818 - it is no error: the program is made without loops
    """A loop whose cells cannot be laid out step by step."""


class LoopCells:
    """A loop and its cells.

    Attributes:
        canonical, layout: of one step.
        frame: where steps stand.
        stills: leaves that are the same in all steps, by the node that is copied there.
        slots: leaves for results of earlier steps, by their number.
        feeds: leaves for what is another in each step, by its number.
        places: of each result that others read space and cell in step 0.
    """

    def __init__(self, plan: Plan, loop: int, whole: Layout) -> None:
        self.step = step = plan.steps[loop]
        self.stills: dict[int, Held] = {}
        self.slots: dict[int, Held] = {}
        self.feeds: dict[int, Held] = {}
        section = self._section(plan, loop)
        for held in self.stills.values():
            held.cell = whole.new_cells(int(held.per_sample), 1)
        starts = whole.sizes[FIXED], whole.sizes[PER_SAMPLE]
        exported = list(plan.exported[loop])
        section.finish([(INSIDE, result) for result in exported])
        self.canonical = padded(canonical_form(section))  # type: ignore[arg-type]
        numbers, ones = len(whole.constants), set(whole.ones)
        self._lay_out(whole, exported)
        steps, rows = step.repeat.steps, step.repeat.steps + step.farthest
        sizes = whole.sizes[FIXED] - starts[FIXED], whole.sizes[PER_SAMPLE] - starts[PER_SAMPLE]
        self.frame = Frame(steps, rows, starts, sizes)
        for space in (FIXED, PER_SAMPLE):
            whole.new_cells(space, (rows - 1) * sizes[space])
        for space, cell, number in whole.constants[numbers:]:
            whole.constants += [(space, cell + t * sizes[space], number) for t in range(1, steps)]
        for space, cell, width in whole.ones - ones:
            whole.ones |= {(space, cell + t * sizes[space], width) for t in range(1, steps)}
        for k, held in self.slots.items():
            if self.places[step.slots[k][0]][0] != int(held.per_sample):
                raise Irregular

    def _lay_out(self, whole: Layout, exported: list[int]) -> None:
        """Give a step its cells.

        What steps read of those before stands in the order in which it is read, or else in that in which it
        is computed, if more is a view then.
        """
        leaves = list(_side_by_side(self.canonical.nodes))
        before = _copied(whole)
        self._laid_out(whole, leaves, exported)
        kinds = {(held.per_sample, self.step.slots[k][1]) for k, held in self.slots.items()}
        found = self._copies()
        if len(self.handed()) <= len(kinds):
            return
        handed = {id(held): self.places[self.step.slots[k][0]] for k, held in self.slots.items()}
        as_made = iter(sorted((x for x in leaves if id(x) in handed), key=lambda held: handed[id(held)]))
        others = [next(as_made) if id(leaf) in handed else leaf for leaf in leaves]
        _put_back(whole, before)
        self._laid_out(whole, others, exported)
        if self._copies() >= found:
            _put_back(whole, before)
            self._laid_out(whole, leaves, exported)

    def _copies(self) -> int:
        """How much is copied in a step: what is handed on, and what is no view."""
        read = [each for group in self.layout.groups for each in group.read() if isinstance(each, Operand)]
        return len(self.handed()) + sum(each.view is None for each in read)

    def _laid_out(self, whole: Layout, leaves: list[Held], exported: list[int]) -> None:
        """The same with leaves in some order."""
        starts = whole.sizes[FIXED], whole.sizes[PER_SAMPLE]
        for leaf in leaves:
            leaf.cell = whole.new_cells(int(leaf.per_sample), 1)
        self.layout = layout = Layout(
            self.canonical, whole.captured_cells, whole.inputs, whole.batched, within=whole
        )
        layout.still = np.zeros(len(layout.table), bool)
        for ref, leaf in layout.table.leaves.items():
            layout.still[ref] = not (isinstance(leaf, Held) and leaf.is_input)
        lay_out_groups(layout)
        self.places: dict[int, tuple[int, int]] = {}
        for result, ref in zip(exported, self.canonical.outputs, strict=True):
            space, cell = int(layout.space[ref]), int(layout.cell[ref])
            if layout.nodes[ref].kind == CONST or cell < starts[space]:
                raise Irregular
            self.places[result] = space, cell

    def handed(self) -> list[tuple[int, bool, int, list[tuple[int, int]]]]:
        """What a step hands on, in pieces that are views.

        Returns:
            Of each piece the space, whether it takes a gradient, how many steps later it is read, and the
            cells in which it is read, each with that of the result.
        """
        kinds: dict[tuple[int, bool, int], list[tuple[int, int]]] = {}
        for slot, held in self.slots.items():
            result, back = self.step.slots[slot]
            kind = int(held.per_sample), held.wanted, back
            kinds.setdefault(kind, []).append((held.cell, self.places[result][1]))
        return [(*kind, run) for kind, pairs in kinds.items() for run in runs_of(sorted(pairs))]

    def _section(self, plan: Plan, loop: int) -> Section:
        """A step as a graph."""
        step, section = self.step, Section(plan.trace)
        start = step.repeat.start
        rows = plan.graph.rows[start : start + step.repeat.period].tolist()
        for j in step.inside:
            operands = []
            for key in step.reads[j]:
                place = section.place(key)
                operands.append(place if place >= 0 else self._leaf(plan, loop, section, key))
            section.result((INSIDE, j), rows[j], operands)
        return section

    def _leaf(self, plan: Plan, loop: int, section: Section, key: tuple[int, int]) -> int:
        way, target = key
        if way == SLOT:
            result, back = self.step.slots[target]
            flags = plan.slot_flags[loop][target]
            held = self.slots[target] = Held(f"result {result}, {back} before", flags, True)
        elif way == FEED:
            flags = plan.flags_of_column(self.step.feeds[target])
            held = self.feeds[target] = Held(f"input {target} of the step", flags, True)
        elif plan.graph.number[target] >= 0:
            held = self.stills[target] = Held(f"node {target}", plan.flags_of(target), False)
        elif plan.graph.kinds[target] == CONSTANT:
            return section.number(key, float(plan.trace.data[target]))
        else:
            return section.leaf(key, plan.trace.leaf_of[target])
        return section.leaf(key, held)

    def place(self, result: int, t: int) -> tuple[int, int]:
        """Space and cell of a result of a step; of the last ones where the next step would have read it."""
        space, cell = self.places[result]
        for k, held in self.slots.items():
            if self.step.slots[k][0] == result and t + self.step.slots[k][1] >= self.frame.steps:
                return space, held.cell + (t + self.step.slots[k][1]) * self.frame.sizes[space]
        return space, cell + t * self.frame.sizes[space]


def _copied(whole: Layout) -> tuple[Any, ...]:
    """What a layout within another changes of that."""
    return whole.sizes[:], whole.captured[:], whole.wanted_cells[:], whole.constants[:], set(whole.ones)


def _put_back(whole: Layout, before: tuple[Any, ...]) -> None:
    sizes, captured, wanted, constants, ones = before
    whole.sizes[:], whole.captured[:], whole.wanted_cells[:] = sizes, captured, wanted
    whole.constants[:] = constants
    whole.ones.clear()
    whole.ones |= ones


def runs_of(pairs: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Pairs of cells in runs in which each is a stride further than the one before."""
    run: list[tuple[int, int]] = []
    for pair in pairs:
        steps = {(b[0] - a[0], b[1] - a[1]) for a, b in pairwise([*run[-2:], pair])}
        if len(steps) > 1:
            yield run
            run = []
        run.append(pair)
    if run:
        yield run


def _side_by_side(nodes: Sequence[Node]) -> Iterator[Held]:
    """What is another in each step; what a node reads stands together, of those that read most first."""
    refs: list[int] = []
    for node in sorted(nodes, key=lambda node: -len(node.refs)):
        refs += [*node.operands, *(ref for term in node.terms for ref in term[2:] if ref >= 0)]
    for ref in dict.fromkeys([*refs, *range(len(nodes))]):  # an output may be nothing else
        leaf = nodes[ref].number
        if nodes[ref].kind == LEAF and isinstance(leaf, Held) and leaf.is_input:
            yield leaf


class Whole:
    """All parts of a program, laid out.

    Attributes:
        layout: the cells of all.
        loops: the loops.
        straight: canonical form and layout of what comes before each loop, and after the last.
    """

    def __init__(self, plan: Plan) -> None:
        trace = plan.trace
        self.plan = plan
        counts = len(trace.captured), len(trace.inputs)
        self.layout = Layout(Canonical([], [], [], len(plan.graph.nodes)), *counts, trace.batched)
        self.loops = [LoopCells(plan, i, self.layout) for i in range(len(plan.steps))]
        for loop in self.loops:
            for column in loop.step.feeds:
                if plan.graph.kinds[column[0]] == CAPTURED:
                    self.leaf_cells(column)
        self._places: dict[int, Any] = {}
        self.refs: list[dict[int, int]] = []
        self.straight: list[tuple[Canonical, Layout]] = []
        for part in range(len(plan.results)):
            self._lay_out_straight(part)
        self._settle_rest()

    def _settle_rest(self) -> None:
        self._captured_cells(leaf for leaf in self.plan.trace.leaf_of.values() if not leaf.is_input)

    def _captured_cells(self, leaves: Iterable[Leaf]) -> list[int]:
        """The cells of captured Values; of those that have none yet the next ones, from now on."""
        layout, found = self.layout, []
        cell_of = {index: cell for cell, index in enumerate(layout.captured)}
        for leaf in leaves:
            found.append(cell_of.setdefault(leaf.index, len(cell_of)))
            if len(cell_of) > len(layout.captured):
                layout.captured.append(leaf.index)
                layout.wanted_cells.append(leaf.wanted)
        return found

    def _lay_out_straight(self, part: int) -> None:
        plan, whole = self.plan, self.layout
        section = Section(plan.trace)
        rows = plan.graph.rows
        for i in plan.results[part]:
            operands = [self._operand(section, part, node) for node in plan.operands(i)]
            section.result(plan.node(i), int(rows[i]), operands)
        needed = list(plan.needed[part])
        imports = plan.imports(part) if part < len(self.loops) else []
        for node in imports:
            self._operand(section, part, node)
        keys = [self._key(node) for node in imports]
        section.finish([*needed, *keys])
        canonical = padded(canonical_form(section))  # type: ignore[arg-type]
        layout = Layout(canonical, whole.captured_cells, whole.inputs, whole.batched, within=whole)
        lay_out_groups(layout)
        settle_unread(layout)
        self.straight.append((canonical, layout))
        refs = canonical.outputs
        self.refs.append(dict(zip(imports, refs[len(needed) :], strict=True)))
        for node, ref in zip(needed, refs, strict=False):
            at = int(layout.space[ref]), int(layout.cell[ref])
            self._places[node] = layout.nodes[ref].number if layout.nodes[ref].kind == CONST else at

    def _key(self, node: int) -> int:
        where = self.plan.where(node)
        return node if where is None or isinstance(where, Within) else where[1]

    def _operand(self, section: Section, part: int, node: int) -> int:
        """A node that a straight part reads."""
        plan, key = self.plan, self._key(node)
        place = section.place(key)
        if place >= 0:
            return place
        where = plan.where(node)
        if where is None and plan.graph.kinds[node] != CONSTANT:
            return section.leaf(key, plan.trace.leaf_of[node])
        found = self.place(node)
        if not isinstance(found, tuple):
            return section.number(key, found)
        held = Held(f"node {node}", plan.flags_of(node), True, found[1])
        return section.leaf(key, held)

    def place(self, node: int) -> Any:
        """Space and cell of a node; of a number that number."""
        plan = self.plan
        where = plan.where(node)
        if isinstance(where, Within):
            return self.loops[where.loop].place(where.result, where.step)
        if where is not None:
            return self._places[where[1]]
        if plan.graph.kinds[node] == CONSTANT:
            return float(plan.trace.data[node])
        leaf = plan.trace.leaf_of[node]
        if leaf.is_input:
            return (PER_SAMPLE if plan.trace.batched else FIXED), self.layout.input_start + leaf.index
        return FIXED, self.layout.captured.index(leaf.index)

    def leaf_cells(self, nodes: np.ndarray[Any, Any]) -> tuple[int, np.ndarray[Any, Any]]:
        """Space and cells of inputs, or of captured Values, which get theirs now."""
        leaves = [self.plan.trace.leaf_of[node] for node in nodes.ravel().tolist()]
        if leaves[0].is_input:
            space = PER_SAMPLE if self.plan.trace.batched else FIXED
            cells = [self.layout.input_start + leaf.index for leaf in leaves]
        else:
            space, cells = FIXED, self._captured_cells(leaves)
        return space, np.array(cells).reshape(nodes.shape)
