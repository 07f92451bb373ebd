"""Names the arrays of statements: views of cells, constants and buffers, each made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from engine.jit.emit.matmul import Product
from engine.jit.emit.statements import Assign, Scatter, Statement
from engine.jit.emit.trees import Number
from engine.jit.emit.views import CELLS, GRADIENTS, Array, Take, View, c_strides, ends
from engine.jit.lower.canonical import ELEM, LIN
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Group, Operand, Run
from engine.jit.lower.strides import Index

__all__ = ["Frame", "Views"]


class Frame(NamedTuple):
    """Where the cells of a loop stand: one step behind the other, each with the same number of them.

    Attributes:
        steps: how many steps run.
        rows: for how many there are cells.
        starts: the first cell of the first step, in both spaces.
        sizes: how many each has.
    """

    steps: int
    rows: int
    starts: tuple[int, int]
    sizes: tuple[int, int]

    def advance(self, space: int, cell: int) -> int:
        """How many cells further the same stands in the next step."""
        return self.sizes[space] if cell >= self.starts[space] else 0


class Views:
    """The arrays that statements name.

    Attributes:
        frame: of the loop whose statements are written; None outside of loops.
        definitions: named views and buffers, in the order in which they can be made.
        constants: arrays of numbers and positions by name.
        pairs: of the names of results those of the sums that they are made of.
        shares: of groups of quotients what :mod:`engine.jit.emit.fusion.shares` found, by their ids.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.frame: Frame | None = None
        self.definitions: list[View | Array] = []
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        self.pairs: dict[str, str] = {}
        self.shares: dict[int, Any] = {}
        self._views: dict[Any, View] = {}
        self._numbers: dict[str, int] = {}
        self._groups: dict[tuple[int, int], Group] = {}
        self._results: dict[int, View] = {}
        self._products: dict[int, Product] = {}
        self._buffers: dict[int, View] = {}

    @cached_property
    def reads(self) -> list[Index]:
        """Of each cell in both spaces how often what stands there at last is read."""
        layout = self.layout
        found = [np.zeros(size, np.intp) for size in layout.sizes]
        for space, reads in enumerate(found):
            refs = np.flatnonzero((layout.cell >= 0) & (layout.space == space))
            reads[layout.cell[refs]] = layout.uses[refs]  # operands stand before results
        return found

    # -- names ----------------------------------------------------------------------------------

    def _new(self, prefix: str) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}{self._numbers[prefix]}"

    def renamed(self, used: list[View | Array]) -> None:
        """Views and arrays have other names now; nothing else is used."""
        self.definitions = [each for each in used if isinstance(each, View) or each.is_buffer]
        self.constants = {
            each.name: each.numbers for each in used if isinstance(each, Array) and each.numbers is not None
        }

    def _define(self, view: View, name: str, prefix: str, after: str = "") -> View:
        self.definitions.append(view.named(name, prefix, after))
        return self.definitions[-1]  # type: ignore[return-value]

    def _named(
        self, key: tuple[Any, ...], named: Callable[[], str | View], cells: tuple[Array, Array]
    ) -> View:
        """A view of cells; made, and given a name, when first asked for.

        Args:
            key: ends with the space, the first cell, strides and shape.
            named: gives the prefix of the name; of gradients the cells by which they are called.
            cells: the arrays of both spaces.
        """
        space, start, strides, shape = key[-4:]
        advance = self.advance(space, start)
        key = self._in_frame(key)
        if key not in self._views:
            called = named()
            if isinstance(called, View):
                of = _root(called)
                given = f"d{of}", of.prefix, of.after
            else:
                given = self._new(called), called, ""
            if self.frame is not None and advance:
                shape, strides = (self.frame.rows, *shape), (advance, *strides)
            view = self._define(View.cells(cells[space], start, shape, strides), *given)
            self._views[key] = view.of_step() if advance else view
        return self._views[key]

    def _in_frame(self, key: tuple[Any, ...]) -> tuple[Any, ...]:
        """The key of a view, which is another one where it moves on in a loop."""
        return (self.frame if self.advance(*key[-4:-2]) else None, *key)

    def advance(self, space: int, cell: int) -> int:
        """How many cells further a view that starts there is in each next step of a loop; 0 outside."""
        return 0 if self.frame is None else self.frame.advance(space, cell)

    def of_all_steps(self, view: View, shape: tuple[int, ...], strides: tuple[int, ...]) -> View:
        """What moves on in a loop, of all steps at once, in a shape and strides in cells."""
        key = "all", view.array.name, view.start, shape, strides
        if key not in self._views:
            whole, root = View.cells(view.array, view.start, shape, strides), _root(view)
            self._views[key] = self._define(whole, self._new(f"{root}_all"), root.prefix, "_all")
        return self._views[key]

    def result(self, group: Group) -> View:
        """A group's results, in its shape."""
        if id(group) not in self._results:
            key, pair = _key(group), self._sum_of(group)
            self._views.pop(self._in_frame(key), None)  # what was read there by another name
            prefix = "h" if pair is not None else "z" if _multiplies(group) else "v"
            found = self._results[id(group)] = self._named(key, lambda: prefix, CELLS)
            if pair is not None:
                self.pairs[_root(found).text] = pair
            self._groups[(group.space, group.start)] = group
        return self._results[id(group)]

    def _sum_of(self, group: Group) -> str | None:
        """The name of the products of matrices of which an operator, the first one, makes a result each."""
        operand = group.operands[0] if group.kind == ELEM and len(group.operands) == 1 else None
        if not isinstance(operand, Operand) or operand.view is None:
            return None
        source = self._groups.get((operand.space, operand.view[0]))
        if source is None or source.size != group.size:
            return None
        root = _root(self._results[id(source)])
        return root.text if root.prefix == "z" and root.text not in self.pairs.values() else None

    def gradient(self, group: Group) -> View:
        """The gradients of a group's results."""
        return self._named(("gradient", *_key(group)), lambda: self.result(group), GRADIENTS)

    def gradient_over(self, group: Group) -> View:
        """The gradients of a sum whose cells an operator took over: the same cells, renamed."""
        self._views.pop(self._in_frame(("gradient", *_key(group))), None)
        return self.gradient(group)

    # -- operands -------------------------------------------------------------------------------

    def read(self, operand: Any, space: int, lines: list[Statement], whole: bool = False) -> Any:
        """What a group reads: cells or numbers as a view, one number as it is.

        Args:
            operand: an Operand, an array of numbers, or a number.
            space: of the group that reads it. What is fixed and what is per sample run apart, so that each
                gathers for itself.
            lines: gets the statement that gathers it, where it is no view and not gathered yet.
            whole: whether it must have its full shape, leading axes along which it is repeated included.
        """
        if not isinstance(operand, Operand):
            return self.constant(operand, space)
        view = self.operand(operand, space, lines, whole)
        return self.spread(view) if space == PER_SAMPLE and operand.space == FIXED else view

    def operand(
        self, operand: Operand, space: int, lines: list[Statement], whole: bool = False, matrix: str = ""
    ) -> View:
        """The same of cells, but fixed ones are not repeated along the samples.

        Args:
            matrix: in a matrix product, what to call captured matrices, and results over a row of ones.
        """
        if operand.view is None:
            return self._gather(operand, space, lines)
        start, strides = operand.view
        shape = operand.index.shape
        while not whole and len(shape) > 1 and strides[0] == 0:  # NumPy repeats along leading axes by itself
            shape, strides = shape[1:], strides[1:]
        if not whole:  # and along any other, where its size is 1
            shape = tuple(1 if stride == 0 else size for size, stride in zip(shape, strides, strict=True))
        key = (operand.space, start, _plain(strides, shape), shape)
        cells = operand.index

        def name() -> str:
            return self._prefix(operand.space, cells.min(), cells.max(), matrix)

        return self._named(key, name, CELLS)

    def spread(self, view: View) -> View:
        """Fixed cells, or numbers, repeated along the samples."""
        if view.advance:
            return view.with_axis(-1)
        key = ("spread", view.text)
        if key not in self._views:
            self._views[key] = self._define(
                view.with_axis(-1), f"{view}_", (_root(view).prefix or view.array.prefix), "_"
            )
        return self._views[key]

    def _prefix(self, space: int, low: int, high: int, matrix: str = "") -> str:
        """What to call the cells between two."""
        layout = self.layout
        if space == FIXED and high < layout.captured_cells:
            return matrix or "b"
        if matrix == "a":
            return matrix
        if self.advance(space, low) and (space, low) not in self._groups:
            return "s"  # a step reads there what comes from outside, or from the step before
        start = layout.input_start
        is_input = space == (PER_SAMPLE if layout.batched else FIXED) and start <= low
        return "x" if is_input and high < start + layout.inputs else "v"

    def _gather(self, operand: Operand, place: int, lines: list[Statement]) -> View:
        index = operand.index
        key = (self.frame, "gathered", place, operand.space, index.shape, index.tobytes())
        if key not in self._views:
            advance = self.advance(operand.space, int(index.min()))
            taken = Take(CELLS[operand.space], self.array(index, "i"), advance)
            self._views[key] = self.buffer("g", operand.index.shape, operand.space == PER_SAMPLE)
            lines.append(Assign(self._views[key], taken))
        return self._views[key]

    def cells(self, array: Array, start: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> View:
        """A view of cells, or of their gradients; of size 1 along axes along which they are repeated."""
        shape = tuple(1 if stride == 0 else size for size, stride in zip(shape, strides, strict=True))
        key = (int(array.samples), start, _plain(strides, shape), shape)

        def view() -> View:
            low, high = ends(start, shape, strides)
            return self._named(key, lambda: self._prefix(key[0], low, high), CELLS)

        if array in CELLS:
            return view()
        return self._named(("gradient", *key), view, GRADIENTS)

    # -- constants and buffers --------------------------------------------------------------------

    def constant(self, number: Any, space: int = FIXED) -> Any:
        """A number as it is, an array of numbers as a view of it."""
        if not isinstance(number, np.ndarray):
            return number
        view = self.array(number, "c")
        return self.spread(view) if space == PER_SAMPLE else view

    def array(self, array: np.ndarray[Any, Any], prefix: str) -> View:
        """A constant array."""
        key = (prefix, array.shape, array.dtype.str, array.tobytes())
        if key not in self._views:
            name, numbers = self._new(prefix), np.ascontiguousarray(array)
            self.constants[name] = numbers
            whole = Array(name, False, array.shape, numbers, array.dtype.kind in "iu", prefix)
            self._views[key] = View.whole(whole)
        return self._views[key]

    def buffer(
        self, prefix: str, shape: tuple[int, ...], samples: bool = False, integers: bool = False
    ) -> View:
        """A new array for numbers that are in no cells."""
        shape = shape if self.frame is None else (self.frame.steps, *shape)  # the backward pass reads it
        array = Array(self._new(prefix), samples, shape, None, integers, prefix)
        self.definitions.append(array)
        return View.whole(array) if self.frame is None else View.whole(array).of_step()

    def buffer_of(self, group: Group, prefix: str, shape: tuple[int, ...], integers: bool = False) -> View:
        """What the forward pass of a group keeps for the backward pass."""
        if id(group) not in self._buffers:
            self._buffers[id(group)] = self.buffer(prefix, shape, group.space == PER_SAMPLE, integers)
        return self._buffers[id(group)]

    def kept(self, group: Group) -> View:
        """What the gradients of a group over sequences need."""
        count, *shape = group.operands[0].index.shape
        return self.buffer_of(group, "k", (count + 1, *shape))

    def positions(self, group: Group) -> View:
        """Where the members of a group of ``take`` read their tables."""
        return self.buffer_of(group, "p", (group.size,), integers=True)

    def fill(self, array: Array, space: int, cells: list[int], number: float) -> Scatter:
        """A statement that writes a number over cells."""
        at = Take(array, self.array(np.array(cells), "pad"), self.advance(space, cells[0]))
        return Scatter(at, Number(number), adds=False, repeats=False)

    def turned(self, view: View) -> View:
        """A view reshaped and turned, by a name of its own; made once."""
        if view.advance:
            return view
        key = ("turned", view.text)
        if key not in self._views:
            self._views[key] = self.named(view, "t")
        return self._views[key]

    def named(self, view: View, prefix: str) -> View:
        """A view by a name of its own."""
        return self._define(view, self._new(prefix), prefix)

    def product(self, group: Group, run: Run) -> Product:
        """The matrix product of a run."""
        if id(run) not in self._products:
            self._products[id(run)] = Product(self, group, run)
        return self._products[id(run)]


def _root(view: View) -> View:
    """The named view that one is made of."""
    return next((each for each in view.made_of if each.is_name), view)


def _multiplies(group: Group) -> bool:
    return group.kind == LIN and any(run.kind == "matmul" for run in group.runs)


def _key(group: Group) -> tuple[Any, ...]:
    return group.space, group.start, c_strides(group.shape), group.shape


def _plain(strides: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides with those of axes of size 1 as they would be in an array of its own: they do not matter."""
    usual = c_strides(shape)
    return tuple(own if size > 1 else each for own, each, size in zip(strides, usual, shape, strict=True))
