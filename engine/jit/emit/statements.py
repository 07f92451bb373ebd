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

Where numbers are
-----------------
An :class:`Array` is memory: ``fixed`` and ``dfixed`` (cells and their gradients; a number each), ``work`` and
``dwork`` (a row of ``samples`` numbers each), constants with their numbers, and buffers of the program. All
lie in C order, the samples last: cell ``i`` of an array per sample starts at number ``i * samples``.

A :class:`View` is ``start``, ``shape`` and ``strides`` in cells of one Array. An axis of size
:data:`SAMPLES` runs over the samples, wherever it stands (``x1.T`` has it first). ``view.place(samples)``
gives the same as numbers to point with.

>>> x = View.cells(CELLS[1], 4, (2, 3), (3, 1)).named("x1")
>>> x.text, x.shape, x.swapaxes(0, 1).text
('x1', (2, 3, -1), 'x1.swapaxes(0, 1)')
>>> x.place(10)
(40, (2, 3, 10), (30, 10, 1))
>>> str(Assign(x, x * 2.0)), str(Assign(x, x + 1.0, adds=True))
('np.multiply(x1, 2.0, out=x1)', 'np.add(x1, x1 + 1.0, out=x1)')
>>> y = View.cells(CELLS[1], 10, (3,), (1,)).named("y1")
>>> str(Assign(y, Reduce("add", x, (0,))))
'np.add.reduce(x1, axis=0, out=y1)'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.jit.emit.trees import SAMPLES, Call, Expression, MatMul, Reduce, Shape

__all__ = [
    "CELLS",
    "GRADIENTS",
    "Array",
    "Assign",
    "Loop",
    "Procedure",
    "Scatter",
    "Statement",
    "Take",
    "View",
    "c_strides",
    "functions_of",
    "simple",
    "used",
]


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """Memory.

    Attributes:
        name: ``fixed``, ``work``, ``dfixed``, ``dwork``; ``c1`` of numbers and ``i1`` of positions, which are
            constants; ``g1`` and others of buffers.
        samples: whether each cell is a row of samples.
        shape: the shape of the cells of constants and buffers, without the samples.
        numbers: of a constant, floats or integers.
        integers: whether it holds positions (``np.intp``).
    """

    name: str
    samples: bool = False
    shape: Shape = ()
    numbers: np.ndarray[Any, Any] | None = None
    integers: bool = False

    @property
    def is_buffer(self) -> bool:
        """Whether the program makes it for itself."""
        return bool(self.shape) and self.numbers is None

    @property
    def definition(self) -> str:
        """The line that makes a buffer."""
        shape = _shown(self.shape + (SAMPLES,) * self.samples)
        return f"{self.name} = np.empty({shape}{', dtype=np.intp' if self.integers else ''})"


CELLS = Array("fixed"), Array("work", samples=True)
GRADIENTS = Array("dfixed"), Array("dwork", samples=True)
"""The cells of both spaces, and their gradients."""


