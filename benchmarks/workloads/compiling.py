"""The first call of a lifted function: tracing, lifting and one run.

The graph is the loss of micrograd's demo, a Python loop over as many samples as make the number of nodes.
Next to it, what else may be done with such a graph: one eager value and gradient, which no first call can do
without, and CasADi's function of the same scalars. What jax takes to compile the array form is told for the
demo's own size, on which it does not depend.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from benchmarks.libraries.protocols import Arrays, Lifter, Scalars, Symbolic
from benchmarks.workload import Answer, Case, Figure, Program, Workload
from benchmarks.workloads.moons import array_loss, demo, neuron_by_neuron
from benchmarks.workloads.programs import eager_gradient, flat

__all__ = ["WORKLOAD"]


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

    def check() -> Answer:
        loss, gradients = prepared()()
        return {"loss": [float(loss)], "gradients": order(gradients)}

    def run() -> dict[str, float]:
        first = prepared()
        begin = perf_counter()
        first()
        seconds = perf_counter() - begin
        return {"first call": seconds / nodes(samples)}

    return Program(check, run, nodes(samples))


def scalars(library: Scalars, samples: int) -> Program:
    """One eager value and gradient."""

    def prepared() -> Callable[[], tuple[Any, Any]]:
        model, loss = demo(library.Value, samples, arrays=False)
        return eager_gradient(lambda: loss()[0], model.parameters())

    return _program(prepared, samples)


def lifted(library: Lifter, samples: int) -> Program:
    """The first call of the loss under ``jit``, and its gradient."""
    jit = library.engine.jit

    def prepared() -> Callable[[], tuple[Any, Any]]:
        model, loss = demo(library.engine.Value, samples, arrays=False)
        return library.value_and_gradient(jit(lambda: loss()[0]), model.parameters())

    return _program(prepared, samples)


def symbolic(library: Symbolic, samples: int) -> Program:
    """The loss on symbols, made into a function, and its first call."""

    def prepared() -> Callable[[], tuple[Any, Any]]:
        symbols = type(library)()  # it remembers its symbols; a call is the first with new ones only
        model, loss = demo(symbols.Value, samples, arrays=False)
        parameters = model.parameters()

        def first() -> tuple[Any, Any]:
            step = symbols.training_step(loss()[0], parameters)
            value, gradient, _ = step([p.data for p in parameters], 0.0)
            return value, gradient

        return first

    return _program(prepared, samples)


def arrays(library: Arrays, samples: int) -> Program:
    """The array form compiled, and its first call."""

    def prepared() -> Callable[[], tuple[Any, Any]]:
        loss, weights = array_loss(library, samples)
        both = library.value_and_gradients(loss)
        return lambda: both(weights)

    return _program(prepared, samples, neuron_by_neuron)


SCALARS = frozenset({"chainrule", "chainrule-jit"})


def _case(samples: int, size: int) -> Case:
    libraries = SCALARS | {"casadi"} if size <= 10**5 else SCALARS
    return Case(str(size), f"about {size:,} nodes", {"samples": samples}, size, libraries)


WORKLOAD = Workload(
    name="compile",
    title="first call of the lifted loss of micrograd's demo, value and gradient",
    cases=(
        Case("demo", "the demo's 100 samples", {"samples": 100}, libraries=SCALARS | {"casadi", "jax"}),
        _case(14, 10**4),
        _case(153, 10**5),
        _case(1542, 10**6),
    ),
    quick=(_case(14, 10**4),),
    forms={"chainrule": scalars, "lifted": lifted, "casadi": symbolic, "jax": arrays},
    figures=(Figure("first call", "s/node"),),
)
