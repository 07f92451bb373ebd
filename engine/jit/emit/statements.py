"""Statements: an array program as data. A back end reads them; ``str(statement)`` is the line of NumPy.

A program has four lists of statements (``Program.fixed``, ``forward``, ``backward``, ``fixed_backward``). A
statement is one of four:

=======================  ====================================================================================
:class:`Assign`          ``target[...] = value`` or ``target += value``. The value is a tree (``trees.py``),
                         whose root says the kind: a Call of a ufunc or of an array function, a Reduce over
                         axes, a MatMul, a :class:`Take` (gather), a View (a copy), a number (a fill).
:class:`Scatter`         a tree written or added at positions of an array, repeated ones too.
:class:`Procedure`       an array function that writes its results itself, and what it keeps beside them.
:class:`Loop`            statements that are run for each of many steps.
=======================  ====================================================================================

Mostly the operands of the root are views and numbers; where a tree is deeper, compute the inner ones into
temporaries of their ``shape`` first, left to right.

Where numbers are, ``views.py`` tells.

>>> from engine.jit.emit.views import CELLS
>>> x = View.cells(CELLS[1], 4, (2, 3), (3, 1)).named("x1")
>>> str(Assign(x, x * 2.0)), str(Assign(x, x + 1.0, adds=True))
('np.multiply(x1, 2.0, out=x1)', 'np.add(x1, x1 + 1.0, out=x1)')
>>> y = View.cells(CELLS[1], 10, (3,), (1,)).named("y1")
>>> str(Assign(y, Reduce("add", x, (0,))))
'np.add.reduce(x1, axis=0, out=y1)'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.jit.emit.trees import SAMPLES, Call, Expression, MatMul, Reduce
from engine.jit.emit.views import Take, View, shown_shape

__all__ = ["Assign", "Loop", "Procedure", "Scatter", "Statement", "kind_of", "simple", "trees_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Assign:
    """Writes a tree into a view, or adds it to what stands there; the tree is broadcast to the view's shape.

    Attributes:
        target: the view.
        value: the tree.
        adds: whether it adds.
        says: whether the line ends with the tree as an equation has it.
    """

    target: View
    value: Expression
    adds: bool = False
    says: bool = False

    @property
    def writes(self) -> tuple[View | Take, ...]:
        """What is written."""
        return (self.target,)

    @property
    def reads(self) -> tuple[Expression, ...]:
        """The trees that are read."""
        return (self.value, self.target) if self.adds else (self.value,)

    def __str__(self) -> str:
        target, value = self.target.text, self.value
        if self.adds:
            if isinstance(value, Call) and value.function == "negative":
                return f"np.subtract({target}, {value.operands[0].text}, out={target})"
            return f"np.add({target}, {value.text}, out={target})"
        if self.target.source is None and not self.target.is_name:  # a piece of an array
            return f"{target} = {value.text}"
        return value.into(self.target) + (f"  # {value.text}" if self.says else "")


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """Writes a tree at positions of an array, or adds it there.

    Attributes:
        at: the positions, as what would be gathered there.
        value: the tree, which is broadcast to the shape of that.
        adds: whether it adds.
        repeats: whether positions may stand there more than once; then it adds as often.
    """

    at: Take
    value: Expression
    adds: bool = True
    repeats: bool = True

    @property
    def writes(self) -> tuple[View | Take, ...]:
        return (self.at,)

    @property
    def reads(self) -> tuple[Expression, ...]:
        return (self.at if self.adds else self.at.index), self.value

    def __str__(self) -> str:
        name, index, value = self.at.cells, self.at.index.text, self.value.text
        if not self.repeats:
            return f"{name}[{index}] {'+=' if self.adds else '='} {value}"
        shape = self.at.shape
        if self.value.shape not in ((), shape):  # of fewer axes ``at`` makes wrong sums, without a word
            value = f"np.broadcast_to({value}, {shown_shape(shape)})"
        if self.at.array.samples and self.at.index.shape[-1:] == (SAMPLES,):
            index = f"({index}, np.arange(samples))"
        return f"np.add.at({name}, {index}, {value})"


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """A function of :data:`engine.floats.arrays.ARRAY_FUNCTIONS` over the first axis, which writes by itself.

    Attributes:
        function: its name.
        operand: what it reads, a sequence along the first axis.
        out: where its results go.
        kept: a buffer for what its gradients need; None where they need nothing.
    """

    function: str
    operand: View
    out: View
    kept: View | None = None

    @property
    def writes(self) -> tuple[View | Take, ...]:
        return (self.out,) if self.kept is None else (self.out, self.kept)

    @property
    def reads(self) -> tuple[Expression, ...]:
        return (self.operand,)

    def __str__(self) -> str:
        return f"{self.function}({', '.join(tree.text for tree in (self.operand, *self.writes))})"


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """Runs statements over and over: in step ``t`` a view stands ``t * advance`` cells further on.

    Attributes:
        steps: how often.
        body: the statements, none of which is a loop.
        backwards: whether the last step runs first.
    """

    steps: int
    body: tuple[Assign | Scatter | Procedure, ...]
    backwards: bool = False

    def __str__(self) -> str:
        steps = f"range({self.steps})"
        head = f"for t in {f'reversed({steps})' if self.backwards else steps}:"
        return "\n".join([head, *(f"    {statement}" for statement in self.body)])


Statement = Assign | Scatter | Procedure | Loop


def simple(statements: Iterable[Statement]) -> Iterator[Assign | Scatter | Procedure]:
    """Statements, those within loops in place of these."""
    for statement in statements:
        if isinstance(statement, Loop):
            yield from statement.body
        else:
            yield statement


def kind_of(statement: Assign | Scatter | Procedure) -> str:
    """What takes most time: positions to write at, a matrix product, a gather, a sum, or else functions."""
    trees = list(trees_of([statement]))
    if isinstance(statement, Scatter):
        return "scatter"
    if any(isinstance(tree, MatMul) for tree in trees):
        return "matmul"
    if any(isinstance(tree, Take) or (isinstance(tree, Call) and tree.function == "pick") for tree in trees):
        return "gather"
    return "sum" if any(isinstance(tree, Reduce) for tree in trees) else "elementwise"


def trees_of(statements: Iterable[Statement]) -> Iterator[Expression]:
    """All trees of statements, in the order of the lines; what is written last."""
    for statement in simple(statements):
        for root in (*statement.reads, *statement.writes):
            yield from root.walk()
