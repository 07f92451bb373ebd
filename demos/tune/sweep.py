"""A hyperparameter sweep: one choice at a time is changed, and the networks are compared."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from demos.data.points2d import Points, circles
from demos.runner.account import Account
from demos.runner.fit import learn
from engine import sigmoid
from nn import MLP, SGD, History, accuracy, binary_cross_entropy_with_logits, hinge, mse, split

__all__ = ["LOSSES", "SWEEP", "Choices", "Tried", "best_of_each", "deal", "sweep", "text_of",
           "try_out"]  # fmt: skip

COUNT = 100
"""Points of each class."""

PARTS = (0.4, 0.3, 0.3)
"""Of the points to train with, to choose by, and to try the chosen on."""

LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "cross-entropy": binary_cross_entropy_with_logits,
    "mse": lambda logits, y: mse([sigmoid(logit) for logit in logits], y),
    "hinge": lambda logits, y: hinge(logits, [2 * each - 1 for each in y]),
}
"""The losses of one output, whose sign is the class."""


@dataclass(frozen=True)
class Choices:
    """The hyperparameters; their defaults are where the sweep starts."""

    layers: tuple[int, ...] = (8,)
    activation: str = "tanh"
    init: str = "xavier_uniform"
    lr: float = 0.1
    loss: str = "cross-entropy"
    batch_size: int = 10
    momentum: float = 0.9
    epochs: int = 20


SWEEP: dict[str, tuple[Any, ...]] = {
    "layers": ((), (2,), (8,), (16,), (8, 8)),
    "activation": ("linear", "sigmoid", "tanh", "relu"),
    "init": ("zeros", "uniform", "xavier_uniform", "he_normal"),
    "lr": (0.001, 0.01, 0.1, 1.0),
    "loss": tuple(LOSSES),
    "batch_size": (1, 10, 80),
    "momentum": (0.0, 0.5, 0.9),
    "epochs": (0.25, 1.0, 2.0),  # times what is asked for
}
"""The values tried of each choice; those of ``epochs`` as multiples."""


@dataclass(frozen=True)
class Tried:
    """A network trained with some choices.

    Attributes:
        changed: the choice that was changed.
        choices: all of them.
        history: how the training went.
        model: what came of it.
    """

    changed: str
    choices: Choices
    history: History = field(repr=False)
    model: MLP = field(repr=False)

    @property
    def cost(self) -> float:
        """The cross-entropy of the points to choose by, in the end; infinite where it came to nan."""
        last = self.history["val_cost"][-1]
        return last if last == last else math.inf

    @property
    def value(self) -> str:
        """What was chosen for the choice that was changed."""
        return text_of(getattr(self.choices, self.changed))


def text_of(value: Any) -> str:
    """A value as a person writes it.

    >>> text_of((8, 8)), text_of(()), text_of(0.1), text_of("tanh")
    ('8+8', 'none', '0.1', 'tanh')
    """
    if isinstance(value, tuple):
        return "+".join(map(str, value)) or "none"
    return str(value)


def deal(seed: int) -> list[Points]:
    """Split random points for training, validation and test.

    >>> [len(y) for _, y in deal(0)]
    [80, 60, 60]
    """
    X, y = circles(COUNT, np.random.default_rng(seed), noise=0.15)
    parts = split(X, y, PARTS, rng=seed, stratify=True)
    return list(zip(parts[:3], parts[3:], strict=True))


def try_out(changed: str, choices: Choices, parts: list[Points], seed: int, account: Account) -> Tried:
    """Train a network with some choices on the first part, and evaluate it on the second."""
    model = MLP(2, [*choices.layers, 1], activation=choices.activation, init=choices.init, rng=seed)
    history = learn(
        f"the network with {changed} {text_of(getattr(choices, changed))}",
        model,
        *parts[0],
        epochs=choices.epochs,
        account=account,
        loss=LOSSES[choices.loss],
        optimizer=SGD(model.parameters(), lr=choices.lr, momentum=choices.momentum),
        batch_size=choices.batch_size,
        validation=parts[1],
        metrics={"accuracy": partial(accuracy, threshold=0.0), "cost": binary_cross_entropy_with_logits},
        rng=seed,
        jit=True,
    )
    return Tried(changed, choices, history, model)


def sweep(parts: list[Points], seed: int, epochs: int, account: Account) -> list[Tried]:
    """Train a network for each value of each choice, the others at their start."""
    start = Choices(epochs=epochs)
    tried = []
    for changed, values in SWEEP.items():
        for value in values:
            value = max(1, round(epochs * value)) if changed == "epochs" else value
            tried.append(try_out(changed, replace(start, **{changed: value}), parts, seed, account))
    return tried


def best_of_each(tried: list[Tried]) -> Choices:
    """The value of each choice with the lowest validation cost."""
    best = {
        name: min((each for each in tried if each.changed == name), key=lambda each: each.cost)
        for name in SWEEP
    }
    return Choices(**{name: getattr(each.choices, name) for name, each in best.items()})
