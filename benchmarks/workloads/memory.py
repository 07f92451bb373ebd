"""Memory: bytes per binary node, the peak of a training step, and that of the first call of a lifted loss.

The operating system counts them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import memory
from benchmarks.libraries.scalars import Scalars
from benchmarks.workload import Answer, Case, Figure, Program, Workload
from benchmarks.workloads import compiling, moons

__all__ = ["WORKLOAD"]


def form(library: Scalars | Any, nodes: int = 0, samples: int = 0, traced: int = 0) -> Program:
    """Nodes or, with samples, training steps; or what a first call does, lifted or not."""
    if traced:
        return _peak(compiling.scalars(library, traced))
    return _steps(library, samples) if samples else _nodes(library, nodes)


def fan(Value: Callable[[float], Any], nodes: int) -> tuple[Any, tuple[Any, Any]]:
    """Σ x·a over equal terms, added in a tree, so that no library's recursion gets deep.

    The sums wait in a list as in a binary counter, so that no list of all the terms is needed.

    >>> from benchmarks.libraries.microgpt import Value
    >>> root, leaves = fan(Value, 6)
    >>> root.data, 3 * 1.5 * 0.25
    (1.125, 1.125)
    """
    x, a = Value(1.5), Value(0.25)
    sums: list[Any] = []
    for count in range(nodes // 2):
        term = x * a
        while count & 1:  # as many terms wait already: two become one
            term = sums.pop() + term
            count >>= 1
        sums.append(term)
    while len(sums) > 1:
        last = sums.pop()
        sums.append(sums.pop() + last)
    return sums[0], (x, a)


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
    program = moons.scalars(library, samples=samples, arrays=False, count=False)

    def run() -> None:
        for _ in range(3):
            program.run()

    return _peak(program._replace(run=run))


def _peak(program: Program) -> Program:
    """The peak of a program's run."""

    def run() -> dict[str, float]:
        memory.forget_peak()
        before = memory.resident()
        program.run()
        return {"peak": memory.peak() - before}

    return program._replace(run=run)


SCALARS = frozenset({"chainrule", "chainrule-python", "micrograd", "microgpt"})


def _cases(nodes: int, samples: int, traced: int) -> tuple[Case, ...]:
    first_call = f"peak of a first call, {compiling.nodes(traced):,} nodes"
    return (
        Case("node", f"a binary node, of {nodes:,}", {"nodes": nodes}, SCALARS),
        Case("step", f"peak of a moons training step, {samples} samples", {"samples": samples}, SCALARS),
        Case("tracing", first_call, {"traced": traced}, compiling.LIBRARIES),
    )


WORKLOAD = Workload(
    name="memory",
    title="memory, as the operating system counts it",
    cases=_cases(10**6, 100, 770),
    quick=_cases(10**5, 4, 14),
    forms={"scalars": form, "lifted": form},
    figures=(Figure("as built", "B/node"), Figure("with gradients", "B/node"), Figure("peak", "B")),
    fresh=True,
)
