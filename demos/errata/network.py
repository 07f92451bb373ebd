"""Slips in the backpropagation of a network: E-1, E-4 and E-7, on two layers of sigmoid neurons.

Each function takes all the weights as one list, those of W1 before those of W2, and gives the cost and its
gradient, by hand.

Glossary: h = s(W1 x) is the hidden layer, y = s(W2 h) the output layer, t the targets, dq the derivative of
the cost by q.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from demos.errata.trial import Trial, off_by

__all__ = ["X", "conventions", "hidden_error", "output_derivative", "random_weights", "targets", "trials"]

X = np.array([0.5, -1.0])
HIDDEN = 3

Array = npt.NDArray[np.float64]
Result = tuple[float, Array]


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), number by number.

    >>> sigmoid(np.zeros(1))
    array([0.5])
    """
    return 1 / (1 + np.exp(-z))


def derivative(z: Array) -> Array:
    """The derivative of the sigmoid by its input z: s(z)(1 - s(z)).

    >>> derivative(np.zeros(1))
    array([0.25])
    """
    return sigmoid(z) * (1 - sigmoid(z))


def targets(outputs: int) -> Array:
    """The targets of the outputs: 1, 0, 1, …

    >>> targets(3)
    array([1., 0., 1.])
    """
    return np.array([float(i % 2 == 0) for i in range(outputs)])


def random_weights(rng: np.random.Generator, outputs: int) -> list[float]:
    """Random weights of a network with that many outputs.

    >>> len(random_weights(np.random.default_rng(0), 2))
    12
    """
    return rng.uniform(-1, 1, HIDDEN * (len(X) + outputs)).tolist()  # type: ignore[no-any-return]


def unpack(weights: Sequence[float]) -> tuple[Array, Array]:
    """W1 and W2 from the list of all weights.

    >>> [W.shape for W in unpack([0.0] * 12)]
    [(3, 2), (2, 3)]
    """
    numbers = np.array(weights)
    split = HIDDEN * len(X)
    return numbers[:split].reshape(HIDDEN, len(X)), numbers[split:].reshape(-1, HIDDEN)


def hidden_error(weights: Sequence[float], slip: bool) -> Result:
    """E-1: dh = (dW2)ᵀ·dz2 takes the gradient of W2 where W2 itself belongs. The shapes are the same.

    >>> hidden_error([0.1] * 12, slip=True)[1].shape
    (12,)
    """
    W1, W2 = unpack(weights)
    h = sigmoid(W1 @ X)
    y = sigmoid(W2 @ h)
    error = y - targets(len(y))
    dz2 = error * y * (1 - y)
    dW2 = np.outer(dz2, h)
    dh = (dW2 if slip else W2).T @ dz2
    dW1 = np.outer(dh * h * (1 - h), X)
    return float(error @ error) / 2, np.concatenate([dW1.ravel(), dW2.ravel()])


def output_derivative(weights: Sequence[float], form: str) -> Result:
    """E-4: the derivative of the sigmoid taken of its output y, where it is defined of z.

    Args:
        weights: of the network.
        form: "derivative(y)", the slip; "derivative(z)" or "y(1 - y)", which are right.

    >>> output_derivative([0.1] * 12, "derivative(z)")[1].shape
    (12,)
    """
    W1, W2 = unpack(weights)
    z1 = W1 @ X
    h = sigmoid(z1)
    z2 = W2 @ h
    y = sigmoid(z2)
    error = y - targets(len(y))
    derivatives = {
        "derivative(y)": (derivative(h), derivative(y)),
        "derivative(z)": (derivative(z1), derivative(z2)),
        "y(1 - y)": (h * (1 - h), y * (1 - y)),
    }
    derivative1, derivative2 = derivatives[form]
    dz2 = error * derivative2
    dz1 = (W2.T @ dz2) * derivative1
    return float(error @ error) / 2, np.concatenate([np.outer(dz1, X).ravel(), np.outer(dz2, h).ravel()])


def conventions(weights: Sequence[float], factor: str, derivative_at_output: bool = True) -> Result:
    """E-7: one factor in the cost and another in its derivative, and no derivative at the output.

    Args:
        weights: of the network.
        factor: of the cost Σ(y - t)²: "1/n" or "1/2". The derivative is taken as if it were 1/2.
        derivative_at_output: whether that of the sigmoid counts at the output; else it is set to 1.

    >>> conventions([0.1] * 12, "1/n")[0] == conventions([0.1] * 12, "1/2")[0]  # with two outputs
    True
    """
    W1, W2 = unpack(weights)
    h = sigmoid(W1 @ X)
    y = sigmoid(W2 @ h)
    error = y - targets(len(y))
    dz2 = error * (y * (1 - y) if derivative_at_output else 1.0)
    dz1 = (W2.T @ dz2) * h * (1 - h)
    cost = float(error @ error) / {"1/n": len(y), "1/2": 2}[factor]
    return cost, np.concatenate([np.outer(dz1, X).ravel(), np.outer(dz2, h).ravel()])


def trials(rng: np.random.Generator) -> list[Trial]:
    """The trials of E-1, E-4 and E-7, for random weights.

    >>> [trial.exposed for trial in trials(np.random.default_rng(0))]
    [True, True, True, True]
    """
    two, three = random_weights(rng, 2), random_weights(rng, 3)
    return [
        Trial("E-1", "dh = dW2^T dz2", "dh = W2^T dz2",
              off_by(lambda w: hidden_error(w, slip=True), two),
              off_by(lambda w: hidden_error(w, slip=False), two)),
        Trial("E-4", "s'(y), s' = s(1 - s)", "s'(z), or y(1 - y)",
              off_by(lambda w: output_derivative(w, "derivative(y)"), two),
              max(off_by(lambda w: output_derivative(w, "derivative(z)"), two),
                  off_by(lambda w: output_derivative(w, "y(1 - y)"), two))),
        Trial("E-7", "C = 1/n sum, dC/dy = y - t", "C = 1/2 sum, dC/dy = y - t",
              off_by(lambda w: conventions(w, "1/n"), three),
              off_by(lambda w: conventions(w, "1/2"), three)),
        Trial("E-7", "s' = 1 at the output", "s'(z) there too",
              off_by(lambda w: conventions(w, "1/2", derivative_at_output=False), two),
              off_by(lambda w: conventions(w, "1/2"), two)),
    ]  # fmt: skip
