"""Writes the backward pass of an array program, from the gradients of results to those of operands."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any, cast

import numpy as np

from engine.jit.emit.adjoints import Adjoints
from engine.jit.emit.arrays import Views
from engine.jit.emit.expression import FORMS, is_closed, partial_expressions
from engine.jit.emit.forward import Program, write_groups
from engine.jit.emit.fusion.laws import fuse
from engine.jit.emit.fusion.names import number_names
from engine.jit.emit.fusion.shares import shares_of
from engine.jit.emit.statements import Assign, Scatter
from engine.jit.emit.trees import COMPARED, Call, Number, Seed, broadcast
from engine.jit.emit.views import GRADIENTS, Take, View
from engine.jit.lower.canonical import ELEM, LIN, SEQ, TAKE
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import COPY, FIXED, PER_SAMPLE, Group, Operand, Run
from engine.jit.lower.strides import distinct
from engine.ops.op import Op

__all__ = ["build_program", "write_backward_of", "write_seeds"]


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
    write_groups(program, layout.groups)
    if differentiate:
        _write_backward(program)
    fuse(program)
    number_names(program)
    return program


def _write_backward(program: Program) -> None:
    """Add the statements of the backward pass, group by group, from the last.

    It has two halves: first all that is computed per sample, then what is fixed, once the gradients of all
    samples have been added up.
    """
    layout = program.layout
    after = Adjoints(program.views, layout)
    refs = np.flatnonzero(layout.wanted).tolist()
    wanted = {(int(layout.space[ref]), int(layout.cell[ref])) for ref in refs}
    for space, statements in ((PER_SAMPLE, program.backward), (FIXED, program.fixed_backward)):
        adjoints = Adjoints(program.views, layout, after)
        write_seeds(program, adjoints, space, wanted)
        write_backward_of(layout.groups, program.views, adjoints, space)
        adjoints.settle(space)
        statements += after.cleared_before(adjoints.lines)


def write_seeds(program: Program, adjoints: Adjoints, space: int, wanted: Set[tuple[int, int]]) -> None:
    """Add the gradients of the outputs in a space.

    Args:
        wanted: space and cell of what takes gradients.
    """
    alone = len(program.outputs) == 1 and not program.layout.batched
    for i, output in enumerate(program.outputs):
        if isinstance(output, tuple) and output[0] == space:
            operand = Operand(space, np.array([output[1]]), output in wanted)
            adjoints.add(operand, Number(1.0) if alone else Seed(i), space, now=True)


def write_backward_of(groups: Sequence[Group], views: Views, adjoints: Adjoints, space: int) -> None:
    """Add the statements of groups in a space, the last first."""
    for group in reversed(groups):
        if group.space == space and group.wanted and id(group) not in adjoints.passed:
            multiplies = any(run.kind == "matmul" for run in group.runs)
            written = multiplies or bool(group.cuts) or group.kind in (SEQ, TAKE, COPY)
            g = adjoints.gradient(group, written)
            if g is not None:
                if group.cuts:
                    adjoints.lines.append(views.fill(GRADIENTS[space], space, group.cuts, 0.0))
                _Backward(views, adjoints, group, g).write()


class _Backward:
    """The statements from the gradient of a group's results to those of what it read."""

    def __init__(self, views: Views, adjoints: Adjoints, group: Group, g: Any) -> None:
        self.views, self.adjoints = views, adjoints
        self.group, self.g, self.space = group, g, group.space
        self.lines = adjoints.lines

    def write(self) -> None:
        {ELEM: self.elementwise, SEQ: self.sequence, TAKE: self.take, LIN: self.linear, COPY: self.copy}[
            self.group.kind
        ]()

    def add(self, operand: Operand, value: Any) -> None:
        self.adjoints.add(operand, value, self.space)

    def read(self, operand: Any, whole: bool = False) -> Any:
        """An operand as the forward pass read it; what was gathered then still stands."""
        return self.views.read(operand, self.space, self.lines, whole)

    def copy(self) -> None:
        self.add(self.group.operands[0], self.g)

    def elementwise(self) -> None:
        group, row, g = self.group, cast(Op, self.group.row), self.g
        shares = shares_of(group, self.views)
        if shares is not None and shares.terms is not None and shares.z is not None and isinstance(g, View):
            self.adjoints.passed.add(id(shares.terms))
            dp = self.views.cells(GRADIENTS[self.space], shares.p.start, *shares.p.axes)
            self.add(shares.z, shares.gradient(dp))
            return
        xs = [self.read(operand) for operand in group.operands]
        y = self.views.result(group)
        for operand, partial in zip(group.operands, partial_expressions(row, y, xs), strict=True):
            if not isinstance(operand, Operand) or not operand.wanted or is_closed(row, partial):
                continue
            value = partial * g if g.scalar else g * partial
            if isinstance(partial, Call) and partial.function in COMPARED:  # truth values: NumPy adds none up
                value = Call("multiply", (partial, g) if g.scalar else (g, partial))
            if group.over is None:
                self.add(operand, value)
            else:
                self.adjoints.replace(group, group.over, value)

    def sequence(self) -> None:
        group, row, g = self.group, cast(Op, self.group.row), self.g
        operand = group.operands[0]
        xs = self.read(operand, whole=True)
        y = self.views.result(group)
        if row.along is not None and row.along.gradients is not None:
            kept = [self.views.kept(group)] if row.along.keeps else []
            name, size = row.along.gradients.__name__, broadcast(xs.shape, g.shape)
            self.add(operand, Call(name, (xs, y, g, *kept), size=size))
            return
        partials = row.partials[0](FORMS, y, [xs.item(i) for i in range(len(operand.index))])
        for index, partial in zip(operand.index, partials, strict=True):  # one operand at a time
            if not is_closed(row, partial):
                self.add(Operand(operand.space, index, operand.wanted), g * partial)

    def take(self) -> None:
        table = self.group.operands[0]
        if not table.wanted:
            return
        cells = distinct(table.index)
        self.adjoints.settle_uniform(table.space, cells)
        self.adjoints.clear(table.space, cells)
        advance = self.views.advance(table.space, int(cells[0]))
        at = Take(GRADIENTS[table.space], self.views.positions(self.group), advance)
        self.lines.append(Scatter(at, self.g))

    def linear(self) -> None:
        for run in self.group.runs:
            if run.kind == "matmul":
                self.product(run)
            else:
                self.terms(run)

    def terms(self, run: Run) -> None:
        a, b, const, whole = run.a, run.b, run.const, run.kind != "each"
        if whole and self.group.size == 1 and self.space == FIXED:  # one sum: its terms are read as vectors
            a, b = (each and Operand(each.space, each.index.ravel(), each.wanted) for each in (a, b))
            const = const.ravel() if isinstance(const, np.ndarray) else const
        factor = self.g
        if const is not None:
            factor = self.views.constant(const, self.space) * factor
        if run.scale != 1.0:
            factor = run.scale * factor
        if b is None:
            self.add(a, factor)
        elif a.space == b.space and np.array_equal(a.index, b.index):
            self.add(a, 2.0 * factor * self.read(a, whole))
        else:
            self.add(a, factor * self.read(b, whole))
            self.add(b, factor * self.read(a, whole))

    def product(self, run: Run) -> None:
        g = self.g
        product = self.views.product(self.group, run)
        if run.scale != 1.0:
            g = self.views.buffer("s", self.group.shape, self.space == PER_SAMPLE)
            self.lines.append(Assign(g, run.scale * self.g))
        for side, value in zip((product.a, product.b_target), product.gradients(g), strict=True):
            if isinstance(side, Operand):
                self.adjoints.add(side, value, side.space, now=True)
