"""The loss of the character transformer on one document, and its gradient, all positions and heads at once.

Glossary: names of matrices as in :mod:`benchmarks.workloads.transformer`; T the number of predictions; ``x``
what flows through, T rows of WIDTH; ``n`` a normalized ``x``, ``r`` the factor that normalized it; ``shares``
the attention, a T by T matrix a head; ``d`` before a name: the gradient of the loss with respect to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["loss_and_gradient"]

HEADS = 4
EPSILON = 1e-5


def loss_and_gradient(
    parameters: Any, shapes: Mapping[str, tuple[int, int]]
) -> Callable[[Sequence[int]], tuple[float, Any]]:
    """A function of a document's tokens that gives the loss and its gradient at the present parameters.

    Args:
        parameters: a vector, matrix by matrix; read anew in each call.
        shapes: the matrices' rows and columns by name, in their order.
    """
    gradient = np.zeros(parameters.size)
    model, gradients = _matrices(parameters, shapes), _matrices(gradient, shapes)
    programs: dict[int, Callable[[Any, Any], float]] = {}

    def both(tokens: Sequence[int]) -> tuple[float, Any]:
        count = len(tokens) - 1
        if count not in programs:
            programs[count] = _program(model, gradients, count)
        ids = np.asarray(tokens)
        return programs[count](ids[:-1], ids[1:]), gradient

    return both


def _matrices(vector: Any, shapes: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    """Views of a vector by name; ``attend`` is query, key and value in one, which lie side by side."""
    views, start = {}, 0
    for name, (rows, columns) in shapes.items():
        end = start + rows * columns
        views[name] = vector[start:end].reshape(rows, columns)
        if name == "query":
            views["attend"] = vector[start : start + 3 * rows * columns].reshape(3 * rows, columns)
        start = end
    return views


def _program(model: dict[str, Any], gradients: dict[str, Any], count: int) -> Callable[[Any, Any], float]:
    """The function for documents with one number of predictions, with buffers of its own."""
    T, rows = count, np.arange(count)
    characters, width = model["tokens"].shape
    head = width // HEADS
    mask = np.triu(np.full((T, T), -np.inf), 1)
    positions, attend, output = model["positions"][:T], model["attend"], model["output"]
    widen, narrow, to_logits = model["widen"], model["narrow"], model["logits"]
    attendT, outputT, widenT, narrowT, to_logitsT = attend.T, output.T, widen.T, narrow.T, to_logits.T
    qkv, dqkv = np.empty((T, 3 * width)), np.empty((T, 3 * width))
    q, k, v = qkv.reshape(T, 3, HEADS, head).transpose(1, 2, 0, 3)
    dq, dk, dv = dqkv.reshape(T, 3, HEADS, head).transpose(1, 2, 0, 3)
    kT, vT = k.swapaxes(1, 2), v.swapaxes(1, 2)
    scale = head**-0.5
    shares, dscores = np.empty((HEADS, T, T)), np.empty((HEADS, T, T))
    sharesT, dscoresT = shares.swapaxes(1, 2), dscores.swapaxes(1, 2)
    mixed, dmixed = np.empty((T, width)), np.empty((T, width))
    mixed_heads = mixed.reshape(T, HEADS, head).swapaxes(0, 1)
    dmixed_heads = dmixed.reshape(T, HEADS, head).swapaxes(0, 1)
    hidden, dhidden = np.empty((T, len(widen))), np.empty((T, len(widen)))
    active = np.empty((T, len(widen)), bool)
    logits = np.empty((T, characters))
    square = np.empty((T, width))
    sources = np.zeros((characters, T))

    def normalized(x: Any) -> tuple[Any, Any]:
        np.multiply(x, x, out=square)
        r = np.add.reduce(square, axis=1, keepdims=True)
        r *= 1.0 / width
        r += EPSILON
        np.sqrt(r, out=r)
        np.divide(1.0, r, out=r)
        return x * r, r

    def through_norm(dn: Any, n: Any, r: Any) -> Any:
        """With n = x r and r = (mean x² + ε)^-½: dx = r (dn - n mean(dn n))."""
        np.multiply(dn, n, out=square)
        along = np.add.reduce(square, axis=1, keepdims=True)
        along *= 1.0 / width
        np.multiply(n, along, out=square)
        np.subtract(dn, square, out=square)
        return square * r

    def run(ids: Any, targets: Any) -> float:
        x0, r0 = normalized(model["tokens"][ids] + positions)
        n1, r1 = normalized(x0)
        np.matmul(n1, attendT, out=qkv)
        np.matmul(q, kT, out=shares)
        np.multiply(shares, scale, out=shares)
        np.add(shares, mask, out=shares)
        np.exp(shares, out=shares)  # small numbers: no shift needed
        np.divide(shares, np.add.reduce(shares, axis=2, keepdims=True), out=shares)
        np.matmul(shares, v, out=mixed_heads)
        x1 = mixed @ outputT
        x1 += x0
        n2, r2 = normalized(x1)
        np.matmul(n2, widenT, out=hidden)
        np.maximum(hidden, 0.0, out=hidden)
        x2 = hidden @ narrowT
        x2 += x1
        np.matmul(x2, to_logitsT, out=logits)
        wanted = logits[rows, targets]
        np.exp(logits, out=logits)
        totals = np.add.reduce(logits, axis=1, keepdims=True)
        loss = float(np.add.reduce(np.log(totals[:, 0]) - wanted)) / T

        np.divide(logits, totals, out=logits)
        logits[rows, targets] -= 1.0
        np.multiply(logits, 1.0 / T, out=logits)  # from here on dlogits
        np.matmul(logits.T, x2, out=gradients["logits"])
        dx = logits @ to_logits
        np.matmul(dx.T, hidden, out=gradients["narrow"])
        np.matmul(dx, narrow, out=dhidden)
        np.greater(hidden, 0.0, out=active)
        np.multiply(dhidden, active, out=dhidden)
        np.matmul(dhidden.T, n2, out=gradients["widen"])
        dx += through_norm(dhidden @ widen, n2, r2)
        np.matmul(dx.T, mixed, out=gradients["output"])
        np.matmul(dx, output, out=dmixed)
        np.matmul(sharesT, dmixed_heads, out=dv)
        np.matmul(dmixed_heads, vT, out=dscores)
        np.multiply(dscores, shares, out=dscores)  # softmax: ds = p dp - p Σ p dp
        np.subtract(dscores, shares * np.add.reduce(dscores, axis=2, keepdims=True), out=dscores)
        np.multiply(dscores, scale, out=dscores)
        np.matmul(dscores, k, out=dq)
        np.matmul(dscoresT, q, out=dk)
        np.matmul(dqkv.T, n1, out=gradients["attend"])
        dx += through_norm(dqkv @ attend, n1, r1)
        de = through_norm(dx, x0, r0)
        gradients["positions"][:T] = de
        gradients["positions"][T:] = 0.0  # a longer document may have left something there
        sources[ids, rows] = 1.0
        np.matmul(sources, de, out=gradients["tokens"])  # a sum for each character
        sources[ids, rows] = 0.0
        return loss

    return run
