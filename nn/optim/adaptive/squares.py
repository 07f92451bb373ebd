"""Adagrad, Adadelta and RMSprop: steps scaled by the squares of the gradients so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nn.checks import BelowOne, Flag, NonNegative
from nn.optim.arithmetic import Memory, Settings, Vector, decayed
from nn.optim.optimizer import Standard

__all__ = ["Adadelta", "Adagrad", "RMSprop"]


class Adagrad(Standard):
    """AdaGrad (Duchi, Hazan & Singer 2011): steps scaled by all squared gradients so far.

    G ← G + g², then theta ← theta - lr·g / (√G + eps), with G starting at ``initial_accumulator_value``.
    The paper leaves lr and eps (its δ) open; the defaults, ``lr_decay`` and the start of G are PyTorch's.

    Args:
        params: the parameters, or groups of them.
        lr: the step size η, at least 0.
        lr_decay: how fast it shrinks besides: in step t it is lr / (1 + (t - 1)·lr_decay).
        weight_decay: λ of the penalty ½λ·theta², at least 0.
        initial_accumulator_value: where G starts, at least 0.
        eps: what keeps the division sound, at least 0.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = Adagrad([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    0.9
    """

    memory = ("step", "sum")
    never_negative = ("sum",)
    lr: NonNegative = 1e-2
    lr_decay: NonNegative = 0.0
    weight_decay: NonNegative = 0.0
    initial_accumulator_value: NonNegative = 0.0
    eps: NonNegative = 1e-10

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        theta, g = decayed(theta, g, settings)
        step_size = settings["lr"] / (1.0 + memory["step"] * settings["lr_decay"])
        memory["step"] = memory["step"] + 1.0
        memory["sum"] = memory["sum"] + g * g
        accumulated = settings["initial_accumulator_value"] + memory["sum"]
        return np.asarray(theta - step_size * g / (np.sqrt(accumulated) + settings["eps"]))


class Adadelta(Standard):
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
    lr: NonNegative = 1.0
    rho: BelowOne = 0.9
    eps: NonNegative = 1e-6
    weight_decay: NonNegative = 0.0

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        rho, eps = settings["rho"], settings["eps"]
        theta, g = decayed(theta, g, settings)
        s = memory["square_avg"] = rho * memory["square_avg"] + (1.0 - rho) * g * g
        delta = -np.sqrt(memory["acc_delta"] + eps) / np.sqrt(s + eps) * g
        memory["acc_delta"] = rho * memory["acc_delta"] + (1.0 - rho) * delta * delta
        return np.asarray(theta + settings["lr"] * delta)


class RMSprop(Standard):
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
    lr: NonNegative = 1e-2
    alpha: BelowOne = 0.99
    eps: NonNegative = 1e-8
    weight_decay: NonNegative = 0.0
    momentum: NonNegative = 0.0
    centered: Flag = False

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
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
