"""Writes an array program as instructions of the native executor, from the statements of its NumPy source.

An elementwise tree becomes one instruction, a call of an inner loop for each of its nodes, with temporaries
that are a block long; what is not elementwise in it (a sum, a matrix product, a gather), and what is smaller
than the rest, is computed before it into scratch memory. The numbers are those of the NumPy source, mostly
bit for bit: sums along several axes, sin and cos, functions with tails and those over sequences may differ by
a few units in the last place.

A program with a statement that has no instruction, and one where there is no compiled core, runs as NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import numpy as np

from engine.jit.backends.native.loops import MASKS, loops_of
from engine.jit.backends.native.places import Place, Untranslated, moving, spread
from engine.jit.backends.native.positions import pick, scatter, take
from engine.jit.backends.native.sequences import COLUMNS, PROCEDURES
from engine.jit.backends.native.sums import matmul, reduce
from engine.jit.emit.statements import Assign, Loop, Procedure, Scatter, Statement
from engine.jit.emit.trees import (
    SAMPLES,
    Call,
    Expression,
    MatMul,
    Number,
    Reduce,
    Samples,
    Seed,
    Shape,
    mapped,
)
from engine.jit.emit.views import Array, Take, View, c_strides, ends

__all__ = ["Translator"]

MOST_CALLS = 24
"""Calls in an instruction; larger trees are cut in pieces."""


@dataclass(frozen=True, slots=True, eq=False)
class _Placed(Expression):
    """What is computed already, and stands in a place."""

    place: Place
    shape: Shape = field()


class Translator:
    """Turns statements into instructions, and collects the memories that they name.

    Args:
        cells: memories by the name of their array.
        samples: how many samples there are.

    Attributes:
        memories: vectors in the order in which instructions number them.
        done: the instructions of a part so far.
        adds_products: whether there is an instruction for a sum of products.
    """

    adds_products = True

    def __init__(self, cells: dict[str, np.ndarray[Any, Any]], samples: int) -> None:
        self.samples = samples
        self._numbers: dict[bytes, int] = {}
        self.memories: list[Any] = [None, None]  # numbers and scratch, whose sizes are known at the end
        self._places: dict[str, int] = {}
        for name, memory in cells.items():
            self._places[name] = self._add(memory)
        self._scratch = self._most_scratch = 0
        self._temporaries = 0
        self._seeds = -1
        self.done: list[Any] = []
        self.step, self.steps = 0, 1  # of a loop

    def _add(self, memory: np.ndarray[Any, Any]) -> int:
        self.memories.append(memory.reshape(-1))
        return len(self.memories) - 1

    def use_seeds(self, seeds: np.ndarray[Any, Any]) -> None:
        """From now on the seeds stand there."""
        self._seeds = self._add(seeds)

    def finished_memories(self) -> list[Any]:
        """All memories, in the order in which instructions number them."""
        numbers = np.array([np.frombuffer(number)[0] for number in self._numbers], dtype=float)
        self.memories[:2] = numbers, np.zeros(max(1, self._most_scratch))
        return self.memories

    def instructions(self, statements: Iterable[Statement]) -> list[Any]:
        """The instructions of a part.

        Raises:
            Untranslated: a statement has none.
        """
        self.done = []
        for statement in statements:
            if isinstance(statement, Loop):
                self.done.append(self.loop(statement))
            else:
                self.statement(statement)
        return self.done

    def loop(self, loop: Loop) -> Any:
        """A loop as an instruction: its first two steps tell how operands move on."""
        before, steps, found = self.done, range(loop.steps), []
        self.steps = loop.steps
        for self.step in [*reversed(steps)][:2] if loop.backwards else steps[:2]:
            self.done = []
            for each in loop.body:
                self.statement(each)
            found.append(self.done)
        self.done, self.step, self.steps = before, 0, 1
        return "loop", loop.steps, tuple(map(moving, *found))

    def statement(self, statement: Assign | Scatter | Procedure) -> None:
        self._scratch = 0
        if isinstance(statement, Assign):
            self.assign(statement)
        elif isinstance(statement, Scatter):
            scatter(self, statement)
        else:
            self.procedure(statement)

    def sums(self, outputs: list[tuple[int, int]], totals: np.ndarray[Any, Any]) -> list[Any]:
        """Instructions that sum outputs over the samples."""
        work, out = self._places["work"], self._add(totals)
        rows = [(i, (work, cell * self.samples, (self.samples,), (1,))) for i, cell in outputs]
        return [("columns", "sum", (row, (out, i, (), ())), (True, False)) for i, row in rows]

    def sizes_of(self, gradients: list[tuple[int, int]], totals: np.ndarray[Any, Any]) -> list[Any]:
        """Instructions that multiply gradients by themselves."""
        cells, out = self._places["dfixed"], self._add(totals)
        found = []
        for i, (start, stop) in enumerate(gradients, len(totals) - len(gradients)):
            row, column = ((cells, start, shape, (1, 1)) for shape in ((1, stop - start), (stop - start, 1)))
            found.append(("matmul", row, column, (out, i, (1, 1), (1, 1))))
        return found

    # -- where things lie -----------------------------------------------------------------------------

    def sizes(self, shape: Shape) -> Shape:
        return tuple(self.samples if size == SAMPLES else size for size in shape)

    def memory(self, array: Array) -> int:
        if array.name not in self._places:
            if array.numbers is not None:
                memory = np.ascontiguousarray(array.numbers)
            else:
                shape = self.sizes(array.shape + (SAMPLES,) * array.samples)
                memory = np.zeros(shape, np.intp if array.integers else float)
            self._places[array.name] = self._add(memory)
        return self._places[array.name]

    def place(self, view: View) -> Place:
        start, shape, strides = view.place(self.samples)
        start += self.step * view.advance * (self.samples if view.array.samples else 1)
        return self.memory(view.array), start, shape, strides

    def number(self, number: float) -> Place:
        bits = np.float64(number).tobytes()
        return 0, self._numbers.setdefault(bits, len(self._numbers)), (), ()

    def scratch(self, shape: Shape) -> Place:
        """Memory for a result, until the end of the statement."""
        start, self._scratch = self._scratch, self._scratch + math.prod(shape)
        self._most_scratch = max(self._most_scratch, self._scratch)
        return 1, start, shape, c_strides(shape)

    # -- statements -----------------------------------------------------------------------------------

    def each(self, *calls: Any) -> None:
        self.done.append(("each", calls))

    def assign(self, statement: Assign) -> None:
        value, target = statement.value, statement.target
        if target.array.integers:
            pick(self, target, value)
            return
        out = self.place(target)
        if not statement.adds:
            self.write(value, out)
        elif isinstance(value, Call) and value.function == "negative":
            self.write(Call("subtract", (target, *value.operands)), out)
        else:
            self.write(Call("add", (target, value)), out)

    def procedure(self, statement: Procedure) -> None:
        kept = None if statement.kept is None else self.place(statement.kept)
        PROCEDURES[statement.function](self, self.place(statement.operand), self.place(statement.out), kept)

    def write(self, tree: Expression, out: Place) -> None:
        """Compute a tree into a place."""
        direct = self.sizes(tree.shape) == out[2] and not any(
            isinstance(each, View) and self.meets(each, out) for each in tree.walk()
        )
        if is_elementwise(tree):
            tree = self.begun(tree, out)
            moved = any(isinstance(each, View) and self.meets(each, out, False) for each in tree.walk())
            if moved or self.is_smaller(tree, out[2]):
                self.each(("copy", (self.computed(tree), out)))
            else:
                self.elementwise(tree, out)
        elif direct and not isinstance(tree, View | Number | Seed | Samples):
            self.compute(tree, out)
        else:
            self.each(("copy", (self.computed(tree, out), out)))

    def begun(self, tree: Call, out: Place) -> Call:
        """An elementwise tree of which a matrix product that is as large as all stands where it goes."""
        waiting, product = [tree], None
        while waiting and product is None:
            for each in waiting.pop().operands:
                if is_elementwise(each):
                    waiting.append(each)
                elif isinstance(each, MatMul) and self.sizes(each.shape) == out[2]:
                    product = each
        if product is None or any(isinstance(each, View) and self.meets(each, out) for each in tree.walk()):
            return tree
        self.compute(product, out)
        placed = _Placed(out, product.shape)
        return mapped(tree, lambda each: placed if each is product else None, {})  # type: ignore[return-value]

    def meets(self, view: View, out: Place, same: bool = True) -> bool:
        """Whether a view overlaps a place; ``same``: also where it is that place, number by number."""
        memory, start, shape, strides = self.place(view)
        if memory != out[0] or 0 in shape or 0 in out[2]:
            return False
        alike = not same and start == out[1] and len(shape) <= len(out[2])
        if alike and spread(shape, strides, out[2]) == spread(*out[2:], out[2]):
            return False
        (first, last), (first_out, last_out) = ends(start, shape, strides), ends(*out[1:])
        return first <= last_out and first_out <= last

    def computed(self, tree: Expression, out: Place | None = None) -> Place:
        """Where a tree's numbers stand, once they are computed."""
        if isinstance(tree, View):
            place = self.place(tree)
            if out is None or not self.meets(tree, out, False):
                return place
            scratch = self.scratch(place[2])
            self.each(("copy", (place, scratch)))
            return scratch
        if isinstance(tree, _Placed):
            return tree.place
        if isinstance(tree, Number):
            return self.number(tree.number)
        if isinstance(tree, Samples):
            return self.number(float(self.samples))
        if isinstance(tree, Seed):
            return self._seeds, tree.index, (), ()
        scratch = self.scratch(self.sizes(tree.shape))
        self.compute(tree, scratch)
        return scratch

    def compute(self, tree: Expression, out: Place) -> None:
        """Compute a tree into a place of its shape that it does not read."""
        if isinstance(tree, Reduce):
            reduce(self, tree, out)
        elif isinstance(tree, MatMul):
            matmul(self, tree, out)
        elif isinstance(tree, Take):
            take(self, tree, out)
        elif isinstance(tree, Call) and tree.function in COLUMNS:
            COLUMNS[tree.function](self, [self.computed(each) for each in tree.operands], out)
        elif isinstance(tree, Call):
            self.elementwise(tree, out)
        else:
            raise Untranslated(type(tree).__name__)

    def elementwise(self, tree: Any, out: Place) -> None:
        calls: list[Any] = []
        self._temporaries = 0
        self.call(tree, out, out[2], calls)
        self.each(*calls)

    # -- elementwise ----------------------------------------------------------------------------------

    def call(self, tree: Call, out: Any, whole: Shape, calls: list[Any]) -> None:
        """Add the calls that compute an elementwise tree, the operands first."""
        first, tree = self._temporaries, with_mask(tree)
        operands = [self.operand(each, whole, calls) for each in tree.operands]
        spare, self._temporaries = self._temporaries, first  # the operands' are free once this has run
        calls += [(function, tuple(given)) for function, *given in loops_of(self, tree, operands, out, spare)]

    def operand(self, tree: Expression, whole: Shape, calls: list[Any]) -> Any:
        """An operand of a call: a temporary for an elementwise tree, else a place."""
        number = self._temporaries
        if (
            is_elementwise(tree)
            and not self.is_smaller(tree, whole)
            and len(calls) + calls_in(tree) <= MOST_CALLS
        ):
            self.call(tree, number, whole, calls)
            self._temporaries = number + 1
            return number
        place = self.computed(tree)
        self._temporaries = number
        return place

    def is_smaller(self, tree: Expression, whole: Shape) -> bool:
        """Whether a tree is better computed once than wherever it is repeated."""
        return 2 * math.prod(self.sizes(tree.shape)) <= math.prod(whole)


def with_mask(tree: Call) -> Call:
    """A product with a comparison as one function, as of a relu's gradient."""
    if tree.function == "multiply":
        for x, mask in (tree.operands, tree.operands[::-1]):
            if isinstance(mask, Call) and mask.function in MASKS and mask.shape == tree.shape:
                return Call(MASKS[mask.function], (x, *mask.operands))
    return tree


def calls_in(tree: Call) -> int:
    """How many elementwise functions a tree has."""
    return sum(map(is_elementwise, tree.walk()))


def is_elementwise(tree: Expression) -> TypeGuard[Call]:
    return isinstance(tree, Call) and tree.function not in COLUMNS
