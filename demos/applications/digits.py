"""A network written in scalars reads handwritten digits, lifted to matrices.

You will see images that a network was not trained on, what it takes them for, and which digits it confuses.
Its neurons are written one multiplication after the other; `engine.jit` makes matrix products of them, so
that training takes seconds.
"""

from functools import partial
from typing import Any

import numpy as np

from demos.applications.iris import draw_curves
from demos.data.scikit import load
from demos.runner.page import Page
from engine import topological_order
from nn import MLP, Adam, CosineAnnealingLR, History, cross_entropy, fit, predict, predicted_classes, split
from viz import plot_confusion_matrix

EPOCHS = 30
TRY = "`python -m demos digits --epochs 1`: how many digits does it read after one look at each image?"
GOAL = 0.97  # the fraction of the images held out that are to be read right
HIDDEN = 32
HELD_OUT = 0.2
SHOWN = 24  # images in the picture: those that were misread first


def learn(shown: Any, held_out: Any, page: Page) -> tuple[MLP, History]:
    """Train a network on images; those held out are looked at for the picture, nothing is chosen by them."""
    model = MLP(64, [HIDDEN, 10], activation="relu", init="he_normal", rng=page.seed)
    optimizer = Adam(model.parameters(), lr=0.01)
    return model, fit(
        model, *shown, loss="cross_entropy", optimizer=optimizer, batch_size=32, jit=True,
        schedule=CosineAnnealingLR(optimizer, page.epochs), epochs=page.epochs, rng=page.seed,
        metrics="accuracy", validation=held_out, progress=page.progress,
    )  # fmt: skip


def run(page: Page) -> bool:
    """Train the network and count what it reads right."""
    data = load("digits", page)
    if data is None:
        return False
    X, images, y, digits = split(data.data / 16.0, data.target, HELD_OUT, rng=page.seed, stratify=True)
    page.say(f"""
        {len(data.data)} images of 8 by 8 pixels, by 13 people; {HELD_OUT:.0%} of them (seed {page.seed})
        are held out, and read by a network of {HIDDEN} relu neurons and a softmax that was trained on the
        others.
    """)
    model, history = learn((X, y), (images, digits), page)
    page.table(["images", "", "loss", "accuracy"],
               [["trained on", len(y), history["loss"][-1], history["accuracy"][-1]],
                ["held out", len(digits), history["val_loss"][-1], history["val_accuracy"][-1]]])
    read = np.array(predicted_classes(predict(model, images)), dtype=int)
    page.plot("digits_read.png", f"what {SHOWN} images held out were taken for, those misread first",
              partial(draw_images, images, digits, read), panels=SHOWN, columns=8, size=(9.6, 4.6))
    matrix = np.zeros((10, 10), dtype=int)
    np.add.at(matrix, (digits, read), 1)
    draw = partial(plot_confusion_matrix, matrix, list("0123456789"), title="Digits held out")
    page.plot("digits_confusion.png", "which digits were taken for which", draw, size=(6.4, 5.6))
    page.plot("digits_curves.png", "while it learns", partial(draw_curves, history), panels=2)
    size = len(topological_order(cross_entropy(model(images[0].tolist()), int(digits[0]))))
    page.say(f"""
        A network written in scalars need not be slow. For one image it computes {size:,} numbers, and as
        many gradients; `fit(…, jit=True)` found the matrix products among them once, before the first step,
        and from then on NumPy ran these. Of {model.num_parameters():,} weights and biases nobody chose one.
    """)
    right = int(np.trace(matrix))
    return right >= GOAL * len(digits) or page.fail(
        f"The digits were not learned, the goal is {GOAL:.0%}: {right} of {len(digits)} images held out were "
        f"read right. Try --epochs {EPOCHS}.")


def draw_images(images: Any, digits: Any, read: Any, *axes: Any) -> None:
    """Some images, each with what it was taken for."""
    first = np.argsort(read == digits, kind="stable")[: len(axes)]
    for i, ax in zip(first, axes, strict=True):
        ax.imshow(images[i].reshape(8, 8), cmap="gray_r")
        ax.set_axis_off()
        wrong = read[i] != digits[i]
        text, colour = (f"{read[i]}, is {digits[i]}", "#b00020") if wrong else (f"{read[i]}", "black")
        ax.set_title(text, color=colour)
