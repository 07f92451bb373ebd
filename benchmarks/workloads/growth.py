"""Workloads of growing graphs, the deepest and the flattest: forward, backward and freeing, per node."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from benchmarks.libraries.protocols import Scalars, count_nodes
from benchmarks.workload import Answer, CannotRunError, Case, Figure, Form, Program, Workload

__all__ = ["CHAIN", "FAN", "chain", "fan"]

Build = Callable[[Callable[[float], Any], int], tuple[Any, Sequence[Any]]]
"""``build(Value, nodes)`` gives the root of a graph of about so many nodes, and the leaves to compare."""


def chain(Value: Callable[[float], Any], nodes: int) -> tuple[Any, Sequence[Any]]:
    """Repeat y ← y·a, y ← y + b, with a near 1 and b near 0 so that y stays small.

    >>> from benchmarks.libraries.microgpt import Value
    >>> root, (x, a, b) = chain(Value, 4)
    >>> root.data, (1.0 * 1.25 + 0.25) * 1.25 + 0.25
    (2.125, 2.125)
    """
    x, a, b = Value(1.0), Value(1.0 + 1.0 / nodes), Value(1.0 / nodes)
    y = x
    for _ in range(nodes // 2):
        y = y * a
        y = y + b
    return y, (x, a, b)


def fan(Value: Callable[[float], Any], nodes: int) -> tuple[Any, Sequence[Any]]:
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
    root = sums.pop()
    while sums:
        root = sums.pop() + root
    return root, (x, a)


FIGURES = tuple(Figure(name, "s/node") for name in ("total", "forward", "backward", "free"))


def _workload(name: str, title: str, build: Build, quick: Sequence[int] = (600,)) -> Workload:
    """A workload that builds, sweeps and frees graphs of 10⁴, 10⁵, 10⁶ and 10⁷ nodes.

    Libraries keep the recursion limit that Python starts with: one that recurses over its graph stops where a
    person's program would.

    Args:
        name: of the workload.
        title: the form of the graph.
        build: makes it.
        quick: sizes for a quick run.
    """
    return Workload(
        name=name,
        title=title,
        cases=tuple(_case(10**power) for power in range(4, 8)),
        quick=tuple(map(_case, quick)),
        forms={"scalars": _form(build)},
        figures=FIGURES,
    )


def _case(size: int) -> Case:
    return Case(str(size), f"{size:,} nodes", {"size": size}, size)


def _form(build: Build) -> Form:
    def form(library: Scalars, size: int) -> Program:
        def check() -> Answer:
            root, leaves = build(library.Value, size)
            try:
                root.backward()
            except RecursionError:
                limit = f"{sys.getrecursionlimit():,}"
                reason = f"recursion limit: its walk over the graph goes deeper than Python's {limit} calls"
                raise CannotRunError(reason) from None
            return {"value": [float(root.data)], "gradients": [float(leaf.grad) for leaf in leaves]}

        gc.collect()
        gc.freeze()  # what was there before is no cost of freeing a graph

        def run() -> dict[str, float]:
            start = perf_counter()
            root, leaves = build(library.Value, size)
            built = perf_counter()
            root.backward()
            swept = perf_counter()
            del root, leaves
            if library.cyclic:
                gc.collect()
            end = perf_counter()
            times = {
                "total": end - start,
                "forward": built - start,
                "backward": swept - built,
                "free": end - swept,
            }
            return {name: seconds / nodes for name, seconds in times.items()}

        nodes = size
        if size <= 10**5:  # counting takes memory of its own
            nodes = count_nodes(build(library.Value, size)[0], library.children)
        return Program(check, run, nodes)

    return form


CHAIN = _workload("chain", "each node made of the one before", chain, quick=(60, 600))
FAN = _workload("fan", "one leaf used by half of the nodes", fan)
