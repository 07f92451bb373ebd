"""An array program ready to run: on one set of arguments, or on any number of samples in blocks."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.jit.backends.blocks import Blocks, Bound
from engine.jit.backends.native.program import Native
from engine.jit.backends.outcome import OTHERWISE, Ran, if_finite
from engine.jit.emit.forward import Program
from engine.jit.lower.groups import FIXED
from engine.jit.trace.guards import Guard
from engine.node.backend import Value, quick_arrays
from engine.node.bulk import read_data, write_grad
from engine.pytree.forms import Form

__all__ = ["ArrayProgram", "Wanted"]

Vector = np.ndarray[Any, np.dtype[np.float64]]


class Wanted(NamedTuple):
    """Which gradients are wanted: by captured Values first, then by arguments.

    Attributes:
        captured: which of the captured Values; None for all.
        inputs: which numbers of the arguments; None for none.
    """

    captured: np.ndarray[Any, Any] | None
    inputs: np.ndarray[Any, Any] | None

    def of(self, captured: Vector, inputs: Vector) -> Vector:
        """A copy of what is wanted of the gradients by all captured Values and all numbers of arguments."""
        if self.captured is not None:
            captured = captured[self.captured]
        if self.inputs is None:
            return captured if self.captured is not None else captured.copy()
        return np.concatenate([captured, inputs[..., self.inputs].ravel()])


def _size(gradients: Vector) -> float:
    """A number that is finite if all gradients are."""
    flat = gradients.ravel()
    return float(flat.dot(flat))


class ArrayProgram:
    """An array program and its cells.

    Attributes:
        blocks: its cells, and it bound to them.
        source: its text as NumPy.
        captured: in which order the captured Values stand in the cells, by their number in the trace.
        devices: what computes means in its place, a :class:`engine.jit.backends.jax.devices.Devices`; None.
        only_finite: f itself is to run where an output is not finite.
    """

    only_finite = True

    def __init__(
        self, program: Program, wanted: Wanted, guards: Sequence[Guard] = (), devices: Any = None
    ) -> None:
        self.program, self.wanted, self.guards = program, wanted, guards
        self.devices = devices
        layout = self.layout = program.layout
        self.captured = layout.captured
        count = layout.captured_cells
        self.blocks = Blocks(program)
        self.fixed, self.dfixed = self.blocks.fixed, self.blocks.dfixed
        self._parameters, self._gradients = self.fixed[:count], self.dfixed[:count]
        start = layout.input_start
        self._inputs = slice(start, start + layout.inputs)
        self._input_gradients = self.dfixed[self._inputs]
        self._given: Vector | None = None  # of a part
        self._stands: list[Any] = [None]  # of which part that stands in the cells
        self._at_once = len(program.outputs) == 1 and not guards  # nothing is asked between the passes
        self._filled: tuple[Bound, object] | None = None  # which holds whose samples of the last descend()
        self._single: Any = None if layout.batched else self.blocks.of_width(1)
        self._ones = _seeds(len(program.outputs), 1.0)

    def part(self, wanted: Wanted, given: Vector, count: int) -> ArrayProgram:
        """The same program on the same cells, for calls that give only the first of its numbers.

        Args:
            wanted: by what a gradient is wanted.
            given: what stands in the place of the arguments.
            count: how many numbers calls give.
        """
        part = copy.copy(self)
        part.wanted, part._given = wanted, given
        part._inputs = slice(self._inputs.start, self._inputs.start + count)
        part._input_gradients = self.dfixed[part._inputs]
        return part

    @property
    def source(self) -> str:
        return self.blocks.source

    def quick(self, form: Form, lock: Any) -> Any:
        """What runs it in a quick call: see :func:`engine.jit.quick.quick_call`. None where nothing does."""
        tables = form.tables
        count = 1 if tables is None else len(tables[0])
        if self.devices is not None or not self._at_once or count > self.blocks.size:
            return None
        if tables is not None and self.wanted.inputs is not None:
            return None
        bound = self._single if tables is None else self.blocks.of_width(count)
        (place,) = self.program.outputs
        if not isinstance(bound.program, Native) or not isinstance(place, tuple):
            return None
        wanted = np.arange(len(self._gradients)) if self.wanted.captured is None else self.wanted.captured
        if self.wanted.inputs is not None:
            wanted = np.concatenate([wanted, self._inputs.start + self.wanted.inputs])
        return quick_arrays(
            *(bound.program.executor, lock, form.numbers, self.fixed, self.dfixed, bound.work),
            *(bound.program.seeds, bound.program.totals),
            None if tables is None else self.forget_samples,
            () if tables is None else tuple(table.shape[1] for table in tables),
            self._inputs.start,
            place[1] if place[0] == FIXED else -1,
            wanted,
        )

    # -- one set of arguments -----------------------------------------------------------------------

    def run(self, values: Sequence[Value], numbers: Vector, differentiate: bool) -> Ran:
        """Outputs and gradients for these arguments, with what the captured Values hold now."""
        read_data(values, self._parameters)
        if self._given is not None and self._stands[0] is not self._given:
            start = self._inputs.start
            self.fixed[start : start + len(self._given)] = self._stands[0] = self._given
        if len(numbers):
            self.fixed[self._inputs] = numbers
        bound = self._single.program
        if differentiate and self._at_once:
            bound.run(0, 3)
            output = self._fixed_output(self.program.outputs[0])
            gradient = self.wanted.of(self._gradients, self._input_gradients)
            return if_finite([output], [gradient], output + bound.totals.item(-2) + bound.totals.item(-1))
        bound.run(0, 0)
        if self.guards:
            given = [*numbers.tolist(), *map(self._fixed_output, self.program.watched)]
            with np.errstate(all="ignore"):
                if not all(guard.holds(given) for guard in self.guards):
                    return OTHERWISE
        outputs = [*map(self._fixed_output, self.program.outputs)]
        total = 0.0
        for output in outputs:
            total += output
        gradients = []
        for seeds in self._ones if differentiate else ():
            bound.seeds[1][:] = seeds
            bound.run(3, 3)
            gradients.append(self.wanted.of(self._gradients, self._input_gradients))
            total += sum(bound.totals[-2:].tolist())
        return if_finite(outputs, gradients, total)

    # -- many samples -------------------------------------------------------------------------------

    def mean(self, values: Sequence[Value], samples: list[Vector], differentiate: bool) -> Ran:
        """The means of the outputs over samples, and their gradients.

        Args:
            values: the captured Values.
            samples: arrays of shape (samples, numbers of one argument).
            differentiate: whether gradients are wanted.
        """
        read_data(values, self._parameters)
        if self.devices is not None:
            return self._mean_on_devices(samples, differentiate)
        at_once = len(self.program.outputs) == 1 and len(samples[0]) <= self.blocks.size
        if at_once and not (differentiate and self.wanted.inputs is not None):
            mean, size = self._run_at_once(samples, None, differentiate)
            means = [mean]
            gradients = [self.wanted.of(self._gradients, self._gradients)] if differentiate else []
        else:
            with np.errstate(all="ignore"):
                means, gradients, size = self._mean_in_blocks(samples, differentiate)
        return if_finite(means, gradients, sum(means) + size)

    def _mean_on_devices(self, samples: list[Vector], differentiate: bool) -> Ran:
        means, by_captured, by_samples = self.devices(self._parameters, samples, differentiate)
        pairs = list(zip(by_captured, by_samples, strict=True))
        gradients = [self.wanted.of(captured, inputs) for captured, inputs in pairs]
        return if_finite(means, gradients, sum(means) + sum(map(_size, gradients)))

    def _fill(self, work: Vector, samples: list[Vector], start: int, end: int) -> None:
        """Put the arguments of a block of samples into their cells."""
        self._filled = None
        row = self._inputs.start
        for column in samples:
            after = row + column.shape[1]
            work[row:after] = column[start:end].T
            row = after

    def descend(
        self,
        values: Sequence[Value],
        leaves: Sequence[Value],
        samples: list[Vector],
        whose: object,
        scale: float,
    ) -> float | None:
        """The mean of the one output over samples, whose gradient times ``scale`` is set on leaves.

        Args:
            values: the captured Values.
            leaves: those of them by which a gradient is wanted.
            samples: arrays of shape (samples, numbers of one argument).
            whose: they are read again where the last ones were another's, or are forgotten.
            scale: a number.

        Returns:
            The mean; None, and no gradient is set, where something is not finite, and for more samples than a
            block.
        """
        count = len(samples[0])
        if count > self.blocks.size or self.devices is not None:
            return None
        read_data(values, self._parameters)
        mean, size = self._run_at_once(samples, whose, True)
        total = mean + size
        if total - total != 0.0:
            return None
        gradients = self._gradients if self.wanted.captured is None else self._gradients[self.wanted.captured]
        write_grad(leaves, gradients, scale)
        return mean

    def measure(self, values: Sequence[Value], samples: list[Vector], whose: object) -> float | None:
        """The mean of the one output over samples, as :meth:`descend` has it, and no gradient."""
        count = len(samples[0])
        if count > self.blocks.size or self.devices is not None:
            means, _ = self.mean(values, samples, False)
            return None if means is None else means[0]
        read_data(values, self._parameters)
        mean, _ = self._run_at_once(samples, whose, False)
        return mean if mean - mean == 0.0 else None

    def _run_at_once(self, samples: list[Vector], whose: object, back: bool) -> tuple[float, float]:
        """Run a program of one output on samples in one block, which are read again if they are not there.

        Args:
            whose: as :meth:`descend` has it; None for samples of this call only.
            back: whether backward, too.

        Returns:
            The mean, and a number that is finite if the gradients are.
        """
        count = len(samples[0])
        bound, filled = self.blocks.of_width(count), self._filled
        if whose is None or filled is None or filled[0] is not bound or filled[1] is not whose:
            self._fill(bound.work, samples, 0, count)
            self._filled = None if whose is None else (bound, whose)
        program, (place,) = bound.program, self.program.outputs
        program.seeds[0][0], program.seeds[1][0] = 1.0 / count, 1.0
        program.run(0, 3 if back else 1)
        mean = program.totals.item(0) / count if _is_per_sample(place) else self._fixed_output(place)
        return mean, program.totals.item(-2) if back else 0.0

    def forget_samples(self) -> None:
        """Read the samples anew in the next :meth:`descend` or :meth:`measure`."""
        self._filled = None

    def _mean_in_blocks(
        self, samples: list[Vector], differentiate: bool
    ) -> tuple[list[float], list[Any], float]:
        """The same of any outputs, also with gradients by the arguments, block by block."""
        count, outputs = len(samples[0]), self.program.outputs
        totals, size = [0.0] * len(outputs), 0.0
        fixed = self._fixed_forward()
        shares = _seeds(len(outputs), 1.0 / count) if differentiate else []
        sums = np.zeros((len(shares), len(self.dfixed)))
        by_inputs = self.wanted.inputs is not None
        on_samples = np.zeros((len(shares), count, self.layout.inputs if by_inputs else 0))

        def compute(bound: Bound, start: int, end: int) -> tuple[list[float], list[Vector]]:
            program, work, dwork, dfixed = bound
            self._fill(work, samples, start, end)
            program.run(1, 1)
            gradients = []
            for i, seeds in enumerate(shares):
                program.seeds[0][:] = seeds
                program.run(2, 2)
                gradients.append(dfixed.copy())
                if by_inputs:
                    on_samples[i, start:end] = dwork[self._inputs].T
            return program.totals.tolist(), gradients

        for of_block, by_fixed in self.blocks.compute(count, compute):
            totals = [total + more for total, more in zip(totals, of_block, strict=False)]
            for i, gradient in enumerate(by_fixed):
                sums[i] += gradient
        gradients = []
        for i in range(len(shares)):
            self.dfixed[:] = sums[i]
            fixed.seeds[1][:] = self._ones[i]
            fixed.run(3, 3)
            gradients.append(self.wanted.of(self._gradients, on_samples[i]))
            size += _size(self._gradients) + _size(on_samples[i])
        means = [
            totals[i] / count if _is_per_sample(place) else self._fixed_output(place)
            for i, place in enumerate(outputs)
        ]
        return means, gradients, size

    def _fixed_output(self, place: Any) -> float:
        """The number of an output that is the same for all samples."""
        return self.fixed.item(place[1]) if type(place) is tuple else place

    def _fixed_forward(self) -> Any:
        """Compute what is fixed. Returns the program that did: it holds what its backward pass needs."""
        program = self.blocks.any().program
        program.run(0, 0)
        return program

    def each(self, values: Sequence[Value], samples: list[Vector]) -> list[Any]:
        """The outputs for every sample: an array for each."""
        return self._on_each(values, samples, self.program.outputs)

    def holds_on(self, values: Sequence[Value], table: Vector) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Of every sample, a row of the table, whether decisions by computed numbers come out alike."""
        columns = [*table.T, *self._on_each(values, [table], self.program.watched)]
        found = np.ones(len(table), bool)
        with np.errstate(all="ignore"):
            for guard in self.guards:
                found &= guard.holds_on(columns, len(table))
        return found

    def _on_each(self, values: Sequence[Value], samples: list[Vector], outputs: list[Any]) -> list[Any]:
        """The numbers of some cells for every sample."""
        read_data(values, self._parameters)
        found: list[Any] = [np.empty(len(samples[0])) for _ in outputs]
        with np.errstate(all="ignore"):
            self._fixed_forward()

            def compute(bound: Bound, start: int, end: int) -> None:
                self._fill(bound.work, samples, start, end)
                bound.program.run(1, 1)
                for i, place in enumerate(outputs):
                    own = bound.work[place[1]] if _is_per_sample(place) else self._fixed_output(place)
                    found[i][start:end] = own

            for _ in self.blocks.compute(len(samples[0]), compute):
                pass
        return found


def _is_per_sample(place: Any) -> bool:
    return type(place) is tuple and place[0] != FIXED


def _seeds(count: int, seed: float) -> list[list[float]]:
    """For each of several outputs the gradients of all: its own, and 0."""
    return [[seed if j == i else 0.0 for j in range(count)] for i in range(count)]
