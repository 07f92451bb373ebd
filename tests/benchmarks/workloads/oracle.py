"""A library of arrays that knows no gradients: it takes finite differences. The oracle of the array forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import engine
from benchmarks.adapter import Scalars, Step
from benchmarks.adapters.chainrule_python import with_backend

__all__ = ["Differences", "ours"]


def ours() -> Scalars:
    """The engine, on the backend that these tests run with."""
    return with_backend(getattr(engine, "backend", "python"))


class Differences:
    """NumPy, with the gradient by central differences."""

    array = staticmethod(np.array)
    exp, log, tanh = np.exp, np.log, np.tanh

    @staticmethod
    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    @staticmethod
    def training_step(loss: Callable[[list[Any]], Any], h: float = 1e-5) -> Step:
        def step(parameters: Any, rate: float) -> tuple[float, Any, Any]:
            slopes = [np.zeros_like(p) for p in parameters]
            for p, slope in zip(parameters, slopes, strict=True):
                for i in np.ndindex(p.shape):
                    kept = p[i]
                    ends = []
                    for p[i] in (kept + h, kept - h):  # assigns to the element
                        ends.append(float(loss(parameters)))
                    p[i] = kept
                    slope[i] = (ends[0] - ends[1]) / (2 * h)
            moved = [p - rate * slope for p, slope in zip(parameters, slopes, strict=True)]
            return float(loss(parameters)), slopes, moved

        return step
