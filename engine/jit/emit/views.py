"""Where the numbers of an array program are: memory, strided views of it, and cells at positions.

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
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.jit.emit.trees import SAMPLES, Expression, Shape
from engine.jit.lower.strides import Index

__all__ = ["CELLS", "GRADIENTS", "Array", "Take", "View", "c_strides", "ends", "places", "shown_shape"]


@dataclass(slots=True, eq=False)
class Array:
    """Memory.

    Attributes:
        name: ``fixed``, ``work``, ``dfixed``, ``dwork``; ``c1`` of numbers and ``i1`` of positions, which are
            constants; ``g1`` and others of buffers.
        samples: whether each cell is a row of samples.
        shape: the shape of the cells of constants and buffers, without the samples.
        numbers: of a constant, floats or integers.
        integers: whether it holds positions (``np.intp``).
        prefix, after: what its name begins with, and what stands behind the number: nothing.
    """

    name: str
    samples: bool = False
    shape: Shape = ()
    numbers: np.ndarray[Any, Any] | None = None
    integers: bool = False
    prefix: str = ""
    after: str = ""

    def rename(self, name: str) -> None:
        self.name = name

    @property
    def is_buffer(self) -> bool:
        """Whether the program makes it for itself."""
        return bool(self.shape) and self.numbers is None

    @property
    def definition(self) -> str:
        """The line that makes a buffer."""
        shape = shown_shape(self.shape + (SAMPLES,) * self.samples)
        return f"{self.name} = np.empty({shape}{', dtype=np.intp' if self.integers else ''})"


CELLS = Array("fixed"), Array("work", samples=True)
GRADIENTS = Array("dfixed"), Array("dwork", samples=True)
"""The cells of both spaces, and their gradients."""


@dataclass(slots=True, eq=False)
class View(Expression):
    """Numbers of an array, in some shape.

    Attributes:
        array: where they are.
        start: the first cell.
        shape: how many cells along each axis; :data:`SAMPLES` for the axis of samples.
        strides: how many cells apart they are along each axis: 0 where they are repeated, and for samples.
        text: how a line of NumPy says it; given with ``{}`` for that of the source.
        source: the view that its text is made of, as ``h1`` of ``h1.T``; of a name, what it stands for.
        is_name: whether the text is a name, which is defined once.
        advance: in a loop, how many cells further it is in each next step; ``start`` is that of step 0.
        prefix, after: of a name what stands before its number, but for the ``d`` of gradients, and behind it.
    """

    array: Array
    start: int
    shape: Shape = field()
    strides: tuple[int, ...]
    _text: str
    source: View | None = None
    is_name: bool = False
    advance: int = 0
    prefix: str = ""
    after: str = ""

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
        if self.source is None:
            return self.array.name if self.is_name else self._text
        return self._text if self.is_name else self._text.replace("{}", self.source.text)

    def rename(self, name: str) -> None:
        """Give what has a name another one."""
        self._text = name

    @property
    def made_of(self) -> Iterator[View]:
        """It, and the views that its text is made of, one after the other."""
        view: View | None = self
        while view is not None:
            yield view
            view = view.source

    @property
    def definition(self) -> str:
        """The line that makes a name."""
        return f"{self.text} = {self.source.text if self.source is not None else self.array.name}"

    @property
    def axes(self) -> tuple[Shape, tuple[int, ...]]:
        """Sizes and strides without the axis of samples."""
        if SAMPLES not in self.shape:
            return self.shape, self.strides
        at = self.shape.index(SAMPLES)
        return self.shape[:at] + self.shape[at + 1 :], self.strides[:at] + self.strides[at + 1 :]

    @property
    def places(self) -> Index:
        """The cells, in their shape without the axis of samples."""
        return places(self.start, *self.axes)

    def place(self, samples: int = 1) -> tuple[int, Shape, tuple[int, ...]]:
        """The first number, the sizes of the axes, and the strides, in numbers of the array's memory."""
        row = samples if self.array.samples else 1
        shape = tuple(samples if size == SAMPLES else size for size in self.shape)
        strides = (1 if n == SAMPLES else k * row for n, k in zip(self.shape, self.strides, strict=True))
        return self.start * row, shape, tuple(strides)

    # -- made of it -----------------------------------------------------------------------------------

    def named(self, name: str, prefix: str = "", after: str = "") -> View:
        """The same by a name of its own."""
        place = self.array, self.start, self.shape, self.strides
        return View(*place, name, self, True, prefix=prefix, after=after)

    def _made(self, shape: Iterable[int], strides: Iterable[int], text: str, start: int = 0) -> View:
        return View(
            self.array, self.start + start, tuple(shape), tuple(strides), text, self, advance=self.advance
        )

    @property
    def T(self) -> View:
        return self._made(self.shape[::-1], self.strides[::-1], "{}.T")

    def swapaxes(self, i: int, j: int) -> View:
        order = list(range(len(self.shape)))
        order[i], order[j] = order[j], order[i]
        return self._in_order(order, f"{{}}.swapaxes({i}, {j})")

    def transpose(self, *order: int) -> View:
        return self._in_order(order, f"{{}}.transpose({', '.join(map(str, order))})")

    def _in_order(self, order: Sequence[int], text: str) -> View:
        return self._made((self.shape[i] for i in order), (self.strides[i] for i in order), text)

    def reshape(self, *shape: int) -> View:
        """In another shape, given without the samples, which stay last; cells must lie side by side."""
        tail = 1 if self.shape[-1:] == (SAMPLES,) else 0
        own = self.shape[: len(self.shape) - tail]
        if self.strides[: len(own)] != c_strides(own):
            raise RuntimeError(f"{self.text} does not lie in one piece")
        sizes = [*map(str, shape), *(["samples"] if tail else [])]
        text = f"{{}}.reshape({', '.join(sizes)})"
        return self._made(shape + (SAMPLES,) * tail, c_strides(shape) + (0,) * tail, text)

    def with_axis(self, place: int) -> View:
        """With one more axis of size 1, second or last: ``[:, None]`` or ``[..., None]``."""
        text = {1: "[:, None]", -1: "[..., None]"}[place]
        place = len(self.shape) if place == -1 else place
        shape = (*self.shape[:place], 1, *self.shape[place:])
        return self._made(shape, (*self.strides[:place], 0, *self.strides[place:]), f"{{}}{text}")

    def of_step(self, later: int = 0) -> View:
        """In a loop, the item along the first axis that belongs to step ``t``, or to some steps later."""
        text = f"{{}}[t + {later}]" if later else "{}[t]"
        step = self.strides[0]
        return View(
            *(self.array, self.start + later * step, self.shape[1:], self.strides[1:], text, self),
            advance=step,
        )

    def item(self, i: int) -> View:
        text = f"{{}}[{i}]"
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
        if self.array.samples and not self.is_constant:
            return f"{self.cells}[{self.index.text}, np.arange(samples)]"
        return f"np.take({self._given})"

    @property
    def cells(self) -> str:
        """The array, from where its step begins."""
        return f"{self.array.name}[{self.advance} * t:]" if self.advance else self.array.name

    @property
    def _given(self) -> str:
        return f"{self.cells}, {self.index.text}{', axis=0' if self.array.samples else ''}"

    def into(self, target: Expression) -> str:
        if not self.is_constant:
            return f"{target.text}[...] = {self.text}"
        return f'np.take({self._given}, out={target.text}, mode="clip")'


def places(start: int, sizes: Sequence[int], strides: Sequence[int]) -> Index:
    """What stands at constant steps along each axis.

    >>> places(4, (2, 3), (10, 1)).tolist()
    [[4, 5, 6], [14, 15, 16]]
    """
    found = np.array(start)
    for size, stride in zip(sizes, strides, strict=True):
        found = found[..., None] + stride * np.arange(size)
    return found


def ends(start: int, sizes: Sequence[int], strides: Sequence[int]) -> tuple[int, int]:
    """The first and the last of such places.

    >>> ends(6, (3,), (-2,))
    (2, 6)
    """
    low = high = start
    for size, stride in zip(sizes, strides, strict=True):
        if stride < 0:
            low += (size - 1) * stride
        else:
            high += (size - 1) * stride
    return low, high


def shown_shape(shape: Shape) -> str:
    """A shape as it is written in a program."""
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
