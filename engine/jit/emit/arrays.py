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
        parts: of each name its prefix, without the ``d`` of gradients, and what stands behind its number.
        pairs: of the names of results those of the sums that they are made of.
        shares: of groups of quotients what :mod:`engine.jit.emit.fusion.shares` found, by their ids.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.frame: Frame | None = None
        self.definitions: list[View | Array] = []
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        self.parts: dict[str, tuple[str, str]] = {}
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
        return self._made_of(f"{prefix}{self._numbers[prefix]}", prefix)

    def _made_of(self, name: str, prefix: str, after: str = "") -> str:
        self.parts[name] = prefix, after
        return name

    def _gradient_name(self, view: View) -> str:
        name = _name(view)
        return self._made_of(f"d{name}", *self.parts[name])

    def renamed(
        self, used: list[View | Array], parts: dict[str, tuple[str, str]], numbers: dict[str, int]
    ) -> None:
        """Views and arrays have other names now; nothing else is used."""
        self.definitions = [each for each in used if isinstance(each, View) or each.is_buffer]
        self.constants = {
            each.name: each.numbers for each in used if isinstance(each, Array) and each.numbers is not None
        }
        self.parts, self.pairs, self._numbers, self._views = parts, {}, dict(numbers), {}

    def _define(self, view: View, name: str) -> View:
        self.definitions.append(view.named(name))
        return self.definitions[-1]  # type: ignore[return-value]

    def _named(self, key: tuple[Any, ...], name: Callable[[], str], cells: tuple[Array, Array]) -> View:
        """A view of cells; made, and given a name, when first asked for.

        Args:
            key: ends with the space, the first cell, strides and shape.
            name: makes the name.
            cells: the arrays of both spaces.
        """
        space, start, strides, shape = key[-4:]
        advance = self.advance(space, start)
        key = self._in_frame(key)
        if key not in self._views:
            called = name()
            if self.frame is not None and advance:
                shape, strides = (self.frame.rows, *shape), (advance, *strides)
            view = self._define(View.cells(cells[space], start, shape, strides), called)
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
            name, prefix = self._new(f"{_root(view)}_all"), self.parts[_root(view)][0]
            name = self._made_of(name.removesuffix("1") if name.endswith("_all1") else name, prefix, "_all")
            self._views[key] = self._define(View.cells(view.array, view.start, shape, strides), name)
        return self._views[key]

    def later(self, view: View, steps: int) -> View:
        """A view that moves on in a loop, some steps later."""
        return view if view.source is None or not steps else view.source.of_step(steps)

    def result(self, group: Group) -> View:
        """A group's results, in its shape."""
        if id(group) not in self._results:
            name = self._name_of_result(group)
            key = _key(group)
            self._views.pop(self._in_frame(key), None)  # what was read there by another name
            self._results[id(group)] = self._named(key, lambda: name, CELLS)
            self._groups[(group.space, group.start)] = group
        return self._results[id(group)]

    def _name_of_result(self, group: Group) -> str:
        if group.kind == LIN and any(run.kind == "matmul" for run in group.runs):
            return self._new("z")
        if group.kind == ELEM and len(group.operands) == 1 and isinstance(group.operands[0], Operand):
            operand = group.operands[0]
            source = self._groups.get((operand.space, operand.view[0])) if operand.view else None
            name = _name(self._results[id(source)]) if source is not None else ""
            if name.startswith("z") and source is not None and source.size == group.size:
                taken = {_name(view) for view in self._results.values()}
                own = f"h{name[1:]}"
                if own not in taken:
                    self.pairs[own] = name
                    return self._made_of(own, "h")
                return self._new("v")
        return self._new("v")

    def gradient(self, group: Group) -> View:
        """The gradients of a group's results."""
        return self._named(
            ("gradient", *_key(group)), lambda: self._gradient_name(self.result(group)), GRADIENTS
        )

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
            return self._new(self._prefix(operand.space, cells.min(), cells.max(), matrix))

        return self._named(key, name, CELLS)

    def line(self, operand: Operand, lines: list[Statement]) -> View:
        """An operand of a scalar product as a vector."""
        flat = Operand(operand.space, operand.index.ravel(), operand.wanted)
        return self.operand(flat, FIXED, lines, whole=True)

    def spread(self, view: View) -> View:
        """Fixed cells, or numbers, repeated along the samples."""
        if view.advance:
            return view.with_axis(-1)
        key = ("spread", view.text)
        if key not in self._views:
            name = self._made_of(f"{view}_", self.parts[view.text][0], "_")
            self._views[key] = self._define(view.with_axis(-1), name)
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
            return self._named(key, lambda: self._new(self._prefix(key[0], low, high)), CELLS)

        if array in CELLS:
            return view()
        return self._named(("gradient", *key), lambda: self._gradient_name(view()), GRADIENTS)

    def gradients_at(self, view: View) -> View:
        """The gradients of the cells of a view, in its shape."""
        return self.cells(GRADIENTS[view.array.samples], view.start, *view.axes)

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
            whole = Array(name, False, array.shape, numbers, integers=array.dtype.kind in "iu")
            self._views[key] = View.whole(whole)
        return self._views[key]

    def buffer(
        self, prefix: str, shape: tuple[int, ...], samples: bool = False, integers: bool = False
    ) -> View:
        """A new array for numbers that are in no cells."""
        shape = shape if self.frame is None else (self.frame.steps, *shape)  # the backward pass reads it
        array = Array(self._new(prefix), samples, shape, integers=integers)
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
        return self._define(view, self._new(prefix))

    def product(self, group: Group, run: Run) -> Product:
        """The matrix product of a run."""
        if id(run) not in self._products:
            self._products[id(run)] = Product(self, group, run)
        return self._products[id(run)]


def _name(view: View) -> str:
    """The name of a view, without the step at which it is taken."""
    return view.source.text if view.advance and view.source is not None else view.text


def _root(view: View) -> str:
    """The name of what a view is made of."""
    while view.source is not None and not view.is_name:
        view = view.source
    return view.text


def _key(group: Group) -> tuple[Any, ...]:
    return group.space, group.start, c_strides(group.shape), group.shape


def _plain(strides: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides with those of axes of size 1 as they would be in an array of its own: they do not matter."""
    usual = c_strides(shape)
    return tuple(own if size > 1 else each for own, each, size in zip(strides, usual, shape, strict=True))
