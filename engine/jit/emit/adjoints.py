"""Adds up the gradients of cells: a first contribution is written, further ones are added."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.jit.emit.arrays import GRADIENTS, Views
from engine.jit.emit.expression import Expression, as_expression
from engine.jit.lower.canonical import LEAF
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Group, Operand
from engine.jit.lower.strides import Index

__all__ = ["Adjoints"]


class Adjoints:
    """Which cells have a gradient already, and the statements so far.

    Contributions to leaves, but for those of matrix products, wait until they are asked for: then a matrix
    product writes, and they add.

    Attributes:
        lines: the statements.
        touched: for each space of which cells a gradient stands there.
        uniform: of groups whose gradients are all one number, that number: they are not written yet.
    """

    def __init__(self, views: Views, layout: Layout) -> None:
        self.views = views
        self.touched = [np.zeros(size, bool) for size in layout.sizes]
        self.uniform: dict[int, tuple[Group, Expression]] = {}
        self.group_of = {(group.space, group.start): group for group in layout.groups}
        self.leaf = [np.zeros(size, bool) for size in layout.sizes]
        for ref, node in enumerate(layout.nodes):
            if node.kind == LEAF and layout.cell[ref] >= 0:
                self.leaf[layout.space[ref]][layout.cell[ref]] = True
        self.waiting: list[tuple[Operand, Expression, int]] = []
        self.begin()

    def begin(self) -> None:
        """Begin a part of the program: the statements of the last one are not needed any more."""
        self.lines: list[str] = []
        self.zeros: list[Index] = [np.zeros(0, np.int64), np.zeros(0, np.int64)]

    def gradient(self, group: Group, written: bool = False) -> Expression | None:
        """The gradient of a group's results; None where none arrives."""
        if id(group) in self.uniform:
            if not written:
                return self.uniform[id(group)][1]
            self.write_uniform(group)
        cells = np.arange(group.start, group.start + group.size)
        touched = self.touched[group.space][cells]
        if not touched.any():
            return None
        if not touched.all():
            self.clear(group.space, cells[~touched])
        return Expression(self.views.gradient(group))

    def flush(self) -> None:
        waiting, self.waiting = self.waiting, []
        waiting.sort(
            key=lambda item: len(np.unique(item[0].index))
        )  # what reads parts writes, what reads all adds
        for operand, value, space in waiting:
            self.add(operand, value, space, now=True)

    def zero_lines(self) -> list[str]:
        """Statements that clear the cells to which is added before anything is written."""
        lines = []
        for space, cells in enumerate(self.zeros):
            cells = np.unique(cells)
            if not len(cells):
                continue
            parts = np.split(cells, np.flatnonzero(np.diff(cells) != 1) + 1)
            if len(parts) <= 4:
                lines += [f"{GRADIENTS[space]}[{part[0]}:{part[-1] + 1}] = 0.0" for part in parts]
            else:
                lines.append(f"{GRADIENTS[space]}[{self.views.array(cells, 'i')}] = 0.0")
        return lines

    def add(self, operand: Operand, value: Any, space: int, full: bool = True, now: bool = False) -> None:
        """Add a contribution to the gradient of what an operand read.

        Args:
            operand: what was read.
            value: the contribution; a number is one for each element.
            space: of the group that read it; fixed operands of groups per sample get the sum over the
                samples.
            full: whether the value has the operand's shape; else it lacks the first axis.
            now: do not wait with a contribution to leaves.
        """
        if not operand.wanted:
            return
        value = as_expression(value)
        cells = operand.index
        if not now and full and self.leaf[operand.space][cells].all():
            self.waiting.append((operand, value, space))
            return
        over_samples = operand.space == FIXED and space == PER_SAMPLE
        if operand.view is None:
            self.scatter(operand, value, over_samples, full)
            return
        strides = operand.view[1]
        axes = [k for k, size in enumerate(cells.shape) if size > 1 and strides[k] == 0]
        kept = [k for k in range(cells.ndim) if k not in axes]
        shape = tuple(cells.shape[k] for k in kept)
        reduced = cells[tuple(0 if k in axes else slice(None) for k in range(cells.ndim))]
        if len(np.unique(reduced)) != reduced.size:
            self.scatter(operand, value, over_samples, full)
            return
        if value.scalar:
            count = int(np.prod([cells.shape[k] for k in axes]))
            value = self.times(value, count, over_samples)
            axes, over_samples, full = [], False, True
        spread = not full and 0 in kept  # the same for each place along the first axis
        if not full:
            if 0 in axes:
                value = float(cells.shape[0]) * value
                axes.remove(0)
            axes = [k - 1 for k in axes]
        if over_samples:
            axes.append(-1)
        target = self.views.target(operand, shape or (1,), tuple(strides[k] for k in kept) or (1,))
        self.emit(operand.space, reduced, target, value, axes, spread or not shape)

    def times(self, value: Expression, count: int, over_samples: bool) -> Expression:
        if count != 1:
            value = (
                as_expression(float(count)) * value if value.text != "1.0" else as_expression(float(count))
            )
        return value * Expression("samples", scalar=True) if over_samples else value

    def emit(
        self, space: int, cells: Index, target: str, value: Expression, axes: list[int], single: bool
    ) -> None:
        """A statement that writes, or adds where something is written already."""
        touched = self.touched[space]
        group = self.group_of.get((space, int(cells.min()))) if cells.size else None
        fresh = not touched[cells].any()
        whole = group is not None and cells.size == group.size == cells.max() - group.start + 1
        if (
            value.scalar
            and whole
            and fresh
            and group is not None
            and id(group) not in self.uniform
            and not axes
        ):
            self.uniform[id(group)] = group, value
            return
        self.settle_uniform(space, cells)
        fresh = not touched[cells].any()
        if not fresh and not touched[cells].all():
            self.clear(space, cells[~touched[cells]])
        if axes:
            shown = ", ".join(map(str, axes))
            shown = f"({shown})" if len(axes) > 1 else shown
            if fresh and not single:
                self.lines.append(f"np.add.reduce({value.text}, axis={shown}, out={target})")
            else:
                total = Expression(f"np.add.reduce({value.text}, axis={shown})")
                self.lines.append(total.into(target) if fresh else total.onto(target))
        elif fresh:
            self.lines.append(value.into(target))
        else:
            self.lines.append(value.onto(target))
        touched[cells] = True

    def settle_uniform(self, space: int, cells: Index) -> None:
        """Write out gradients known to be one number, where others come to stand beside or on them."""
        for group in [group for group, _ in self.uniform.values() if group.space == space]:
            if cells.max() >= group.start and cells.min() < group.start + group.size:
                self.write_uniform(group)

    def write_uniform(self, group: Group) -> None:
        _, value = self.uniform.pop(id(group))
        self.lines.append(f"{self.views.gradient(group)}[...] = {value.text}")
        self.touched[group.space][group.start : group.start + group.size] = True

    def clear(self, space: int, cells: Index) -> None:
        self.zeros[space] = np.concatenate([self.zeros[space], cells.ravel()])
        self.touched[space][cells] = True

    def scatter(self, operand: Operand, value: Expression, over_samples: bool, full: bool) -> None:
        """Add to cells that are not a view."""
        cells, space = operand.index, operand.space
        self.settle_uniform(space, cells)
        shape = ", ".join(map(str, cells.shape))
        samples = over_samples or space == PER_SAMPLE
        if value.scalar or not full:
            size = f"({shape}, samples)" if samples else f"({shape},)"
            value = Expression(f"np.broadcast_to({value.text}, {size})")
        if over_samples:
            value = Expression(f"np.add.reduce({value.text}, axis=-1)")
        where = self.views.array(cells, "i")
        array = GRADIENTS[space]
        touched = self.touched[space]
        unique = len(np.unique(cells)) == cells.size
        if unique and not touched[cells].any():
            self.lines.append(f"{array}[{where}] = {value.text}")
            touched[cells] = True
            return
        if not touched[cells].all():
            self.clear(space, np.unique(cells[~touched[cells]]))
        if unique:
            self.lines.append(f"{array}[{where}] += {value.text}")
        else:
            self.lines.append(f"np.add.at({array}, {where}, {value.text})")
