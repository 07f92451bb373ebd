"""A tape on many samples: for graphs too irregular for arrays, with ``batch=True`` and ``vmap``.

Eight samples run side by side, so that an instruction costs each of them a part of a nanosecond; what they
keep stays in the cache where arrays over all samples would not. Samples are shared out among threads in
pieces that do not depend on how many threads there are, so neither do results.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.jit.backends.tape import TapeProgram
from engine.jit.backends.threads import get_num_threads, in_order
from engine.jit.emit.source import aligned
from engine.node.backend import Value, compiled_lanes
from engine.node.bulk import read_data

__all__ = ["LANES", "TapeOfSamples", "runs_on_lanes"]

Vector = np.ndarray[Any, np.dtype[np.float64]]

_PIECE = 256
"""Samples that a thread computes at a time."""

_CACHE, _MOST = 3 << 19, 1 << 22
"""Bytes that a block of samples should take, and that eight may."""

LANES, _NARROWEST = 8, 64
"""Samples side by side here, and in the smallest block of arrays."""

_SHARE = 0.125
"""Operands that are captured; where more are, as in a network, products of matrices are quicker."""


def runs_on_lanes(program: TapeProgram) -> bool:
    """Whether a tape of few functions is quicker on samples than arrays are.

    That is where the numbers of a block of arrays lie beyond the cache, and few operands are the same for all
    samples.
    """
    trace = program.trace
    size = 16 * len(trace.kinds)  # of the values and gradients of a sample
    if compiled_lanes is None or program.work.tables or not program.edges_are_kept:
        return False
    if not LANES * size < _MOST or not _NARROWEST * size > _CACHE:
        return False
    captured = np.zeros(len(trace.kinds), bool)
    captured[[node for node, leaf in trace.leaf_of.items() if not leaf.is_input]] = True
    return bool(captured[trace.operands].mean() < _SHARE)


class TapeOfSamples:
    """A tape, ready to run on samples.

    Where a number is not finite, f itself is to run.

    Args:
        program: the tape.
        wanted: how many of its gradients are by captured Values; the others are by arguments.
    """

    only_finite = True

    def __init__(self, program: TapeProgram, wanted: int) -> None:
        self.program, self._wanted = program, wanted
        self._free: list[Any] = []

    @property
    def source(self) -> str:
        return self.program.source

    def quick(self, form: Any, lock: Any) -> None:
        """There is no quick call."""

    def mean(self, values: Sequence[Value], samples: list[Vector], differentiate: bool) -> Any:
        """The means of the outputs over samples, and their gradients; None where something is not finite.

        Args:
            values: the captured Values.
            samples: arrays of shape (samples, numbers of one argument).
            differentiate: whether gradients are wanted.
        """
        ran = self._run(values, samples, differentiate)
        if ran is None:
            return None, []
        outputs, sums, by_samples = ran
        means = [float(np.add.reduce(row)) / len(row) for row in outputs]
        gradients = [np.concatenate([a, b.ravel()]) for a, b in zip(sums, by_samples, strict=True)]
        if not np.isfinite(np.concatenate([means, *gradients])).all():
            return None, []
        return means, gradients if differentiate else []

    def each(self, values: Sequence[Value], samples: list[Vector]) -> list[Any]:
        """The outputs for every sample: an array for each."""
        ran = self._run(values, samples, False)
        if ran is None:
            return [np.full(len(samples[0]), np.nan) for _ in range(self.program.outputs)]
        return list(ran[0])

    def _run(self, values: Sequence[Value], samples: list[Vector], differentiate: bool) -> Any:
        """Outputs, sums of gradients and gradients of samples; None where an operator has to be asked."""
        count, outputs, wanted = len(samples[0]), self.program.outputs, self._wanted
        captured = np.empty(len(values))
        read_data(values, captured)
        table = np.concatenate(samples, axis=1).astype(float, copy=False)
        table = np.ascontiguousarray(table)
        found, others = np.empty((outputs, count)), self.program.wanted - wanted
        by_samples = np.zeros((outputs, count if others else 0, others))

        def compute(start: int) -> Any:
            lanes = self._free.pop() if self._free else compiled_lanes(self.program.tape, aligned)
            sums = np.zeros((outputs, wanted)) if differentiate else None
            try:
                end = min(start + _PIECE, count)
                runs = lanes.run(captured, table, start, end, found, 1.0 / count, wanted, sums, by_samples)
            finally:
                self._free.append(lanes)
            return runs, sums

        total = np.zeros((outputs, wanted))
        starts = range(0, count, _PIECE)
        threads = min(get_num_threads(), len(starts))
        for runs, sums in in_order(compute, starts, threads) if threads > 1 else map(compute, starts):
            if not runs:
                return None
            if sums is not None:
                total += sums
        return found, total, by_samples
