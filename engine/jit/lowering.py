"""Runs the stages from a trace to the program that is quickest: canonical form, layout, statements."""

from __future__ import annotations

import functools
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from engine.jit.backends.lanes import runs_on_lanes
from engine.jit.backends.tape import TapeProgram, tape_of
from engine.jit.costs import (
    Costs,
    array_cost,
    costs_here,
    has_few_functions,
    least_array_cost,
    scalar_cost,
    tape_cost,
)
from engine.jit.emit.backward import build_program
from engine.jit.emit.forward import Program
from engine.jit.lower.canonical import Canonical
from engine.jit.lower.cells import Layout
from engine.jit.lower.layout import lay_out
from engine.jit.lower.ragged.lengths import Lengths, weighted_form, weights_of
from engine.jit.lower.ragged.padding import padded
from engine.jit.lower.rewrite import canonical_form
from engine.jit.lower.table import table_of
from engine.jit.repeats.program import repeated_program
from engine.jit.trace.guards import Guard
from engine.jit.trace.traced_graph import Trace, is_by_hand
from engine.quoting import brief

__all__ = ["Lowered", "keep_freed_memory", "straight_program", "without_collections"]

_LONGEST = 5_000
"""Nodes that are written line by line where there is no tape; Python's compiler is not quick."""

_LARGEST = 31 << 20
"""Bytes: of larger blocks the C library never learns."""

Vector = np.ndarray[Any, np.dtype[np.float64]]


@contextmanager
def without_collections() -> Iterator[None]:
    """Leave Python's collector of cycles out of this: it would go through a million new tuples many times.

    Of several lifts at once, that which turned it off turns it on again, also where Ctrl-C ends it.
    """
    was_on = False
    try:
        was_on = gc.isenabled()
        if was_on:  # else it is another lift's, which turns it on again
            gc.disable()
        yield
    finally:
        if was_on:
            gc.enable()


@functools.cache
def keep_freed_memory() -> None:
    """Let the memory of large arrays be used again, not given back and taken anew page by page.

    The C library of Linux takes as its measure the largest block that it was ever given back: one of 31 MB,
    of which no page is touched. Of an LSTM over 200 steps the stages take 49 ms with it, and 57 without.
    """
    if sys.platform == "linux":
        np.empty(_LARGEST, np.uint8)


def straight_program(trace: Trace, canonical: Canonical, inputs: int, differentiate: bool) -> Program:
    """The array program of a canonical form, without loops.

    Args:
        trace: the graph it was made of.
        canonical: the canonical form.
        inputs: how many numbers it takes as arguments.
        differentiate: whether to add the backward pass.
    """
    even = padded(canonical)
    layout = lay_out(even, len(trace.captured), inputs, trace.batched)
    return build_program(layout, even.outputs, differentiate, even.watched)


