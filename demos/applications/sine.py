"""A small network learns the sine from some of its points.

You will see a network that never hears of a sine draw one after 41 points, how good it is between them, and
what it makes of places beyond all that it was shown.
"""

import math
from functools import partial
from typing import Any

import numpy as np

from demos.runner.page import Page
from nn import MLP, Adam, CosineAnnealingLR, History, fit, predict
from viz import plot_learning_curves

EPOCHS = 200
TRY = "`python -m demos sine --epochs 5`: a coarse curve appears early, the bends come late."
GOAL = 0.05  # how far off the curve may be at a point that was held out
SHOWN = np.linspace(-math.pi, math.pi, 41)
HELD_OUT = (SHOWN[:-1] + SHOWN[1:]) / 2
BEYOND = np.linspace(0.05, 2, 40) + math.pi
BEYOND = np.concatenate([-BEYOND, BEYOND])


def learn(page: Page) -> tuple[MLP, History]:
    """Train a network on the points shown; those between them are only looked at."""
    model = MLP(1, [8, 8, 1], activation="tanh", init="xavier_uniform", rng=page.seed)
    optimizer = Adam(model.parameters(), lr=0.05)
    history = fit(
        model, SHOWN[:, None], np.sin(SHOWN), loss="mse", optimizer=optimizer, batch_size=5, jit=True,
        schedule=CosineAnnealingLR(optimizer, page.epochs), epochs=page.epochs, rng=page.seed,
        validation=(HELD_OUT[:, None], np.sin(HELD_OUT)), progress=page.progress,
    )  # fmt: skip
    return model, history


def off(model: MLP, xs: Any) -> float:
    """The largest error of the network."""
    return float(np.abs(predict(model, xs[:, None]) - np.sin(xs)).max())


def run(page: Page) -> bool:
    """Train the network and show its curve."""
    page.say(f"""
        Two hidden layers of 8 tanh neurons start from random weights (seed {page.seed}) and go downhill on
        the mean squared error, for {page.epochs} epochs of Adam.
    """)
    model, history = learn(page)
    sets = {"shown": SHOWN, "between them, held out": HELD_OUT, "beyond": BEYOND}
    page.table(["points", "count", "off by at most"],
               [[name, len(xs), off(model, xs)] for name, xs in sets.items()])  # fmt: skip
    reached = off(model, HELD_OUT) < GOAL
    if not reached:
        page.fail(f"The sine was not learned: between the points it is off by {off(model, HELD_OUT):.4f} "
                  f"(goal {GOAL}). Try --epochs {max(EPOCHS, 2 * page.epochs)}, or another start, --seed N.")

    def draw(ax: Any) -> None:
        xs = np.linspace(-math.pi - 2, math.pi + 2, 300)
        ax.axvspan(-math.pi, math.pi, color="#eeeeee")
        ax.plot(xs, np.sin(xs), color="#000000", linestyle="--", label="sine")
        ax.plot(xs, predict(model, xs[:, None]), color="#d55e00", linewidth=2, label="network")
        ax.plot(SHOWN, np.sin(SHOWN), "o", color="#0072b2", markersize=4, label="points shown")
        ax.set(title="The sine, and what the network made of it", xlabel="x", ylabel="y", ylim=(-1.5, 1.5))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, frameon=False)

    page.plot("sine_curve.png", "the network's curve against the sine; grey is what it was shown", draw)
    page.say(f"""
        {model.num_parameters()} weights and biases bend a sum of tanh curves into a sine. It did not find
        out that there is a sine: within 2 beyond the last points it is off by up to
        {off(model, BEYOND):.2f}.
    """)
    losses = partial(plot_learning_curves, history, log=True, title="Mean squared error", ylabel="error")
    page.plot("sine_loss.png", "the error in each epoch, at the points shown and between them", losses)
    return reached
