"""Gradient descent over all samples at once, over one at a time, and over mini-batches between the two."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from demos.runner.account import Account
from engine import Value, no_grad
from nn import SGD, Neuron, mse
from nn.data.batches import batches
from nn.training.progress import progress_line

__all__ = ["SIZES", "Descent", "descend", "least_squares", "points"]

SIZES: dict[str, Callable[..., list[tuple[list[list[float]], list[float]]]]] = {
    "batch": lambda X, y, rng: batches(X, y, None, rng=rng),
    "stochastic": lambda X, y, rng: batches(X, y, 1, rng=rng),
    "mini-batch": lambda X, y, rng: batches(X, y, rng=rng),  # of the default size
}
"""How each kind portions the samples of an epoch."""

SAMPLES = 200
LINE = (2.0, -1.0)
NOISE = 0.3
LR = 0.02


@dataclass
class Descent:
    """How one kind of descent went.

    Attributes:
        kind: one of ``SIZES``.
        size: how many samples stand behind one step.
        steps: how many there were in an epoch.
        costs: of all samples, before the first epoch and after each.
        weight: at the end.
        bias: at the end.
    """

    kind: str
    size: int = 0
    steps: int = 0
    costs: list[float] = field(default_factory=list)
    weight: float = 0.0
    bias: float = 0.0


def points(rng: np.random.Generator) -> tuple[list[list[float]], list[float]]:
    """Samples along a line, with noise: inputs from -1 to 1, and targets.

    >>> X, y = points(np.random.default_rng(0))
    >>> len(X) == len(y) == SAMPLES
    True
    """
    x = rng.uniform(-1.0, 1.0, SAMPLES)
    y = LINE[0] * x + LINE[1] + rng.normal(0.0, NOISE, SAMPLES)
    return x[:, None].tolist(), y.tolist()


def least_squares(X: list[list[float]], y: list[float]) -> tuple[float, float, float]:
    """The weight and bias with the least cost there is, and that cost, by linear algebra.

    >>> [round(number, 6) for number in least_squares([[0.0], [1.0]], [1.0, 3.0])[:2]]
    [2.0, 1.0]
    """
    rows = np.column_stack([X, np.ones(len(X))])
    best = np.linalg.lstsq(rows, np.array(y), rcond=None)[0]
    return float(best[0]), float(best[1]), float(np.mean((rows @ best - y) ** 2))


def descend(
    kind: str, X: list[list[float]], y: list[float], seed: int, epochs: int, account: Account
) -> Descent:
    """Fit a linear neuron, which starts at zero, by one kind of gradient descent.

    >>> X, y = points(np.random.default_rng(0))
    >>> descend("mini-batch", X, y, seed=0, epochs=1, account=Account()).steps
    4
    """
    rng = np.random.default_rng(seed)
    neuron = Neuron(1, activation="linear", init="zeros")
    optimizer = SGD(neuron.parameters(), lr=LR)
    outcome = Descent(kind, costs=[_cost(neuron, X, y)])
    with progress_line(epochs, show=False if account.quiet else None, title=kind) as advance:
        for epoch in range(1, epochs + 1):
            account.doing = f"going down by {kind} gradient descent, in epoch {epoch} of {epochs}"
            portions = SIZES[kind](X, y, rng)
            outcome.size, outcome.steps = len(portions[0][0]), len(portions)
            for inputs, targets in portions:
                optimizer.zero_grad()
                cost = mse([neuron(x) for x in inputs], targets)
                cost.backward()
                optimizer.step()
            outcome.costs.append(_cost(neuron, X, y))
            advance(f"cost {outcome.costs[-1]:.4f}")
    outcome.weight, outcome.bias = (parameter.data for parameter in neuron.parameters())
    return outcome


def _cost(neuron: Neuron, X: list[list[float]], y: list[float]) -> float:
    with no_grad():
        cost: Value = mse([neuron(x) for x in X], y)
    return cost.data
