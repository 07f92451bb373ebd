"""What a lifted program looks like: its stages as texts, and the same program in other languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.autograd.context_decorator import and_put_back
from engine.display.texts import Stages
from engine.errors import TraceError
from engine.jit.costs import costs_here
from engine.jit.emit.forward import Program
from engine.jit.emit.source import source_of
from engine.jit.emit.standalone import standalone_source
from engine.jit.lower.canonical import Canonical
from engine.jit.lower.rewrite import canonical_form
from engine.jit.lowering import straight_program
from engine.jit.pipeline import Lifted
from engine.jit.repeats.program import repeated_program
from engine.jit.trace.decisions import ITEM
from engine.jit.trace.traced_graph import Trace

__all__ = ["as_c", "as_jax", "as_numpy", "source", "stages"]


def source(lifted: Lifted) -> str:
    """The program that runs, as text."""
    if lifted.executable is not None:
        return str(lifted.executable.source)
    if lifted.reason:
        return f"# runs as it is, because {lifted.reason}\n"
    lifted.make_arrays()
    return source_of(lifted.program)


def stages(lifted: Lifted) -> Stages:
    """What each stage made, by its name."""
    arrays = {}
    if lifted.has_arrays:  # those that were left out, too
        lifted.make_arrays()
        canonical = lifted.canonical
        arrays = {
            "canonical form": str(canonical),
            "layout": str(lifted.layout if isinstance(canonical, Canonical) else canonical.layout),
            "program": str(lifted.program),
        }
    choice = [
        f"{kind} {1e6 * seconds:.3g} µs{' (chosen)' if kind == lifted.kind else ''}"
        for kind, seconds in lifted.costs.items()
    ]
    if getattr(lifted.executable, "devices", None) is not None:
        choice = [str(lifted.executable.devices)]
    elif choice:
        choice.append(f"as measured here: {costs_here()}")
    rest = {"choice": "; ".join(choice), "source": source(lifted)}
    return Stages({"trace": str(lifted.trace), **arrays, **rest})


def as_numpy(lifted: Lifted) -> str:
    """The program as a file of its own that needs NumPy only."""
    graph = _graph_for_all(lifted, "NumPy", of_values=True)
    return standalone_source(_program_by_all(graph), graph, lifted.spec)


def as_c(lifted: Lifted, name: str) -> str:
    """The program as a file of C99."""
    from engine.jit.backends.c.source import c_source

    graph = _graph_for_all(lifted, "C", of_values=True)
    return c_source(_program_by_all(graph), graph, name, lifted.spec)


def as_jax(lifted: Lifted, name: str) -> tuple[Callable[..., Any], Any]:
    """The program as a function of JAX, and the captured numbers that it takes first."""
    from engine.jit.backends.jax.function import jax_function

    graph = _graph_for_all(lifted, "JAX")
    return jax_function(_program_of(graph, False), graph, lifted.spec, name)


def _graph_for_all(lifted: Lifted, language: str, of_values: bool = False) -> Trace:
    """The graph to write in another language; for all ways that short decisions may take.

    Args:
        of_values: whether what is written gives the Values of a result, and no plain numbers.

    Raises:
        TraceError: it cannot be written so.
    """
    if not lifted.has_arrays:
        raise TraceError(f"the function cannot be written as {language}, because {lifted.reason}")
    graph = lifted.merged_trace()
    guards = [guard for guard in graph.guards if guard.how != ITEM]  # picking asks for those in any language
    if guards:
        raise TraceError(
            f"the function cannot be written as {language}, because it decides by numbers, and a file would "
            f"go the same way for all: {guards[0].decision}; choose by engine.maximum, or by "
            "engine.where of engine.greater instead"
        )
    if of_values and not graph.outputs:
        raise TraceError(f"the function cannot be written as {language}, because it returns no Value")
    if graph.guards:
        graph.guards, graph.watched = [], []
    return graph


def _program_of(graph: Trace, differentiate: bool) -> Program:
    """The array program of a graph; of what repeats in it, one step in a loop."""
    found = repeated_program(graph, differentiate)
    if found is not None:
        return found[1]
    return straight_program(graph, canonical_form(graph), len(graph.inputs), differentiate)


def _program_by_all(graph: Trace) -> Program:
    """The program of a graph, with gradients by all that it captured and all arguments."""
    kept = [(leaf, leaf.wanted) for leaf in graph.leaf_of.values()]

    def all_wanted() -> Program:
        for leaf, _ in kept:
            leaf.wanted = True
        return _program_of(graph, True)

    def as_before() -> None:
        for leaf, wanted in kept:
            leaf.wanted = wanted

    return and_put_back(all_wanted, as_before)
