"""RMSprop: gradients divided by a running root mean square."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nn.checks import BelowOne, Flag, NonNegative, settings_among
from nn.optim.arithmetic import Memory, Parameters, Settings, Vector, decayed
from nn.optim.optimizer import Optimizer

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """RMSprop (Hinton 2012, lecture 6e): steps scaled by a running mean of the squared gradient.

    s ← alpha·s + (1 - alpha)·g², then theta ← theta - lr·g / (√s + eps). With ``centered`` (Graves 2013) the
    root is that of the variance s - m², m the running mean of g. With ``momentum``, v ← momentum·v +
    g / (√s + eps) and theta ← theta - lr·v.

    The defaults are PyTorch's. The lecture's alpha is 0.9, so that s is 0.9 old and 0.1 new:
    ``RMSprop.as_in_paper(params)``.

    Args:
        params: the parameters, or groups of them.
        lr: the step size, at least 0.
        alpha: how much of the running means is kept, at least 0 and below 1.
        eps: what keeps the division sound, at least 0.
        weight_decay: λ of the penalty ½λ·theta², at least 0.
        momentum: how much of the last step is kept, at least 0.
        centered: whether to divide by the deviation instead of the size.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = RMSprop([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    0.0
    """

    memory = ("square_avg", "grad_avg", "momentum_buffer")
    never_negative = ("square_avg",)
    paper: ClassVar[Mapping[str, Any]] = {"alpha": 0.9}

    def __init__(
        self,
        params: Parameters,
        lr: NonNegative = 1e-2,
        alpha: BelowOne = 0.99,
        eps: NonNegative = 1e-8,
        weight_decay: NonNegative = 0.0,
        momentum: NonNegative = 0.0,
        centered: Flag = False,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(params, **settings_among(locals()))

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """One step of RMSprop; the formulas stand at the class."""
        alpha, momentum = settings["alpha"], settings["momentum"]
        theta, g = decayed(theta, g, settings)
        s = memory["square_avg"] = alpha * memory["square_avg"] + (1.0 - alpha) * g * g
        if settings["centered"]:
            m = memory["grad_avg"] = alpha * memory["grad_avg"] + (1.0 - alpha) * g
            s = s - m * m
        v = g / (np.sqrt(s) + settings["eps"])
        if momentum:
            v = memory["momentum_buffer"] = momentum * memory["momentum_buffer"] + v
        return np.asarray(theta - settings["lr"] * v)
