"""Networks that name kinds of flowers, each trained on all parts of them but one and tried on that one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demos.runner.account import Account
from demos.runner.fit import learn
from nn import MLP, Adam, CosineAnnealingLR, History, accuracy, predict, split

__all__ = ["HIDDEN", "PARTS", "Learned", "learn_part", "parts_of", "train"]

PARTS = 5

HIDDEN = 6

Array = npt.NDArray[np.float64]
Part = tuple[Array, npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Learned:
    """A network, how its training went, and what it said of the flowers held out."""

    model: MLP
    history: History
    outputs: Array
    kinds: list[int]

    @property
    def accuracy(self) -> float:
        """The fraction of the flowers held out that it named right."""
        return accuracy(self.outputs, self.kinds)


def parts_of(X: Array, y: npt.NDArray[np.int64], seed: int) -> list[Part]:
    """The flowers dealt out at random, each kind in equal shares.

    >>> parts = parts_of(np.arange(30.0)[:, None], np.repeat([0, 1, 2], 10), seed=0)
    >>> [np.bincount(kinds).tolist() for _, kinds in parts]
    [[2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]]
    """
    return split(X, y, [1 / PARTS] * PARTS, rng=seed, stratify=True)


def learn_part(parts: list[Part], held_out: int, seed: int, epochs: int, account: Account) -> Learned:
    """A network trained on all parts but one, and tried on that one.

    Sizes count from the mean of the flowers trained with. They all are centimetres and stay so: that petals
    differ more than sepals do is worth knowing.
    """
    rest = [part for number, part in enumerate(parts) if number != held_out]
    X, y = (np.concatenate(pieces) for pieces in zip(*rest, strict=True))
    middle = X.mean(axis=0)
    model = MLP(X.shape[1], [HIDDEN, 3], activation="tanh", init="xavier_uniform", rng=seed)
    optimizer = Adam(model.parameters(), lr=0.03)
    unseen, kinds = (parts[held_out][0] - middle).tolist(), parts[held_out][1].tolist()
    history = learn(
        f"network {held_out + 1} of {PARTS}",
        model,
        (X - middle).tolist(),
        y.tolist(),
        epochs=epochs,
        account=account,
        loss="cross_entropy",
        optimizer=optimizer,
        schedule=CosineAnnealingLR(optimizer, epochs),
        batch_size=15,
        metrics="accuracy",
        validation=(unseen, kinds),  # looked at after each epoch, for the picture; nothing is chosen by it
        rng=seed,
        jit=True,
    )
    return Learned(model, history, predict(model, unseen), kinds)


def train(X: Array, y: npt.NDArray[np.int64], seed: int, epochs: int, account: Account) -> list[Learned]:
    """A network for each part."""
    parts = parts_of(X, y, seed)
    return [learn_part(parts, number, seed, epochs, account) for number in range(PARTS)]
