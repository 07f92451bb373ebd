"""A fan: one number used by half the nodes, summed in a tree; the flattest graph."""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.workloads.growth import growth_workload

__all__ = ["WORKLOAD", "build"]


def build(Value: Callable[[float], Any], nodes: int) -> tuple[Any, Sequence[Any]]:
    """Σ x·a over equal terms, added in a tree, so that no library's recursion gets deep.

    The sums wait in a list as in a binary counter, so that no list of all the terms is needed.

    >>> from benchmarks.libraries.microgpt import Value
    >>> root, leaves = build(Value, 6)
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


WORKLOAD = growth_workload("fan", "one leaf used by half of the nodes", build)
