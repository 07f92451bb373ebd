"""Adagrad: steps scaled by all past gradients."""

from __future__ import annotations

import numpy as np

from nn.checks import Flag, NonNegative, settings_among
from nn.optim.arithmetic import Memory, Parameters, Settings, Vector, decayed
from nn.optim.optimizer import Optimizer

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
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

    def __init__(
        self,
        params: Parameters,
        lr: NonNegative = 1e-2,
        lr_decay: NonNegative = 0.0,
        weight_decay: NonNegative = 0.0,
        initial_accumulator_value: NonNegative = 0.0,
        eps: NonNegative = 1e-10,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(params, **settings_among(locals()))

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """One step of AdaGrad; the formulas stand at the class."""
        theta, g = decayed(theta, g, settings)
        step_size = settings["lr"] / (1.0 + memory["step"] * settings["lr_decay"])
        memory["step"] = memory["step"] + 1.0
        memory["sum"] = memory["sum"] + g * g
        accumulated = settings["initial_accumulator_value"] + memory["sum"]
        return np.asarray(theta - step_size * g / (np.sqrt(accumulated) + settings["eps"]))
