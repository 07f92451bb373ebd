"""Workloads of growing graphs: forward, backward and freeing, per node."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from benchmarks.libraries.protocols import Scalars, count_nodes
from benchmarks.workload import Answer, CannotRunError, Case, Figure, Form, Program, Workload

__all__ = ["Build", "growth_workload"]

Build = Callable[[Callable[[float], Any], int], tuple[Any, Sequence[Any]]]
"""``build(Value, nodes)`` gives the root of a graph of about so many nodes, and the leaves to compare."""

FIGURES = tuple(Figure(name, "s/node") for name in ("total", "forward", "backward", "free"))


def growth_workload(name: str, title: str, build: Build, quick: Sequence[int] = (600,)) -> Workload:
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