class Lowered:
    """A trace and the program it was lowered to.

    Attributes:
        trace, canonical, layout, program: what the stages made; None of stages that were left out.
        has_arrays: whether there is, or could be, an array program.
        kind: ``arrays``, ``scalars``, ``tape``, ``eager`` where the function itself is to run, or ``traced``
            where the rest waits for a second call.
        reason: why it is to run; empty where costs say so.
        costs: what each form of the program would take, in seconds.
        late_guards: what must come out as it was traced, and is by what the program computes.
        lengths: the program, where it is for lists of other lengths, too.
        changes: what f changes and reads, by its name; None for nothing.
        beyond: why f did not run to be lifted, and what to do about it; None where it did.
        is_for_one_call: whether f is lifted anew in the next call, by when it may change nothing any more, or
            as this program was left half made.
    """

    trace: Trace
    kind: str
    canonical: Any = None
    layout: Any = None
    program: Any = None
    has_arrays = False
    reason = ""
    late_guards: Sequence[Guard] = ()
    lengths: Lengths | None = None
    changes: str | None = None
    beyond: tuple[str, str] | None = None
    is_for_one_call = False
    _given: Vector | None = None
    _tape: TapeProgram | None = None
    _backend: str | None
    _differentiate: bool
    _numbers: Vector
    _others: Sequence[Lowered]

    def _make_runnable(self) -> None:
        """Make the program run."""
        raise NotImplementedError

    @contextmanager
    def _or_dropped(self) -> Iterator[None]:
        """Drop this program, which other calls may know, if its making ends half way, as by Ctrl-C."""
        try:
            yield
        except BaseException:
            self.is_for_one_call = True
            raise

    def _lower(self, batched: bool) -> str:
        """The stages from the trace to a program that runs. Returns its kind."""
        self.costs: dict[str, float] = {}
        traced = self.trace
        if traced.draws_from is not None:
            self.reason = f"it draws random numbers from {traced.draws_from}"
            return "eager"
        if self.changes is not None:
            self.reason = f"it changes {brief(self.changes)} as it runs, and reads it"
            if self.beyond is not None:
                self.reason = f"it {self.beyond[0]}"
            return "eager"
        own = traced.own_operators()  # which cannot be written as NumPy
        self._tape = tape_of(traced)
        if own:
            self.reason = f"it has custom operators: {', '.join(own)}"
            by_hand = any(map(is_by_hand, traced.used_rows()))
            return "eager" if batched or by_hand else "scalars" if self._tape is None else "tape"
        self.has_arrays = True
        kind, self.costs = self._quickest(batched)
        if kind == "arrays":
            self.make_arrays()
        elif self.lengths is not None:  # it made arrays for others, too, and runs by itself
            self.lengths = self._given = self.canonical = self.layout = self.program = None
        return kind

    def make_arrays(self) -> None:
        """The stages to an array program, unless they have run."""
        if self.program is not None:
            return
        with without_collections():
            if self._take_over_any():
                return
            found = repeated_program(self.trace, self._differentiate)
            if found is not None:
                parts, self.program = found
                self.canonical, self.layout = parts, self.program.layout
            elif not self._share():
                self.canonical, self.layout, self.program = self.unrolled()

    def unrolled(self) -> tuple[Canonical, Layout, Program]:
        """Canonical form, layout and array program, without loops."""
        known = self.canonical if isinstance(self.canonical, Canonical) else None
        canonical = known or canonical_form(self.trace)
        program = straight_program(self.trace, canonical, len(self.trace.inputs), self._differentiate)
        return canonical, program.layout, program

    def _take_over_any(self) -> bool:
        """Take over the program of another length of the arguments, if there is one that fits."""
        known = {id(other.lengths): other.lengths for other in self._others if other.lengths is not None}
        return any(self._take_over(lengths) for lengths in known.values())

    def _take_over(self, lengths: Lengths) -> bool:
        given = lengths.given(self.trace)
        if given is None:
            return False
        self.lengths, self._given = lengths, given
        self.canonical, self.layout, self.program = lengths.canonical, lengths.layout, lengths.program
        return True

    def _join(self, lengths: Lengths) -> None:
        """Run on the program for other lengths, too, from now on, in place of its own."""
        with self._or_dropped():
            if self.kind in ("arrays", "traced") and self._backend is None and self._take_over(lengths):
                if self.kind == "traced":
                    self.kind, self.has_arrays, self.costs = "arrays", True, {}
                self._make_runnable()

    def _share(self) -> bool:
        """Make a program for another length, too, in which no loop was found."""
        count = len(self.trace.inputs)
        for other in sorted(self._others, key=lambda each: -len(each.trace.inputs)):
            without_loops = other.kind == "traced" or isinstance(other.canonical, Canonical)
            if len(other.trace.inputs) != count and without_loops:
                longer, shorter = sorted((self, other), key=lambda each: -len(each.trace.inputs))
                if weights_of(shorter.trace, longer.trace) is None:
                    continue
                found = weighted_form(longer.trace)
                if found is not None:
                    canonical, terms = found
                    numbers = longer._numbers
                    inputs = len(numbers) + len(terms)
                    program = straight_program(longer.trace, canonical, inputs, longer._differentiate)
                    lengths = Lengths(longer.trace, numbers, canonical, program.layout, program)
                    other._join(lengths)
                    return self._take_over(lengths)
        return False

    def _quickest(self, batched: bool) -> tuple[str, dict[str, float]]:
        """Which form of the program takes least time, and what each would take, in seconds.

        Arrays are not made where they could not be quicker.
        """
        if batched:
            tape = None if self._backend is not None or self.late_guards else self._tape
            on_lanes = tape is not None and runs_on_lanes(tape) and has_few_functions(tape, costs_here())
            return "tape" if on_lanes else "arrays", {}
        here = costs_here()
        if self._tape is None:
            return self._quickest_without_tape(here)
        found = {"tape": tape_cost(self._tape, here)}
        least = least_array_cost(self._tape, here)
        if least > found["tape"]:
            return "tape", {**found, "arrays at least": least}
        self.make_arrays()
        found["arrays"] = array_cost(self.program, here, self._tape.work.functions)
        return min(found, key=lambda kind: found[kind]), found

    def _quickest_without_tape(self, here: Costs) -> tuple[str, dict[str, float]]:
        """The same in pure Python: arrays, lines on floats, or f as it is written."""
        size, outputs = len(self.trace.kinds), len(self.trace.outputs)
        self.canonical = canonical_form(self.trace)
        depth = int(table_of(self.canonical.nodes).levels.max(initial=0))
        if size > _LONGEST and 2 * depth * here.call > size * here.node:
            self.reason = f"its {size} nodes are {depth} steps, each of which waits for the one before"
            return "eager", {"eager": size * here.node}
        self.make_arrays()
        found = {"arrays": array_cost(self.program, here)}
        if size <= _LONGEST:
            found["scalars"] = scalar_cost(self.trace, here)
        if size > _LONGEST or outputs > 1:
            found["eager"] = size * here.node
        return min(found, key=lambda kind: found[kind]), found
