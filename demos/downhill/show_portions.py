"""The chapter on how many samples stand behind a step: all, one, or a mini-batch."""

from typing import Any

import numpy as np

from demos.descent.batch_sizes import LR, SAMPLES, SIZES, Descent, descend, least_squares, points
from demos.runner.account import Account
from demos.runner.pictures import Pictures
from viz import plot_loss

__all__ = ["NEAR", "show_portions"]

NEAR = 1.1
"""Stochastic descent must come within a tenth of the least cost there is."""


def show_portions(seed: int, epochs: int, account: Account, pictures: Pictures) -> bool:
    """Fit a line by each kind of descent, and tell how far each came.

    Args:
        seed: of the samples and of the order they are taken in.
        epochs: how often each kind sees every sample.
        account: told about it.
        pictures: drawn into.

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
    account.say()
    runs = [descend(kind, X, y, seed, epochs, account) for kind in SIZES]
    rows: list[list[object]] = [
        [run.kind, run.size, run.steps, run.costs[-1], run.weight, run.bias] for run in runs
    ]
    rows.append(["least squares", "", "", least, weight, bias])
    account.table(["descent", "samples a step", "steps an epoch", "cost", "w", "b"], rows)
    account.say()
    right = _tell(runs, least, epochs, account)
    account.say()
    curves = {f"{run.kind} ({run.size} a step)": run.costs[1:] for run in runs}

    def draw(ax: Any) -> None:
        plot_loss(curves, ax, log=True, title="The cost after each pass over the samples", ylabel="cost")
        ax.locator_params(axis="x", integer=True)

    pictures.plot("descent_kinds.png", draw, "the cost over all samples after each epoch")
    return right


def _tell(runs: list[Descent], least: float, epochs: int, account: Account) -> bool:
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
