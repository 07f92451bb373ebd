"""A network tells three kinds of iris apart by the sizes of their petals and sepals.

The flowers are dealt out in five parts, each kind in equal shares. Each part is held out once: a network that
is trained on the other four, and has seen nothing of this one, says which kind its flowers are. Written are
the confusion matrix of all flowers held out, and the learning curves of the first network.
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
from nn import MLP, History, accuracy, confusion_matrix, predict, split
from viz import plot_confusion_matrix, plot_learning_curves, plot_weights

__all__ = ["EPOCHS", "GOAL", "HIDDEN", "PARTS", "TITLE", "Learned", "learn_part", "parts_of", "run", "train"]

TITLE = "a network tells three kinds of iris apart that it has never seen"

EPOCHS = 30

GOAL = 0.95
"""The fraction of the flowers held out that are to be named right."""

PARTS = 5

HIDDEN = 6

Array = npt.NDArray[np.float64]
Part = tuple[Array, npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Learned:
    """A trained network, its history, and its outputs for the flowers held out."""

    model: MLP
    history: History
    outputs: Array
    kinds: list[int]

    @property
    def accuracy(self) -> float:
        """The fraction of the flowers held out that it names right."""
        return accuracy(self.kinds, self.outputs)


def parts_of(X: Array, y: npt.NDArray[np.int64], seed: int) -> list[Part]:
    """Split the flowers at random into parts, each kind in equal shares.

    >>> parts = parts_of(np.arange(30.0)[:, None], np.repeat([0, 1, 2], 10), seed=0)
    >>> [np.bincount(kinds).tolist() for _, kinds in parts]
    [[2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]]
    """
    parts = split(X, y, [1 / PARTS] * PARTS, rng=seed, stratify=True)
    return list(zip(parts[:PARTS], parts[PARTS:], strict=True))


def learn_part(parts: list[Part], held_out: int, seed: int, epochs: int, account: Account) -> Learned:
    """Train a network on all parts but one, and try it on that one.

    Sizes count from the mean of the flowers trained with. They all are centimetres and stay so: that petals
    differ more than sepals do is worth knowing.
    """
    rest = [part for number, part in enumerate(parts) if number != held_out]
    X, y = (np.concatenate(pieces) for pieces in zip(*rest, strict=True))
    middle = X.mean(axis=0)
    model = MLP(X.shape[1], [HIDDEN, 3], activation="tanh", init="xavier_uniform", rng=seed)
    unseen, kinds = (parts[held_out][0] - middle).tolist(), parts[held_out][1].tolist()
    history = learn_by_adam(
        f"network {held_out + 1} of {PARTS}",
        model,
        (X - middle).tolist(),
        y.tolist(),
        lr=0.03,
        epochs=epochs,
        account=account,
        loss="cross_entropy",
        batch_size=15,
        metrics="accuracy",
        validation=(unseen, kinds),  # looked at after each epoch, for the picture; nothing is chosen by it
        rng=seed,
    )
    return Learned(model, history, predict(model, unseen), kinds)


def train(X: Array, y: npt.NDArray[np.int64], seed: int, epochs: int, account: Account) -> list[Learned]:
    """Train a network for each part held out."""
    parts = parts_of(X, y, seed)
    return [learn_part(parts, number, seed, epochs, account) for number in range(PARTS)]


def run(options: Options, account: Account) -> bool:
    """Train the networks and count how many unseen flowers they name right.

    Returns:
        Whether enough of the flowers held out were named right.
    """
    account.heading(f"Iris: {TITLE}")
    iris = load("iris", account)
    if iris is None:
        return False
    names = [str(name) for name in iris.target_names]
    account.say(
        f"Asked: which of {len(names)} kinds is an iris, by length and width of its petals and sepals? "
        f"{len(iris.data)} flowers that Fisher published in 1936 are dealt out in {PARTS} parts (seed "
        f"{options.seed}). Each is held out once, and named by a network of {HIDDEN} tanh neurons and a "
        f"softmax that was trained on the others for {options.epochs} epochs."
    )
    learned = train(iris.data, iris.target, options.seed, options.epochs, account)
    account.table(
        ["network", "trained on", "accuracy", "held out", "accuracy"],
        [[f"{number}", len(iris.data) - len(each.kinds), each.history["accuracy"][-1], len(each.kinds),
          each.accuracy] for number, each in enumerate(learned, start=1)],
    )  # fmt: skip
    outputs = np.concatenate([each.outputs for each in learned])
    kinds = [kind for each in learned for kind in each.kinds]
    matrix, reached = confusion_matrix(kinds, outputs), accuracy(kinds, outputs) >= GOAL
    account.table(
        ["true, predicted:", *names], [[name, *row] for name, row in zip(names, matrix, strict=True)]
    )
    counted = f"{np.trace(matrix)} of {matrix.sum()} flowers held out were named right"
    outcome = f"held-out accuracy {accuracy(kinds, outputs):.4f}: {counted}"
    if reached:
        account.say(f"The kinds were learned, {outcome}.")
    else:
        account.fail(f"The kinds were not learned, the goal is {GOAL}, {outcome}. Try --epochs {EPOCHS}.")
    wrong = matrix - np.diag(np.diag(matrix))
    true, said = np.unravel_index(int(wrong.argmax()), wrong.shape)
    setosa = wrong[0].sum() + wrong[:, 0].sum()
    account.say(
        "What it shows: what counts is how a network does on flowers it was not trained with. "
        f"{names[0].capitalize()} was taken for another kind or another for it {setosa} "
        f"times; the most frequent mistake was to take {names[true]} for {names[said]}. One part alone would "
        f"have said anything from {min(each.accuracy for each in learned):.2f} to "
        f"{max(each.accuracy for each in learned):.2f}: a small test set is a rough measure."
    )
    _write_pictures(learned[0], matrix, names, iris.feature_names, Pictures(options, account))
    return reached


def _write_pictures(
    first: Learned, matrix: Any, names: list[str], sizes: list[str], pictures: Pictures
) -> None:
    def draw_confusion(ax: Any) -> None:
        plot_confusion_matrix(matrix, names, ax, title="Iris: kinds of the flowers held out")

    def draw_curves(loss: Any, right: Any) -> None:
        plot_learning_curves(first.history, loss, log=True, title="Cross-entropy of network 1")
        plot_learning_curves(first.history, right, name="accuracy", title="Accuracy of network 1")

    def draw_weights(ax: Any) -> None:
        inputs = [size.removesuffix(" (cm)").replace(" ", "\n") for size in sizes]
        plot_weights(first.model.layers[0], ax, inputs=inputs, title="Weights of network 1's hidden neurons")

    pictures.plot("iris_confusion.png", draw_confusion, "which kinds were taken for which")
    pictures.plot(
        "iris_curves.png", draw_curves, "the first network while it learns", panels=2, size=(9.0, 3.8)
    )
    pictures.plot("iris_weights.png", draw_weights, "what the hidden neurons of the first network look at")
