"""What people write: blocks of a network, each from rows of numbers to rows of numbers.

A block takes rows, the weights of a group (which it asks for by name and shape), and its options. Every
block takes rows of any shape, so that any of them can be left out.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

import engine
from engine import take
from tests.engine.jit.generated.expressions import compute

__all__ = ["ACTIVATIONS", "BLOCKS", "STYLES", "Rows", "block"]

Rows = list[list[Any]]

BLOCKS: dict[str, Callable[..., Rows]] = {}
"""The blocks by name. Those that read other rows too have a parameter ``others``."""

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "none": lambda z: z,
    "tanh": engine.tanh,
    "relu": engine.relu,
    "sigmoid": engine.sigmoid,
    "gelu": engine.gelu,
    "silu": engine.silu,
    "leaky_relu": engine.leaky_relu,
    "softplus": engine.softplus,
    "by hand": lambda z: (engine.exp(2.0 * z) - 1.0) / (engine.exp(2.0 * z) + 1.0),
    "max with 0": lambda z: engine.maximum(0.0, z),
    "where": lambda z: engine.where(engine.greater(z, 0.0), z, 0.1 * z),
}


def _accumulated(w: Any, x: Any, b: Any) -> Any:
    total = b
    for wi, xi in zip(w, x, strict=True):
        total = total + wi * xi
    return total


STYLES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "sum": lambda w, x, b: sum((wi * xi for wi, xi in zip(w, x, strict=True)), b),
    "bias last": lambda w, x, b: sum(xi * wi for wi, xi in zip(w, x, strict=True)) + b,
    "loop": _accumulated,
    "dot": lambda w, x, b: engine.dot(w, x) + b,
    "engine.sum": lambda w, x, b: engine.sum([b, *(wi * xi for wi, xi in zip(w, x, strict=True))]),
    "numpy": lambda w, x, b: np.array(w, dtype=object) @ np.array(x, dtype=object) + b,
}
"""The ways in which people write the sum of a neuron."""


def block(f: Callable[..., Rows]) -> Callable[..., Rows]:
    BLOCKS[f.__name__] = f
    return f


def linear(W: Rows, x: list[Any]) -> list[Any]:
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in W]


@block
def dense(rows: Rows, weights: Any, *, width: int, style: str, activation: str, bias: bool) -> Rows:
    W = weights.matrix("W", width, len(rows[0]))
    b = weights.vector("b", width) if bias else [0.0] * width
    add, act = STYLES[style], ACTIVATIONS[activation]
    return [[act(add(w, x, bi)) for w, bi in zip(W, b, strict=True)] for x in rows]


@block
def tied(rows: Rows, weights: Any, *, width: int, activation: str) -> Rows:
    """There and back by the same matrix."""
    W = weights.matrix("W", width, len(rows[0]))
    act = ACTIVATIONS[activation]
    return [
        linear([list(column) for column in zip(*W, strict=True)], list(map(act, linear(W, x)))) for x in rows
    ]


@block
def convolution(rows: Rows, weights: Any, *, size: int, stride: int, channels: int, activation: str) -> Rows:
    size = min(size, len(rows[0]))
    kernels, b = weights.matrix("K", channels, size), weights.vector("b", channels)
    act = ACTIVATIONS[activation]
    return [
        [
            act(sum(k * v for k, v in zip(kernel, x[i : i + size], strict=True)) + bi)
            for i in range(0, len(x) - size + 1, stride)
        ]
        for x in rows
        for kernel, bi in zip(kernels, b, strict=True)
    ][:4]


@block
def convolution_2d(rows: Rows, weights: Any, *, height: int, width: int) -> Rows:
    height, width = min(height, len(rows)), min(width, len(rows[0]))
    K = weights.matrix("K", height, width)
    return [
        [
            sum(K[a][b] * rows[i + a][j + b] for a in range(height) for b in range(width))
            for j in range(len(rows[0]) - width + 1)
        ]
        for i in range(len(rows) - height + 1)
    ]


@block
def pool(rows: Rows, weights: Any, *, size: int, kind: str) -> Rows:
    def one(window: list[Any]) -> Any:
        if kind == "max":
            return engine.max(window)
        if kind == "mean":
            return sum(window) / len(window)
        if kind == "logsumexp":
            return engine.logsumexp(window)
        best = window[0]
        for x in window[1:]:
            best = engine.maximum(best, x)
        return best

    return [[one(x[i : i + size]) for i in range(0, len(x), size)] for x in rows]


def _normed(x: list[Any], eps: float, style: str) -> list[Any]:
    mu = sum(x) / len(x)
    variance = sum((xi - mu) ** 2 for xi in x) / len(x)
    if style == "power":
        return [(xi - mu) * (variance + eps) ** -0.5 for xi in x]
    return [(xi - mu) / engine.sqrt(variance + eps) for xi in x]


@block
def layer_norm(rows: Rows, weights: Any, *, style: str, affine: bool) -> Rows:
    normed = [_normed(x, 0.1, style) for x in rows]
    if not affine:
        return normed
    g, b = weights.vector("g", len(rows[0])), weights.vector("b", len(rows[0]))
    return [[gi * xi + bi for gi, xi, bi in zip(g, x, b, strict=True)] for x in normed]


@block
def batch_norm(rows: Rows, weights: Any, *, style: str) -> Rows:
    columns = [_normed(list(column), 0.1, style) for column in zip(*rows, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


@block
def rms_norm(rows: Rows, weights: Any) -> Rows:
    scales = [(sum(xi * xi for xi in x) / len(x) + 0.1) ** -0.5 for x in rows]
    return [[xi * scale for xi in x] for x, scale in zip(rows, scales, strict=True)]


def softmax_by_hand(x: list[Any]) -> list[Any]:
    top = engine.max(x)
    powers = [engine.exp(xi - top) for xi in x]
    total = sum(powers)
    return [p / total for p in powers]


@block
def softmax(rows: Rows, weights: Any, *, by_hand: bool) -> Rows:
    return [softmax_by_hand(x) if by_hand else engine.softmax(x) for x in rows]


@block
def recurrent(rows: Rows, weights: Any, *, width: int, cell: str) -> Rows:
    n = len(rows[0])

    def gate(name: str, x: list[Any], h: list[Any], act: Callable[[Any], Any]) -> list[Any]:
        W, U, b = (
            weights.matrix(f"W{name}", width, n),
            weights.matrix(f"U{name}", width, width),
            weights.vector("b", width),
        )
        return [act(p + q + bi) for p, q, bi in zip(linear(W, x), linear(U, h), b, strict=True)]

    h, c, states = [0.0] * width, [0.0] * width, []
    for x in rows:
        if cell == "simple":
            h = gate("h", x, h, engine.tanh)
        elif cell == "gru":
            z = gate("z", x, h, engine.sigmoid)
            new = gate("h", x, [zi * hi for zi, hi in zip(z, h, strict=True)], engine.tanh)
            h = [(1.0 - zi) * hi + zi * ni for zi, hi, ni in zip(z, h, new, strict=True)]
        else:
            i, o, new = (
                gate("z", x, h, engine.sigmoid),
                gate("o", x, h, engine.sigmoid),
                gate("h", x, h, engine.tanh),
            )
            c = [(1.0 - ii) * ci + ii * ni for ii, ci, ni in zip(i, c, new, strict=True)]
            h = [oi * engine.tanh(ci) for oi, ci in zip(o, c, strict=True)]
        states.append(h)
    return states


@block
def attention(rows: Rows, weights: Any, *, width: int, causal: bool, by_hand: bool) -> Rows:
    n = len(rows[0])
    q, k, v = ([linear(weights.matrix(name, width, n), x) for x in rows] for name in "QKV")
    mixed = []
    for t in range(len(rows)):
        seen = t + 1 if causal else len(rows)
        scores = [sum(a * b for a, b in zip(q[t], k[s], strict=True)) / width**0.5 for s in range(seen)]
        shares = softmax_by_hand(scores) if by_hand else engine.softmax(scores)
        mixed.append([sum(shares[s] * v[s][j] for s in range(seen)) for j in range(width)])
    return mixed


@block
def neighbours(rows: Rows, weights: Any, *, kind: str, widest: int) -> Rows:
    """Of each number and those before it in its row, up to so many: sums and sequences of all lengths."""
    w, result = weights.vector("w", widest), []
    of = {
        "sum": sum,
        "mean": engine.mean,
        "dot": lambda near: sum(wi * xi for wi, xi in zip(w, near, strict=False)),
        "max": engine.max,
        "logsumexp": engine.logsumexp,
        "prod": engine.prod,
        "softmax": lambda near: sum(p * xi for p, xi in zip(softmax_by_hand(near), near, strict=True)),
        "numbers": lambda near: sum((0.5 + i) * xi for i, xi in enumerate(near)),
    }[kind]
    for x in rows:
        result.append([of(x[max(0, i + 1 - widest) : i + 1]) for i in range(len(x))])
    return result


@block
def gate(rows: Rows, weights: Any, *, highway: bool) -> Rows:
    n = len(rows[0])
    W, V, result = weights.matrix("W", n, n), weights.matrix("V", n, n), []
    for x in rows:
        g, h = [engine.sigmoid(z) for z in linear(W, x)], linear(V, x)
        if highway:
            result.append([gi * hi + (1.0 - gi) * xi for gi, hi, xi in zip(g, h, x, strict=True)])
        else:
            result.append([gi * hi for gi, hi in zip(g, h, strict=True)])
    return result


@block
def residual(rows: Rows, weights: Any, others: Rows) -> Rows:
    return [
        [xi + others[i % len(others)][j % len(others[0])] for j, xi in enumerate(x)]
        for i, x in enumerate(rows)
    ]


@block
def beside(rows: Rows, weights: Any, others: Rows) -> Rows:
    return [[*x, *others[i % len(others)]][:4] for i, x in enumerate(rows)]


@block
def formula(rows: Rows, weights: Any, others: Rows, *, expression: Any, shared: bool) -> Rows:
    """A formula for every number: of it, one of the others, a weight, and the target."""
    n = len(rows[0])
    w = [weights.scalar("s")] * n if shared else weights.vector("v", n)
    return [
        [
            compute(
                expression,
                {"a": xi, "b": others[i % len(others)][j % len(others[0])], "w": w[j], "t": weights.target},
            )
            for j, xi in enumerate(x)
        ]
        for i, x in enumerate(rows)
    ]


@block
def scan(rows: Rows, weights: Any, *, expression: Any) -> Rows:
    """Each number from the one before, along every row."""
    w, result = weights.scalar("s"), []
    for x in rows:
        state: Any = 0.5
        result.append(
            [state := compute(expression, {"a": xi, "b": state, "w": w, "t": weights.target}) for xi in x]
        )
    return result


@block
def transposed(rows: Rows, weights: Any) -> Rows:
    return [list(column) for column in zip(*rows, strict=True)]


@block
def mirrored(rows: Rows, weights: Any) -> Rows:
    return [x[::-1] for x in rows[::-1]]


@block
def averaged(rows: Rows, weights: Any, *, last: bool) -> Rows:
    return [rows[-1]] if last else [[engine.mean(list(column)) for column in zip(*rows, strict=True)]]


@block
def embedded(rows: Rows, weights: Any) -> Rows:
    """A row of a table, picked by the label, beside the others."""
    table = weights.matrix("E", 2, len(rows[0]))
    picked = take(table, weights.label)
    return [[xi + ei for xi, ei in zip(x, picked, strict=True)] for x in rows]


@block
def distances(rows: Rows, weights: Any) -> Rows:
    """Of each pair of rows."""
    return [[1.0 / (0.5 + sum((a - b) ** 2 for a, b in zip(x, y, strict=True))) for y in rows] for x in rows]
