"""A library of arrays that knows no gradients: it takes finite differences. The oracle of the array forms."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.libraries import chainrule
from benchmarks.libraries.chainrule_jit import Lifted
from benchmarks.libraries.protocols import Scalars, Step
from benchmarks.workload import Answer

__all__ = ["Differences", "agree", "lifted", "ours"]


def ours() -> Scalars:
    """The engine, on the backend that these tests run with."""
    return chainrule.load()


def agree(found: Answer, expected: Answer, rtol: float = 1e-9, atol: float = 1e-12) -> None:
    """Assert that two answers have the same quantities and nearly the same numbers."""
    assert list(found) == list(expected)
    for quantity, numbers in found.items():
        assert np.allclose(numbers, expected[quantity], rtol=rtol, atol=atol), quantity


class Differences:
    """NumPy, with the gradient by central differences."""

    array = staticmethod(np.array)
    exp, log, tanh = np.exp, np.log, np.tanh

    numpy = np
    functions = SimpleNamespace(
        **{name: getattr(np, name) for name in ("cos", "exp", "log", "sin", "sqrt", "tanh")},
        ndtr=np.frompyfunc(lambda x: 0.5 * math.erfc(-x / math.sqrt(2.0)), 1, 1),
    )

    @staticmethod
    def scan(step: Callable[..., Any], state: Any, rows: Any, length: int = 0, unroll: int = 1) -> Any:
        for row in [None] * length if rows is None else rows:
            state, _ = step(state, row)
        return state, None

    @staticmethod
    def solve_triangular(L: Any, b: Any) -> Any:
        return np.linalg.solve(L, b)

    @staticmethod
    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    @staticmethod
    def training_step(loss: Callable[[list[Any]], Any], h: float = 1e-5) -> Step:
        def step(parameters: Any, rate: float) -> tuple[float, Any, Any]:
            gradients = [np.zeros_like(p) for p in parameters]
            for p, gradient in zip(parameters, gradients, strict=True):
                for i in np.ndindex(p.shape):
                    kept = p[i]
                    ends = []
                    for p[i] in (kept + h, kept - h):  # assigns to the element
                        ends.append(float(loss(parameters)))
                    p[i] = kept
                    gradient[i] = (ends[0] - ends[1]) / (2 * h)
            moved = [p - rate * gradient for p, gradient in zip(parameters, gradients, strict=True)]
            return float(loss(parameters)), gradients, moved

        return step

    def value_and_gradients(self, loss: Callable[[list[Any]], Any]) -> Callable[[Any], tuple[Any, Any]]:
        return lambda parameters: self.training_step(loss)(parameters, 0.0)[:2]

    @staticmethod
    def elementwise(function: Callable[..., Any], h: float = 1e-6) -> Callable[..., tuple[Any, Any]]:
        def both(*arrays: Any) -> tuple[Any, Any]:
            def at(i: int, shift: float) -> Any:
                return function(np, *(x + shift * (i == j) for j, x in enumerate(arrays)))

            gradients = [(at(i, h) - at(i, -h)) / (2 * h) for i in range(len(arrays))]
            return function(np, *arrays), gradients

        return both


def lifted() -> Any:
    """The engine's lifter, on the backend that these tests run with."""
    return Lifted()
