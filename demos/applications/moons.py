"""Networks learn two moons, circles and spirals, which no line parts.

You will see the boundaries that networks with two hidden layers bend around points, with points that they
were not trained on, and the learning curves.
"""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from demos.data.points2d import Points, circles, moons, right, spiral
from demos.runner.page import Page, share_legend
from nn import MLP, Adam, CosineAnnealingLR, History, fit, split
from viz import plot_decision_boundary, plot_learning_curves

EPOCHS = 60
TRY = "`python -m demos moons --epochs 5`: the moons are done, the spirals are not."
GOAL = 0.9  # the fraction of the points held out that are to be on the right side
SHAPES = {"moons": moons, "circles": circles, "spiral": spiral}
COUNT = 100  # points of each class
HELD_OUT = 0.3


class Learned(NamedTuple):
    """A network trained on a shape, its history, and the points shown and held out."""

    model: MLP
    history: History
    shown: Points
    held_out: Points


def learn(shape: str, page: Page) -> Learned:
    """Train a network on a part of the points of a shape."""
    X, y = SHAPES[shape](COUNT, np.random.default_rng(page.seed))
    X, X_test, y, y_test = split(X, y, HELD_OUT, rng=page.seed, stratify=True)
    model = MLP(2, [10, 10, 1], activation="relu", init="he_normal", rng=page.seed)
    optimizer = Adam(model.parameters(), lr=0.03)
    history = fit(
        model, X, y, loss="binary_cross_entropy_with_logits", optimizer=optimizer, batch_size=10, jit=True,
        schedule=CosineAnnealingLR(optimizer, page.epochs), epochs=page.epochs, rng=page.seed,
        validation=(X_test, y_test), progress=page.progress,
    )  # fmt: skip  # what is held out is looked at for the picture; nothing is chosen by it
    return Learned(model, history, (X, y), (X_test, y_test))


def run(page: Page) -> bool:
    """Train a network for each shape and show its boundary."""
    page.say(f"""
        Each has two hidden layers of 10 relu neurons. Of {2 * COUNT} points of a shape (seed {page.seed})
        it is trained on {1 - HELD_OUT:.0%}, for {page.epochs} epochs of Adam.
    """)
    learned = {shape: learn(shape, page) for shape in SHAPES}
    page.table(["shape", "points", "loss", "accuracy", "held out", "accuracy"],
               [[shape, len(each.shown[1]), each.history["loss"][-1], right(each.model, each.shown),
                 len(each.held_out[1]), right(each.model, each.held_out)]
                for shape, each in learned.items()])
    page.plot("moons_boundary.png", "the boundaries, with the points held out",
              partial(draw_boundaries, learned), panels=3)
    page.say(f"""
        The same {learned["moons"].model.num_parameters()} weights and biases bend a boundary around each
        shape; nobody told them which. Where classes overlap, as the tips of the moons do, some points are
        on the wrong side of any boundary that makes sense; a network that bends around each of them learns
        by heart.
    """)
    page.plot("moons_loss.png", "the loss in each epoch, of points shown and held out",
              partial(draw_losses, learned), panels=3)
    missed = [shape for shape, each in learned.items() if right(each.model, each.held_out) < GOAL]
    more = max(EPOCHS, 2 * page.epochs)
    return not missed or page.fail(f"Fewer than {GOAL:.0%} of the points held out are right: "
                                   f"{', '.join(missed)}. Try --epochs {more} or another start, --seed N.")


def draw_boundaries(learned: dict[str, Learned], *axes: Any) -> None:
    """The boundary around the points held out."""
    for (shape, each), ax in zip(learned.items(), axes, strict=True):
        title = f"{shape}: {right(each.model, each.held_out):.0%} right"
        plot_decision_boundary(each.model, *each.held_out, ax, threshold=0.0, title=title)
    share_legend(*axes)


def draw_losses(learned: dict[str, Learned], *axes: Any) -> None:
    """The learning curves."""
    for (shape, each), ax in zip(learned.items(), axes, strict=True):
        plot_learning_curves(each.history, ax, log=True, title=shape, ylabel="cross-entropy")
