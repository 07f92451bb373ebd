"""Adadelta: Adagrad with running means, and without a step size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nn.checks import BelowOne, Flag, NonNegative, settings_among
from nn.optim.arithmetic import Memory, Parameters, Settings, Vector, decayed
from nn.optim.optimizer import Optimizer

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Adadelta (Zeiler 2012): steps scaled by running means of squared steps and squared gradients.

    s ← rho·s + (1 - rho)·g²; Δ = -√(d + eps) / √(s + eps) · g; d ← rho·d + (1 - rho)·Δ²; then
    theta ← theta + lr·Δ. The paper has no lr, which is lr = 1. The defaults are PyTorch's; rho is 0.95 in the
    paper's experiments: ``Adadelta.as_in_paper(params)``.

    The first steps are about √eps long: from far away it takes thousands.

    Args:
        params: the parameters, or groups of them.
        lr: a factor on the steps, at least 0.
        rho: how much of the running means is kept, at least 0 and below 1.
        eps: what starts the steps and keeps the division sound, at least 0; with 0 nothing ever moves.
        weight_decay: λ of the penalty ½λ·theta², at least 0.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = Adadelta([w])
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    0.996838
    """

    memory = ("square_avg", "acc_delta")
    never_negative = ("square_avg", "acc_delta")
    paper: ClassVar[Mapping[str, Any]] = {"rho": 0.95}

    def __init__(
        self,
        params: Parameters,
        lr: NonNegative = 1.0,
        rho: BelowOne = 0.9,
        eps: NonNegative = 1e-6,
        weight_decay: NonNegative = 0.0,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(params, **settings_among(locals()))

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """One step of Adadelta; the formulas stand at the class."""
        rho, eps = settings["rho"], settings["eps"]
        theta, g = decayed(theta, g, settings)
        s = memory["square_avg"] = rho * memory["square_avg"] + (1.0 - rho) * g * g
        delta = -np.sqrt(memory["acc_delta"] + eps) / np.sqrt(s + eps) * g
        memory["acc_delta"] = rho * memory["acc_delta"] + (1.0 - rho) * delta * delta
        return np.asarray(theta + settings["lr"] * delta)
