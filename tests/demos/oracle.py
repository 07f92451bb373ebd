"""Derivatives by the complex step, of NumPy code that knows nothing of the engine or of the demos.

Squire & Trapp, SIAM Review 40 (1998): the imaginary part of f(x + ih), over h, is f'(x) to rounding.
"""

from collections.abc import Callable, Sequence

import numpy as np

H = 1e-30


def complex_gradient(f: Callable[[np.ndarray], complex], x: np.ndarray) -> np.ndarray:
    """The gradient of an analytic function of an array, in the array's shape.

    >>> complex_gradient(lambda x: (x**3).sum(), np.array([1.0, 2.0])).tolist()
    [3.0, 12.0]
    """
    x = np.asarray(x, dtype=float)
    gradient = np.empty(x.shape)
    for place in np.ndindex(*x.shape):
        nudged = x.astype(complex)
        nudged[place] += 1j * H
        gradient[place] = np.imag(f(nudged)) / H
    return gradient


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


def half_squares(W: Sequence[np.ndarray], b: Sequence[np.ndarray], x: np.ndarray, t: np.ndarray) -> complex:
    """½Σ(y - t)² of a network of sigmoid neurons; W and b by layers, numbers real or complex."""
    h = np.asarray(x)
    for weights, biases in zip(W, b, strict=True):
        h = sigmoid(weights @ h + biases)
    return ((h - t) ** 2).sum() / 2


def replaced(arrays: Sequence[np.ndarray], i: int, other: np.ndarray) -> list[np.ndarray]:
    """The arrays with another one at position i."""
    return [*arrays[:i], other, *arrays[i + 1 :]]


def network_gradients(W, b, x, t) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The gradients of that cost by the weights and by the biases, layer by layer."""
    dW = [
        complex_gradient(lambda w, i=i: half_squares(replaced(W, i, w), b, x, t), W[i]) for i in range(len(W))
    ]
    db = [
        complex_gradient(lambda v, i=i: half_squares(W, replaced(b, i, v), x, t), b[i]) for i in range(len(b))
    ]
    return dW, db


def state_arrays(model) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Weights and biases of an MLP by layers, read by the names of its parameters."""
    numbers = model.state_dict()
    count = 1 + max(int(name.split(".")[1]) for name in numbers)
    W, b = [], []
    for layer in range(count):
        of_layer = {name: value for name, value in numbers.items() if name.startswith(f"layers.{layer}.")}
        neurons = 1 + max(int(name.split(".")[3]) for name in of_layer)
        W.append(
            np.array(
                [
                    [v for name, v in of_layer.items() if name.startswith(f"layers.{layer}.neurons.{i}.w.")]
                    for i in range(neurons)
                ]
            )
        )
        b.append(np.array([of_layer.get(f"layers.{layer}.neurons.{i}.b", 0.0) for i in range(neurons)]))
    return W, b
