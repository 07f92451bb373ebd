"""Batch, stochastic and mini-batch gradient descent on one line."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from demos.runner.account import Account
from demos.runner.pictures import Pictures
from engine import Value, no_grad
from nn import SGD, Neuron, mse
from nn.data.batches import batches
from nn.training.progress import progress_line
from viz import plot_loss

__all__ = ["NEAR", "SIZES", "Descent", "descend", "least_squares", "points", "show_batch_sizes"]

SIZES: dict[str, Callable[..., list[tuple[list[list[float]], list[float]]]]] = {
    "batch": lambda X, y, rng: batches(X, y, None, rng=rng),
    "stochastic": lambda X, y, rng: batches(X, y, 1, rng=rng),
    "mini-batch": lambda X, y, rng: batches(X, y, rng=rng),  # of the default size
}
"""How each kind splits the samples of an epoch into batches."""

SAMPLES = 200
LINE = (2.0, -1.0)
NOISE = 0.3
LR = 0.02

NEAR = 1.1
"""Stochastic descent must come within a tenth of the least cost there is."""


@dataclass
class Descent:
    """The course of one kind of descent.

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
    """The weight and bias of least cost, and that cost, by linear algebra.

    >>> [round(number, 6) for number in least_squares([[0.0], [1.0]], [1.0, 3.0])[:2]]
    [2.0, 1.0]
    """
    rows = np.column_stack([X, np.ones(len(X))])
    best = np.linalg.lstsq(rows, np.array(y), rcond=None)[0]
    return float(best[0]), float(best[1]), float(np.mean((rows @ best - y) ** 2))


def descend(
    kind: str, X: list[list[float]], y: list[float], seed: int, epochs: int, account: Account
) -> Descent:
    """Fit a linear neuron, from zero, by one kind of gradient descent.

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


def show_batch_sizes(seed: int, epochs: int, account: Account, pictures: Pictures) -> bool:
    """Fit a line by each kind of descent, and print how close each came.

    Args:
        seed: of the samples and of the order they are taken in.
        epochs: how often each kind sees every sample.
        account: receives the text.
        pictures: receives the pictures.

    Returns:
        Whether batch descent came least far, and stochastic descent near the least cost.
    """
    X, y = points(np.random.default_rng(seed))
    weight, bias, least = least_squares(X, y)
    account.say(
        f"Asked: how many samples should stand behind one step? A linear neuron is fitted to {SAMPLES} noisy "
        f"samples of a line: from zero, with step size {LR}, for {epochs} epochs, in each of which every "
        "sample is used once. The last row is the best there is, by linear algebra."
    )
    runs = [descend(kind, X, y, seed, epochs, account) for kind in SIZES]
    rows: list[list[object]] = [
        [run.kind, run.size, run.steps, run.costs[-1], run.weight, run.bias] for run in runs
    ]
    rows.append(["least squares", "", "", least, weight, bias])
    account.table(["descent", "samples a step", "steps an epoch", "cost", "w", "b"], rows)
    right = _show_costs(runs, least, epochs, account)
    curves = {f"{run.kind} ({run.size} a step)": run.costs[1:] for run in runs}

    def draw(ax: Any) -> None:
        plot_loss(curves, ax, log=True, title="The cost after each pass over the samples", ylabel="cost")
        ax.locator_params(axis="x", integer=True)

    pictures.plot("descent_kinds.png", draw, "the cost over all samples after each epoch")
    return right


def _show_costs(runs: list[Descent], least: float, epochs: int, account: Account) -> bool:
    costs = {run.kind: run.costs[-1] for run in runs}
    closest, slowest = min(costs, key=costs.__getitem__), max(costs, key=costs.__getitem__)
    stochastic = costs["stochastic"]
    if slowest != "batch" or stochastic > NEAR * least:
        account.fail(
            f"After {epochs} epochs {slowest} descent is the furthest up, which batch descent should be, and "
            f"stochastic descent at cost {stochastic:.4f}, where it should be below {NEAR * least:.4f}. Try "
            "more --epochs, or another --seed N."
        )
        return False
    account.say(
        "What it shows: an epoch costs all kinds the same, but the smaller the portion, the more steps it "
        f"pays for. After {epochs} epochs {closest} descent is closest and {slowest} descent far behind. The "
        "steps of stochastic descent, each by one sample, are wrong by chance and keep it trembling around "
        "the minimum; those of batch descent go straight and are few. Mini-batches are a compromise, and on "
        "hardware that computes the samples of one at once the usual one."
    )
    return True
