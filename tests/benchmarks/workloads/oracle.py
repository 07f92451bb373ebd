"""A library of arrays that knows no gradients: it takes finite differences. The oracle of the array forms."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.libraries.scalars import Lifted, Scalars, load_chainrule
from benchmarks.workload import Answer

__all__ = ["Differences", "agree", "lifted", "ours"]


def ours() -> Scalars:
    """The engine, on the backend that these tests run with."""
    return load_chainrule()


def agree(found: Answer, expected: Answer, rtol: float = 1e-9, atol: float = 1e-12) -> None:
    """Assert that two answers have the same quantities and nearly the same numbers."""
    assert list(found) == list(expected)
    for quantity, numbers in found.items():
        assert np.allclose(numbers, expected[quantity], rtol=rtol, atol=atol), quantity


class Differences:
    """NumPy, with the gradient by central differences."""

    array = staticmethod(np.array)
    numpy = np

    @staticmethod
    def scan(step: Callable[..., Any], state: Any, rows: Any, length: int = 0, unroll: int = 1) -> Any:
        for row in [None] * length if rows is None else rows:
            state, _ = step(state, row)
        return state, None

    functions = SimpleNamespace(
        **{name: getattr(np, name) for name in ("array", "cos", "exp", "log", "sin", "sqrt", "tanh")},
        ndtr=np.frompyfunc(lambda x: 0.5 * math.erfc(-x / math.sqrt(2.0)), 1, 1),
        scan=scan,
    )

    @staticmethod
    def solve_triangular(L: Any, b: Any) -> Any:
        return np.linalg.solve(L, b)

    @staticmethod
    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    def value_and_gradients(self, loss: Callable[[list[Any]], Any], h: float = 1e-5) -> Callable[[Any], Any]:
        def both(parameters: Any) -> tuple[float, Any]:
            gradients = [np.zeros_like(p) for p in parameters]
            for p, gradient in zip(parameters, gradients, strict=True):
                for i in np.ndindex(p.shape):
                    kept = p[i]
                    ends = []
                    for p[i] in (kept + h, kept - h):  # assigns to the element
                        ends.append(float(loss(parameters)))
                    p[i] = kept
                    gradient[i] = (ends[0] - ends[1]) / (2 * h)
            return float(loss(parameters)), gradients

        return both

    @staticmethod
    def elementwise(function: Callable[..., Any], h: float = 1e-6) -> Callable[..., tuple[Any, Any]]:
        def both(*arrays: Any) -> tuple[Any, Any]:
            def at(i: int, shift: float) -> Any:
                return function(Differences.functions, *(x + shift * (i == j) for j, x in enumerate(arrays)))

            gradients = [(at(i, h) - at(i, -h)) / (2 * h) for i in range(len(arrays))]
            return function(Differences.functions, *arrays), gradients

        return both


def lifted() -> Any:
    """The engine's lifter, on the backend that these tests run with."""
    return Lifted()
