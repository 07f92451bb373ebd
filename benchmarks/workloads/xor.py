"""XOR: 1,000 epochs of a 2-4-1 tanh network; many small graphs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.libraries.protocols import Arrays, Scalars, Symbolic, count_nodes
from benchmarks.workload import Answer, Case, Program, Workload
from benchmarks.workloads.programs import flat, timed

__all__ = ["WORKLOAD"]

SAMPLES = (([0.0, 0.0], -1.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], -1.0))
RATE = 0.1
HIDDEN = 4


def weights() -> tuple[list[list[float]], list[float]]:
    """Rows of the hidden layer (two weights and the bias each) and the row of the output neuron."""
    rng = random.Random(1)
    hidden = [[2.0 * rng.random() - 1.0 for _ in range(3)] for _ in range(HIDDEN)]
    return hidden, [2.0 * rng.random() - 1.0 for _ in range(HIDDEN + 1)]


def loss(hidden: list[list[Any]], output: list[Any]) -> Any:
    """The squared errors of the network on the four samples, summed."""

    def network(x: list[float]) -> Any:
        h = [(w1 * x[0] + w2 * x[1] + b).tanh() for w1, w2, b in hidden]
        *v, c = output
        return (sum(vi * hi for vi, hi in zip(v, h, strict=True)) + c).tanh()

    return sum((network(x) - y) ** 2 for x, y in SAMPLES)


def network(Value: Callable[[Any], Any]) -> tuple[list[list[Any]], list[Any], list[Any]]:
    """The weights as number objects: hidden rows, output row, and all of them in one list."""
    hidden, output = weights()
    rows, last = [[Value(w) for w in row] for row in hidden], [Value(w) for w in output]
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


def _trained(step: Any, start: Any, epochs: int) -> Program:
    """A program that takes the steps of all epochs, from the same parameters each time."""

    def train() -> tuple[float, Any, Any]:
        parameters = start()
        for _ in range(epochs):
            last, gradients, parameters = step(parameters, RATE)
        return last, gradients, parameters

    def answer(found: tuple[float, Any, Any]) -> Answer:
        last, gradients, parameters = found
        return {"loss": [last], "gradients": flat(gradients), "parameters": flat(parameters)}

    return timed(train, answer)


def symbolic(library: Symbolic, epochs: int) -> Program:
    """The graph of an epoch, built once."""
    hidden, output, parameters = network(library.Value)
    step = library.training_step(loss(hidden, output), parameters)
    return _trained(step, lambda: [p.data for p in parameters], epochs)


def array_loss(library: Arrays) -> Callable[[Sequence[Any]], Any]:
    """The loss of the hidden matrix and the output row, the four samples as one matrix."""
    X = library.array([[*x, 1.0] for x, _ in SAMPLES])
    y = library.array([target for _, target in SAMPLES])

    def loss(parameters: Sequence[Any]) -> Any:
        W, v = parameters
        errors = library.tanh(library.tanh(X @ W.T) @ v[:-1] + v[-1]) - y
        return (errors * errors).sum()

    return loss


def arrays(library: Arrays, epochs: int) -> Program:
    """The same on arrays."""
    step = library.training_step(array_loss(library))
    return _trained(step, lambda: [library.array(w) for w in weights()], epochs)


WORKLOAD = Workload(
    name="xor",
    title="XOR from start to finish: a 2-4-1 tanh network, gradient descent",
    cases=(Case("1000", "1,000 epochs", {"epochs": 1000}),),
    quick=(Case("20", "20 epochs", {"epochs": 20}),),
    forms={"scalars": scalars, "symbolic": symbolic, "arrays": arrays},
    tolerance=1e-8,  # rounding grows over the epochs
)
