"""The loss of micrograd's demo and its gradient: MLP 2-16-16-1, hinge loss and L2.

Glossary: ``W1`` … ``W3`` weights with the bias in the last column; ``h1``, ``h2`` activations with a row of
ones below, a sample a column; ``m`` margins; ``d`` before a name: the gradient with respect to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["ALPHA", "BLOCK", "loss_and_gradient", "loss_of"]

ALPHA = 1e-4
"""The demo's factor of L2."""

BLOCK = 2000
"""Samples at a time: 1.3 MB of buffers, which a cache holds. All at once, 100,000 take half as long again."""

HIDDEN = 16


def _matrices(vector: Any) -> tuple[Any, Any, Any]:
    """Views of the three layers' weights, or their gradients, in the order of ``model.parameters()``."""
    ends = (HIDDEN * 3, HIDDEN * 3 + HIDDEN * (HIDDEN + 1))
    W1, W2, W3 = np.split(vector, ends)
    return W1.reshape(HIDDEN, 3), W2.reshape(HIDDEN, HIDDEN + 1), W3


def loss_and_gradient(
    parameters: Any, X: Sequence[Sequence[float]], y: Sequence[float], alpha: float = ALPHA
) -> Callable[[], tuple[float, Any]]:
    """A function without arguments that gives the loss and its gradient at the present parameters.

    Args:
        parameters: a vector of 337, neuron by neuron, the bias after the weights; read anew in each call.
        X: samples of two numbers.
        y: as many labels, -1 or 1.
        alpha: factor of the sum of squares of all parameters; 0 leaves it out.
    """
    count = len(y)
    size = min(count, BLOCK)
    inputs = np.ones((3, count))
    inputs[:2] = np.array(X).T
    negative = -np.array(y, dtype=float)
    blocks = []
    for start in range(0, count, size):
        part = np.ascontiguousarray(inputs[:, start : start + size])
        blocks.append((part, part.T, negative[start : start + size]))
    W1, W2, W3 = _matrices(parameters)
    W2T, W3_column = W2[:, :HIDDEN].T, W3[:HIDDEN, None]
    gradient, part_of_it = np.empty(parameters.size), np.empty(parameters.size)
    dW1, dW2, dW3 = _matrices(part_of_it)
    buffers = {width: _buffers(width) for width in {part.shape[1] for part, _, _ in blocks}}

    def add_block(x: Any, xT: Any, minus_y: Any) -> float:
        """Write a block's gradients to dW1, dW2, dW3 and return the sum of its losses."""
        h1, h1T, a1, h2, a2, m, dm, da1, da2, alive, ones = buffers[minus_y.size]
        np.matmul(W1, x, out=a1)
        np.maximum(a1, 0.0, out=a1)
        np.matmul(W2, h1, out=a2)
        np.maximum(a2, 0.0, out=a2)
        np.matmul(W3, h2, out=m)
        np.multiply(m, minus_y, out=m)
        np.add(m, 1.0, out=m)
        np.maximum(m, 0.0, out=m)
        np.sign(m, out=dm)  # relu gave it: its sign is 0 or 1
        np.multiply(dm, minus_y, out=dm)
        np.matmul(h2, dm, out=dW3)
        np.multiply(W3_column, dm, out=da2)
        np.greater(a2, 0.0, out=alive)
        np.multiply(da2, alive, out=da2)
        np.matmul(da2, h1T, out=dW2)
        np.matmul(W2T, da2, out=da1)
        np.greater(a1, 0.0, out=alive)
        np.multiply(da1, alive, out=da1)
        np.matmul(da1, xT, out=dW1)
        return float(m.dot(ones))

    def both() -> tuple[float, Any]:
        total = add_block(*blocks[0])
        np.multiply(part_of_it, 1.0 / count, out=gradient)
        for block in blocks[1:]:
            total += add_block(*block)
            np.multiply(part_of_it, 1.0 / count, out=part_of_it)
            np.add(gradient, part_of_it, out=gradient)
        total /= count
        if alpha:
            total += alpha * float(parameters.dot(parameters))
            np.multiply(parameters, 2.0 * alpha, out=part_of_it)
            np.add(gradient, part_of_it, out=gradient)
        return total, gradient

    return both


def loss_of(parameters: Any, X: Sequence[Sequence[float]], y: Sequence[float]) -> Callable[[], float]:
    """A function without arguments that gives the hinge loss alone; for few samples.

    Args:
        parameters: as above.
        X: samples of two numbers.
        y: as many labels, -1 or 1.
    """
    x, minus_y = np.vstack([np.array(X).T, np.ones(len(y))]), -np.array(y, dtype=float)
    W1, W2, W3 = _matrices(parameters)
    h1, h2 = np.ones((HIDDEN + 1, len(y))), np.ones((HIDDEN + 1, len(y)))
    a1, a2 = h1[:HIDDEN], h2[:HIDDEN]

    def loss() -> float:
        np.maximum(np.matmul(W1, x, out=a1), 0.0, out=a1)
        np.maximum(np.matmul(W2, h1, out=a2), 0.0, out=a2)
        return float(np.maximum(W3.dot(h2) * minus_y + 1.0, 0.0).sum()) / len(y)

    return loss


def _buffers(width: int) -> tuple[Any, ...]:
    h1, h2 = np.ones((HIDDEN + 1, width)), np.ones((HIDDEN + 1, width))
    da1, da2 = np.empty((HIDDEN, width)), np.empty((HIDDEN, width))
    alive = np.empty((HIDDEN, width), bool)
    return (
        *(h1, h1.T, h1[:HIDDEN]),
        *(h2, h2[:HIDDEN]),
        *(np.empty(width), np.empty(width)),
        *(da1, da2, alive, np.ones(width)),
    )
