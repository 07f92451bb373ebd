"""Writes the backward pass of an array program, from the gradients of results to those of operands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.jit.emit.adjoints import Adjoints
from engine.jit.emit.expression import FORMS, is_closed, partial_expressions
from engine.jit.emit.forward import Program, write_forward
from engine.jit.emit.statements import GRADIENTS, Assign, Scatter, Statement, View
from engine.jit.emit.trees import Call, Expression, Number, Seed, as_expression, broadcast
from engine.jit.lower.canonical import ELEM, LIN, SEQ, TAKE
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import COPY, FIXED, PER_SAMPLE, Group, Operand, Run

__all__ = ["build_program"]


def build_program(
    layout: Layout, outputs: list[int], differentiate: bool, watched: Sequence[int] = ()
) -> Program:
    """The statements of all groups: forward, and backward where a gradient must pass.

    Args:
        layout: groups and cells.
        outputs: refs of the outputs.
        differentiate: whether to add the backward pass.
        watched: refs of what the function decides by.
    """
    program = Program(layout, outputs, watched)
    write_forward(program)
    if differentiate:
        _Backward(program).write()
    return program


class _Backward:
    """Writes the backward pass of a program, group by group, from the last.

    It has two halves: first all that is computed per sample, then what is fixed, once the gradients of all
    samples have been added up.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.views = program.views
        self.layout = program.layout
        self.adjoints = Adjoints(program.views, program.layout)
        self.add = self.adjoints.add

    @property
    def lines(self) -> list[Statement]:
        return self.adjoints.lines

    def write(self) -> None:
        program = self.program
        for space, target in ((PER_SAMPLE, program.backward), (FIXED, program.fixed_backward)):
            self.adjoints.begin()
            for i, output in enumerate(program.outputs):
                if isinstance(output, tuple) and output[0] == space:
                    self.seed(space, output[1], self.seed_of(i))
            for group in reversed(program.layout.groups):
                if group.space == space and group.wanted:
                    self.group(group)
            self.adjoints.flush()
            if space == PER_SAMPLE:  # what comes from one block of samples must be there to be added up
                for group in self.layout.groups:
                    if group.space == FIXED and id(group) in self.adjoints.uniform:
                        self.adjoints.write_uniform(group)
            target += [*self.adjoints.zero_lines(), *self.lines]

    def seed_of(self, i: int) -> Expression:
        if len(self.program.outputs) == 1 and not self.layout.batched:
            return Number(1.0)
        return Seed(i)

    def seed(self, space: int, cell: int, value: Expression) -> None:
        operand = Operand(space, np.array([cell]), bool(self._wanted_cell(space, cell)))
        if operand.wanted:
            self.add(operand, value, space, now=True)

    def _wanted_cell(self, space: int, cell: int) -> bool:
        layout = self.layout
        refs = np.flatnonzero((layout.cell == cell) & (layout.space == space))
        return bool(layout.wanted[refs].any())

    # -- groups -----------------------------------------------------------------------------------

    def group(self, group: Group) -> None:
        has_product = any(run.kind == "matmul" for run in group.runs)
        g = self.adjoints.gradient(group, written=has_product or group.kind in (SEQ, TAKE, COPY))
        if g is None:
            return
        {ELEM: self.elementwise, SEQ: self.sequence, TAKE: self.take, LIN: self.linear, COPY: self.copy}[
            group.kind
        ](group, g)

    def read(self, operand: Any, space: int, whole: bool = False) -> Any:
        """An operand as the forward pass read it; what was gathered then still stands."""
        return self.views.read(operand, space, self.lines, whole)

    def copy(self, group: Group, g: Expression) -> None:
        self.add(group.operands[0], g, group.space)

    def elementwise(self, group: Group, g: Expression) -> None:
        row = group.row
        if row is None:
            raise RuntimeError("an elementwise group has an operator")
        xs = [self.read(operand, group.space) for operand in group.operands]
        y = self.views.result(group)
        for operand, partial in zip(group.operands, partial_expressions(row, y, xs), strict=True):
            if not isinstance(operand, Operand) or not operand.wanted or is_closed(row, partial):
                continue
            if group.over is not None:
                self.in_place(group, g, partial)
            else:
                self.add(operand, partial * g if _is_number(g) else g * partial, group.space)

    def in_place(self, group: Group, g: Expression, partial: Any) -> None:
        """Where an operator took over the cells of what it read, turn its gradient into that of the
        latter."""
        value = as_expression(partial * g if _is_number(g) else g * partial)
        over = group.over if group.over is not None else group
        self.adjoints.uniform.pop(id(group), None)
        self.lines.append(Assign(self.views.gradient_over(over), value))
        self.adjoints.touched[group.space][group.start : group.start + group.size] = True

    def sequence(self, group: Group, g: Expression) -> None:
        operand, row = group.operands[0], group.row
        xs = self.read(operand, group.space, whole=True)
        y = self.views.result(group)
        if row is None or row.along is None or row.along.gradients is None:
            self.sequence_by_rule(group, g, xs, y)
            return
        kept = [self.views.kept(group)] if row.along.keeps else []
        size = broadcast(xs.shape, g.shape)
        gradients = Call(row.along.gradients.__name__, (xs, y, g, *kept), size=size)
        self.add(operand, gradients, group.space)

    def sequence_by_rule(self, group: Group, g: Expression, xs: View, y: View) -> None:
        """The gradients of a sequence operator that has no shorter form, one operand at a time."""
        operand, row = group.operands[0], group.row
        parts = [xs.item(i) for i in range(len(operand.index))]
        partials = row.partials[0](FORMS, y, parts) if row is not None else []
        for index, partial in zip(operand.index, partials, strict=True):
            if row is not None and not is_closed(row, partial):
                self.add(Operand(operand.space, index, operand.wanted), g * partial, group.space)

    def take(self, group: Group, g: Expression) -> None:
        table = group.operands[0]
        if not table.wanted:
            return
        cells = np.unique(table.index)
        self.adjoints.settle_uniform(table.space, cells)
        touched = self.adjoints.touched[table.space]
        self.adjoints.clear(table.space, cells[~touched[cells]])
        self.lines.append(Scatter(GRADIENTS[table.space], self.views.positions(group), g))

    def linear(self, group: Group, g: Expression) -> None:
        space = group.space
        for run in group.runs:
            if run.kind == "matmul":
                self.product(group, run, g)
                continue
            along_a_line = group.size == 1 and space == FIXED and run.kind != "each"
            factor: Any = g
            if run.const is not None:
                const = np.ravel(run.const) if along_a_line and np.ndim(run.const) else run.const
                factor = self.views.constant(const, space) * g
            if run.scale != 1.0:
                factor = run.scale * factor
            if along_a_line:
                self.along_a_line(run, factor)
                continue
            if run.b is None:
                self.add(run.a, factor, space)
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
        if b is None or a is None:
            self.add(run.a if a is None else a, factor, FIXED)
        elif _same(run):
            self.add(a, 2.0 * factor * self.read(a, FIXED, whole=True), FIXED)
        else:
            self.add(a, factor * self.read(b, FIXED, whole=True), FIXED)
            self.add(b, factor * self.read(a, FIXED, whole=True), FIXED)

    def product(self, group: Group, run: Run, g: Any) -> None:
        product = self.views.product(group, run)
        if run.scale != 1.0:
            scaled = self.views.buffer("s", group.shape, group.space == PER_SAMPLE)
            self.lines.append(Assign(scaled, run.scale * g))
            g = scaled
        left, right = product.gradients(g)
        for side, value in ((product.a, left), (product.b_target, right)):
            if isinstance(side, Operand):
                self.add(side, value, side.space, now=True)


def _same(run: Run) -> bool:
    return run.b is not None and run.a.space == run.b.space and np.array_equal(run.a.index, run.b.index)


def _is_number(x: Any) -> bool:
    return isinstance(x, Expression) and x.scalar
