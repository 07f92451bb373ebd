"""Runs a traced graph as it is, scalar by scalar, in the compiled core: for graphs too irregular for arrays.

A node of a tape takes some nanoseconds forward and backward, where a node of the engine takes a hundred and a
statement on small arrays as much as two hundred nodes do. No Python runs between them. Values and gradients
are the engine's to the last bit, also where they are infinite or nan.

What it does is told in ``engine/node/compiled/programs/tape.h``. Its text, for a person, is that of the lines
on floats (``scalar_program.py``), which do the same where there is no compiled core.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from engine.jit.backends.outcome import OTHERWISE, Ran
from engine.jit.backends.scalar_program import ScalarProgram
from engine.jit.trace.traced_graph import Trace
from engine.node.backend import Value, compiled_tape
from engine.ops.op import CONSTANT
from engine.pytree.forms import Form

__all__ = ["TapeProgram", "Work", "tape_of"]

Vector = np.ndarray[Any, np.dtype[np.float64]]

_MOST_EDGES = 1 << 22  # as TAPE_MOST_EDGES in programs/tape.h


class Work(NamedTuple):
    """What a tape takes time for.

    Attributes:
        edges: the operands of all its instructions.
        functions: calls of functions that take longer than + - * /.
        tables: those that the functions of the table compute, in Python.
        depth: how many array statements at least would wait each for the one before.
    """

    edges: int
    functions: int
    tables: int
    depth: int


class TapeProgram:
    """A tape, and its text.

    Attributes:
        trace: the graph.
        outputs: how many there are.
        wanted: how many gradients are, by captured Values first.
        tape: the compiled core's.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.outputs = len(trace.outputs)
        captured = np.full(len(trace.captured), -1, np.int32)
        inputs = np.full(len(trace.inputs), -1, np.int32)
        for node, leaf in trace.leaf_of.items():
            (inputs if leaf.is_input else captured)[leaf.index] = node
        taking = [i for i in captured.tolist() if trace.leaf_of[i].wanted]
        wanted = np.array([*taking, *inputs[trace.wanted_inputs()].tolist()], np.int32)
        self.wanted = len(wanted)
        self.tape = compiled_tape(
            trace.rows,
            trace.kinds,
            trace.row_of,
            trace.offsets,
            trace.operands,
            trace.data,
            captured,
            inputs,
            wanted,
            trace.outputs,
            trace.watched,
            [guard for guard in trace.guards if guard.is_late],
        )

    @cached_property
    def work(self) -> Work:
        """What it takes time for."""
        return Work(*self.tape.work())

    @property
    def edges_are_kept(self) -> bool:
        """Whether the way back from all outputs is small enough to be held."""
        return self.outputs * self.work.edges <= _MOST_EDGES

    @cached_property
    def source(self) -> str:
        """The same in Python."""
        return ScalarProgram(self.trace).source

    @property
    def only_finite(self) -> bool:
        """Whether f itself is to run where an output is not finite: something was left undecided."""
        return self.trace.left_open

    def run(self, values: Sequence[Value], numbers: Vector, differentiate: bool) -> Ran:
        """Outputs and gradients for these arguments, with what the captured Values hold now.

        Where a gradient is not finite f itself is to run: what it is multiplied by within a larger graph
        decides what becomes of it. So it is where an operator raises.
        """
        found = self.tape.run(values, numbers, differentiate)
        if found is False:
            return OTHERWISE
        if found is None:
            return None, []
        outputs, gradients, finite = found
        if not finite or (self.only_finite and not np.isfinite(outputs).all()):
            return None, []
        return outputs, gradients

    def quick(self, form: Form, lock: Any) -> Any:
        """What runs it in a quick call: see :func:`engine.jit.quick.quick_call`. None where nothing does."""
        return self.tape if form.tables is None and self.tape.is_quick() else None


def tape_of(trace: Trace) -> TapeProgram | None:
    """The tape of a graph; None without a compiled core, or where a plain number was captured."""
    if compiled_tape is None or any(value._row is CONSTANT for value in trace.captured):
        return None
    return TapeProgram(trace)
