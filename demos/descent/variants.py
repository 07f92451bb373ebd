"""A table of the variants of gradient descent: year and defaults, read from the classes."""

import inspect
import re
from typing import Any, NamedTuple

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

MOMENTUM = 0.9


class Variant(NamedTuple):
    """A variant of gradient descent: its name, its class, and what makes it this variant of the class.

    lr is the step size that it races with; its default is for networks, and too short there.
    """

    name: str
    kind: type[Optimizer]
    lr: float | None = None
    settings: tuple[tuple[str, Any], ...] = ()

    def __call__(self, parameters: list[Value], **settings: Any) -> Optimizer:
        return self.kind.as_in_paper(parameters, **{**dict(self.settings), **settings})


VARIANTS = (
    Variant("gradient descent", SGD, 0.9),
    Variant("momentum", SGD, 0.1, (("momentum", MOMENTUM),)),
    Variant("Nesterov", Nesterov, 0.1),
    Variant("AdaGrad", Adagrad, 1.0),
    Variant("RMSprop", RMSprop, 0.2),
    Variant("Adadelta", Adadelta, 60.0),
    Variant("Adam", Adam, 0.4),
    Variant("AdaMax", Adamax, 0.5),
    Variant("Nadam", NAdam, 0.4),
    Variant("AMSGrad", AMSGrad, 0.3),
)
OTHERS = (Variant("AdamW", AdamW),)  # does not race: it is Adam, but that it decays weights
SECOND_ORDER = Variant("L-BFGS", LBFGS)


def year(variant: Variant) -> int | None:
    """The year of the paper, which the docstring of the class names first; None for plain descent."""
    if variant.kind is SGD and not variant.settings:
        return None
    found = re.search(r"\b(?:19|20)\d\d\b", inspect.getdoc(variant.kind) or "")
    return int(found[0]) if found else None


def defaults(variant: Variant) -> str:
    """The settings of a variant that are numbers other than zero, as text."""
    numbers = variant([Value(0.0)]).defaults.items()
    shown = [(name, number) for name, number in numbers if number and number is not True]
    return ", ".join(f"{name}={number:g}" if isinstance(number, float) else f"{name}={number}"
                     for name, number in shown)  # fmt: skip
