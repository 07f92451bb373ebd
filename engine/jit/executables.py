"""A program with its cells, ready to run: on one set of arguments, or on any number of samples in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.jit.emit.forward import Program
from engine.jit.emit.scalar_program import ScalarProgram
from engine.jit.emit.source import bind_program, compiled, source_of
from engine.jit.lower.groups import FIXED
from engine.node.backend import Value

__all__ = ["BLOCK_BYTES", "STATEMENT_SECONDS", "ArrayProgram", "ScalarLines", "array_cost"]

BLOCK_BYTES = 3 << 19
"""How much a block of samples may take, values and gradients together: it should stay in the second-level
cache."""

_NARROWEST, _WIDEST = 64, 8192  # samples a block
_KEPT = 4  # bindings to blocks of different width

Vector = np.ndarray[Any, np.dtype[np.float64]]


STATEMENT_SECONDS, CELL_SECONDS = 1.2e-6, 4e-9
"""About what a statement takes on small arrays, and a cell in it beyond that."""


def array_cost(program: Program) -> float:
    """About how many seconds an array program takes for one set of arguments."""
    outputs = max(1, len(program.outputs))
    cells = sum(program.layout.sizes)
    return 5e-6 + outputs * (STATEMENT_SECONDS * len(program.statements) + CELL_SECONDS * cells)


class ScalarLines:
    """A program on floats, ready to run."""

    def __init__(self, program: ScalarProgram) -> None:
        self.source = program.source
        self.captured = program.captured
        functions = compiled(program.source, program.constants)
        self._forward, self._both = functions["forward"], functions["both"]

    def run(
        self, values: Sequence[Value], numbers: Vector, differentiate: bool
    ) -> tuple[list[float] | None, list[Any]]:
        """Outputs and for each its slopes by the operands; None for the outputs if anything is not finite."""
        captured, inputs = [value.data for value in values], numbers.tolist()
        try:
            if not differentiate:
                outputs = self._forward(captured, inputs)
                total = sum(outputs)
                return (outputs if total - total == 0.0 else None), []
            outputs, rows, check = self._both(captured, inputs)
        except (ZeroDivisionError, OverflowError):  # where the engine has an infinity
            return None, []
        total = check
        for value in outputs:
            total += value
        for row in rows:
            total += sum(row)
        if total - total != 0.0:  # infinite or nan
            return None, []
        return outputs, [np.array(row, dtype=float) for row in rows]


class ArrayProgram:
    """An array program and its cells.

    Attributes:
        source: its text.
        captured: in which order the captured Values stand in the cells, by their number in the trace.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        layout = self.layout = program.layout
        self.source = source_of(program)
        self._bind = compiled(self.source)["bind"]
        self.captured = layout.captured
        self.count = layout.captured_cells
        self.fixed = np.zeros(layout.sizes[FIXED])
        self.dfixed = np.zeros(layout.sizes[FIXED])
        self.parameters = self.fixed[: self.count]
        self.slopes = self.dfixed[: self.count]
        start = layout.input_start
        self._inputs = slice(start, start + layout.inputs)
        self._bound: dict[int, Any] = {}
        self._parts: Any = None if layout.batched else self._bound_to(1)[:4]
        cells = max(1, layout.sizes[1])
        self.block = int(min(_WIDEST, max(_NARROWEST, BLOCK_BYTES // (16 * cells))))

    def _bound_to(self, width: int) -> Any:
        """The parts bound to cells for so many samples, and these cells."""
        if width not in self._bound:
            if len(self._bound) >= _KEPT:
                del self._bound[next(iter(self._bound))]
            work, dwork = np.zeros((2, self.layout.sizes[1], width))
            parts = bind_program(self._bind, self.program, self.fixed, self.dfixed, work, dwork)
            self._bound[width] = (*parts, work, dwork)
        return self._bound[width]

    # -- one set of arguments -----------------------------------------------------------------------

    def forward(self, numbers: Vector) -> list[float]:
        """The outputs for these arguments; the captured numbers stand in ``parameters`` already."""
        if len(numbers):
            self.fixed[self._inputs] = numbers
        self._parts[0]()
        fixed = self.fixed
        return [fixed.item(place[1]) if type(place) is tuple else place for place in self.program.outputs]

    def backward(self, seeds: Sequence[float]) -> tuple[Vector, Vector]:
        """The gradients of captured Values and arguments, given those of the outputs; copies of cells."""
        self._parts[3](seeds)
        return self.slopes.copy(), self.dfixed[self._inputs].copy()

    def size_of_gradients(self, slopes: Vector) -> float:
        """A number that is finite if all gradients are: of the leaves, and where one might hide, of all
        fixed cells."""
        every = self.dfixed if self.program.flat else slopes
        return float(every.dot(every))

    # -- many samples -------------------------------------------------------------------------------

    def _fill(self, work: Vector, samples: list[Vector], start: int, end: int) -> None:
        """Put the arguments of a block of samples into their cells."""
        row = self._inputs.start
        for column in samples:
            after = row + column.shape[1]
            work[row:after] = column[start:end].T
            row = after

    def mean(
        self, samples: list[Vector], differentiate: bool, wanted: bool
    ) -> tuple[list[float], list[Any], float]:
        """The means of the outputs over samples, for each output the gradients, and their size.

        The size is finite if all gradients are, of cells per sample too where one might hide.

        Args:
            samples: arrays of shape (samples, numbers of one argument).
            differentiate: whether gradients are wanted.
            wanted: whether those of the arguments are.
        """
        count = len(samples[0])
        outputs = self.program.outputs
        if count <= self.block and len(outputs) == 1 and differentiate and not wanted:
            return self._mean_at_once(samples, count)
        totals = [0.0] * len(outputs)
        gradients: list[Any] = []
        size = 0.0
        fixed = self._fixed_forward()
        blocks = [(start, min(start + self.block, count)) for start in range(0, count, self.block)]
        seeds_of = [
            [1.0 / count if j == i else 0.0 for j in range(len(outputs))] for i in range(len(outputs))
        ]
        sums = np.zeros((len(outputs), len(self.dfixed))) if len(blocks) > 1 else None
        on_samples = (
            [np.zeros((count, self.layout.inputs)) if wanted else None for _ in outputs]
            if differentiate
            else []
        )
        for start, end in blocks:
            _, forward, backward, _, work, dwork = self._bound_to(end - start)
            self._fill(work, samples, start, end)
            forward()
            for i, place in enumerate(outputs):
                if type(place) is tuple and place[0] != FIXED:
                    totals[i] += float(work[place[1]].sum())
            if differentiate:
                for i, seeds in enumerate(seeds_of):
                    backward(seeds)
                    size += self._hidden(dwork)
                    if sums is not None:
                        sums[i] += self.dfixed
                    if wanted:
                        on_samples[i][start:end] = dwork[self._inputs].T  # type: ignore[index]
                    if sums is None:
                        gradients.append(self._finished(i, fixed))
                        size += self.size_of_gradients(gradients[-1])
        if differentiate and sums is not None:
            for i in range(len(outputs)):
                self.dfixed[:] = sums[i]
                gradients.append(self._finished(i, fixed))
                size += self.size_of_gradients(gradients[-1])
        values = []
        for i, place in enumerate(outputs):
            if type(place) is not tuple:
                values.append(place)
            else:
                values.append(self.fixed.item(place[1]) if place[0] == FIXED else totals[i] / count)
        size += sum(float(each.ravel().dot(each.ravel())) for each in on_samples if each is not None)
        return values, [(gradient, on) for gradient, on in zip(gradients, on_samples, strict=True)], size

    def _hidden(self, dwork: Vector) -> float:
        """The size of the gradients per sample, where one that is not finite may end at a flat operator."""
        flat = dwork.ravel()
        return float(flat.dot(flat)) if self.program.flat else 0.0

    def _mean_at_once(self, samples: list[Vector], count: int) -> tuple[list[float], list[Any], float]:
        """The same for one output, one block and gradients of captured Values: what training asks for."""
        fixed_forward, forward, backward, fixed_backward, work, dwork = self._bound_to(count)
        (place,) = self.program.outputs
        fixed_forward()
        self._fill(work, samples, 0, count)
        forward()
        backward((1.0 / count,))
        fixed_backward((1.0,))
        if type(place) is not tuple:
            value = place
        elif place[0] == FIXED:
            value = self.fixed.item(place[1])
        else:
            value = float(np.add.reduce(work[place[1]])) / count
        slopes = self.slopes.copy()
        return [value], [(slopes, None)], self.size_of_gradients(slopes) + self._hidden(dwork)

    def _fixed_forward(self) -> Any:
        """Compute what is fixed; the parts that did, which alone hold what the way back needs of it."""
        if not self._bound:
            self._bound_to(self.block)
        parts = next(iter(self._bound.values()))
        parts[0]()
        return parts

    def _finished(self, i: int, parts: Any) -> Vector:
        ones = [1.0 if j == i else 0.0 for j in range(len(self.program.outputs))]
        parts[3](ones)
        return self.slopes.copy()

    def each(self, samples: list[Vector]) -> list[Any]:
        """The outputs for every sample: an array for each, of a fixed one a number."""
        count = len(samples[0])
        self._fixed_forward()
        outputs = self.program.outputs
        found: list[Any] = [np.empty(count) for _ in outputs]
        for start in range(0, count, self.block):
            end = min(start + self.block, count)
            _, forward, _, _, work, _ = self._bound_to(end - start)
            self._fill(work, samples, start, end)
            forward()
            for i, place in enumerate(outputs):
                if type(place) is not tuple:
                    found[i][start:end] = place
                else:
                    found[i][start:end] = (self.fixed if place[0] == FIXED else work)[place[1]]
        return found
