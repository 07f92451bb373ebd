"""Age and years of experience to salary: a training loop of eight lines of matrices, and the same in scalars.

The six people are made up for this demo: the salary, in thousands, rises with experience and levels off. Each
column is scaled to lie between 0 and 1 by dividing it by a round number above its largest.
"""

from typing import Any

import numpy as np

from nn import MLP

PEOPLE = np.array(
    [[24, 1, 30], [29, 5, 42], [35, 10, 56], [41, 17, 68], [50, 24, 75], [58, 34, 79]], dtype=float
)
"""Age, years of experience, salary."""

SCALES = np.array([100.0, 50.0, 100.0])


def start() -> tuple[Any, Any]:
    """The weights to start from: those of ``np.random.seed(1)``, then randn(2, 3) and randn(3, 1)."""
    rng = np.random.RandomState(1)  # the same numbers, and the global generator is left alone
    return rng.randn(2, 3), rng.randn(3, 1)


def eight_lines(X: Any, t: Any, W1: Any, W2: Any, iterations: int) -> tuple[Any, Any]:
    """Train a network of sigmoids without biases on all examples at once, with C = ½Σ(y - t)² and step 1."""
    for _ in range(iterations):
        h = 1 / (1 + np.exp(-X @ W1))
        y = 1 / (1 + np.exp(-h @ W2))
        dz2 = (y - t) * y * (1 - y)
        dW2 = h.T @ dz2
        dz1 = dz2 @ W2.T * h * (1 - h)
        dW1 = X.T @ dz1
        W2 = W2 - dW2
        W1 = W1 - dW1
    return W1, W2


def network() -> MLP:
    """The same network in scalars, with the same weights to start from."""
    model = MLP(2, [3, 1], activation="sigmoid", output_activation="sigmoid", bias=False)
    for layer, W in zip(model.layers, start(), strict=True):
        for neuron, column in zip(layer.neurons, W.T.tolist(), strict=True):
            for w, number in zip(neuron.w, column, strict=True):
                w.data = number
    return model
