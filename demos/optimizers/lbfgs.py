"""L-BFGS on a very small data set, all of it in every step."""

from dataclasses import dataclass

import numpy as np

from engine import Value
from nn import LBFGS, SGD, Neuron, mse

__all__ = ["INPUTS", "ITERATIONS", "SAMPLES", "Contest", "contest"]

SAMPLES = 12
INPUTS = 3
LR = 0.1
ITERATIONS = 50


@dataclass(frozen=True)
class Contest:
    """The errors of L-BFGS and gradient descent, relative to least squares.

    Attributes:
        calls: how often L-BFGS computed the loss and its gradient, and gradient descent too.
        second_order: how far a parameter found by L-BFGS is off at most.
        first_order: the same for gradient descent.
    """

    calls: int
    second_order: float
    first_order: float


def contest(seed: int) -> Contest:
    """Fit a linear neuron by L-BFGS, then by gradient descent with as many gradients.

    Raises:
        ImportError: SciPy is not installed.

    >>> outcome = contest(0)
    >>> outcome.second_order < outcome.first_order
    True
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(SAMPLES, INPUTS))
    y = rng.normal(size=SAMPLES)
    best = np.linalg.lstsq(np.column_stack([X, np.ones(SAMPLES)]), y, rcond=None)[0]
    second = Neuron(INPUTS, activation="linear", init="zeros")
    calls = 0

    def closure() -> Value:
        nonlocal calls
        calls += 1
        return _loss(second, X, y)

    LBFGS(second.parameters(), max_iter=ITERATIONS, tolerance_change=0.0).step(closure)
    first = Neuron(INPUTS, activation="linear", init="zeros")
    optimizer = SGD(first.parameters(), lr=LR)
    for _ in range(calls):
        _loss(first, X, y)
        optimizer.step()
    off = [float(np.abs([p.data for p in neuron.parameters()] - best).max()) for neuron in (second, first)]
    return Contest(calls, *off)


def _loss(neuron: Neuron, X: np.ndarray, y: np.ndarray) -> Value:
    """The mean squared error, with fresh gradients."""
    neuron.zero_grad()
    loss: Value = mse([neuron(x) for x in X.tolist()], y.tolist())
    loss.backward()
    return loss
