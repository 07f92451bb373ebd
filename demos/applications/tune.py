"""The choices a person makes before training, in one sweep.

You will see one network after the other learn to tell a ring of points from the one around it, each with
one choice changed: layers, activation, initial weights, step size, loss, batch size, momentum, epochs. What
helps, what harms, and does the best of each make the best together?
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from demos.data.points2d import Points, circles, right
from demos.runner.page import Page
from engine import sigmoid
from nn import MLP, SGD, History, binary_cross_entropy_with_logits, fit, hinge, mse, split
from viz import plot_loss

EPOCHS = 20
TRY = "`python -m demos tune --epochs 5`: which choices matter most with so little time?"
GOAL = 0.9  # the fraction of the points held out to the end that the network is to get right

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
    epochs: int = EPOCHS


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
"""The values tried of each choice."""


class Tried(NamedTuple):
    """A network trained with some choices, of which one was changed."""

    changed: str
    choices: Choices
    history: History
    model: MLP

    @property
    def cost(self) -> float:
        """The cross-entropy of the points to choose by, in the end; infinite where it came to nan."""
        last = self.history["val_cost"][-1]
        return last if last == last else math.inf

    @property
    def value(self) -> str:
        return text_of(self.choices, self.changed)


def text_of(choices: Choices, name: str) -> str:
    """The value of a choice as a person writes it: (8, 8) as 8+8, and () as none."""
    value = getattr(choices, name)
    return "+".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def described(choices: Choices) -> str:
    """Choices in words."""
    return ", ".join(f"{name} {text_of(choices, name)}" for name in SWEEP)


def try_out(changed: str, choices: Choices, parts: list[Points], page: Page) -> Tried:
    """Train a network with some choices on the first part, and evaluate it on the second."""
    model = MLP(2, [*choices.layers, 1], activation=choices.activation, init=choices.init, rng=page.seed)
    history = fit(
        model, *parts[0], loss=LOSSES[choices.loss], batch_size=choices.batch_size, epochs=choices.epochs,
        optimizer=SGD(model.parameters(), lr=choices.lr, momentum=choices.momentum), jit=True, rng=page.seed,
        validation=parts[1], metrics={"cost": binary_cross_entropy_with_logits}, progress=page.progress,
    )  # fmt: skip
    return Tried(changed, choices, history, model)


def sweep(parts: list[Points], page: Page) -> list[Tried]:
    """Train a network for each value of each choice, the others at their start."""
    start, tried = Choices(epochs=page.epochs), []
    for changed, values in SWEEP.items():
        for value in values:
            value = max(1, round(page.epochs * value)) if changed == "epochs" else value
            tried.append(try_out(changed, replace(start, **{changed: value}), parts, page))
    return tried


def run(page: Page) -> bool:
    """Try all values of all choices, take the best of each, and try these together."""
    X, y = circles(100, np.random.default_rng(page.seed), noise=0.15)
    dealt = split(X, y, (0.4, 0.3, 0.3), rng=page.seed, stratify=True)
    parts = list(zip(dealt[:3], dealt[3:], strict=True))
    start = Choices(epochs=page.epochs)
    page.say(f"""
        The start is {described(start)}. Each network is trained on {len(parts[0][1])} points (seed
        {page.seed}) and compared with the others on {len(parts[1][1])} by the cross-entropy, whatever its
        own loss; {len(parts[2][1])} are held out to the end.
    """)
    tried = sweep(parts, page)
    of = {name: [each for each in tried if each.changed == name] for name in SWEEP}
    lowest = {name: min(some, key=lambda each: each.cost).choices for name, some in of.items()}
    best = Choices(**{name: getattr(choices, name) for name, choices in lowest.items()})

    def marks(each: Tried) -> str:
        marked = {"best": best, "start": start}
        return " ".join(mark for mark, by in marked.items() if each.value == text_of(by, each.changed))

    page.table(["choice", "value", "training loss", "held out: cost", "accuracy", ""],
               [[each.changed, each.value, each.history["loss"][-1], each.cost, right(each.model, parts[1]),
                 marks(each)] for each in tried])
    costs = {name: [each.cost for each in some] for name, some in of.items()}
    spread = {name: max(some) / min(some) for name, some in costs.items()}
    most, least = max(spread, key=spread.__getitem__), min(spread, key=spread.__getitem__)
    page.say(f"""
        Choices are not of equal weight. The worst value of {most} cost {spread[most]:.1f} times what its
        best one did, of {least} {spread[least]:.1f} times. Epoch by epoch:
    """)
    for part, names in enumerate((list(SWEEP)[:4], list(SWEEP)[4:]), start=1):
        page.plot(f"tune_{part}.png", f"the cost on points held out, for each value of {', '.join(names)}",
                  partial(draw, {name: of[name] for name in names}), panels=4, columns=2)
    networks = {
        "start": next(each for each in tried if each.choices == start),
        "best single change": min(tried, key=lambda each: each.cost),
        "best of each together": try_out("epochs", best, parts, page),
    }
    page.table(["network", "cost", "accuracy", "held out to the end: accuracy"],
               [[name, each.cost, right(each.model, parts[1]), right(each.model, parts[2])]
                for name, each in networks.items()])
    chosen = min(networks.values(), key=lambda each: each.cost)
    score = right(chosen.model, parts[2])
    page.say(f"""
        Chosen, by its cost, was the network with {described(chosen.choices)}; of the points held out to the
        end it got {score:.0%} right. The best of each need not be the best together, for choices depend on
        one another: larger steps need fewer epochs, momentum acts like larger steps. And what was chosen by
        some points looks good on them: only points that nothing was chosen by tell how good it is.
    """)
    return score >= GOAL or page.fail(f"The chosen network got {score:.0%} right, the goal is {GOAL:.0%}. "
                                      f"Try --epochs {EPOCHS}.")


def draw(tried: dict[str, list[Tried]], *axes: Any) -> None:
    """The cost on points held out, for each value of some choices; a mark where each training ended."""
    for (name, some), ax in zip(tried.items(), axes, strict=True):
        curves = {each.value: each.history["val_cost"] for each in some}
        plot_loss(curves, ax, log=True, title=name, ylabel="held-out cost")
        for line, marker in zip(ax.lines, "os^Dv", strict=False):
            line.set(marker=marker, markevery=[-1])
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
