"""Adam: each parameter has its own step size, from the gradients it has seen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine import Value
from nn.optim.optimizer import Memory, Optimizer, Settings, Vector, checked

__all__ = ["Adam"]


class Adam(Optimizer):
    """Adam (Kingma & Ba 2014): steps scaled by running means of the gradient and of its square.

    m ← β1·m + (1 - β1)·g and v ← β2·v + (1 - β2)·g², then theta ← theta - lr·m̂ / (√v̂ + eps) with
    m̂ = m / (1 - β1^t) and v̂ = v / (1 - β2^t), where t counts the steps. The defaults are the paper's.

    Args:
        params: the parameters.
        lr: the step size α, at least 0.
        betas: the pair (β1, β2), each at least 0 and below 1.
        eps: what keeps the division sound, at least 0.
        weight_decay: λ of the penalty ½λ·theta², added to the gradient as PyTorch's ``Adam`` does
            (its ``AdamW`` does not).

    Raises:
        ValueError: a setting out of range, or see :class:`Optimizer`.
        TypeError: a setting is no number, or see :class:`Optimizer`.

    >>> w = Value(1.0)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    0.9
    """

    memory = ("step", "exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        *,
        weight_decay: float = 0.0,
    ) -> None:
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"betas must be a pair of numbers, such as (0.9, 0.999), got {betas!r}")
        super().__init__(
            params,
            lr=checked("lr", lr),
            betas=(checked("betas[0]", betas[0], below=1.0), checked("betas[1]", betas[1], below=1.0)),
            eps=checked("eps", eps),
            weight_decay=checked("weight_decay", weight_decay),
        )

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """One step of Adam; the formulas stand at the class."""
        beta1, beta2 = settings["betas"]
        step_size: float = settings["lr"]
        if settings["weight_decay"]:
            g = g + settings["weight_decay"] * theta
        # a count for each parameter: one that was frozen for a while lags behind
        t = memory["step"] = memory["step"] + 1.0
        m = memory["exp_avg"] = beta1 * memory["exp_avg"] + (1.0 - beta1) * g
        v = memory["exp_avg_sq"] = beta2 * memory["exp_avg_sq"] + (1.0 - beta2) * g * g
        m_hat, v_hat = m / (1.0 - beta1**t), v / (1.0 - beta2**t)
        step: Vector = step_size * m_hat / (np.sqrt(v_hat) + settings["eps"])
        return theta - step
