"""Programs for back ends that leave the process: with loops where a graph repeats."""

from __future__ import annotations

from engine.autograd.context_decorator import and_put_back
from engine.jit.emit.backward import build_program
from engine.jit.emit.forward import Program
from engine.jit.lower.layout import lay_out
from engine.jit.lower.ragged.padding import padded
from engine.jit.lower.rewrite import canonical_form
from engine.jit.repeats.program import repeated_program
from engine.jit.trace.traced_graph import Trace

__all__ = ["program_by_all", "program_of"]


def program_of(trace: Trace, differentiate: bool) -> Program:
    """The array program of a graph; of what repeats in it, one step in a loop.

    Args:
        trace: the scalar graph.
        differentiate: whether to add the backward pass.
    """
    found = repeated_program(trace, differentiate)
    if found is not None:
        return found[1]
    canonical = padded(canonical_form(trace))
    layout = lay_out(canonical, len(trace.captured), len(trace.inputs), trace.batched)
    return build_program(layout, canonical.outputs, differentiate)


def program_by_all(trace: Trace) -> Program:
    """The program of a graph, with gradients by all that it captured and all arguments."""
    kept = [(leaf, leaf.wanted) for leaf in trace.leaf_of.values()]

    def all_wanted() -> Program:
        for leaf, _ in kept:
            leaf.wanted = True
        return program_of(trace, True)

    def as_before() -> None:
        for leaf, wanted in kept:
            leaf.wanted = wanted

    return and_put_back(all_wanted, as_before)
