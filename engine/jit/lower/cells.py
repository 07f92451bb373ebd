"""Assigns the cells of a program to nodes, and turns refs into operands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.jit.lower.canonical import CONST, Canonical
from engine.jit.lower.groups import COPY, FIXED, PER_SAMPLE, Group, Operand
from engine.jit.lower.strides import Index, distinct, first_occurrences, nested
from engine.jit.lower.table import Table, table_of

__all__ = ["Layout", "in_order_of", "new_group"]


class Layout:
    """Groups in the order of computing, and the cells of everything.

    Attributes:
        table, nodes: the nodes, as arrays and as objects.
        uses: how often each is read; an output counts as read once more.
        order: refs in which to compute, see :class:`~engine.jit.lower.canonical.Canonical`.
        sizes: how many cells each space has.
        captured: for each of the first FIXED cells, which captured Value it holds.
        input_start: where the inputs begin, FIXED cells, or those PER_SAMPLE of a program for a batch.
        constants: numbers that stand in cells: (space, cell, number).
        ones: rows of ones behind the results of groups: (space, first cell, how many).
        still: in a step of a loop, of each ref whether it stands in the same cells in all steps; else None.

    Args:
        within: a layout whose cells it shares; those of captured Values that it settled stay there.
    """

    def __init__(
        self, canonical: Canonical, captured: int, inputs: int, batched: bool, within: Layout | None = None
    ) -> None:
        self.nodes, self.order = canonical.nodes, canonical.order
        self.table = table = table_of(canonical.nodes)
        self.batched = batched
        self.cell = np.full(len(table), -1)
        self.space = np.where(table.batched, PER_SAMPLE, FIXED)
        self.wanted = table.wanted
        self.is_constant = table.of_kind(CONST)
        self.uses = np.bincount([*canonical.outputs, *canonical.watched], minlength=len(table))
        self.uses += np.bincount(table.reads[1], minlength=len(table))
        self.rank = _ranks(table)
        self.captured_cells, self.inputs = captured, inputs
        where = PER_SAMPLE if batched else FIXED
        self.sizes = [captured, 0]
        self.input_start = self.sizes[where]
        self.sizes[where] += inputs
        self.captured: list[int] = []
        self.wanted_cells: list[bool] = []
        self.constants: list[tuple[int, int, float]] = []
        self.ones: set[tuple[int, int, int]] = set()
        if within is not None:
            self.sizes, self.captured, self.wanted_cells = within.sizes, within.captured, within.wanted_cells
            self.constants, self.ones = within.constants, within.ones
        self.still: np.ndarray[Any, np.dtype[np.bool_]] | None = None
        self._constant_cells: dict[tuple[int, str], int] = {}
        self._copies: dict[tuple[int, int], int] = {}
        self.groups: list[Group] = []
        self.at: dict[tuple[int, int], Group] = {}  # by space and first cell
        settled = {index: cell for cell, index in enumerate(self.captured)}
        for ref, leaf in table.leaves.items():
            given = self.input_start + leaf.index if leaf.is_input else settled.get(leaf.index, -1)
            self.cell[ref] = leaf.cell if leaf.cell >= 0 else given

    # -- cells ------------------------------------------------------------------------------------

    def new_cells(self, space: int, count: int) -> int:
        start = self.sizes[space]
        self.sizes[space] += count
        return start

    def settle_captured(self, refs: Index) -> None:
        """Give captured Values that are read for the first time their cells, in this order."""
        unsettled = refs[(self.cell[refs] < 0) & ~self.is_constant[refs]]
        if len(unsettled):
            for ref in first_occurrences(unsettled).tolist():
                self.cell[ref] = len(self.captured)
                self.captured.append(self.table.leaves[ref].index)
                self.wanted_cells.append(bool(self.wanted[ref]))

    def operand(self, refs: Index) -> Operand:
        """The cells of refs, all in one space: numbers are put into cells, fixed ones repeated if need be."""
        flat = refs.ravel()
        self.settle_captured(flat)
        spaces = self.space[flat]
        variable = ~self.is_constant[flat]
        space = int(spaces[variable].max()) if variable.any() else FIXED
        cells = self.cell[flat].copy()
        for i in np.flatnonzero(~variable).tolist():
            cells[i] = self._constant_cell(space, float(self.table.k[flat[i]]))
        elsewhere = variable & (spaces != space)
        if self.still is not None and (elsewhere | ~self.still[flat]).any():  # some moves on with the steps
            elsewhere |= self.still[flat]
        if elsewhere.any():
            self._repeat(space, first_occurrences(flat[elsewhere]))
            cells[elsewhere] = [self._copies[space, ref] for ref in flat[elsewhere].tolist()]
        return Operand(space, cells.reshape(refs.shape), bool(self.wanted[flat].any()))

    def _constant_cell(self, space: int, number: float) -> int:
        key = space, number.hex()
        if key not in self._constant_cells:
            self._constant_cells[key] = self.new_cells(space, 1)
            self.constants.append((space, self._constant_cells[key], number))
        return self._constant_cells[key]

    def _repeat(self, space: int, refs: Index) -> None:
        """Copy what stands in other cells: fixed ones for every sample, still ones for every step."""
        new = np.array([ref for ref in refs.tolist() if (space, ref) not in self._copies], dtype=np.intp)
        still = np.zeros(len(new), bool) if self.still is None else self.still[new]
        kinds = 2 * self.space[new] + still
        for kind in distinct(kinds).tolist():
            alike = new[kinds == kind]
            group = Group(COPY, None, space, bool(self.wanted[alike].any()))
            group.operands = [Operand(kind // 2, self.cell[alike], group.wanted)]
            group.shape = (len(alike),)
            self._place(group, len(alike))
            for i, ref in enumerate(alike.tolist()):
                self._copies[space, ref] = group.start + i

    def _place(self, group: Group, size: int) -> None:
        group.size = size
        if group.over is not None:
            group.start, group.spare = group.over.start, group.over.spare
        else:
            group.spare = group.shape[1] if len(group.shape) == 2 and group.space == FIXED else 1
            group.start = self.new_cells(group.space, size + group.spare)
        self.groups.append(group)
        self.at[group.space, group.start] = group

    def place(self, group: Group, refs: Index) -> None:
        """Give a group its cells, for refs in this order (-1 where a cell is not used)."""
        self._place(group, len(refs))
        live = np.flatnonzero(refs >= 0)
        self.cell[refs[live]] = group.start + live
        pads = self.table.pads
        for i, ref in zip(live.tolist(), refs[live].tolist(), strict=True) if pads else ():
            pad = pads.get(ref)
            if pad is not None and pad.fill is not None:
                group.fills.setdefault(pad.fill, []).append(group.start + i)
            if pad is not None and pad.cut:
                group.cuts.append(group.start + i)

    def shape_of(self, operands: list[Operand], count: int) -> tuple[int, ...]:
        """The shape of the group that one of the operands is the whole of; a line where none is."""
        for operand in operands:
            if operand.view == (int(operand.index.flat[0]), (1,)):
                group = self.at.get((operand.space, int(operand.index.flat[0])))
                if group is not None and group.size == count:
                    return group.shape
        return (count,)

    def __str__(self) -> str:
        head = f"{len(self.groups)} groups on {self.sizes[FIXED]} fixed cells"
        if self.batched:
            head += f" and {self.sizes[PER_SAMPLE]} cells per sample"
        return "\n".join([head, *(f"  {group}" for group in self.groups)])


def _ranks(table: Table) -> Index:
    """Which factor of a product stands left: what is captured, then inputs, then results."""
    found = np.where(table.batched, 3, 2)
    for ref, leaf in table.leaves.items():
        found[ref] = int(leaf.is_input)
    return found


def new_group(layout: Layout, members: Index) -> Group:
    first = layout.nodes[members[0]]
    space = PER_SAMPLE if first.batched else FIXED
    return Group(first.kind, first.row, space, bool(layout.wanted[members].any()))


def in_order_of(layout: Layout, members: Index, slots: list[Index], others: Sequence[Index] = ()) -> Index:
    """The order of members in which most operands are read in even steps: that in which the one of the slots
    that differs most is read from first to last, or else that of the trace."""
    for refs in (*slots, *others):
        layout.settle_captured(refs)
    as_traced = np.arange(len(members))
    if not slots:
        return as_traced
    cells = [layout.cell[refs] for refs in slots]
    primary = max(cells, key=lambda each: len(distinct(each)))
    order = np.argsort(primary, kind="stable")
    cells += [layout.cell[refs] for refs in others]
    even, traced = (sum(nested(each[way]) is not None for each in cells) for way in (order, as_traced))
    return as_traced if traced > even else order
