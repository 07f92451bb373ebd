"""Batch, stochastic and mini-batch gradient descent on one line."""

from functools import partial
from typing import Any

import numpy as np

from demos.runner.page import Page
from nn import SGD, History, Neuron, fit
from viz import plot_loss

SIZES = {"batch": None, "mini-batch": 50, "stochastic": 1}
"""How many samples stand behind one step; None for all."""

SAMPLES = 200
LINE = (2.0, -1.0)
NOISE = 0.3
LR = 0.02
NEAR = 1.1  # stochastic descent must come within a tenth of the least cost there is


def points(seed: int) -> tuple[Any, Any]:
    """Samples along a line, with noise: inputs from -1 to 1, and targets."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, SAMPLES)
    return x[:, None], LINE[0] * x + LINE[1] + rng.normal(0.0, NOISE, SAMPLES)


def descend(kind: str, X: Any, y: Any, page: Page) -> tuple[Neuron, History]:
    """Fit a linear neuron, from zero, by one kind of gradient descent."""
    neuron = Neuron(1, activation="linear", init="zeros")
    optimizer = SGD(neuron.parameters(), lr=LR)
    return neuron, fit(
        neuron, X, y, loss="mse", optimizer=optimizer, batch_size=SIZES[kind], epochs=page.epochs, jit=True,
        validation=(X, y), rng=page.seed, progress=page.progress,
    )  # fmt: skip  # the "validation loss" is the cost of all samples after each epoch


def show_batch_sizes(page: Page) -> bool:
    """Fit a line by each kind of descent, and print how close each came."""
    X, y = points(page.seed)
    rows = np.column_stack([X, np.ones(SAMPLES)])
    best = np.linalg.lstsq(rows, y, rcond=None)[0]
    least = float(np.mean((rows @ best - y) ** 2))
    page.say(f"""
        ## How many samples behind one step?

        A linear neuron is fitted to {SAMPLES} noisy samples of a line: from zero, with step size {LR}, for
        {page.epochs} epochs, in each of which every sample is used once. The last row is the best there is,
        by linear algebra.
    """)
    runs = {kind: descend(kind, X, y, page) for kind in SIZES}
    costs = {kind: history["val_loss"] for kind, (_, history) in runs.items()}
    sizes = {kind: size or SAMPLES for kind, size in SIZES.items()}
    page.table(["descent", "samples a step", "steps an epoch", "cost", "w", "b"],
               [*([kind, sizes[kind], -(-SAMPLES // sizes[kind]), costs[kind][-1],
                   *(p.data for p in neuron.parameters())] for kind, (neuron, _) in runs.items()),
                ["least squares", "", "", least, *map(float, best)]])  # fmt: skip
    page.plot("descent_kinds.png", "the cost of all samples after each epoch",
              partial(draw, {f"{kind} ({sizes[kind]} a step)": costs[kind] for kind in SIZES}))
    slowest, stochastic = max(costs, key=lambda kind: costs[kind][-1]), costs["stochastic"][-1]
    if slowest != "batch" or stochastic > NEAR * least:
        return page.fail(
            f"After {page.epochs} epochs batch descent should be the furthest up, it is {slowest}; "
            f"stochastic descent, at {stochastic:.4f}, below {NEAR * least:.4f}. Try more --epochs."
        )
    page.say("""
        An epoch costs all kinds the same, but the smaller the batch, the more steps it pays for. The steps
        of stochastic descent, each by one sample, are wrong by chance and keep it trembling around the
        minimum; those of batch descent go straight and are few. Mini-batches are a compromise, and on
        hardware that computes the samples of a batch at once the usual one.
    """)
    return True


def draw(costs: dict[str, list[float]], ax: Any) -> None:
    """The cost of each kind, epoch by epoch."""
    plot_loss(costs, ax, log=True, title="The cost after each pass over the samples", ylabel="cost")
    ax.locator_params(axis="x", integer=True)
