"""RAdam: Adam with a correction of its first steps, whose scale is uncertain."""

from __future__ import annotations

import numpy as np

from nn.checks import Betas, Flag, NonNegative, settings_among
from nn.optim.arithmetic import Memory, Parameters, Settings, Vector, decayed, powers
from nn.optim.optimizer import Optimizer

__all__ = ["RAdam"]


class RAdam(Optimizer):
    """Rectified Adam (Liu et al. 2020, "On the variance of the adaptive learning rate and beyond").

    m and v as in :class:`nn.Adam`, where t counts the steps. The length of the running mean is ρ(t) =
    ρ∞ - 2t·β2^t / (1 - β2^t), with ρ∞ = 2 / (1 - β2) - 1. While ρ(t) ≤ 5, v̂ is of too few gradients:
    theta ← theta - lr·m̂. After that theta ← theta - lr·r·m̂ / (√v̂ + eps), where r² =
    (ρ - 4)(ρ - 2)·ρ∞ / ((ρ∞ - 4)(ρ∞ - 2)·ρ). The defaults are PyTorch's, as is the place of eps:
    √(1 - β2^t) / (√v + eps).

    Args:
        params: the parameters, or groups of them.
        lr: the step size, at least 0.
        betas: the pair (β1, β2), each at least 0 and below 1.
        eps: what keeps the division sound, at least 0.
        weight_decay: λ of the penalty ½λ·theta², at least 0.
        decoupled_weight_decay: whether to decay as :class:`nn.AdamW` does.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = RAdam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    0.8
    """

    memory = ("step", "exp_avg", "exp_avg_sq")
    never_negative = ("exp_avg_sq",)

    def __init__(
        self,
        params: Parameters,
        lr: NonNegative = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: NonNegative = 1e-8,
        weight_decay: NonNegative = 0.0,
        decoupled_weight_decay: Flag = False,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(params, **settings_among(locals()))

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """One step of RAdam; the formulas stand at the class."""
        beta1, beta2 = settings["betas"]
        theta, g = decayed(theta, g, settings)
        t = memory["step"] = memory["step"] + 1.0
        m = memory["exp_avg"] = beta1 * memory["exp_avg"] + (1.0 - beta1) * g
        v = memory["exp_avg_sq"] = beta2 * memory["exp_avg_sq"] + (1.0 - beta2) * g * g
        beta1_t, beta2_t = powers(t, beta1, beta2)
        longest = 2.0 / (1.0 - beta2) - 1.0
        rho = longest - 2.0 * t * beta2_t / (1.0 - beta2_t)
        r = np.sqrt((rho - 4.0) * (rho - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * rho))
        scale = np.where(rho > 5.0, r * np.sqrt(1.0 - beta2_t) / (np.sqrt(v) + settings["eps"]), 1.0)
        return np.asarray(theta - settings["lr"] * m / (1.0 - beta1_t) * scale)
