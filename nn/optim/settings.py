"""The rules that settings must keep: functions of a name and a value, which return the value or raise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from engine.quoting import brief
from nn.modules.inputs import positive_count

__all__ = [
    "Rule",
    "Rules",
    "below_one",
    "checked",
    "flag",
    "increasing_epochs",
    "keep_rules",
    "non_negative",
    "pair_below_one",
    "real",
    "reals",
    "up_to_one",
    "whole",
]

Rule = Callable[[str, Any], Any]
"""A function of a setting's name and value, which returns the value as it is to be kept."""

Rules = Mapping[str, Rule]
"""The rules of a class's settings, by name."""


def checked(name: str, value: Any, below: float = math.inf) -> float:
    """A setting as a float: at least 0, and below a limit.

    Raises:
        TypeError: it is no number.
        ValueError: it is out of range, or nan.

    >>> checked("lr", 1)
    1.0
    """
    number = real(name, value)
    if not 0.0 <= number < below:
        limit = "finite" if below == math.inf else f"below {below:g}"
        raise ValueError(f"{name} must be at least 0 and {limit}, got {brief(value)}")
    return number


def non_negative(name: str, value: Any) -> float:
    """A finite number, at least 0.

    >>> non_negative("lr", 0.1)
    0.1
    """
    return checked(name, value)


def below_one(name: str, value: Any) -> float:
    """A number from 0 to 1, without 1 itself: how much a running mean keeps at each step.

    >>> below_one("rho", 0.95)
    0.95
    """
    return checked(name, value, below=1.0)


def up_to_one(name: str, value: Any) -> float:
    """A number from 0 to 1, both included.

    >>> up_to_one("end_factor", 1)
    1.0
    """
    number = checked(name, value)
    if number > 1.0:
        raise ValueError(f"{name} must be from 0 to 1, got {brief(value)}")
    return number


def pair_below_one(name: str, value: Any) -> tuple[float, float]:
    """Two such numbers, as Adam's ``betas``.

    >>> pair_below_one("betas", [0.9, 0.999])
    (0.9, 0.999)
    """
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise TypeError(f"{name} must be a pair of numbers, such as (0.9, 0.999), got {brief(value)}")
    return below_one(f"{name}[0]", value[0]), below_one(f"{name}[1]", value[1])


def increasing_epochs(name: str, value: Any) -> list[int]:
    """Epochs from 1 on, in order.

    >>> increasing_epochs("milestones", (30, 80))
    [30, 80]
    """
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list of epochs, such as [30, 80], got {brief(value)}")
    epochs = [positive_count(name, epoch) for epoch in value]
    if epochs != sorted(epochs):
        raise ValueError(f"{name} must be in order, got {epochs}")
    return epochs


def whole(name: str, value: Any) -> int:
    """An integer of at least 0, such as how many epochs there were; True is none.

    >>> whole("epoch", 3)
    3
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be an integer, got {brief(value)} of type {type(value).__name__}")
    if value < 0:
        raise ValueError(f"{name} must be at least 0, got {brief(value)}")
    return int(value)


def real(name: str, value: Any) -> float:
    """Any number, nan and infinities among them.

    >>> real("loss", 1)
    1.0
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
        raise TypeError(f"{name} must be a number, got {brief(value)} of type {type(value).__name__}")
    return float(value)


def reals(name: str, value: Any) -> list[float]:
    """A list of such numbers.

    >>> reals("loss", [1, 0.5])
    [1.0, 0.5]
    """
    if not isinstance(value, (list, tuple)):
        raise TypeError(
            f"{name} must be a list of numbers, got {brief(value)} of type {type(value).__name__}"
        )
    return [real(f"{name}[{i}]", each) for i, each in enumerate(value)]


def flag(name: str, value: Any) -> bool:
    """True or False; ``"False"`` and 0 are refused, as they may not mean what they say.

    >>> flag("nesterov", True)
    True
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {brief(value)} of type {type(value).__name__}")
    return bool(value)


def keep_rules(rules: Rules, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of settings that are named in the rules, each as its rule returns it; others as they are.

    >>> keep_rules({"lr": non_negative}, {"lr": 1, "name": "biases"})
    {'lr': 1.0, 'name': 'biases'}
    """
    return {name: rules[name](name, value) if name in rules else value for name, value in settings.items()}
