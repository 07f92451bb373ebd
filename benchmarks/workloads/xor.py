"""XOR: 1,000 epochs of a 2-4-1 tanh network; many small graphs."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from benchmarks.libraries.scalars import Scalars, count_nodes
from benchmarks.workload import Answer, Case, Program, Workload
from benchmarks.workloads.programs import timed

__all__ = ["WORKLOAD"]

SAMPLES = (([0.0, 0.0], -1.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], -1.0))
RATE = 0.1
HIDDEN = 4


def loss(hidden: list[list[Any]], output: list[Any]) -> Any:
    """The squared errors of the network on the four samples, summed."""

    def network(x: list[float]) -> Any:
        h = [(w1 * x[0] + w2 * x[1] + b).tanh() for w1, w2, b in hidden]
        *v, c = output
        return (sum(vi * hi for vi, hi in zip(v, h, strict=True)) + c).tanh()

    return sum((network(x) - y) ** 2 for x, y in SAMPLES)


def network(Value: Callable[[Any], Any]) -> tuple[list[list[Any]], list[Any], list[Any]]:
    """The weights: hidden rows (two and the bias each), the output neuron's, and all of them in one list."""
    draw = random.Random(1).random
    rows = [[Value(2.0 * draw() - 1.0) for _ in range(3)] for _ in range(HIDDEN)]
    last = [Value(2.0 * draw() - 1.0) for _ in range(HIDDEN + 1)]
    return rows, last, [p for row in rows for p in row] + last


def scalars(library: Scalars, epochs: int) -> Program:
    """A graph an epoch."""

    def train() -> tuple[float, list[Any]]:
        hidden, output, parameters = network(library.Value)
        for _ in range(epochs):
            total = loss(hidden, output)
            for p in parameters:
                p.grad = 0.0
            total.backward()
            for p in parameters:
                p.data -= RATE * p.grad
        return float(total.data), parameters

    def answer(found: tuple[float, list[Any]]) -> Answer:
        last, parameters = found
        return {
            "loss": [last],
            "gradients": [float(p.grad) for p in parameters],
            "parameters": [float(p.data) for p in parameters],
        }

    hidden, output, _ = network(library.Value)
    return timed(train, answer, epochs * count_nodes(loss(hidden, output), library.children))


WORKLOAD = Workload(
    name="xor",
    title="XOR from start to finish: a 2-4-1 tanh network, gradient descent",
    cases=(Case("1000", "1,000 epochs", {"epochs": 1000}),),
    quick=(Case("20", "20 epochs", {"epochs": 20}),),
    forms={"scalars": scalars},
    tolerance=1e-8,  # rounding grows over the epochs
)
