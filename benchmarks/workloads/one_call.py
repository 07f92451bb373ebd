"""One call of a tiny network, value and gradient: the overhead of a library."""

from __future__ import annotations

import random
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.libraries.scalars import Lifted, Scalars, count_nodes
from benchmarks.workload import Case, Figure, Program, Workload
from benchmarks.workloads.programs import gradient_program

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


def _program(both: Callable[[], tuple[Any, Any]], nodes: int | None = None) -> Program:
    """A program of many calls in a row."""

    def run() -> dict[str, float]:
        begin = perf_counter()
        for _ in range(CALLS):
            both()
        return {"call": (perf_counter() - begin) / CALLS}

    return gradient_program(both, nodes=nodes)._replace(run=run)


def scalars(library: Scalars | Lifted) -> Program:
    """``nn.MLP``, as it is or under ``jit`` with the two inputs as an argument."""
    import nn

    model = nn.MLP(2, [HIDDEN, 1], activation="tanh")
    parameters = model.parameters()
    for p, number in zip(parameters, start(), strict=True):
        p.data = number
    call = library.lift(lambda x: model(x))
    both = library.value_and_gradient(lambda: call(INPUTS), parameters)
    return _program(both, count_nodes(call(INPUTS), library.children))


def by_hand(library: Any) -> Program:
    """The same in NumPy, the gradient worked out on paper."""
    x, parameters = np.array([*INPUTS, 1.0]), np.array(start())
    W, v = parameters[: 3 * HIDDEN].reshape(HIDDEN, 3), parameters[3 * HIDDEN :]
    gradient = np.ones(parameters.size)
    dW, dv = gradient[: 3 * HIDDEN].reshape(HIDDEN, 3), gradient[3 * HIDDEN : -1]
    weights = v[:-1]

    def both() -> tuple[float, Any]:
        h = np.tanh(W.dot(x), out=dv)  # the gradient of the output's weights
        np.multiply((weights * (1.0 - h * h))[:, None], x, out=dW)
        return float(weights.dot(h) + v[-1]), gradient

    return _program(both)


CASES = (Case("call", "one call"),)

WORKLOAD = Workload(
    name="batch-1",
    title="value and gradient of a 2-3-1 tanh network at one sample",
    cases=CASES,
    quick=CASES,
    forms={"chainrule": scalars, "chainrule-python": scalars, "lifted": scalars, "numpy": by_hand},
    figures=(Figure("call"),),
    baseline="numpy",
)