class View(Expression):
    """Numbers of an array, in some shape.

    Attributes:
        array: where they are.
        start: the first cell.
        shape: how many cells along each axis; :data:`SAMPLES` for the axis of samples.
        strides: how many cells apart they are along each axis: 0 where they are repeated, and for samples.
        text: how a line of NumPy says it.
        source: the view that its text is made of, as ``h1`` of ``h1.T``; of a name, what it stands for.
        is_name: whether the text is a name, which is defined once.
        advance: in a loop, how many cells further it is in each next step; ``start`` is that of step 0.
    """

    __slots__ = ("_shape", "_text", "advance", "array", "is_name", "source", "start", "strides")

    def __init__(
        self,
        array: Array,
        start: int,
        shape: Shape,
        strides: tuple[int, ...],
        text: str,
        source: View | None = None,
        is_name: bool = False,
        advance: int = 0,
    ) -> None:
        self.array, self.start, self.strides, self.advance = array, start, strides, advance
        self._shape, self._text, self.source, self.is_name = shape, text, source, is_name

    @classmethod
    def cells(cls, array: Array, start: int, shape: Shape, strides: tuple[int, ...]) -> View:
        """Cells of an array, each with its samples where it has any."""
        tail = (SAMPLES,) if array.samples else ()
        count = int(np.prod(shape))
        if strides == c_strides(shape):
            text = f"{array.name}[{start}:{start + count}]"
            if len(shape) > 1:
                text += f".reshape({', '.join(map(str, (*shape, *tail)))})"
        else:
            text = f"view({array.name}, {start}, {shape}, {strides})"
        return cls(array, start, shape + tail, strides + (0,) * len(tail), text)

    @classmethod
    def whole(cls, array: Array) -> View:
        """A constant or a buffer, by its own name."""
        tail = (SAMPLES,) if array.samples else ()
        strides = c_strides(array.shape) + (0,) * len(tail)
        return cls(array, 0, array.shape + tail, strides, array.name, is_name=True)

    @property
    def text(self) -> str:
        return self._text

    @property
    def shape(self) -> Shape:
        return self._shape

    @property
    def definition(self) -> str:
        """The line that makes a name."""
        return f"{self.text} = {self.source.text if self.source is not None else self.array.name}"

    def place(self, samples: int = 1) -> tuple[int, Shape, tuple[int, ...]]:
        """The first number, the sizes of the axes, and the strides, in numbers of the array's memory."""
        row = samples if self.array.samples else 1
        shape = tuple(samples if size == SAMPLES else size for size in self.shape)
        strides = (1 if n == SAMPLES else k * row for n, k in zip(self.shape, self.strides, strict=True))
        return self.start * row, shape, tuple(strides)

    # -- made of it -----------------------------------------------------------------------------------

    def named(self, name: str) -> View:
        """The same by a name of its own."""
        return View(self.array, self.start, self.shape, self.strides, name, self, True)

    def _made(self, shape: Iterable[int], strides: Iterable[int], text: str, start: int = 0) -> View:
        return View(
            self.array, self.start + start, tuple(shape), tuple(strides), text, self, advance=self.advance
        )

    @property
    def T(self) -> View:
        return self._made(self.shape[::-1], self.strides[::-1], f"{self.text}.T")

    def swapaxes(self, i: int, j: int) -> View:
        order = list(range(len(self.shape)))
        order[i], order[j] = order[j], order[i]
        return self._in_order(order, f"{self.text}.swapaxes({i}, {j})")

    def transpose(self, *order: int) -> View:
        return self._in_order(order, f"{self.text}.transpose({', '.join(map(str, order))})")

    def first_axis_last(self) -> View:
        order = [*range(1, len(self.shape)), 0]
        return self._in_order(order, f"np.moveaxis({self.text}, 0, -1)")

    def _in_order(self, order: Sequence[int], text: str) -> View:
        return self._made((self.shape[i] for i in order), (self.strides[i] for i in order), text)

    def reshape(self, *shape: int) -> View:
        """In another shape, given without the samples, which stay last; cells must lie side by side."""
        tail = 1 if self.shape[-1:] == (SAMPLES,) else 0
        own = self.shape[: len(self.shape) - tail]
        if self.strides[: len(own)] != c_strides(own):
            raise RuntimeError(f"{self.text} does not lie in one piece")
        sizes = [*map(str, shape), *(["samples"] if tail else [])]
        text = f"{self.text}.reshape({', '.join(sizes)})"
        return self._made(shape + (SAMPLES,) * tail, c_strides(shape) + (0,) * tail, text)

    def with_axis(self, place: int) -> View:
        """With one more axis of size 1, second or last: ``[:, None]`` or ``[..., None]``."""
        text = {1: "[:, None]", -1: "[..., None]"}[place]
        place = len(self.shape) if place == -1 else place
        shape = (*self.shape[:place], 1, *self.shape[place:])
        return self._made(shape, (*self.strides[:place], 0, *self.strides[place:]), f"{self.text}{text}")

    def of_step(self, later: int = 0) -> View:
        """In a loop, the item along the first axis that belongs to step ``t``, or to some steps later."""
        text = f"{self.text}[t + {later}]" if later else f"{self.text}[t]"
        step = self.strides[0]
        return View(
            *(self.array, self.start + later * step, self.shape[1:], self.strides[1:], text, self),
            advance=step,
        )

    def item(self, i: int) -> View:
        text = f"{self.text}[{i}]"
        return self._made(self.shape[1:], self.strides[1:], text, i * self.strides[0])


@dataclass(frozen=True, slots=True, eq=False)
class Take(Expression):
    """Cells at positions: gathered.

    Attributes:
        array: fixed or work.
        index: the positions: a constant of integers; or a buffer of integers found at run time, which has an
            axis of samples where each sample reads its own.
        advance: in a loop, how many cells further each next step reads.
    """

    array: Array
    index: View
    advance: int = 0

    @property
    def is_constant(self) -> bool:
        return self.index.array.numbers is not None

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.index,)

    @property
    def shape(self) -> Shape:
        own = self.array.samples and self.index.shape[-1:] != (SAMPLES,)
        return (*self.index.shape, SAMPLES) if own else self.index.shape

    @property
    def text(self) -> str:
        cells = _from_step(self.array, self.advance)
        if self.array.samples and not self.is_constant:
            return f"{cells}[{self.index.text}, np.arange(samples)]"
        return f"np.take({cells}, {self.index.text}{self._axis})"

    @property
    def _axis(self) -> str:
        return ", axis=0" if self.array.samples else ""

    def into(self, target: Expression) -> str:
        if not self.is_constant:
            return f"{target.text}[...] = {self.text}"
        given = f"{_from_step(self.array, self.advance)}, {self.index.text}{self._axis}"
        return f'np.take({given}, out={target.text}, mode="clip")'


