"""The first call of a lifted function: tracing, lifting and one run.

The loss is that of micrograd's demo, a Python loop over the samples. Next to it one eager value and
gradient, which no first call can do without, and what jax takes to compile the array form.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from benchmarks.libraries.scalars import Lifted, Scalars
from benchmarks.workload import Case, Figure, Program, Workload
from benchmarks.workloads.moons import array_loss, demo, neuron_by_neuron
from benchmarks.workloads.programs import flat, gradient_program

__all__ = ["LIBRARIES", "WORKLOAD", "nodes", "scalars"]


def nodes(samples: int) -> int:
    """Number of nodes: so many a sample, and those of the L2 penalty.

    >>> nodes(100)
    65818
    """
    return 648 * samples + 1018


def _program(
    prepared: Callable[[], Callable[[], tuple[Any, Any]]],
    samples: int,
    order: Callable[[Any], list[float]] = flat,
) -> Program:
    """A program of first calls: times the call of what ``prepared`` returns."""

    def run() -> dict[str, float]:
        first = prepared()
        begin = perf_counter()
        first()
        return {"first call": perf_counter() - begin}

    return gradient_program(lambda: prepared()(), order, nodes(samples))._replace(run=run)


def scalars(library: Scalars | Lifted, samples: int) -> Program:
    """One eager value and gradient; or the first call of the loss under ``jit``, and its gradient."""

    def prepared() -> Callable[[], tuple[Any, Any]]:
        model, loss = demo(library.Value, samples, arrays=False)
        return library.value_and_gradient(library.lift(lambda: loss()[0]), model.parameters())

    return _program(prepared, samples)


def arrays(library: Any, samples: int) -> Program:
    """The array form compiled, and its first call."""

    def prepared() -> Callable[[], tuple[Any, Any]]:
        loss, weights = array_loss(library, samples)
        both = library.value_and_gradients(loss)
        return lambda: both(weights)

    return _program(prepared, samples, neuron_by_neuron)


LIBRARIES = frozenset({"chainrule", "chainrule-jit"})

WORKLOAD = Workload(
    name="compile",
    title="first call of the lifted loss of micrograd's demo, value and gradient",
    cases=(
        Case("demo", "the demo's 100 samples", {"samples": 100}, LIBRARIES | {"jax"}),
        Case("770", "half a million nodes", {"samples": 770}, LIBRARIES),
    ),
    quick=(Case("14", "about 10,000 nodes", {"samples": 14}, LIBRARIES),),
    forms={"chainrule": scalars, "lifted": scalars, "jax": arrays},
    figures=(Figure("first call"),),
)
