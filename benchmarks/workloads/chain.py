"""A chain: every node made of the one before; the deepest graph."""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.workloads.growth import growth_workload

__all__ = ["WORKLOAD", "build"]


def build(Value: Callable[[float], Any], nodes: int) -> tuple[Any, Sequence[Any]]:
    """Repeat y ← y·a, y ← y + b, with a near 1 and b near 0 so that y stays small.

    >>> from benchmarks.libraries.microgpt import Value
    >>> root, (x, a, b) = build(Value, 4)
    >>> root.data, (1.0 * 1.25 + 0.25) * 1.25 + 0.25
    (2.125, 2.125)
    """
    x, a, b = Value(1.0), Value(1.0 + 1.0 / nodes), Value(1.0 / nodes)
    y = x
    for _ in range(nodes // 2):
        y = y * a
        y = y + b
    return y, (x, a, b)


WORKLOAD = growth_workload("chain", "each node made of the one before", build, quick=(60, 600))