# -- statements ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Assign:
    """Writes a tree into a view, or adds it to what stands there; the tree is broadcast to the view's shape.

    Attributes:
        target: the view.
        value: the tree.
        adds: whether it adds.
        comment: for whoever reads the line.
    """

    target: View
    value: Expression
    adds: bool = False
    comment: str = ""

    @property
    def trees(self) -> tuple[Expression, ...]:
        """The trees of the statement, the target first."""
        return self.target, self.value

    @property
    def kind(self) -> str:
        return _kind(self.value)

    def __str__(self) -> str:
        target, value = self.target.text, self.value
        if self.adds:
            if isinstance(value, Call) and value.function == "negative":
                return f"np.subtract({target}, {value.operands[0].text}, out={target})"
            return f"np.add({target}, {value.text}, out={target})"
        if self.target.source is None and not self.target.is_name:  # a piece of an array
            return f"{target} = {value.text}"
        return value.into(self.target) + (f"  # {self.comment}" if self.comment else "")


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """Writes a tree at positions of an array, or adds it there.

    Attributes:
        array: the array.
        index: the positions, as those of :class:`Take`.
        value: the tree, which is broadcast to the shape of what :class:`Take` would give.
        adds: whether it adds.
        repeats: whether positions may stand there more than once; then it adds as often.
        advance: as that of :class:`Take`.
    """

    array: Array
    index: View
    value: Expression
    adds: bool = True
    repeats: bool = True
    advance: int = 0

    @property
    def trees(self) -> tuple[Expression, ...]:
        return self.index, self.value

    @property
    def kind(self) -> str:
        return "scatter"

    def __str__(self) -> str:
        name, index, value = _from_step(self.array, self.advance), self.index.text, self.value.text
        if not self.repeats:
            return f"{name}[{index}] {'+=' if self.adds else '='} {value}"
        shape = Take(self.array, self.index).shape
        if self.value.shape not in ((), shape):  # of fewer axes ``at`` makes wrong sums, without a word
            value = f"np.broadcast_to({value}, {_shown(shape)})"
        if self.array.samples and self.index.shape[-1:] == (SAMPLES,):
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
    def trees(self) -> tuple[Expression, ...]:
        return (self.operand, self.out) if self.kept is None else (self.operand, self.out, self.kept)

    @property
    def kind(self) -> str:
        return "elementwise"

    def __str__(self) -> str:
        return f"{self.function}({', '.join(tree.text for tree in self.trees)})"


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

    @property
    def trees(self) -> tuple[Expression, ...]:
        return tuple(tree for statement in self.body for tree in statement.trees)

    @property
    def kind(self) -> str:
        return "loop"

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


def _kind(value: Expression) -> str:
    """What takes most time in a tree: a matrix product, a gather, a sum, or else elementwise functions."""
    trees = list(value.walk())
    if any(isinstance(tree, MatMul) for tree in trees):
        return "matmul"
    if any(isinstance(tree, Take) or (isinstance(tree, Call) and tree.function == "pick") for tree in trees):
        return "gather"
    return "sum" if any(isinstance(tree, Reduce) for tree in trees) else "elementwise"


def used(definitions: Iterable[View | Array], statements: Iterable[Statement]) -> list[View | Array]:
    """The definitions of names that statements use, or that other such names are made of."""
    names: set[str] = set()
    for tree in _trees(statements):
        view = tree if isinstance(tree, View) else None
        while view is not None and view.text not in names:
            names |= {view.text, view.array.name}
            view = view.source
    return [each for each in definitions if (each.name if isinstance(each, Array) else each.text) in names]


def functions_of(statements: Iterable[Statement]) -> set[str]:
    """The functions that statements call, by name."""
    statements = list(statements)
    calls = {tree.function for tree in _trees(statements) if isinstance(tree, Call)}
    return calls | {each.function for each in simple(statements) if isinstance(each, Procedure)}


def _trees(statements: Iterable[Statement]) -> Iterator[Expression]:
    for statement in statements:
        for root in statement.trees:
            yield from root.walk()


def _from_step(array: Array, advance: int) -> str:
    """An array, from where its step begins."""
    return f"{array.name}[{advance} * t:]" if advance else array.name


def _shown(shape: Shape) -> str:
    sizes = ["samples" if size == SAMPLES else str(size) for size in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def c_strides(shape: Shape) -> tuple[int, ...]:
    """The strides of cells that lie side by side, in C order.

    >>> c_strides((2, 3, 4))
    (12, 4, 1)
    """
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))
