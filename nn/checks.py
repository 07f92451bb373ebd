"""Checks of settings: functions of a name and a value, which return the value as it is kept, or raise.

A setting is declared once, in the signature of the class that has it: ``lr: NonNegative = 1e-3``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import get_annotations
from types import FunctionType
from typing import Annotated, Any, get_args

import numpy as np

from engine.floats.validate import integer, non_negative, real
from engine.quoting import brief, renamed, typed

__all__ = [
    "BelowOne",
    "Betas",
    "Count",
    "Epochs",
    "Flag",
    "NonNegative",
    "Rule",
    "Rules",
    "UpToOne",
    "above_zero",
    "below_one",
    "declare",
    "flag",
    "increasing_epochs",
    "keep_rules",
    "name_init",
    "one_of",
    "pair",
    "pair_below_one",
    "reals",
    "rules_of",
    "settings_among",
    "up_to_one",
]

Rule = Callable[[str, Any], Any]
"""A function of a setting's name and value, which returns the value as it is to be kept."""

Rules = Mapping[str, Rule]
"""The rules of a class's settings, by name."""


def below_one(name: str, value: Any) -> float:
    """Check a number from 0 to 1, without 1 itself: how much a running mean keeps at each step.

    >>> below_one("rho", 0.95)
    0.95
    """
    return non_negative(name, value, below=1.0)


def above_zero(name: str, value: Any) -> float:
    """Check a number above 0.

    >>> above_zero("delta", 2)
    2.0
    """
    number = non_negative(name, value)
    if not number:
        raise ValueError(f"{name} must be above 0, got {brief(value)}")
    return number


def up_to_one(name: str, value: Any) -> float:
    """Check a number from 0 to 1, both included.

    >>> up_to_one("end_factor", 1)
    1.0
    """
    number = real(name, value)
    if not 0.0 <= number <= 1.0:
        raise ValueError(f"{name} must be from 0 to 1, got {brief(value)}")
    return number


def pair(name: str, value: Any, rule: Rule, example: str) -> tuple[Any, Any]:
    """Check a pair of numbers, each by a rule.

    >>> pair("betas", [0.9, 0.999], below_one, "(0.9, 0.999)")
    (0.9, 0.999)
    """
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise TypeError(f"{name} must be a pair of numbers, such as {example}, got {brief(value)}")
    return rule(f"{name}[0]", value[0]), rule(f"{name}[1]", value[1])


def pair_below_one(name: str, value: Any) -> tuple[float, float]:
    """Check a pair of numbers from 0 to 1, without 1, as Adam's ``betas``.

    >>> pair_below_one("betas", [0.9, 0.999])
    (0.9, 0.999)
    """
    return pair(name, value, below_one, "(0.9, 0.999)")


def increasing_epochs(name: str, value: Any) -> list[int]:
    """Check a list of epochs: integers from 1 on, in order.

    >>> increasing_epochs("milestones", (30, 80))
    [30, 80]
    """
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list of epochs, such as [30, 80], got {brief(value)}")
    epochs = [integer(name, epoch) for epoch in value]
    if epochs != sorted(epochs):
        raise ValueError(f"{name} must be in order, got {epochs}")
    return epochs


def reals(name: str, value: Any) -> list[float]:
    """Check a list of real numbers, nan and infinities among them.

    >>> reals("loss", [1, 0.5])
    [1.0, 0.5]
    """
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{name} must be a list of numbers, got {typed(value)}")
    return [real(f"{name}[{i}]", each) for i, each in enumerate(value)]


def flag(name: str, value: Any) -> bool:
    """Check True or False; ``"False"`` and 0 are refused, as they may not mean what they say.

    >>> flag("nesterov", True)
    True
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {typed(value)}")
    return bool(value)


def one_of(*names: str) -> Rule:
    """The rule of a setting that is one of a few names.

    >>> one_of("cos", "linear")("anneal_strategy", "cos")
    'cos'
    """

    def check(name: str, value: Any) -> str:
        if value not in names:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, names))}, got {brief(value)}")
        return str(value)

    return check


def keep_rules(rules: Rules, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Check settings by their rules; those without a rule stay as they are.

    >>> keep_rules({"lr": non_negative}, {"lr": 1, "name": "biases"})
    {'lr': 1.0, 'name': 'biases'}
    """
    return {name: rules[name](name, value) if name in rules else value for name, value in settings.items()}


NonNegative = Annotated[float, non_negative]
BelowOne = Annotated[float, below_one]
UpToOne = Annotated[float, up_to_one]
Betas = Annotated[tuple[float, float], pair_below_one]
Count = Annotated[int, integer]
Flag = Annotated[bool, flag]
Epochs = Annotated[Sequence[int], increasing_epochs]


def rules_of(holder: Any) -> Rules:
    """The rules for settings: the parameters of an ``__init__``, or fields of a class, of types with a rule.

    These are the types above, and others like them: ``Annotated[int, rule]``. A setting that may be None,
    ``Count | None``, must have a number by the time it is checked.

    >>> def init(self, params: list, lr: NonNegative = 0.1, nesterov: Flag = False) -> None: ...
    >>> list(rules_of(init))
    ['lr', 'nesterov']
    """
    module = sys.modules.get(holder.__module__)  # which a program that was run as a text may not have
    known = getattr(holder, "__globals__", None) or getattr(module, "__dict__", {})
    rules = {}
    for name, kind in get_annotations(holder).items():
        if isinstance(kind, str):  # not evaluated
            kind = known.get(kind.removesuffix(" | None"))
        for each in (kind, *get_args(kind)):
            if hasattr(each, "__metadata__"):
                rules[name] = each.__metadata__[0]
    return rules


def declare(kind: type) -> None:
    """Give a class the ``rules`` of its own signature, unless it says its rules itself."""
    init = vars(kind).get("__init__")
    if isinstance(init, FunctionType) and "rules" not in vars(kind):
        kind.rules = {**kind.rules, **rules_of(init)}  # type: ignore[attr-defined]


def name_init(kind: type) -> None:
    """Give a class of this package that inherits its ``__init__`` one that bears its name, as errors show it.

    >>> from nn import MaxPool1d
    >>> MaxPool1d(2, strides=1)
    Traceback (most recent call last):
    ...
    TypeError: MaxPool1d.__init__() got an unexpected keyword argument 'strides'
    """
    init = kind.__init__  # type: ignore[misc]
    if kind.__module__.startswith("nn.") and "__init__" not in vars(kind) and isinstance(init, FunctionType):
        kind.__init__ = renamed(init, f"{kind.__qualname__}.__init__")  # type: ignore[misc]


def settings_among(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The settings among the ``locals()`` of an ``__init__``.

    >>> settings_among({"self": 1, "params": [], "lr": 0.1})
    {'lr': 0.1}
    """
    others = ("self", "__class__", "params", "optimizer", "last_epoch")
    return {name: value for name, value in arguments.items() if name not in others}
