"""Adamax: Adam with a decaying maximum in place of the mean square."""

from __future__ import annotations

import numpy as np

from nn.checks import Betas, Flag, NonNegative, settings_among
from nn.optim.arithmetic import Memory, Parameters, Settings, Vector, decayed, powers
from nn.optim.optimizer import Optimizer

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """AdaMax (Kingma & Ba 2015, section 7 of the paper on Adam): steps scaled by a decaying maximum of |g|.

    m ← β1·m + (1 - β1)·g and u ← max(β2·u, |g| + eps), then theta ← theta - lr / (1 - β1^t) · m / u, where
    t counts the steps. The defaults are the paper's, but for eps, which it does not have: PyTorch's, it
    keeps 0/0 from a parameter whose gradients all were 0.

    Args:
        params: the parameters, or groups of them.
        lr: the step size α, at least 0.
        betas: the pair (β1, β2), each at least 0 and below 1.
        eps: added to |g|, at least 0.
        weight_decay: λ of the penalty ½λ·theta², at least 0.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = Adamax([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    0.9
    """

    memory = ("step", "exp_avg", "exp_inf")
    never_negative = ("exp_inf",)

    def __init__(
        self,
        params: Parameters,
        lr: NonNegative = 2e-3,
        betas: Betas = (0.9, 0.999),
        eps: NonNegative = 1e-8,
        weight_decay: NonNegative = 0.0,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(params, **settings_among(locals()))

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """One step of AdaMax; the formulas stand at the class."""
        beta1, beta2 = settings["betas"]
        theta, g = decayed(theta, g, settings)
        t = memory["step"] = memory["step"] + 1.0
        m = memory["exp_avg"] = beta1 * memory["exp_avg"] + (1.0 - beta1) * g
        u = memory["exp_inf"] = np.maximum(beta2 * memory["exp_inf"], np.abs(g) + settings["eps"])
        (beta1_t,) = powers(t, beta1)
        return np.asarray(theta - settings["lr"] / (1.0 - beta1_t) * m / u)
