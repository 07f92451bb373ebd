"""Names the arrays of statements: views of cells, constants and buffers, each made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from engine.jit.emit.expression import Expression
from engine.jit.emit.matmul import Product
from engine.jit.lower.canonical import ELEM, LIN
from engine.jit.lower.cells import Layout
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Group, Operand, Run

__all__ = ["CELLS", "GRADIENTS", "Positions", "Views"]

CELLS = ("fixed", "work")
GRADIENTS = ("dfixed", "dwork")


class Positions(NamedTuple):
    """Positions in a table that are known at run time only.

    Attributes:
        statements: that find the positions.
        source: what stands there.
        target: where its gradient goes, as the arguments of ``np.add.at``.
    """

    statements: list[str]
    source: str
    target: str


class Views:
    """Names of arrays, and the lines that make them.

    Attributes:
        lines: the lines, in order.
        constants: arrays of numbers and positions by name.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lines: list[str] = []
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        self._names: dict[Any, str] = {}
        self._gathered: dict[Any, str] = {}
        self._constant_names: dict[Any, str] = {}
        self._numbers: dict[str, int] = {}
        self._groups: dict[tuple[int, int], Group] = {}
        self._results: dict[int, str] = {}
        self._products: dict[int, Product] = {}
        self._memory: dict[int, Any] = {}

    # -- names ----------------------------------------------------------------------------------

    def _new(self, prefix: str) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}{self._numbers[prefix]}"

    def result(self, group: Group) -> str:
        """The array of a group's results, in its shape."""
        if id(group) not in self._results:
            name = self._name_of_result(group)
            self._results[id(group)] = name
            self._names[(group.space, group.start, _strides(group.shape), group.shape)] = name
            self._define(name, CELLS[group.space], group.start, group.shape, _strides(group.shape))
            self._groups[(group.space, group.start)] = group
        return self._results[id(group)]

    def _name_of_result(self, group: Group) -> str:
        if group.kind == LIN and any(run.kind == "matmul" for run in group.runs):
            return self._new("z")
        if group.kind == ELEM and len(group.operands) == 1 and isinstance(group.operands[0], Operand):
            operand = group.operands[0]
            source = self._groups.get((operand.space, operand.view[0])) if operand.view else None
            name = self._results.get(id(source), "")
            if name.startswith("z") and source is not None and source.size == group.size:
                return f"h{name[1:]}" if f"h{name[1:]}" not in self._results.values() else self._new("v")
        return self._new("v")

    def gradient(self, group: Group) -> str:
        """The array of the gradients of a group's results."""
        key = ("gradient", group.space, group.start, _strides(group.shape), group.shape)
        return self._named(key, lambda: f"d{self.result(group)}", GRADIENTS)

    def gradient_over(self, group: Group) -> str:
        """The array of the gradients of a sum whose cells an operator took over: the same cells, renamed."""
        self._names.pop(("gradient", group.space, group.start, _strides(group.shape), group.shape), None)
        return self.gradient(group)

    def _named(self, key: tuple[Any, ...], name: Callable[[], str], cells: tuple[str, str]) -> str:
        """The name of a view of cells; made, and defined, when first asked for.

        Args:
            key: ends with the space, the first cell, strides and shape.
            name: makes the name.
            cells: the arrays of both spaces.
        """
        if key not in self._names:
            self._names[key] = name()
            space, start, strides, shape = key[-4:]
            self._define(self._names[key], cells[space], start, shape, strides)
        return self._names[key]

    def _define(
        self, name: str, cells: str, start: int, shape: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        count = int(np.prod(shape))
        tail = cells.endswith("work")
        strides = _plain(strides, shape)
        if strides == _strides(shape):
            text = f"{cells}[{start}:{start + count}]"
            if len(shape) > 1:
                text += f".reshape({', '.join(map(str, shape))}{', -1' if tail else ''})"
        else:
            text = f"view({cells}, {start}, {shape}, {strides})"
        self.lines.append(f"{name} = {text}")

    # -- operands -------------------------------------------------------------------------------

    def operand(
        self, operand: Operand, space: int, whole: bool = False, matrix: str = "", spread: bool = True
    ) -> tuple[str, str]:
        """The name of what an operand reads, and the statement that gathers it, empty where it is a view.

        Args:
            operand: cells.
            space: of the group that reads them. What is fixed and what is per sample run apart, so that
                each gathers for itself.
            whole: whether it must have its full shape, leading axes along which it is repeated included.
            matrix: in a matrix product, what to call captured matrices, and results over a row of ones.
            spread: whether fixed cells are repeated along the samples of a group that has them.
        """
        spread = spread and space == PER_SAMPLE and operand.space == FIXED
        statement = ""
        if operand.view is None:
            name, statement = self._gather(operand, space)
        else:
            name = self._view(operand, not whole, matrix)
        return self._spread(name) if spread else name, statement

    def _spread(self, name: str) -> str:
        """An array repeated along the samples."""
        key = ("spread", name)
        if key not in self._names:
            self._names[key] = f"{name}_"
            self.lines.append(f"{name}_ = {name}[..., None]")
        return self._names[key]

    def _view(self, operand: Operand, strip: bool, matrix: str) -> str:
        start, strides = operand.view or (0, ())
        shape = operand.index.shape
        while strip and len(shape) > 1 and strides[0] == 0:  # NumPy repeats along leading axes by itself
            shape, strides = shape[1:], strides[1:]
        if strip and shape and strides[0] == 0:
            shape = (1, *shape[1:])
        key = (operand.space, start, _plain(strides, shape), shape)
        return self._named(key, lambda: self._new(self._prefix(operand, matrix)), CELLS)

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

    def _gather(self, operand: Operand, place: int) -> tuple[str, str]:
        key = (place, operand.space, operand.index.shape, operand.index.tobytes())
        if key in self._gathered:
            return self._gathered[key], ""
        where, name = self.array(operand.index, "i"), self._new("g")
        self._gathered[key] = name
        samples = ", samples" if operand.space == PER_SAMPLE else ""
        self.lines.append(
            f"{name} = np.empty(({', '.join(map(str, operand.index.shape))},{samples.strip(',')}))"
        )
        axis = ", axis=0" if operand.space == PER_SAMPLE else ""
        return name, f'np.take({CELLS[operand.space]}, {where}{axis}, out={name}, mode="clip")'

    def target(self, operand: Operand, shape: tuple[int, ...], strides: tuple[int, ...]) -> str:
        """The array into which the gradient of an operand that is a view goes, without its repeated axes."""
        key = (operand.space, operand.view[0] if operand.view else 0, _plain(strides, shape), shape)

        def name() -> str:
            return f"d{self._named(key, lambda: self._new(self._prefix(operand)), CELLS)}"

        return self._named(("gradient", *key), name, GRADIENTS)

    def line(self, operand: Operand, lines: list[str]) -> str:
        """An operand of a scalar product as a vector."""
        flat = Operand(operand.space, operand.index.ravel(), operand.wanted)
        name, statement = self.operand(flat, FIXED, whole=True)
        if statement:
            lines.append(statement)
        return name

    # -- constants and buffers --------------------------------------------------------------------

    def constant(self, number: Any, space: int = FIXED) -> Any:
        """A number as it is, an array of numbers by its name."""
        if not isinstance(number, np.ndarray):
            return number
        name = self.array(number, "c")
        return Expression(self._spread(name) if space == PER_SAMPLE else name)

    def array(self, array: np.ndarray[Any, Any], prefix: str) -> str:
        """The name of a constant array."""
        key = (prefix, array.shape, array.dtype.str, array.tobytes())
        if key not in self._constant_names:
            self._constant_names[key] = self._new(prefix)
            self.constants[self._constant_names[key]] = np.ascontiguousarray(array)
        return self._constant_names[key]

    def kept(self, group: Group) -> str:
        """The array that keeps what the gradients of a group over sequences need; as one more argument."""
        if id(group) not in self._memory:
            name = self._memory[id(group)] = self._new("k")
            count, *shape = group.operands[0].index.shape
            samples = ", samples" if group.space == PER_SAMPLE else ""
            self.lines.append(f"{name} = np.empty(({', '.join(map(str, (count + 1, *shape)))}{samples}))")
        return f", {self._memory[id(group)]}"

    def turned(self, name: str, text: str) -> str:
        """The array of a name reshaped and turned as the text says; made once."""
        key = ("turned", name)
        if key not in self._names:
            self._names[key] = self._new("t")
            self.lines.append(f"{self._names[key]} = {name}{text}")
        return self._names[key]

    def like(self, name: str) -> str:
        """An array of the shape of another."""
        new = self._new("s")
        self.lines.append(f"{new} = np.empty_like({name})")
        return new

    def product(self, group: Group, run: Run) -> Product:
        """The matrix product of a run."""
        if id(run) not in self._products:
            self._products[id(run)] = Product(self, group, run)
        return self._products[id(run)]

    def positions(self, group: Group, table: Operand, picked: str) -> Positions:
        """Where the members of a group of ``take`` read their tables."""
        where, name = self.array(table.index, "i"), self._new("p")
        samples = " samples" if group.space == PER_SAMPLE else ""
        self.lines.append(f"{name} = np.empty(({group.size},{samples}), dtype=np.intp)")
        statement = f"{name}[...] = pick({where}, {picked})"
        if table.space == PER_SAMPLE:
            source, target = f"work[{name}, np.arange(samples)]", f"dwork, ({name}, np.arange(samples))"
        else:
            source, target = f"np.take(fixed, {name})", f"dfixed, {name}"
        return Positions([statement], source, target)

    def remember(self, group: Group, thing: Any) -> None:
        """Keep for the backward pass what the forward pass of a group made."""
        self._memory[id(group)] = thing

    def remembered(self, group: Group) -> Any:
        return self._memory[id(group)]


def _strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


def _plain(strides: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides with those of axes of size 1 as they would be in an array of its own: they do not matter."""
    usual = _strides(shape)
    return tuple(own if size > 1 else each for own, each, size in zip(strides, usual, shape, strict=True))
