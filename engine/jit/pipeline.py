"""One lifted program: a function traced for arguments nested in one way, through all stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.errors import TraceError
from engine.jit.emit.backward import build_program
from engine.jit.emit.scalar_program import ScalarProgram, scalar_cost
from engine.jit.emit.standalone import standalone_source
from engine.jit.executables import STATEMENT_SECONDS, ArrayProgram, ScalarLines, array_cost
from engine.jit.lower.canonical import canonical_form
from engine.jit.lower.layout import lay_out
from engine.jit.trace.captures import Watch
from engine.jit.trace.state import State
from engine.jit.trace.trace import trace
from engine.jit.trace.traced_graph import is_by_hand
from engine.node.backend import Value, backend
from engine.node.bulk import read_data
from engine.ops.op import LEAF
from engine.pytree.arguments import Arguments

__all__ = ["Lifted"]

EAGER_SECONDS = 2e-7
"""About what a node takes on the compiled node: the loop of the program itself, forward and backward."""

_LONGEST = 5_000  # nodes that are written line by line; Python's compiler is not quick

Vector = np.ndarray[Any, np.dtype[np.float64]]


class Lifted:
    """A program and the Values it captured.

    Attributes:
        trace, canonical, layout, program, array: what the stages made.
        values: the captured Values in the order of the cells.
        guards: what must come out as it was traced for this program to be the one.
        state: what f reads beside its arguments, as it was.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        tree: Arguments,
        numbers: Vector,
        wanted: Sequence[bool],
        batched: bool,
        differentiate: bool = True,
    ) -> None:
        self.state = State(f, tree.statics)
        self.trace = traced = trace(f, tree, numbers, wanted, batched)
        self.state.forget_changes()
        self.canonical: Any = None
        self.layout: Any = None
        self.program: Any = None
        self.array: Any = None
        self.costs: dict[str, float] = {}
        traced.refuse_foreign_rows()
        own = traced.own_operators()  # which nobody can write as NumPy
        by_hand = any(map(is_by_hand, traced.used_rows()))
        if not own:
            self.canonical = canonical_form(traced)
        self.reason = f"it has operators of one's own: {', '.join(own)}" if own else self._too_deep(batched)
        if self.reason:
            self.kind = "eager" if batched or by_hand or not own else "scalars"
        else:
            self.layout = lay_out(self.canonical, len(traced.captured), len(numbers), batched)
            self.program = build_program(self.layout, self.canonical.outputs, differentiate)
            self.kind, self.costs = self._quickest(batched)
            self.array = ArrayProgram(self.program)
        self.scalars = ScalarLines(ScalarProgram(traced, list(wanted))) if self.kind == "scalars" else None
        order = list(range(len(traced.captured))) if self.array is None else self.array.captured
        if self.scalars is not None:
            order = self.scalars.captured
        self.values = [traced.captured[i] for i in order]
        self.statics = tree.statics  # held, so that none is taken for another by its id
        taking = {leaf.index: leaf.wanted for leaf in traced.leaf_of.values() if not leaf.is_input}
        flags = np.array([taking[i] for i in order], bool)
        self._wanted_captured = None if flags.all() else np.flatnonzero(flags)
        self._wanted_inputs = np.flatnonzero(np.array(wanted, bool)) if any(wanted) else None
        self._captured_operands = tuple(v for v, flag in zip(self.values, flags, strict=True) if flag)
        self._unwanted = [
            v for v, flag in zip(self.values, flags, strict=True) if not flag and not v._children
        ]
        self._any = bool(self._captured_operands) or self._wanted_inputs is not None
        traced.forget_nodes()
        self.guards = traced.guards
        decided_by = [value for guard in self.guards for value in guard.captured]
        self._watch = Watch(f, tree.statics, [*self.values, *decided_by])
        count = len(traced.outputs)
        self._seeds = [[1.0 if j == i else 0.0 for j in range(count)] for i in range(count)]

    def _too_deep(self, batched: bool) -> str:
        """Why no arrays are worth looking for: as many steps one after the other as there are numbers,
        nearly."""
        size = len(self.trace.kinds)
        depth = max((node.level for node in self.canonical.nodes), default=0)
        if batched or size <= _LONGEST or 2 * depth * STATEMENT_SECONDS < size * EAGER_SECONDS:
            return ""
        return f"its {size} nodes are {depth} steps, each of which waits for the one before"

    def _quickest(self, batched: bool) -> tuple[str, dict[str, float]]:
        """Which form of the program takes least time, and what each would take, in seconds."""
        costs = {"arrays": array_cost(self.program)}
        if not batched:
            size = len(self.trace.kinds)
            if size <= _LONGEST:
                costs["scalars"] = scalar_cost(self.trace)
            if size > _LONGEST or len(self.trace.outputs) > 1:
                costs["eager"] = size * (EAGER_SECONDS if backend == "cython" else 10 * EAGER_SECONDS)
        return min(costs, key=lambda kind: costs[kind]), costs

    @property
    def takes_gradients(self) -> bool:
        """Whether captured Values take gradients."""
        return bool(self._captured_operands)

    def outdated(self) -> bool:
        """Whether other Values are to be read than when this was traced, or one takes a gradient anew."""
        return not self._watch.unchanged() or any(value._row is LEAF for value in self._unwanted)

    def holds(self, numbers: Vector) -> bool:
        """Whether all that the function decided comes out as it did, for these arguments."""
        given = numbers.tolist()
        return all(guard.holds(given) for guard in self.guards)

    def holds_on(self, table: Vector) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """The same of each sample: an array of shape (samples, numbers)."""
        found = np.ones(len(table), bool)
        for guard in self.guards:
            if guard.by_arguments:
                found &= guard.holds_on(list(table.T), len(table))
            elif not guard.holds(()):
                found[:] = False
        return found

    def run(self, numbers: Vector, differentiate: bool) -> tuple[list[float] | None, list[Any]]:
        """Outputs and for each its slopes by the operands; None for the outputs if anything is not finite."""
        if self.scalars is not None:
            return self.scalars.run(self.values, numbers, differentiate and self._any)
        array = self.array
        read_data(self.values, array.parameters)
        with np.errstate(all="ignore"):
            values = array.forward(numbers)
            total = 0.0
            for value in values:
                total += value
            rows = []
            if differentiate and self._any:
                for seeds in self._seeds:
                    captured, inputs = array.backward(seeds)
                    slopes = self.chosen(captured, inputs)
                    total += array.size_of_gradients(slopes)
                    rows.append(slopes)
            if total - total != 0.0:  # infinite or nan
                return None, []
        return values, rows

    def run_on(self, samples: list[Vector], differentiate: bool) -> tuple[list[float] | None, list[Any]]:
        """The same for the means over samples: arrays of shape (samples, numbers of one argument)."""
        array = self.array
        read_data(self.values, array.parameters)
        differentiate = differentiate and self._any
        with np.errstate(all="ignore"):
            values, gradients, size = array.mean(samples, differentiate, self._wanted_inputs is not None)
            total = sum(values) + size
            rows = []
            for captured, inputs in gradients:
                if self._wanted_captured is not None:
                    captured = captured[self._wanted_captured]
                if self._wanted_inputs is not None:
                    captured = np.concatenate([captured, inputs[:, self._wanted_inputs].ravel()])
                rows.append(captured)
            if total - total != 0.0:  # infinite or nan
                return None, []
        return values, rows

    def operands_on(self, given: list[Any]) -> tuple[Value, ...]:
        """What the slopes are by, where the arguments hold samples."""
        if self._wanted_inputs is None:
            return self._captured_operands
        columns = self._wanted_inputs.tolist()
        return (*self._captured_operands, *(row[i] for row in given for i in columns))

    def chosen(self, captured: Vector, inputs: Vector) -> Vector:
        """The slopes by the operands: captured Values, then Values among the arguments."""
        if self._wanted_captured is not None:
            captured = captured[self._wanted_captured]
        if self._wanted_inputs is None:
            return captured
        return np.concatenate([captured, inputs[self._wanted_inputs]])

    def operands(self, tree: Arguments) -> tuple[Value, ...]:
        """What the slopes are by."""
        if self._wanted_inputs is None:
            return self._captured_operands
        flat = tree.flat()
        return (*self._captured_operands, *(flat[i] for i in self._wanted_inputs.tolist()))

    def output(self, nodes: list[Any]) -> Any:
        """Nodes nested as the function's result is."""
        return self.trace.result.rebuild(nodes)

    # -- looking inside -------------------------------------------------------------------------

    @property
    def source(self) -> str:
        if self.scalars is not None:
            return self.scalars.source
        if self.array is None:
            return f"# runs as it is, because {self.reason}\n"
        return str(self.array.source)

    def standalone(self) -> str:
        if self.array is None:
            raise TraceError(f"the function cannot be written as NumPy, because {self.reason}")
        if self.guards:
            raise TraceError(
                "the function cannot be written as NumPy, because it decides by numbers, and a file would go "
                f"the same way for all: {self.guards[0].decision}; choose by engine.where instead"
            )
        return standalone_source(self.trace)

    def stages(self) -> dict[str, Any]:
        return {
            "trace": str(self.trace),
            **(
                {}
                if self.array is None
                else {
                    "canonical form": str(self.canonical),
                    "layout": str(self.layout),
                    "program": str(self.program),
                }
            ),
            "choice": ", ".join(
                f"{kind} {1e6 * seconds:.3g} µs{' (chosen)' if kind == self.kind else ''}"
                for kind, seconds in self.costs.items()
            ),
            "source": self.source,
        }
