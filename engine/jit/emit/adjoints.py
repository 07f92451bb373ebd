"""Adds up the gradients of cells: a first contribution is written, further ones are added."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np

from engine.jit.emit.arrays import Views
from engine.jit.emit.statements import Assign, Scatter, Statement
from engine.jit.emit.trees import SAMPLES, Expression, Number, Reduce, Samples, as_expression
from engine.jit.emit.views import GRADIENTS, Take, View
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Group, Operand
from engine.jit.lower.strides import Index, affine, distinct

__all__ = ["Adjoints"]

_SPARSE = 64
"""An array of numbers that are mostly zero is added where one of so many is not."""


class Adjoints:
    """Which cells have a gradient already, and the statements so far.

    Contributions to leaves, but for those of matrix products, wait until they are asked for: then a matrix
    product writes, and they add.

    Args:
        after: of what is computed later, whose gradients stand in the same cells.

    Attributes:
        lines: the statements.
        touched: for each space of which cells a gradient stands there.
        passed: groups through which gradients went already, by their ids.
        uniform: of groups whose gradients are all one number, that number: they are not written yet.
    """

    def __init__(self, views: Views, layout: Layout, after: Adjoints | None = None) -> None:
        self.views = views
        if after is None:
            self.touched = [np.zeros(size, bool) for size in layout.sizes]
            self.zeros: list[Index] = [np.zeros(0, np.intp), np.zeros(0, np.intp)]
        else:
            self.touched, self.zeros = after.touched, after.zeros
        self.passed: set[int] = set()
        self.uniform: dict[int, tuple[Group, Expression]] = {}
        self.group_of = {(group.space, group.start): group for group in layout.groups}
        self.starts = [sorted(start for own, start in self.group_of if own == space) for space in (0, 1)]
        self.leaf = [np.zeros(size, bool) for size in layout.sizes]
        for ref in layout.table.leaves:
            if layout.cell[ref] >= 0:
                self.leaf[layout.space[ref]][layout.cell[ref]] = True
        self.waiting: list[tuple[Operand, Expression, int]] = []
        self.lines: list[Statement] = []

    def gradient(self, group: Group, written: bool = False) -> Expression | None:
        """The gradient of a group's results; None where none arrives."""
        if id(group) in self.uniform:
            if not written:
                return self.uniform[id(group)][1]
            self.write_uniform(group)
        cells = np.arange(group.start, group.start + group.size)
        if not self.touched[group.space][cells].any():
            return None
        self.clear(group.space, cells)
        return self.views.gradient(group)

    def settle(self, space: int) -> None:
        """Write all that waits in a half of the backward pass, and what only the other half reads."""
        waiting, self.waiting = self.waiting, []
        waiting.sort(key=lambda item: len(distinct(item[0].index)))  # what reads parts writes, the others add
        for operand, value, where in waiting:
            self.add(operand, value, where, now=True)
        for group, _ in list(self.uniform.values()):
            if group.space != space:
                self.write_uniform(group)

    def cleared_before(self, lines: list[Statement]) -> list[Statement]:
        """The statements of a half of the backward pass, behind those that clear cells to which they add."""
        statements = [*self.zero_lines(), *lines]
        self.zeros[:] = np.zeros(0, np.intp), np.zeros(0, np.intp)
        return statements

    def zero_lines(self) -> list[Statement]:
        """Statements that clear the cells to which is added before anything is written."""
        lines: list[Statement] = []
        for space, cells in enumerate(self.zeros):
            cells = distinct(cells)
            if not len(cells):
                continue
            array, zero = GRADIENTS[space], Number(0.0)
            parts = np.split(cells, np.flatnonzero(np.diff(cells) != 1) + 1)
            even = cells.size == len(parts) * len(parts[0])
            place = affine(cells.reshape(len(parts), -1)) if even else None
            if len(parts) > 4 and place is not None:  # of every step of a loop
                piece = View.cells(array, place[0], (len(parts), len(parts[0])), place[1])
                lines.append(Assign(self.views.named(piece, "o"), zero))
            elif len(parts) <= 4:
                pieces = [View.cells(array, int(part[0]), (len(part),), (1,)) for part in parts]
                lines += [Assign(piece, zero) for piece in pieces]
            else:
                at = Take(array, self.views.array(cells, "i"))
                lines.append(Scatter(at, zero, adds=False, repeats=False))
        return lines

    def add(self, operand: Operand, value: Any, space: int, now: bool = False) -> None:
        """Add a contribution to the gradient of what an operand read.

        Args:
            operand: what was read.
            value: the contribution; along axes that it lacks, or in which it has size 1, it is the same for
                all elements.
            space: of the group that read it; fixed operands of groups per sample get the sum over the
                samples.
            now: do not wait with a contribution to leaves.
        """
        if not operand.wanted:
            return
        value = as_expression(value)
        cells = operand.index
        full = (*cells.shape, SAMPLES) if space == PER_SAMPLE else cells.shape
        whole = value.scalar or len(value.shape) == len(full)
        if not now and whole and self.leaf[operand.space][cells].all():
            self.waiting.append((operand, value, space))
            return
        over_samples = [cells.ndim] if operand.space == FIXED and space == PER_SAMPLE else []
        start, strides = operand.view or (0, ())
        axes = [k for k, stride in enumerate(strides) if cells.shape[k] > 1 and stride == 0]
        kept = [k for k in range(cells.ndim) if k not in axes]
        reduced = cells[tuple(0 if k in axes else slice(None) for k in range(cells.ndim))]
        if operand.view is None or len(distinct(reduced)) != reduced.size:
            self.scatter(operand, _summed(value, full, over_samples))
            return
        shape = tuple(cells.shape[k] for k in kept)
        array = GRADIENTS[operand.space]
        target = self.views.cells(array, start, shape or (1,), tuple(strides[k] for k in kept) or (1,))
        self.emit(operand.space, reduced, target, _summed(value, full, axes + over_samples))

    def emit(self, space: int, cells: Index, target: View, value: Expression) -> None:
        """A statement that writes, or adds where something is written already."""
        group = self.group_of.get((space, int(cells.min()))) if cells.size else None
        fresh = not self.touched[space][cells].any()
        whole = group is not None and cells.size == group.size == cells.max() - group.start + 1
        if value.scalar and whole and fresh and group is not None and id(group) not in self.uniform:
            self.uniform[id(group)] = group, value
            return
        self.settle_uniform(space, cells)
        self.lines.append(Assign(target, value, adds=self.adds(space, cells)))

    def settle_uniform(self, space: int, cells: Index) -> None:
        """Write out gradients known to be one number, where others come to stand beside or on them."""
        for group in [group for group, _ in self.uniform.values() if group.space == space]:
            if cells.max() >= group.start and cells.min() < group.start + group.size:
                self.write_uniform(group)

    def write_uniform(self, group: Group) -> None:
        _, value = self.uniform.pop(id(group))
        self.lines.append(Assign(self.views.gradient(group), value))
        self.touched[group.space][group.start : group.start + group.size] = True

    def replace(self, group: Group, over: Group, value: Any) -> None:
        """Where an operator took over the cells of a sum, turn its gradient into that of the sum."""
        self.uniform.pop(id(group), None)
        self.lines.append(Assign(self.views.gradient_over(over), as_expression(value)))
        self.touched[group.space][group.start : group.start + group.size] = True

    def adds(self, space: int, cells: Index, unique: bool = True) -> bool:
        """Whether a gradient is to be added to cells, as there is some in them; from now on there is.

        Args:
            unique: whether each of them is there once; else it is added in any case.
        """
        adds = not unique or bool(self.touched[space][cells].any())
        if adds:
            self.clear(space, cells)
        self.touched[space][cells] = True
        return adds

    def clear(self, space: int, cells: Index) -> None:
        """Have cells in which there is none cleared beforehand; in a loop those of all steps."""
        cells, frame = cells[~self.touched[space][cells]], self.views.frame
        if not cells.size:
            return
        if frame is not None:
            advances = np.array([frame.advance(space, cell) for cell in cells.ravel().tolist()])
            cells = distinct(cells.ravel() + advances * np.arange(frame.steps)[:, None])
            cells = cells[~self.touched[space][cells]]
        self.zeros[space] = np.concatenate([self.zeros[space], cells.ravel()])
        self.touched[space][cells] = True

    def scatter(self, operand: Operand, value: Expression) -> None:
        """Add to cells that are not a view."""
        cells, space = operand.index, operand.space
        unique = len(distinct(cells)) == cells.size
        if isinstance(value, Number) and unique and self.add_number(operand, value.number):
            return
        self.settle_uniform(space, cells)
        index, advance = self.views.array(cells, "i"), self.views.advance(space, int(cells.min()))
        at = Take(GRADIENTS[space], index, advance)
        self.lines.append(Scatter(at, value, self.adds(space, cells, unique), repeats=not unique))

    def add_number(self, operand: Operand, number: float) -> bool:
        """Add a number to cells of one group, as an array that is zero elsewhere; False if most of it is."""
        space, cells = operand.space, operand.index
        starts = self.starts[space]
        at = bisect_right(starts, int(cells.min())) - 1
        if at < 0 or self.views.frame is not None:
            return False
        group = self.group_of[space, starts[at]]
        if cells.max() >= group.start + group.size or group.size > _SPARSE * cells.size:
            return False
        found = np.zeros(group.size)
        found[cells.ravel() - group.start] = number
        whole = np.arange(group.start, group.start + group.size)
        constant = self.views.constant(found.reshape(group.shape), space)
        self.emit(space, whole, self.views.gradient(group), constant)
        return True


def _summed(value: Expression, full: tuple[int, ...], axes: list[int]) -> Expression:
    """The sum over axes of a value that stands for one of the full shape.

    Where it is the same all along an axis, that is a product by how many there are.
    """
    lacking = len(full) - len(value.shape)
    if lacking < 0:
        raise RuntimeError(f"a gradient of shape {value.shape} is none of {full}")
    summed, count, samples = [], 1, False
    for axis in axes:
        if axis >= lacking:
            summed.append(-1 if full[axis] == SAMPLES else axis - lacking)
            if value.shape[axis - lacking] == full[axis]:
                continue
        if full[axis] == SAMPLES:
            samples = True
        else:
            count *= full[axis]
    if summed:
        value = Reduce("add", value, tuple(summed))
    if count != 1:
        value = as_expression(float(count) * value)
    return as_expression(value * Samples()) if samples else value
