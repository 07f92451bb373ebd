"""Memory: bytes per binary node, the peak of a training step, and that of the first call of a lifted loss.

The operating system counts them.
"""

from __future__ import annotations

from typing import Any

from benchmarks import memory
from benchmarks.libraries.protocols import Lifter, Scalars
from benchmarks.workload import Answer, Case, Figure, Program, Workload
from benchmarks.workloads import compiling, moons
from benchmarks.workloads.growth import fan

__all__ = ["WORKLOAD"]


def form(library: Scalars, nodes: int = 0, samples: int = 0, traced: int = 0) -> Program:
    """Nodes or, with samples, training steps; or what a first call does without lifting."""
    if traced:
        return _peak(compiling.scalars(library, traced))
    return _steps(library, samples) if samples else _nodes(library, nodes)


def _nodes(library: Scalars, nodes: int) -> Program:
    """Growth of the process over a fan of products and sums, before and after the sweep."""

    def check() -> Answer:
        root, leaves = fan(library.Value, nodes)
        return {"value": [float(root.data)], "leaves": [float(leaf.data) for leaf in leaves]}

    def run() -> dict[str, float]:
        fan(library.Value, 1000)[0].backward()  # what is allocated once and for all
        before = memory.resident()
        root, _leaves = fan(library.Value, nodes)
        built = memory.resident()
        root.backward()
        return {"as built": (built - before) / nodes, "with gradients": (memory.resident() - before) / nodes}

    return Program(check, run, nodes)


def _steps(library: Scalars, samples: int) -> Program:
    """Peak over three training steps of moons; from the second on, garbage of the last counts."""
    program: Any = None

    def prepared() -> Program:
        nonlocal program
        program = program or moons.scalars(library, samples=samples, arrays=False, count=False)
        return program  # type: ignore[no-any-return]

    def run() -> dict[str, float]:
        steps = prepared()
        memory.forget_peak()
        before = memory.resident()
        for _ in range(3):
            steps.run()
        return {"peak": memory.peak() - before}

    return Program(lambda: prepared().check(), run)


def lifted(library: Lifter, traced: int) -> Program:
    """The first call of the loss of so many samples under ``jit``, and its gradient."""
    return _peak(compiling.lifted(library, traced))


def _peak(first_call: Program) -> Program:
    """The peak of a program that makes all it needs in each run."""

    def run() -> dict[str, float]:
        memory.forget_peak()
        before = memory.resident()
        first_call.run()
        return {"peak": memory.peak() - before}

    return first_call._replace(run=run)


NODE = (Figure("as built", "B/node"), Figure("with gradients", "B/node"))
PEAK = (Figure("peak", "B"),)
SCALARS = frozenset({"chainrule", "chainrule-python", "micrograd", "microgpt"})

WORKLOAD = Workload(
    name="memory",
    title="memory, as the operating system counts it",
    cases=(
        Case("node", "a binary node, of a million", {"nodes": 10**6}, libraries=SCALARS),
        Case("step", "peak of a moons training step", {"samples": 100}, libraries=SCALARS),
        Case("tracing", "peak of a first call, 500,000 nodes", {"traced": 770}, libraries=compiling.SCALARS),
    ),
    quick=(
        Case("node", "a binary node, of 100,000", {"nodes": 10**5}, libraries=SCALARS),
        Case("step", "peak of a moons training step, 4 samples", {"samples": 4}, libraries=SCALARS),
        Case("tracing", "peak of a first call, 10,000 nodes", {"traced": 14}, libraries=compiling.SCALARS),
    ),
    forms={"scalars": form, "lifted": lifted},
    figures=NODE + PEAK,
    fresh=True,
)
