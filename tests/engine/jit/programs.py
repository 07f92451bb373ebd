"""Small regular programs that the lifter must recognise, written as people write them."""

from collections.abc import Callable
from typing import Any

import numpy as np

import engine
from engine import Value, jit, take
from nn import MLP
from tests.engine.jit.repeats.steps import STEPS

__all__ = ["PROGRAMS"]


def _matrix(rows: int, columns: int, seed: int) -> list[list[Value]]:
    return [
        [Value(x) for x in row] for row in np.random.default_rng(seed).normal(size=(rows, columns)).tolist()
    ]


def network_for_one_sample() -> Any:
    """The lectures' 2-3-1 network of sigmoids without biases, lifted over a batch."""
    model = MLP(2, [3, 1], activation="sigmoid", output_activation="sigmoid", bias=False, rng=1)
    cost = jit(lambda x, t: (model(x) - t) ** 2, batch=True)
    cost(np.array([[0.1, 0.2], [0.5, 0.4], [0.9, 0.3]]), np.array([0.0, 1.0, 0.5]))
    return cost


def loop_over_samples() -> Any:
    """A network with biases, each neuron a sum of products, and a loop over the samples in Python."""
    weights, biases, last = _matrix(3, 2, 0), [Value(0.1 * i) for i in range(3)], _matrix(1, 3, 1)[0]

    @jit
    def loss(X: Any, y: Any) -> Any:
        total = 0.0
        for x, t in zip(X, y, strict=True):
            hidden = [
                sum((w * xi for w, xi in zip(row, x, strict=True)), b).tanh()
                for row, b in zip(weights, biases, strict=True)
            ]
            total = total + (sum(h * w for h, w in zip(hidden, last, strict=True)) - t) ** 2
        return total / len(X)

    rng = np.random.default_rng(2)
    loss(rng.normal(size=(12, 2)), rng.normal(size=12))
    return loss


def attention(causal: bool = False) -> Any:
    """Two heads of attention over four positions, without a mask."""
    query, key, value = (_matrix(4, 4, seed) for seed in (3, 4, 5))

    @jit
    def mixed(X: Any) -> Any:
        def linear(matrix: Any, x: Any) -> list[Any]:
            return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in matrix]

        q, k, v = ([linear(matrix, x) for x in X] for matrix in (query, key, value))
        outputs = []
        for t in range(len(X)):
            seen = t + 1 if causal else len(X)
            for head in (0, 2):
                part = slice(head, head + 2)
                powers = [
                    (sum(a * b for a, b in zip(q[t][part], each[part], strict=True)) / 2**0.5).exp()
                    for each in k[:seen]
                ]
                total = sum(powers)
                for j in range(head, head + 2):
                    outputs.append(sum(p / total * each[j] for p, each in zip(powers, v, strict=False)))
        return engine.sum([o * o for o in outputs])

    mixed(np.random.default_rng(6).normal(size=(4, 4)))
    return mixed


def causal_attention() -> Any:
    """The same where each position attends to those up to itself."""
    return attention(causal=True)


def formula() -> Any:
    """A formula in which nothing repeats: lines on floats."""
    w = Value(0.5)
    f = jit(lambda x, y: (w * x + y).tanh() / (1 + x * x) + engine.log(y))
    f(0.3, 1.7)
    return f


def lookup() -> Any:
    """Rows of a table picked by whole numbers that are known at run time."""
    table = _matrix(5, 3, 7)
    f = jit(lambda token, target: (engine.sum(take(table, token)) - target) ** 2, batch=True)
    f([0, 2, 4, 4], [0.5, 0.5, 1.0, 1.0])
    return f


def recurrent_network() -> Any:
    """Steps in time, with a loss in each."""
    f, arguments, _ = STEPS["rnn_with_losses"](steps=10)
    loss = jit(f)
    loss(*arguments)
    return loss


def lstm() -> Any:
    """Steps in time with two states, batched."""
    f, (xs,), _ = STEPS["lstm"](steps=10)
    mean = jit(f, batch=True)
    mean(np.stack([xs, xs]))
    return mean


PROGRAMS: dict[str, Callable[[], Any]] = {
    function.__name__: function
    for function in (
        network_for_one_sample,
        loop_over_samples,
        attention,
        causal_attention,
        formula,
        lookup,
        recurrent_network,
        lstm,
    )
}
"""Functions that make a lifted program, by name."""
