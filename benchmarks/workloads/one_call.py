"""One call of a tiny network, value and gradient: the overhead of a library."""

from __future__ import annotations

import random
from collections.abc import Callable
from time import perf_counter
from typing import Any

from benchmarks.libraries.protocols import Arrays, Lifter, Scalars, count_nodes
from benchmarks.workload import Answer, Case, Figure, Program, Workload
from benchmarks.workloads.programs import eager_gradient, flat

__all__ = ["WORKLOAD"]

INPUTS = [0.5, -1.0]
HIDDEN = 3
CALLS = 100
"""Calls in a row: a single one is too short for the clock."""


def start() -> list[float]:
    """The parameters, neuron by neuron, the bias after the weights: 3 hidden neurons and the output.

    >>> len(start())
    13
    """
    draw = random.Random(13).random
    return [2.0 * draw() - 1.0 for _ in range(3 * HIDDEN + HIDDEN + 1)]


def _program(
    both: Callable[[], tuple[Any, Any]],
    order: Callable[[Any], list[float]] = flat,
    nodes: int | None = None,
) -> Program:
    """A program of many calls in a row."""

    def check() -> Answer:
        value, gradients = both()
        return {"value": [float(value)], "gradients": order(gradients)}

    def run() -> dict[str, float]:
        begin = perf_counter()
        for _ in range(CALLS):
            both()
        return {"call": (perf_counter() - begin) / CALLS}

    return Program(check, run, nodes)


def _network() -> tuple[Any, list[Any]]:
    import nn

    model = nn.MLP(2, [HIDDEN, 1], activation="tanh")
    for p, number in zip(model.parameters(), start(), strict=True):
        p.data = number
    return model, model.parameters()


def scalars(library: Scalars) -> Program:
    """``nn.MLP``, a graph for each call."""
    model, parameters = _network()
    nodes = count_nodes(model(INPUTS), library.children)
    return _program(eager_gradient(lambda: model(INPUTS), parameters), nodes=nodes)


def lifted(library: Lifter) -> Program:
    """``nn.MLP`` under ``jit``, the two inputs as an argument."""
    model, parameters = _network()
    call = library.engine.jit(lambda x: model(x))
    return _program(library.value_and_gradient(lambda: call(INPUTS), parameters))


def _matrices() -> tuple[list[list[float]], list[float]]:
    """The rows of the hidden layer and that of the output, the bias last."""
    numbers = start()
    return [numbers[i : i + 3] for i in range(0, 3 * HIDDEN, 3)], numbers[3 * HIDDEN :]


def arrays(library: Arrays) -> Program:
    """The network on a matrix and a vector."""
    x = library.array([*INPUTS, 1.0])

    def network(parameters: list[Any]) -> Any:
        W, v = parameters
        return (v[:-1] * library.tanh(W @ x)).sum() + v[-1]

    both = library.value_and_gradients(network)
    parameters = [library.array(each) for each in _matrices()]
    return _program(lambda: both(parameters))


def by_hand(library: Any) -> Program:
    """The same in NumPy, the gradient worked out on paper."""
    x, parameters = library.array([*INPUTS, 1.0]), library.array(start())
    W, v = parameters[: 3 * HIDDEN].reshape(HIDDEN, 3), parameters[3 * HIDDEN :]
    gradient = library.ones(parameters.size)
    dW, dv = gradient[: 3 * HIDDEN].reshape(HIDDEN, 3), gradient[3 * HIDDEN : -1]
    weights, multiply = v[:-1], library.multiply

    def both() -> tuple[float, Any]:
        h = library.tanh(W.dot(x), out=dv)  # the gradient of the output's weights
        multiply((weights * (1.0 - h * h))[:, None], x, out=dW)
        return float(weights.dot(h) + v[-1]), gradient

    return _program(both)


WORKLOAD = Workload(
    name="batch-1",
    title="value and gradient of a 2-3-1 tanh network at one sample",
    cases=(Case("call", "one call"),),
    quick=(Case("call", "one call"),),
    forms={
        "chainrule": scalars,
        "chainrule-python": scalars,
        "lifted": lifted,
        "arrays": arrays,
        "numpy": by_hand,
    },
    figures=(Figure("call"),),
    baseline="numpy",
)
