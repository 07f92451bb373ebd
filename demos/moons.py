"""Networks learn shapes that no straight line parts: two moons, a ring around a ring, two spirals.

Each network has two hidden layers, is trained on a part of the points and tried on the rest. Written
are the boundaries it drew around the points it was tried on, and the learning curves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.data.points2d import Points, circles, moons, right, spiral
from demos.runner.account import Account
from demos.runner.fit import learn_by_adam
from demos.runner.options import Options
from demos.runner.pictures import Pictures, share_legend
from nn import MLP, History, split
from viz import plot_decision_boundary, plot_learning_curves

__all__ = ["EPOCHS", "GOAL", "SHAPES", "TITLE", "Learned", "learn_shape", "run"]

TITLE = "networks learn two moons, circles and spirals, which no line parts"

EPOCHS = 60

GOAL = 0.9
"""The fraction of the points held out that are to be on the right side."""

SHAPES: dict[str, Callable[[int, np.random.Generator], Points]] = {
    "moons": moons,
    "circles": circles,
    "spiral": spiral,
}

HIDDEN = (10, 10)

COUNT = 100
"""Points of each class."""

HELD_OUT = 0.3


@dataclass(frozen=True)
class Learned:
    """A network trained on a shape, its history, and the points shown and held out."""

    shape: str
    model: MLP
    history: History
    shown: Points
    held_out: Points


def learn_shape(shape: str, seed: int, epochs: int, account: Account) -> Learned:
    """Train a network on a part of the points of a shape."""
    X, y = SHAPES[shape](COUNT, np.random.default_rng(seed))
    X, X_held, y, y_held = split(X, y, HELD_OUT, rng=seed, stratify=True)
    shown, held_out = (X, y), (X_held, y_held)
    model = MLP(2, [*HIDDEN, 1], activation="relu", init="he_normal", rng=seed)
    history = learn_by_adam(
        shape,
        model,
        *shown,
        lr=0.03,
        epochs=epochs,
        account=account,
        loss="binary_cross_entropy_with_logits",
        batch_size=10,
        validation=held_out,  # looked at after each epoch, for the picture; nothing is chosen by it
        rng=seed,
    )
    return Learned(shape, model, history, shown, held_out)


def run(options: Options, account: Account) -> bool:
    """Train a network for each shape and show its boundary.

    Returns:
        Whether enough of the points held out of each shape are on the right side.
    """
    account.heading(f"Moons: {TITLE}")
    account.say(
        f"Asked: can a network with {len(HIDDEN)} hidden layers of {HIDDEN[0]} relu neurons part points that "
        f"wind around each other? Of {2 * COUNT} points of each shape (seed {options.seed}) it is trained on "
        f"{1 - HELD_OUT:.0%} for {options.epochs} epochs of Adam; the others are held out."
    )
    learned = [learn_shape(shape, options.seed, options.epochs, account) for shape in SHAPES]
    account.table(
        ["shape", "points", "loss", "accuracy", "held out", "accuracy"],
        [[each.shape, len(each.shown[1]), each.history["loss"][-1], right(each.model, each.shown),
          len(each.held_out[1]), right(each.model, each.held_out)] for each in learned],
    )  # fmt: skip
    missed = [each.shape for each in learned if right(each.model, each.held_out) < GOAL]
    if not missed:
        account.say(f"All shapes were learned: at least {GOAL:.0%} of the points held out are right.")
    else:
        account.fail(
            f"Fewer than {GOAL:.0%} of the points held out are right: {', '.join(missed)}. "
            f"Try --epochs {max(EPOCHS, 2 * options.epochs)} or another start, --seed N."
        )
    hardest = max(learned, key=lambda each: each.history["loss"][-1])
    account.say(
        f"What it shows: the same {learned[0].model.num_parameters()} weights and biases bend a boundary "
        f"around each shape; nobody told them which. What was hardest to fit here was: {hardest.shape}. "
        f"Where "
        "classes overlap, as the tips of the moons do, some points are on the wrong side of any boundary "
        "that makes sense, and a network that bends around each of them learns by heart."
    )
    _write_pictures(learned, Pictures(options, account))
    return not missed


def _write_pictures(learned: list[Learned], pictures: Pictures) -> None:
    def draw_boundaries(*axes: Any) -> None:
        for each, ax in zip(learned, axes, strict=True):
            title = f"{each.shape}: {right(each.model, each.held_out):.0%} of those held out"
            plot_decision_boundary(each.model, *each.held_out, ax, threshold=0.0, title=title)
        share_legend(*axes)

    def draw_curves(*axes: Any) -> None:
        for each, ax in zip(learned, axes, strict=True):
            plot_learning_curves(each.history, ax, log=True, title=each.shape, ylabel="cross-entropy")

    size = (11.0, 3.8)
    caption = "the boundaries, with the points held out"
    pictures.plot("moons_boundary.png", draw_boundaries, caption, panels=len(learned), size=size)
    caption = "the loss in each epoch, shown and held out"
    pictures.plot("moons_loss.png", draw_curves, caption, panels=len(learned), size=size)
