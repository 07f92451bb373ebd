"""A ladder: both nodes of a rung are made of both nodes below, so that paths double with each rung."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.workloads.growth import growth_workload

__all__ = ["WORKLOAD", "build"]


def build(Value: Callable[[float], Any], nodes: int) -> tuple[Any, Sequence[Any]]:
    """Rotate a point by a small angle, six nodes a turn, one radian in all.

    >>> from benchmarks.libraries.microgpt import Value
    >>> root, leaves = build(Value, 600)
    >>> round(root.data, 12), round(math.cos(1) + math.sin(1), 12)
    (1.381773290676, 1.381773290676)
    """
    turns = max(nodes // 6, 1)
    angle = 1.0 / turns
    a, b = Value(1.0), Value(1.0)
    cosine, sine, minus_sine = Value(math.cos(angle)), Value(math.sin(angle)), Value(-math.sin(angle))
    leaves = (a, b, cosine, sine, minus_sine)
    for _ in range(turns):
        a, b = a * cosine + b * sine, b * cosine + a * minus_sine
    return a, leaves


WORKLOAD = growth_workload("ladder", "two rails and a rung at every step", build)
