"""Names the arrays of statements: views of cells, constants and buffers, each made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.jit.emit.matmul import Product
from engine.jit.emit.statements import CELLS, GRADIENTS, Array, Assign, Statement, Take, View, c_strides
from engine.jit.lower.canonical import ELEM, LIN
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Group, Operand, Run

__all__ = ["Views"]


class Views:
    """The arrays that statements name.

    Attributes:
        definitions: named views and buffers, in the order in which they can be made.
        constants: arrays of numbers and positions by name.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.definitions: list[View | Array] = []
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        self._views: dict[Any, View] = {}
        self._numbers: dict[str, int] = {}
        self._groups: dict[tuple[int, int], Group] = {}
        self._results: dict[int, View] = {}
        self._products: dict[int, Product] = {}
        self._buffers: dict[int, View] = {}

    # -- names ----------------------------------------------------------------------------------

    def _new(self, prefix: str) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}{self._numbers[prefix]}"

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
        if key not in self._views:
            called = name()
            space, start, strides, shape = key[-4:]
            self._views[key] = self._define(View.cells(cells[space], start, shape, strides), called)
        return self._views[key]

    def result(self, group: Group) -> View:
        """A group's results, in its shape."""
        if id(group) not in self._results:
            name = self._name_of_result(group)
            key = _key(group)
            self._views.pop(key, None)  # what was read there by another name
            self._results[id(group)] = self._named(key, lambda: name, CELLS)
            self._groups[(group.space, group.start)] = group
        return self._results[id(group)]

    def _name_of_result(self, group: Group) -> str:
        if group.kind == LIN and any(run.kind == "matmul" for run in group.runs):
            return self._new("z")
        if group.kind == ELEM and len(group.operands) == 1 and isinstance(group.operands[0], Operand):
            operand = group.operands[0]
            source = self._groups.get((operand.space, operand.view[0])) if operand.view else None
            name = self._results[id(source)].text if source is not None else ""
            if name.startswith("z") and source is not None and source.size == group.size:
                taken = {view.text for view in self._results.values()}
                return f"h{name[1:]}" if f"h{name[1:]}" not in taken else self._new("v")
        return self._new("v")

    def gradient(self, group: Group) -> View:
        """The gradients of a group's results."""
        return self._named(("gradient", *_key(group)), lambda: f"d{self.result(group)}", GRADIENTS)

    def gradient_over(self, group: Group) -> View:
        """The gradients of a sum whose cells an operator took over: the same cells, renamed."""
        self._views.pop(("gradient", *_key(group)), None)
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
        return self._spread(view) if space == PER_SAMPLE and operand.space == FIXED else view

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
        if not whole and shape and strides[0] == 0:
            shape = (1, *shape[1:])
        key = (operand.space, start, _plain(strides, shape), shape)
        return self._named(key, lambda: self._new(self._prefix(operand, matrix)), CELLS)

    def line(self, operand: Operand, lines: list[Statement]) -> View:
        """An operand of a scalar product as a vector."""
        flat = Operand(operand.space, operand.index.ravel(), operand.wanted)
        return self.operand(flat, FIXED, lines, whole=True)

    def _spread(self, view: View) -> View:
        """An array repeated along the samples."""
        key = ("spread", view.text)
        if key not in self._views:
            self._views[key] = self._define(view.with_axis(-1), f"{view}_")
        return self._views[key]

    def _prefix(self, operand: Operand, matrix: str = "") -> str:
        layout = self.layout
        if operand.space == FIXED and operand.index.max() < layout.captured_cells:
            return matrix or "b"
        if matrix == "a":
            return matrix
        where = PER_SAMPLE if layout.batched else FIXED
        low, high = layout.input_start, layout.input_start + layout.inputs
        if operand.space == where and low <= operand.index.min() and operand.index.max() < high:
            return "x"
        return "v"

    def _gather(self, operand: Operand, place: int, lines: list[Statement]) -> View:
        key = ("gathered", place, operand.space, operand.index.shape, operand.index.tobytes())
        if key not in self._views:
            taken = Take(CELLS[operand.space], self.array(operand.index, "i"))
            self._views[key] = self.buffer("g", operand.index.shape, operand.space == PER_SAMPLE)
            lines.append(Assign(self._views[key], taken))
        return self._views[key]

    def target(self, operand: Operand, shape: tuple[int, ...], strides: tuple[int, ...]) -> View:
        """Where the gradient of an operand that is a view goes, without its repeated axes."""
        key = (operand.space, operand.view[0] if operand.view else 0, _plain(strides, shape), shape)

        def name() -> str:
            return f"d{self._named(key, lambda: self._new(self._prefix(operand)), CELLS)}"

        return self._named(("gradient", *key), name, GRADIENTS)

    # -- constants and buffers --------------------------------------------------------------------

    def constant(self, number: Any, space: int = FIXED) -> Any:
        """A number as it is, an array of numbers as a view of it."""
        if not isinstance(number, np.ndarray):
            return number
        view = self.array(number, "c")
        return self._spread(view) if space == PER_SAMPLE else view

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
        array = Array(self._new(prefix), samples, shape, integers=integers)
        self.definitions.append(array)
        return View.whole(array)

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

    def turned(self, view: View) -> View:
        """A view reshaped and turned, by a name of its own; made once."""
        key = ("turned", view.text)
        if key not in self._views:
            self._views[key] = self._define(view, self._new("t"))
        return self._views[key]

    def product(self, group: Group, run: Run) -> Product:
        """The matrix product of a run."""
        if id(run) not in self._products:
            self._products[id(run)] = Product(self, group, run)
        return self._products[id(run)]


def _key(group: Group) -> tuple[Any, ...]:
    return group.space, group.start, c_strides(group.shape), group.shape


def _plain(strides: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides with those of axes of size 1 as they would be in an array of its own: they do not matter."""
    usual = c_strides(shape)
    return tuple(own if size > 1 else each for own, each, size in zip(strides, usual, shape, strict=True))
