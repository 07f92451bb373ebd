"""Rprop: steps by the sign of the gradient alone."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from engine.floats.validate import non_negative
from engine.quoting import brief
from nn.checks import NonNegative, pair
from nn.optim.arithmetic import Memory, Settings, Vector
from nn.optim.optimizer import Standard

__all__ = ["Rprop"]


def _etas(name: str, value: Any) -> tuple[float, float]:
    low, high = pair(name, value, non_negative, "(0.5, 1.2)")
    if not 0.0 < low < 1.0 < high:
        raise ValueError(f"{name} must be a factor between 0 and 1 and one above 1, got {brief(value)}")
    return low, high


def _limits(name: str, value: Any) -> tuple[float, float]:
    low, high = pair(name, value, non_negative, "(1e-6, 50)")
    if low > high:
        raise ValueError(f"{name} must be the smallest step and the largest, got {brief(value)}")
    return low, high


Etas = Annotated[tuple[float, float], _etas]
Limits = Annotated[tuple[float, float], _limits]


class Rprop(Standard):
    """Rprop (Riedmiller & Braun 1993): a step size for each parameter, which the signs of gradients change.

    Δ ← η⁺·Δ where the gradient has the sign of the last one, η⁻·Δ where it has the other, within the limits;
    then theta ← theta - sign(g)·Δ. After a change of sign a parameter stays for one step and its gradient
    counts as 0 in the next, as in PyTorch. For whole batches: the noise of small ones turns signs.

    Args:
        params: the parameters, or groups of them.
        lr: the step size Δ to start from, at least 0.
        etas: the pair (η⁻, η⁺), 0 < η⁻ < 1 < η⁺.
        step_sizes: the smallest and the largest Δ.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = Rprop([w], lr=0.1)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (w * w).backward()
    ...     optimizer.step()
    >>> round(w.data, 6)  # 1 - 0.1 - 0.12
    0.78
    """

    memory = ("step", "prev", "step_size")
    never_negative = ("step_size",)
    lr: NonNegative = 1e-2
    etas: Etas = (0.5, 1.2)
    step_sizes: Limits = (1e-6, 50.0)

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        (shrink, grow), (low, high) = settings["etas"], settings["step_sizes"]
        step_size = np.where(memory["step"] == 0.0, settings["lr"], memory["step_size"])
        memory["step"] = memory["step"] + 1.0
        agreement = np.sign(g) * np.sign(memory["prev"])  # a product of small gradients would be 0
        factor = np.where(agreement > 0.0, grow, np.where(agreement < 0.0, shrink, 1.0))
        step_size = memory["step_size"] = np.clip(step_size * factor, low, high)
        g = memory["prev"] = np.where(agreement < 0.0, 0.0, g)
        return np.asarray(theta - np.sign(g) * step_size)
