"""ASGD: stochastic gradient descent whose points are averaged."""

from __future__ import annotations

import numpy as np

from nn.checks import Flag, NonNegative, settings_among
from nn.optim.arithmetic import Memory, Parameters, Settings, Vector, decayed
from nn.optim.optimizer import Optimizer

__all__ = ["ASGD"]


class ASGD(Optimizer):
    """Averaged stochastic gradient descent (Polyak & Juditsky 1992), in PyTorch's form, which is Bottou's.

    theta ← (1 - lambd·η)·theta - η·g with η = lr / (1 + lambd·lr·t)^alpha, where t counts the steps before.
    The average of theta from step t0 on is in the memory, ``optimizer.state_dict()["state"]``, as ``"ax"``.

    Args:
        params: the parameters, or groups of them.
        lr: the step size to start from, at least 0.
        lambd: the decay of the parameters, at least 0.
        alpha: the power by which η falls, at least 0.
        t0: from which step on points are averaged; before, the average is the point itself.
        weight_decay: λ of the penalty ½λ·theta², at least 0.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = ASGD([w], lr=0.1, lambd=0.0)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w.data
    0.8
    """

    memory = ("step", "eta", "ax")
    never_negative = ("eta",)

    def __init__(
        self,
        params: Parameters,
        lr: NonNegative = 1e-2,
        lambd: NonNegative = 1e-4,
        alpha: NonNegative = 0.75,
        t0: NonNegative = 1e6,
        weight_decay: NonNegative = 0.0,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(params, **settings_among(locals()))

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """One step of ASGD; the formulas stand at the class."""
        theta, g = decayed(theta, g, settings)
        lr, lambd = settings["lr"], settings["lambd"]
        before = memory["step"]
        eta = np.where(before == 0.0, lr, memory["eta"])
        share = 1.0 / np.maximum(1.0, before - settings["t0"])
        t = memory["step"] = before + 1.0
        theta = theta * (1.0 - lambd * eta) - eta * g
        memory["ax"] = np.where(share == 1.0, theta, memory["ax"] + (theta - memory["ax"]) * share)
        memory["eta"] = lr / (1.0 + lambd * lr * t) ** settings["alpha"]
        return np.asarray(theta)
