"""What optimisers compute with: vectors over the parameters of a group, their decay, and powers of counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Value

__all__ = ["Closure", "Memory", "Parameters", "Settings", "Vector", "decayed", "powers"]

Vector = npt.NDArray[np.float64]

Memory = dict[str, Vector]
"""The state kept between steps: vectors by name, a component for each parameter."""

Settings = Mapping[str, Any]
"""The settings of a step, by name."""

Parameters = Iterable[Value] | Iterable[Mapping[str, Any]]
"""Parameters, or groups of parameters."""

Closure = Callable[[], Any]
"""A function that clears the gradients, computes the loss, calls its ``backward()`` and returns it."""


def decayed(theta: Vector, g: Vector, settings: Settings) -> tuple[Vector, Vector]:
    """Parameters and gradient with ``weight_decay`` λ: λ·theta is added to g, or, decoupled, theta shrinks.

    >>> theta, g = np.array([2.0]), np.array([1.0])
    >>> decayed(theta, g, {"weight_decay": 0.5})
    (array([2.]), array([2.]))
    >>> decayed(theta, g, {"weight_decay": 0.5, "lr": 0.1, "decoupled_weight_decay": True})
    (array([1.9]), array([1.]))
    """
    decay = settings["weight_decay"]
    if not decay:
        return theta, g
    if settings.get("decoupled_weight_decay"):
        return theta * (1.0 - settings["lr"] * decay), g
    return theta, g + decay * theta


def powers(counts: Vector, *bases: float) -> list[Any]:
    """``base ** counts`` for each base: a number if all counts are equal, as they mostly are.

    Those of a parameter that was frozen for a while lag behind. Powers are slow next to all else in a step:
    for 2,400 parameters they would take as long as the rest together.

    >>> powers(np.array([2.0, 2.0]), 0.5, 0.25), powers(np.array([1.0, 2.0]), 0.5)
    ([0.25, 0.0625], [array([0.5 , 0.25])])
    """
    if counts.size and np.count_nonzero(counts == counts[0]) == counts.size:
        count = counts.item(0)
        return [base**count for base in bases]
    return [np.array([base**count for count in counts.tolist()]) for base in bases]
