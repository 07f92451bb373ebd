"""A network reads handwritten digits, images of 8 by 8 pixels.

Neurons are written in scalars, one multiplication after the other, as everywhere here; ``engine.jit`` makes
matrix products of them (``fit(…, jit=True)``), so that training takes seconds. A part of the images is held
out. Written are some of these with what the network takes them for, the confusion matrix, and the learning
curves.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from demos.data.scikit import load
from demos.runner.account import Account
from demos.runner.fit import learn_by_adam
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from engine import topological_order
from nn import (
    MLP,
    History,
    accuracy,
    confusion_matrix,
    cross_entropy,
    predict_proba,
    predicted_classes,
    split,
)
from viz import plot_confusion_matrix, plot_learning_curves

__all__ = ["EPOCHS", "GOAL", "TITLE", "Learned", "learn_digits", "run"]

TITLE = "a network written in scalars reads handwritten digits, lifted to matrices"

EPOCHS = 30

GOAL = 0.97
"""The fraction of the images held out that are to be read right."""

HIDDEN = 32

HELD_OUT = 0.2

SHOWN = 24
"""Images in the picture: those that were misread first."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Learned:
    """A trained network, its history, and its outputs for the images held out.

    Attributes:
        images: those held out, each a row of pixels from 0 to 1.
        digits: what they show.
        outputs: a probability for each of the ten digits.
    """

    model: MLP
    history: History
    images: Array
    digits: npt.NDArray[np.int64]
    outputs: Array


def learn_digits(
    images: Array, digits: npt.NDArray[np.int64], seed: int, epochs: int, account: Account
) -> Learned:
    """Train a network on most images and try it on the others, each digit in equal shares."""
    X, X_held, y, y_held = split(images, digits, HELD_OUT, rng=seed, stratify=True)
    shown, held_out = (X, y), (X_held, y_held)
    model = MLP(images.shape[1], [HIDDEN, 10], activation="relu", init="he_normal", rng=seed)
    history = learn_by_adam(
        "to read digits",
        model,
        *shown,
        lr=0.01,
        epochs=epochs,
        account=account,
        loss="cross_entropy",
        batch_size=32,
        metrics="accuracy",
        validation=held_out,  # looked at after each epoch, for the picture; nothing is chosen by it
        rng=seed,
    )
    return Learned(model, history, *held_out, predict_proba(model, held_out[0]))


def run(options: Options, account: Account) -> bool:
    """Train the network and count what it reads right.

    Returns:
        Whether enough of the images held out were read right.
    """
    account.heading(f"Digits: {TITLE}")
    data = load("digits", account)
    if data is None:
        return False
    account.say(
        f"Asked: which digit was written? {len(data.data)} images of 8 by 8 pixels, by 13 people; "
        f"{HELD_OUT:.0%} of them (seed {options.seed}) are held out, and read by a network of {HIDDEN} relu "
        f"neurons and a softmax that was trained on the others for {options.epochs} epochs of Adam."
    )
    learned = learn_digits(data.data / 16.0, data.target, options.seed, options.epochs, account)
    history = learned.history
    account.table(
        ["images", "", "loss", "accuracy"],
        [["trained on", len(data.data) - len(learned.digits), history["loss"][-1], history["accuracy"][-1]],
         ["held out", len(learned.digits), history["val_loss"][-1], history["val_accuracy"][-1]]],
    )  # fmt: skip
    matrix = confusion_matrix(learned.digits, learned.outputs, 10)
    reached = accuracy(learned.digits, learned.outputs) >= GOAL
    outcome = f"{np.trace(matrix)} of {matrix.sum()} images held out were read right"
    if reached:
        account.say(f"The digits were learned: {outcome}.")
    else:
        account.fail(
            f"The digits were not learned, the goal is {GOAL:.0%}: {outcome}. Try --epochs {EPOCHS}."
        )
    loss = cross_entropy(learned.model(learned.images[0]), int(learned.digits[0]))
    account.say(
        "What it shows: a network written in scalars need not be slow. For one image alone it computes "
        f"{len(topological_order(loss)):,} numbers, and as many gradients; jit=True found the matrix "
        "products among them once, before the first step, and from then on NumPy ran these. Of "
        f"{learned.model.num_parameters():,} weights and biases nobody chose one."
    )
    _write_pictures(learned, matrix, Pictures(options, account))
    return reached


def _write_pictures(learned: Learned, matrix: Any, pictures: Pictures) -> None:
    read = np.array(predicted_classes(learned.outputs))
    wrong = read != learned.digits
    first = np.argsort(~wrong, kind="stable")[:SHOWN]

    def draw_images(*axes: Any) -> None:
        for i, ax in zip(first, axes, strict=True):
            ax.imshow(learned.images[i].reshape(8, 8), cmap="gray_r")
            ax.set_axis_off()
            if wrong[i]:
                ax.set_title(f"{read[i]}, is {learned.digits[i]}", color="tab:red")
            else:
                ax.set_title(f"{read[i]}")

    def draw_confusion(ax: Any) -> None:
        plot_confusion_matrix(matrix, [str(digit) for digit in range(10)], ax, title="Digits held out")

    def draw_curves(loss: Any, right: Any) -> None:
        plot_learning_curves(learned.history, loss, log=True, title="Cross-entropy")
        plot_learning_curves(learned.history, right, name="accuracy", title="Accuracy")

    caption = f"what {SHOWN} images held out were taken for, those misread first"
    pictures.plot("digits_read.png", draw_images, caption, panels=len(first), size=(10.0, 4.8), columns=8)
    caption = "which digits were taken for which"
    pictures.plot("digits_confusion.png", draw_confusion, caption, size=(6.4, 5.6))
    pictures.plot("digits_curves.png", draw_curves, "while it learns", panels=2, size=(9.0, 3.8))
