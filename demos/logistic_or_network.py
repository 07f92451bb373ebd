"""Logistic regression against a network, where a straight line is enough and where it is not.

Logistic regression is a single sigmoid neuron: its boundary is a line. The network has two hidden layers
in front of it. Both are trained alike, on the same points, and tried on the same points held out. Written are
the boundaries of both for each set of points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.data.points2d import Points, blobs, circles, moons, right
from demos.runner.account import Account
from demos.runner.fit import learn_by_adam
from demos.runner.options import Options
from demos.runner.pictures import Pictures, share_legend
from nn import MLP, split
from viz import plot_decision_boundary

__all__ = ["EPOCHS", "MODELS", "SETS", "TITLE", "Tried", "run", "try_out"]

TITLE = "logistic regression against a network, where a line is enough and where not"

EPOCHS = 40

MODELS: dict[str, list[int]] = {"logistic regression": [1], "network": [8, 8, 1]}
"""The neurons of each layer."""

SETS: dict[str, Callable[[int, np.random.Generator], Points]] = {
    "blobs": blobs,
    "moons": moons,
    "circles": circles,
}
"""Points that a line parts as well as anything, that it parts in part, and that it cannot part at all."""

COUNT = 100  # points of each class

HELD_OUT = 0.4

CLOSE, GAIN = 0.1, 0.3
"""What the network may gain or lose where a line is enough, and what it is to gain where it is of no use."""


@dataclass(frozen=True)
class Tried:
    """A model trained on a part of a set of points, with both parts."""

    points: str
    name: str
    model: MLP
    shown: Points
    held_out: Points


def try_out(points: str, name: str, seed: int, epochs: int, account: Account) -> Tried:
    """Train a model on a part of a set of points; a seed gives each model the same points."""
    X, y = SETS[points](COUNT, np.random.default_rng(seed))
    X, X_held, y, y_held = split(X, y, HELD_OUT, rng=seed, stratify=True)
    shown, held_out = (X, y), (X_held, y_held)
    model = MLP(2, MODELS[name], activation="relu", init="he_normal", rng=seed)
    learn_by_adam(
        f"the {name} on {points}",
        model,
        *shown,
        lr=0.05,
        epochs=epochs,
        account=account,
        loss="binary_cross_entropy_with_logits",
        batch_size=10,
        rng=seed,
    )
    return Tried(points, name, model, shown, held_out)


def run(options: Options, account: Account) -> bool:
    """Train both models on each set of points and compare them.

    Returns:
        Whether both do equally well where a line is enough, and the network better where it is of no use.
    """
    account.heading(f"Logistic or network: {TITLE}")
    account.say(
        "Asked: when does a network do better than logistic regression? Logistic regression is one sigmoid "
        f"neuron; the network has two hidden layers of {MODELS['network'][0]} relu neurons in front of it. "
        f"Of {2 * COUNT} points of each set (seed {options.seed}) both are trained on the same "
        f"{1 - HELD_OUT:.0%} for "
        f"{options.epochs} epochs; the others are held out."
    )
    tried = {
        points: [try_out(points, name, options.seed, options.epochs, account) for name in MODELS]
        for points in SETS
    }
    rows = [
        [
            each.points,
            each.name,
            len(each.model.parameters()),
            right(each.model, each.shown),
            right(each.model, each.held_out),
        ]
        for models in tried.values()
        for each in models
    ]
    account.table(["points", "model", "parameters", "accuracy", "held out"], rows)
    gains = {
        points: right(net.model, net.held_out) - right(line.model, line.held_out)
        for points, (line, net) in tried.items()
    }
    told = ", ".join(f"{100 * gain:+.0f} on {points}" for points, gain in gains.items())
    reached = abs(gains["blobs"]) <= CLOSE and gains["circles"] >= GAIN
    outcome = f"of 100 points held out the network gets more right than logistic regression by: {told}"
    if reached:
        account.say(f"O{outcome[1:]}.")
    else:
        account.fail(f"The comparison did not come out as it should: {outcome}. Try --epochs {EPOCHS}.")
    account.say(
        "What it shows: where the classes are parted by a line, a network finds the line too and gains "
        "nothing for its parameters; try the simple model first. Where they are not, logistic regression "
        "could only be helped by features that a person thinks up, such as x1**2 + x2**2 for the circles. "
        "The hidden layers find such features by themselves."
    )
    _write_pictures(tried, Pictures(options, account))
    return reached


def _write_pictures(tried: dict[str, list[Tried]], pictures: Pictures) -> None:
    for points, models in tried.items():

        def draw(*axes: Any, models: list[Tried] = models) -> None:
            for each, ax in zip(models, axes, strict=True):
                title = f"{each.name}: {right(each.model, each.held_out):.0%} right"
                plot_decision_boundary(each.model, *each.held_out, ax, threshold=0.0, title=title)
            share_legend(*axes)

        caption = f"the boundaries of both on {points}, with the points held out"
        pictures.plot(f"logistic_or_network_{points}.png", draw, caption, panels=2, size=(8.5, 3.8))
