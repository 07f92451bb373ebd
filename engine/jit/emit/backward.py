"""Writes the backward pass of an array program, from the gradients of results to those of operands."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.jit.emit.arrays import GRADIENTS
from engine.jit.emit.expression import FORMS, Expression, as_expression, partial_expressions
from engine.jit.emit.forward import Program, write_forward
from engine.jit.lower.canonical import ELEM, LEAF, LIN, SEQ, TAKE
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import COPY, FIXED, PER_SAMPLE, Group, Operand, Run
from engine.jit.lower.strides import Index

__all__ = ["build_program"]


def build_program(layout: Layout, outputs: list[int], differentiate: bool) -> Program:
    """The statements of all groups: forward, and backward where a gradient must pass.

    Args:
        layout: groups and cells.
        outputs: refs of the outputs.
        differentiate: whether to add the backward pass.
    """
    program = Program(layout, outputs)
    write_forward(program)
    if differentiate:
        _Backward(program).write()
    return program


class _Backward:
    """Statements of the backward pass so far, and the cells that have a gradient already.

    The pass has two halves: first all that is computed per sample, then what is fixed, once the
    gradients of all samples have been added up. Contributions to leaves, but for those of matrix
    products, wait until the end of their half: then a matrix product writes, and they add.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.views = program.views
        layout = self.layout = program.layout
        self.touched = [np.zeros(size, bool) for size in layout.sizes]
        self.uniform: dict[
            int, tuple[Group, Expression]
        ] = {}  # of groups whose gradients are all one number: that
        self.group_of: dict[tuple[int, int], Group] = {}
        for group in layout.groups:
            self.group_of[(group.space, group.start)] = group
        self.leaf = [np.zeros(size, bool) for size in layout.sizes]
        for ref, node in enumerate(layout.nodes):
            if node.kind == LEAF and layout.cell[ref] >= 0:
                self.leaf[layout.space[ref]][layout.cell[ref]] = True
        self.lines: list[str] = []
        self.zeros: list[Index] = [np.zeros(0, np.int64), np.zeros(0, np.int64)]
        self.waiting: list[tuple[Operand, Expression, int]] = []

    def write(self) -> None:
        program = self.program
        for space, target in ((PER_SAMPLE, program.backward), (FIXED, program.fixed_backward)):
            self.lines = []
            self.zeros = [np.zeros(0, np.int64), np.zeros(0, np.int64)]
            for i, output in enumerate(program.outputs):
                if isinstance(output, tuple) and output[0] == space:
                    self.seed(space, output[1], self.seed_text(i))
            for group in reversed(program.layout.groups):
                if group.space == space and group.wanted:
                    self.group(group)
            self.flush()
            if space == PER_SAMPLE:  # what comes from one block of samples must be there to be added up
                for group in self.layout.groups:
                    if group.space == FIXED and id(group) in self.uniform:
                        self.write_uniform(group)
            target += [*self.zero_lines(), *self.lines]

    def seed_text(self, i: int) -> Expression:
        if len(self.program.outputs) == 1 and not self.layout.batched:
            return as_expression(1.0)
        return Expression(f"seeds[{i}]", scalar=True)

    def seed(self, space: int, cell: int, value: Expression) -> None:
        operand = Operand(space, np.array([cell]), bool(self._wanted_cell(space, cell)))
        if operand.wanted:
            self.add(operand, value, space, now=True)

    def _wanted_cell(self, space: int, cell: int) -> bool:
        layout = self.layout
        refs = np.flatnonzero((layout.cell == cell) & (layout.space == space))
        return bool(layout.wanted[refs].any())

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

    # -- adding up --------------------------------------------------------------------------------

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

    # -- groups -----------------------------------------------------------------------------------

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

    def group(self, group: Group) -> None:
        has_product = any(run.kind == "matmul" for run in group.runs)
        written = has_product or group.kind in (SEQ, TAKE, COPY) or _repeats(group)
        g = self.gradient(group, written)
        if g is None:
            return
        {ELEM: self.elementwise, SEQ: self.sequence, TAKE: self.take, LIN: self.linear, COPY: self.copy}[
            group.kind
        ](group, g)

    def read(self, operand: Any, space: int, whole: bool = False) -> Any:
        """An operand as the forward pass read it; what was gathered then still stands."""
        if not isinstance(operand, Operand):
            return self.views.constant(operand, space)
        name, statement = self.views.operand(operand, space, whole)
        if statement:
            self.lines.append(statement)
        return Expression(name)

    def copy(self, group: Group, g: Expression) -> None:
        self.add(group.operands[0], g, group.space)

    def elementwise(self, group: Group, g: Expression) -> None:
        row = group.row
        if row is None:
            raise RuntimeError("an elementwise group has an operator")
        xs = [self.read(operand, group.space) for operand in group.operands]
        y = Expression(self.views.result(group))
        for operand, partial in zip(group.operands, partial_expressions(row, y, xs), strict=True):
            if not isinstance(operand, Operand) or not operand.wanted:
                continue
            if _is_zero(partial):
                self.program.flat = True
            elif group.over is not None:
                self.in_place(group, g, partial)
            else:
                self.add(operand, partial * g if _is_number(g) else g * partial, group.space)

    def in_place(self, group: Group, g: Expression, partial: Any) -> None:
        """Where an operator took over the cells of what it read, turn its gradient into that of the
        latter."""
        value = as_expression(partial * g if _is_number(g) else g * partial)
        over = group.over if group.over is not None else group
        self.uniform.pop(id(group), None)
        self.lines.append(value.into(self.views.gradient_over(over)))
        self.touched[group.space][group.start : group.start + group.size] = True

    def sequence(self, group: Group, g: Expression) -> None:
        operand, row = group.operands[0], group.row
        xs = self.read(operand, group.space, whole=True).text
        y = self.views.result(group)
        if row is None or row.along is None or row.along.gradients is None:
            self.sequence_by_rule(group, g, xs, y)
            return
        kept = self.views.kept(group) if row.along.keeps else ""
        function = row.along.gradients.__name__
        self.add(operand, Expression(f"{function}({xs}, {y}, {g.text}{kept})"), group.space)

    def sequence_by_rule(self, group: Group, g: Expression, xs: str, y: str) -> None:
        """The gradients of a sequence operator that has no shorter form, one operand at a time."""
        operand, row = group.operands[0], group.row
        count = len(operand.index)
        parts = [Expression(f"{xs}[{i}]") for i in range(count)]
        partials = row.partials[0](FORMS, Expression(y), parts) if row is not None else []
        for index, partial in zip(operand.index, partials, strict=True):
            if not _is_zero(partial):
                self.add(Operand(operand.space, index, operand.wanted), g * partial, group.space)

    def take(self, group: Group, g: Expression) -> None:
        table = group.operands[0]
        if not table.wanted:
            return
        cells = np.unique(table.index)
        self.settle_uniform(table.space, cells)
        touched = self.touched[table.space]
        self.clear(table.space, cells[~touched[cells]])
        where = self.views.remembered(group)
        name = where.target
        self.lines.append(f"np.add.at({name}, {g.text})")

    def linear(self, group: Group, g: Expression) -> None:
        space = group.space
        for run in group.runs:
            if run.kind == "matmul":
                self.product(group, run, g)
                continue
            factor: Any = g
            if run.const is not None:
                factor = self.views.constant(run.const, space) * g
            if run.scale != 1.0:
                factor = -factor if run.scale == -1.0 else run.scale * factor
            if group.size == 1 and space == FIXED and run.kind != "each":
                self.along_a_line(run, factor)
                continue
            full = run.kind == "each" or run.const is not None or run.b is not None
            if run.b is None:
                self.add(run.a, factor, space, full=full)
                continue
            whole = run.kind != "each"
            if _same(run):
                self.add(run.a, 2.0 * factor * self.read(run.a, space, whole), space)
            else:
                self.add(run.a, factor * self.read(run.b, space, whole), space)
                self.add(run.b, factor * self.read(run.a, space, whole), space)

    def along_a_line(self, run: Run, factor: Any) -> None:
        """The gradients of a sum or a scalar product with one result, whose operands are read as vectors."""
        a, b = (
            None if each is None else Operand(each.space, each.index.ravel(), each.wanted)
            for each in (run.a, run.b)
        )
        if run.const is not None:
            factor = Expression(f"{factor.inner}.ravel()")
        if b is None or a is None:
            self.add(run.a if a is None else a, factor, FIXED, full=run.const is not None)
        elif _same(run):
            self.add(a, 2.0 * factor * self.read(a, FIXED, whole=True), FIXED)
        else:
            self.add(a, factor * self.read(b, FIXED, whole=True), FIXED)
            self.add(b, factor * self.read(a, FIXED, whole=True), FIXED)

    def product(self, group: Group, run: Run, g: Expression) -> None:
        product = self.views.product(group, run)
        name = g.text
        if run.scale != 1.0:
            name = self.views.like(g.text)
            self.lines.append(f"np.multiply({as_expression(run.scale).text}, {g.text}, out={name})")
        left, right = product.gradients(name)
        for side, value in ((product.a, left), (product.b_target, right)):
            if isinstance(side, Operand):
                self.add(side, value, side.space, now=True)


def _repeats(group: Group) -> bool:
    """Whether gradients are summed over axes that only the gradient of the results has for sure.

    A gradient that is one number lacks them, and so may a factor that is the same along them.
    """
    operands = list(group.operands)
    for run in group.runs:
        if run.b is not None or isinstance(run.const, np.ndarray):
            operands += [run.a, run.b]
    return any(
        isinstance(operand, Operand)
        and operand.wanted
        and (operand.space != group.space or len(np.unique(operand.index)) != operand.index.size)
        for operand in operands
    )


def _same(run: Run) -> bool:
    return run.b is not None and run.a.space == run.b.space and np.array_equal(run.a.index, run.b.index)


def _is_zero(x: Any) -> bool:
    return not isinstance(x, Expression) and x == 0.0


def _is_number(x: Any) -> bool:
    return isinstance(x, Expression) and x.scalar
