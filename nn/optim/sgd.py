"""Gradient descent, with momentum and weight decay, and its form whose points are averaged."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.checks import Flag, NonNegative
from nn.optim.arithmetic import Memory, Settings, Vector, decayed
from nn.optim.optimizer import Standard

__all__ = ["ASGD", "SGD"]


class SGD(Standard):
    """Gradient descent: theta ← theta - lr·g, with momentum and weight decay where asked for.

    In PyTorch's form: g ← g + weight_decay·theta, then v ← momentum·v + (1 - dampening)·g and
    theta ← theta - lr·v; with ``nesterov``, theta ← theta - lr·(g + momentum·v). The first step has v = g.
    Where PyTorch passes over a parameter without a gradient (None), here its gradient is 0: it still decays
    and coasts.

    The classical form Δw = -lr·g + momentum·Δw(previous) - lr·weight_decay·w takes the same steps; the two
    differ only when ``lr`` changes, which there acts on later gradients alone and here on all of v at once.
    With ``nesterov`` the parameters are the points w + momentum·v of :class:`nn.Nesterov`.

    Args:
        params: the parameters, or groups of them.
        lr: the step size, at least 0.
        momentum: how much of the last step is kept (Polyak 1964), at least 0.
        dampening: how much of the gradient is kept out of v, at least 0.
        weight_decay: λ of the penalty ½λ·theta², at least 0.
        nesterov: whether to look ahead (Sutskever et al. 2013); needs momentum, and no dampening.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError: a setting out of range, ``nesterov`` without momentum, or see :class:`Optimizer`.
        TypeError: a setting is of a wrong type, or see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (w * w).backward()
    ...     optimizer.step()
    >>> round(w.data, 12)
    0.46
    """

    memory = ("step", "momentum_buffer")
    lr: NonNegative = 1e-3
    momentum: NonNegative = 0.0
    dampening: NonNegative = 0.0
    weight_decay: NonNegative = 0.0
    nesterov: Flag = False

    def check_settings(self, settings: Settings) -> dict[str, Any]:
        """The settings of a group; ``nesterov`` must go with the others."""
        kept = super().check_settings(settings)
        if kept["nesterov"] and (kept["momentum"] == 0 or kept["dampening"] != 0):
            raise ValueError("nesterov=True needs momentum, such as momentum=0.9, and no dampening")
        return kept

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        momentum: float = settings["momentum"]
        step_size: float = settings["lr"]
        theta, g = decayed(theta, g, settings)
        if momentum:
            kept = np.where(memory["step"] == 0.0, 1.0, 1.0 - settings["dampening"])
            memory["step"] = memory["step"] + 1.0
            v = memory["momentum_buffer"] = momentum * memory["momentum_buffer"] + kept * g
            g = g + momentum * v if settings["nesterov"] else v
        return theta - step_size * g


class ASGD(Standard):
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
    lr: NonNegative = 1e-2
    lambd: NonNegative = 1e-4
    alpha: NonNegative = 0.75
    t0: NonNegative = 1e6
    weight_decay: NonNegative = 0.0

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
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
