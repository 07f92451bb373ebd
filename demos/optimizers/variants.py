"""A table of the variants of gradient descent: year and defaults, read from the classes."""

import inspect
import re
from dataclasses import dataclass
from typing import Any

from engine import Value
from nn import (
    LBFGS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    NAdam,
    Nesterov,
    Optimizer,
    RMSprop,
)

__all__ = ["MOMENTUM", "OTHERS", "SECOND_ORDER", "VARIANTS", "Variant", "defaults", "year"]

MOMENTUM = 0.9


@dataclass(frozen=True)
class Variant:
    """A variant of gradient descent, with its settings for the race.

    Attributes:
        name: what it is called.
        kind: the class in nn.
        settings: what makes it this variant, where the class does more than one.
        race: the step size it races with, where it has one; its default is for networks, and too short here.
    """

    name: str
    kind: type[Optimizer]
    settings: dict[str, Any]
    race: dict[str, float]

    def __call__(self, parameters: list[Value], **settings: Any) -> Optimizer:
        """Make the optimiser of these parameters."""
        return self.kind.as_in_paper(parameters, **{**self.settings, **settings})


VARIANTS = (
    Variant("gradient descent", SGD, {}, {"lr": 0.9}),
    Variant("momentum", SGD, {"momentum": MOMENTUM}, {"lr": 0.1}),
    Variant("Nesterov", Nesterov, {}, {"lr": 0.1}),
    Variant("AdaGrad", Adagrad, {}, {"lr": 1.0}),
    Variant("RMSprop", RMSprop, {}, {"lr": 0.2}),
    Variant("Adadelta", Adadelta, {}, {"lr": 60.0}),
    Variant("Adam", Adam, {}, {"lr": 0.4}),
    Variant("AdaMax", Adamax, {}, {"lr": 0.5}),
    Variant("Nadam", NAdam, {}, {"lr": 0.4}),
    Variant("AMSGrad", AMSGrad, {}, {"lr": 0.3}),
)
"""Those that race, in the order of what they are made from."""

OTHERS = (Variant("AdamW", AdamW, {}, {}),)
"""Those that do not: this one is Adam, but that it decays weights."""

SECOND_ORDER = Variant("L-BFGS", LBFGS, {}, {})


def year(variant: Variant) -> int | None:
    """The year of the paper, which the docstring of the class names first; None for plain gradient descent.

    >>> [year(variant) for variant in VARIANTS[:2]]
    [None, 1964]
    """
    if variant.kind is SGD and not variant.settings:
        return None
    found = re.search(r"\b(?:19|20)\d\d\b", inspect.getdoc(variant.kind) or "")
    return int(found[0]) if found else None


def defaults(variant: Variant) -> str:
    """The settings of a variant that are numbers other than zero, as text.

    >>> defaults(VARIANTS[0])
    'lr=0.001'
    """
    everything = variant([Value(0.0)]).defaults
    numbers = {name: number for name, number in everything.items() if number and number is not True}
    return ", ".join(f"{name}={_plain(number)}" for name, number in numbers.items())


def _plain(number: Any) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)
