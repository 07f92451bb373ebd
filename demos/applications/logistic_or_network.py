"""Logistic regression against a network, where a line is enough and where not.

You will see both trained alike, on the same points, and tried on the same points held out. Logistic
regression is a single sigmoid neuron, its boundary a line; the network has two hidden layers in front of
it.
"""

from functools import partial
from typing import Any

import numpy as np

from demos.data.points2d import Points, blobs, circles, moons, right
from demos.runner.page import Page, share_legend
from nn import MLP, Adam, CosineAnnealingLR, fit, split
from viz import plot_decision_boundary

EPOCHS = 40
TRY = "`python -m demos logistic_or_network --seed 5`: on which points does the network still gain nothing?"

MODELS: dict[str, list[int]] = {"logistic regression": [1], "network": [8, 8, 1]}
"""The neurons of each layer."""

SETS = {"blobs": blobs, "moons": moons, "circles": circles}
"""Points that a line parts as well as anything, that it parts in part, and that it cannot part at all."""

COUNT = 100  # points of each class
HELD_OUT = 0.4
CLOSE, GAIN = 0.1, 0.3
"""What the network may gain or lose where a line is enough, and what it is to gain where it is of no use."""


def try_out(points: str, name: str, page: Page) -> tuple[MLP, Points, Points]:
    """Train a model on a part of a set of points; a seed gives each model the same points."""
    X, y = SETS[points](COUNT, np.random.default_rng(page.seed))
    X, X_test, y, y_test = split(X, y, HELD_OUT, rng=page.seed, stratify=True)
    model = MLP(2, MODELS[name], activation="relu", init="he_normal", rng=page.seed)
    optimizer = Adam(model.parameters(), lr=0.05)
    fit(model, X, y, loss="binary_cross_entropy_with_logits", optimizer=optimizer, batch_size=10, jit=True,
        schedule=CosineAnnealingLR(optimizer, page.epochs), epochs=page.epochs, rng=page.seed,
        progress=page.progress)  # fmt: skip
    return model, (X, y), (X_test, y_test)


def run(page: Page) -> bool:
    """Train both models on each set of points and compare them."""
    page.say(f"""
        Of {2 * COUNT} points of each set (seed {page.seed}) both are trained on {1 - HELD_OUT:.0%}, for
        {page.epochs} epochs of Adam.
    """)
    tried = {points: {name: try_out(points, name, page) for name in MODELS} for points in SETS}
    page.table(["points", "model", "parameters", "accuracy", "held out"],
               [[points, name, model.num_parameters(), right(model, shown), right(model, held_out)]
                for points, models in tried.items() for name, (model, shown, held_out) in models.items()])
    for points, models in tried.items():
        page.plot(f"logistic_or_network_{points}.png", f"both boundaries on {points}, with points held out",
                  partial(draw, models), panels=2)
    gains = {}
    for points, models in tried.items():
        line, net = (right(model, held_out) for model, _, held_out in models.values())
        gains[points] = 100 * (net - line)
    told = ", ".join(f"{gain:+.0f} on {points}" for points, gain in gains.items())
    if abs(gains["blobs"]) > 100 * CLOSE or gains["circles"] < 100 * GAIN:
        return page.fail("Of 100 points held out the network should get as many right as logistic regression "
                         f"on blobs, and far more on circles; it gets {told}. Try --epochs {EPOCHS}.")
    page.say(f"""
        Of 100 points held out the network gets more right by: {told}. Where a line parts the classes, a
        network finds the line too and gains nothing for its parameters: try the simple model first. Where
        none does, logistic regression needs features that a person thinks up, such as x1**2 + x2**2 for the
        circles. The hidden layers find such features by themselves.
    """)
    return True


def draw(models: dict[str, Any], *axes: Any) -> None:
    """The boundary of each model."""
    for (name, (model, _, held_out)), ax in zip(models.items(), axes, strict=True):
        title = f"{name}: {right(model, held_out):.0%} right"
        plot_decision_boundary(model, *held_out, ax, threshold=0.0, title=title)
    share_legend(*axes)
