"""Gradient descent, with momentum and weight decay."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.checks import Flag, NonNegative, settings_among
from nn.optim.arithmetic import Memory, Parameters, Settings, Vector, decayed
from nn.optim.optimizer import Optimizer

__all__ = ["SGD"]


class SGD(Optimizer):
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

    def __init__(
        self,
        params: Parameters,
        lr: NonNegative = 1e-3,
        momentum: NonNegative = 0.0,
        dampening: NonNegative = 0.0,
        weight_decay: NonNegative = 0.0,
        nesterov: Flag = False,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(params, **settings_among(locals()))

    def check_settings(self, settings: Settings) -> dict[str, Any]:
        """The settings of a group; ``nesterov`` must go with the others."""
        kept = super().check_settings(settings)
        if kept["nesterov"] and (kept["momentum"] == 0 or kept["dampening"] != 0):
            raise ValueError("nesterov=True needs momentum, such as momentum=0.9, and no dampening")
        return kept

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """One step of gradient descent; the formulas stand at the class."""
        momentum: float = settings["momentum"]
        step_size: float = settings["lr"]
        theta, g = decayed(theta, g, settings)
        if momentum:
            kept = np.where(memory["step"] == 0.0, 1.0, 1.0 - settings["dampening"])
            memory["step"] = memory["step"] + 1.0
            v = memory["momentum_buffer"] = momentum * memory["momentum_buffer"] + kept * g
            g = g + momentum * v if settings["nesterov"] else v
        return theta - step_size * g
