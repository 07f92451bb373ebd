"""A network tells three kinds of iris apart that it has never seen.

You will see flowers named by networks that were trained on other flowers, which kinds they take for one
another, and what their neurons look at.
"""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from demos.data.scikit import load
from demos.runner.page import Page
from nn import MLP, Adam, CosineAnnealingLR, History, fit, predict, predicted_classes, split
from viz import plot_confusion_matrix, plot_learning_curves, plot_weights

EPOCHS = 30
TRY = "`python -m demos iris --seed 1`: the flowers are dealt out anew. Which kind is safe each time?"
GOAL = 0.95  # the fraction of the flowers held out that are to be named right
PARTS = 5
HIDDEN = 6


class Learned(NamedTuple):
    """A trained network, its history, and the flowers held out: their kinds, and what it named them."""

    model: MLP
    history: History
    kinds: list[int]
    named: list[int]


def learn_part(parts: Any, held_out: int, page: Page) -> Learned:
    """Train a network on all parts but one, and try it on that one.

    Sizes count from the mean of the flowers trained with. They all are centimetres and stay so: that petals
    differ more than sepals do is worth knowing.
    """
    rest = [part for number, part in enumerate(parts) if number != held_out]
    X, y = (np.concatenate(pieces) for pieces in zip(*rest, strict=True))
    middle = X.mean(axis=0)
    unseen, kinds = parts[held_out][0] - middle, parts[held_out][1].tolist()
    model = MLP(4, [HIDDEN, 3], activation="tanh", init="xavier_uniform", rng=page.seed)
    optimizer = Adam(model.parameters(), lr=0.03)
    history = fit(
        model, X - middle, y, loss="cross_entropy", optimizer=optimizer, batch_size=15, jit=True,
        schedule=CosineAnnealingLR(optimizer, page.epochs), epochs=page.epochs, rng=page.seed,
        metrics="accuracy", validation=(unseen, kinds), progress=page.progress,
    )  # fmt: skip  # what is held out is looked at for the picture; nothing is chosen by it
    return Learned(model, history, kinds, list(map(int, predicted_classes(predict(model, unseen)))))


def run(page: Page) -> bool:
    """Train the networks and count how many unseen flowers they name right."""
    iris = load("iris", page)
    if iris is None:
        return False
    names = [str(name) for name in iris.target_names]
    page.say(f"""
        {len(iris.data)} flowers of {len(names)} kinds, which Fisher published in 1936, are dealt out in
        {PARTS} parts, each kind in equal shares (seed {page.seed}). Each part is held out once, and named
        by a network of {HIDDEN} tanh neurons and a softmax that was trained on the others. It knows length
        and width of petals and sepals.
    """)
    dealt = split(iris.data, iris.target, [1 / PARTS] * PARTS, rng=page.seed, stratify=True)
    parts = list(zip(dealt[:PARTS], dealt[PARTS:], strict=True))
    learned = [learn_part(parts, number, page) for number in range(PARTS)]
    scores = [float(np.mean(np.equal(each.kinds, each.named))) for each in learned]
    page.table(["network", "accuracy on its own flowers", "on those held out"],
               [[i + 1, learned[i].history["accuracy"][-1], scores[i]] for i in range(PARTS)])
    matrix = np.zeros((3, 3), dtype=int)
    for each in learned:
        np.add.at(matrix, (each.kinds, each.named), 1)
    page.table(["true, named:", *names], [[name, *row] for name, row in zip(names, matrix, strict=True)])
    page.plot("iris_confusion.png", "which kinds were taken for which, among all flowers held out",
              partial(plot_confusion_matrix, matrix, names, title="Iris: flowers held out"))
    counted = f"{np.trace(matrix)} of {matrix.sum()} flowers held out were named right"
    wrong = matrix - np.diag(np.diag(matrix))
    true, said = np.unravel_index(int(wrong.argmax()), wrong.shape)
    page.say(f"""
        {counted}: {np.trace(matrix) / matrix.sum():.4f}. {names[0].capitalize()} was mistaken, one way or
        the other, {wrong[0].sum() + wrong[:, 0].sum()} times; the most frequent mistake was to take
        {names[true]} for {names[said]}. One part alone would have said anything from {min(scores):.2f} to
        {max(scores):.2f}: a small test set is a rough measure.
    """)
    first = learned[0]
    curves = partial(draw_curves, first.history)
    page.plot("iris_curves.png", "the first network while it learns", curves, panels=2)
    sizes = [size.removesuffix(" (cm)").replace(" ", "\n") for size in iris.feature_names]
    page.plot("iris_weights.png", "what the hidden neurons of the first network look at",
              partial(plot_weights, first.model.layers[0], inputs=sizes, title="Weights of hidden neurons"))
    return bool(np.trace(matrix) >= GOAL * matrix.sum()) or page.fail(
        f"The kinds were not learned, the goal is {GOAL}: {counted}. Try --epochs {EPOCHS}.")


def draw_curves(history: History, loss: Any, right: Any) -> None:
    """Loss and accuracy, of flowers trained with and held out."""
    plot_learning_curves(history, loss, log=True, title="Cross-entropy")
    plot_learning_curves(history, right, name="accuracy", title="Accuracy")
