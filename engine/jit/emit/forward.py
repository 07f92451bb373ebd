"""Stage four: writes the array program, a few statements of NumPy for each group.

The backward pass is derived group by group: an operator multiplies by its partial derivatives, a matrix
product gives two (``dW = dz @ h.T`` and ``dh = W.T @ dz``), a broadcast is summed over the axes it was
repeated along, a gather is scattered. What needs no gradient gets none. A contribution to cells that have
none yet is written, a further one added.

Names in the source: ``W1, b1`` captured, ``x1`` inputs, ``z1`` sums, ``h1`` what an operator makes of one
sum, ``v1`` other results; ``dz1`` is the gradient of ``z1``. ``c1`` are constants, ``i1`` positions, ``g1``
what was gathered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from engine.errors import TraceError
from engine.jit.emit.arrays import Frame, Views
from engine.jit.emit.expression import forward_expression
from engine.jit.emit.fusion.shares import shares_of
from engine.jit.emit.statements import Assign, Procedure, Statement, kind_of, simple
from engine.jit.emit.trees import Call, Expression, MatMul, Reduce, as_expression
from engine.jit.emit.views import CELLS, Take
from engine.jit.lower.canonical import ELEM, LIN, SEQ, TAKE
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import COPY, FIXED, Group, Operand, Run
from engine.ops.op import Op

__all__ = ["Program", "write_groups"]


class Program:
    """Statements of an array program.

    Attributes:
        layout: groups and cells.
        views: the arrays that the statements name.
        fixed, forward: the forward pass on fixed cells, and on cells per sample.
        backward, fixed_backward: likewise the backward pass, which comes in the other order.
        outputs: space and cell of each output; a number where it is one.
        watched: the same of the numbers that the function decides by.
        frames: where the cells of its loops are.
    """

    def __init__(self, layout: Layout, outputs: Sequence[int], watched: Sequence[int] = ()) -> None:
        self.layout = layout
        self.views = Views(layout)
        self.frames: list[Frame] = []
        self.fixed: list[Statement] = []
        self.forward: list[Statement] = []
        self.backward: list[Statement] = []
        self.fixed_backward: list[Statement] = []
        self.outputs, self.watched = self._places(outputs), self._places(watched)

    def _places(self, refs: Sequence[int]) -> list[Any]:
        """Space and cell of each ref; of a number that number."""
        layout, nodes = self.layout, self.layout.nodes
        return [
            nodes[ref].number
            if nodes[ref].kind == "const"
            else (int(layout.space[ref]), int(layout.cell[ref]))
            for ref in refs
        ]

    @property
    def parts(self) -> tuple[list[Statement], ...]:
        """The four lists, in the order in which they run."""
        return self.fixed, self.forward, self.backward, self.fixed_backward

    @property
    def statements(self) -> list[Statement]:
        """All statements, in the order in which they run."""
        return [statement for part in self.parts for statement in part]

    def __str__(self) -> str:
        kinds = self.counts()
        shown = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        return f"{len(self.statements)} statements: {shown}"

    def counts(self) -> dict[str, int]:
        """How many statements there are of each kind: matrix products, gathers, sums and elementwise ones."""
        found = {"matmul": 0, "gather": 0, "scatter": 0, "sum": 0, "elementwise": 0}
        for statement in simple(self.statements):
            found[kind_of(statement)] += 1
        return found


def write_groups(program: Any, groups: Sequence[Group]) -> None:
    """Add the statements that compute groups, to the first two parts of a program."""
    for group in groups:
        _Forward(program, group).write()


class _Forward:
    """The statements that compute a group."""

    def __init__(self, program: Any, group: Group) -> None:
        self.views = program.views
        self.group = group
        self.lines = program.parts[group.space]
        self.out = self.views.result(group)

    def write(self) -> None:
        {ELEM: self.elementwise, SEQ: self.sequence, TAKE: self.take, LIN: self.linear, COPY: self.copy}[
            self.group.kind
        ]()
        for number, cells in self.group.fills.items():
            self.lines.append(self.views.fill(CELLS[self.group.space], self.group.space, cells, number))

    def read(self, operand: Any, whole: bool = False) -> Any:
        """An operand as a view; where it is none, it is gathered first."""
        return self.views.read(operand, self.group.space, self.lines, whole)

    def assign(self, value: Any, adds: bool = False) -> None:
        self.lines.append(Assign(self.out, as_expression(value), adds))

    def copy(self) -> None:
        self.assign(self.read(self.group.operands[0]))

    def elementwise(self) -> None:
        group, row = self.group, cast(Op, self.group.row)
        shares = shares_of(group, self.views)
        if shares is not None:
            self.lines.append(Assign(shares.p, shares.e / shares.total))
            return
        operands = [self.read(operand) for operand in group.operands]
        if group.over is not None:  # by the name it had
            operands = [
                self.views.result(group.over) if isinstance(operand, Operand) else read
                for operand, read in zip(group.operands, operands, strict=True)
            ]
        self.assign(forward_expression(row, operands))

    def sequence(self) -> None:
        group, row = self.group, cast(Op, self.group.row)
        xs, along = self.read(group.operands[0], whole=True), row.along
        if along is None:
            raise TraceError(
                f"{row.name!r}, an operator over a sequence, does not say how arrays compute it: give its "
                "row `arithmetic`, or `along`, a function of engine.floats.arrays"
            )
        if isinstance(along.value, str):
            self.assign(Reduce(along.value, xs, (0,)))
        else:
            kept = self.views.kept(group) if along.keeps else None
            self.lines.append(Procedure(along.value.__name__, xs, self.out, kept))

    def take(self) -> None:
        table, picked = self.group.operands
        given = self.views.array(table.index, "i"), self.read(picked)
        places = self.views.positions(self.group)
        self.lines.append(Assign(places, Call("pick", given, size=places.shape)))
        advance = self.views.advance(table.space, int(table.index.min()))
        self.assign(Take(CELLS[table.space], places, advance))

    # -- sums -----------------------------------------------------------------------------------

    def linear(self) -> None:
        """The runs in order. A matrix product, or else the first that is more than a term a member, writes;
        what stands before it is added to that, and then the others."""
        group = self.group
        kinds = [run.kind for run in group.runs]
        larger = [i for i, kind in enumerate(kinds) if kind != "each"]
        first = kinds.index("matmul") if "matmul" in kinds else larger[0] if larger else len(kinds)
        head: Any = None
        for run in group.runs[:first]:
            head = _plus(head, *self.amount(run))
        k = None if group.k is None else as_expression(self.views.constant(group.k, group.space))
        if not larger:
            self.assign(head if k is None else _plus(head, k, False))
            return
        if kinds[first] == "matmul":
            self.matmul(group.runs[first])
        else:
            self.assign(self.reduction(group.runs[first]))
        rest = [] if head is None else [(head, False)]
        rest += [self.amount(run) for run in group.runs[first + 1 :]]
        for amount, less in rest if k is None else [*rest, (k, False)]:
            added = as_expression(amount)
            self.assign(-added if less else added, adds=True)

    def amount(self, run: Run) -> tuple[Any, bool]:
        """What a run adds to the sum, and whether it is taken away instead."""
        if run.kind != "each":
            return self.reduction(run), False
        return self.term(run), run.scale == -1.0

    def matmul(self, run: Run) -> None:
        product = self.views.product(self.group, run)
        self.lines += [*product.before, product.forward(self.out)]
        if run.scale != 1.0:
            self.assign(self.out * run.scale)

    def term(self, run: Run) -> Any:
        """One term a member: scale · const · a · b."""
        a = self.read(run.a)
        value = a if run.b is None else a * self.read(run.b) if run.b is not run.a else a * a
        if run.const is not None:
            value = self.views.constant(run.const, self.group.space) * value
        return value if run.scale in (1.0, -1.0) else run.scale * value  # a sign is seen to by the sum

    def reduction(self, run: Run) -> Expression:
        """Several terms a member: summed along the first axis."""
        value: Expression
        if self.is_line(run):
            sides = [each for each in (run.a, run.b) if each is not None]
            flat = [Operand(each.space, each.index.ravel(), each.wanted) for each in sides]
            vectors = [self.views.operand(each, FIXED, self.lines, whole=True) for each in flat]
            value = MatMul(*vectors) if run.kind == "dot" else Reduce("add", vectors[0], (0,))
        else:
            value = Reduce("add", self.terms(run), (0,))
        return value if run.scale == 1.0 else as_expression(run.scale * value)

    def is_line(self, run: Run) -> bool:
        """Whether a run is one sum, of two vectors or one."""
        return self.group.size == 1 and self.group.space == FIXED and run.const is None

    def terms(self, run: Run) -> Expression:
        """The terms of a run, before they are summed and scaled."""
        value = self.read(run.a, whole=True)
        if run.b is not None:
            value = value * self.read(run.b, whole=True)
        if run.const is not None:
            value = self.views.constant(run.const, self.group.space) * value
        return as_expression(value)


def _plus(total: Any, term: Any, less: bool) -> Any:
    """The sum so far and one more term, or less that; the first has no sum before it."""
    if total is None:
        return -as_expression(term) if less else term
    if isinstance(total, Call) and total.function == "negative" and not less:
        return term - total.operands[0]  # -a + b -> b - a
    return total - term if less else total + term
