"""Adamax, NAdam and RAdam: Adam with a maximum, with Nesterov momentum, with a careful start."""

from __future__ import annotations

import numpy as np

from nn.checks import Betas, Flag, NonNegative
from nn.optim.arithmetic import Memory, Settings, Vector, decayed, powers
from nn.optim.optimizer import Standard

__all__ = ["Adamax", "NAdam", "RAdam"]


class Adamax(Standard):
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
    lr: NonNegative = 2e-3
    betas: Betas = (0.9, 0.999)
    eps: NonNegative = 1e-8
    weight_decay: NonNegative = 0.0

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        beta1, beta2 = settings["betas"]
        theta, g = decayed(theta, g, settings)
        t = memory["step"] = memory["step"] + 1.0
        m = memory["exp_avg"] = beta1 * memory["exp_avg"] + (1.0 - beta1) * g
        u = memory["exp_inf"] = np.maximum(beta2 * memory["exp_inf"], np.abs(g) + settings["eps"])
        (beta1_t,) = powers(t, beta1)
        return np.asarray(theta - settings["lr"] / (1.0 - beta1_t) * m / u)


class NAdam(Standard):
    """Nadam (Dozat 2015): Adam with Nesterov momentum.

    m ← β1·m + (1 - β1)·g and v ← β2·v + (1 - β2)·g² as in Adam, v̂ = v / (1 - β2^t). The momentum warms up:
    μ(t) = β1·(1 - ½·0.96^(t·momentum_decay)), with Π(t) the product μ(1)·…·μ(t). Then theta ← theta - lr·m̄ /
    (√v̂ + eps) with m̄ = (1 - μ(t))·g / (1 - Π(t)) + μ(t+1)·m / (1 - Π(t+1)), where t counts the steps.
    Form and defaults are PyTorch's; ``momentum_decay=0.004`` is the report's t/250.

    Args:
        params: the parameters, or groups of them.
        lr: the step size, at least 0.
        betas: the pair (β1, β2), each at least 0 and below 1.
        eps: what keeps the division sound, at least 0.
        weight_decay: λ of the penalty ½λ·theta², at least 0.
        momentum_decay: how fast the momentum warms up, at least 0.
        decoupled_weight_decay: whether to decay as :class:`nn.AdamW` does.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = NAdam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    0.894355
    """

    memory = ("step", "exp_avg", "exp_avg_sq", "mu_product")
    never_negative = ("exp_avg_sq", "mu_product")
    lr: NonNegative = 2e-3
    betas: Betas = (0.9, 0.999)
    eps: NonNegative = 1e-8
    weight_decay: NonNegative = 0.0
    momentum_decay: NonNegative = 4e-3
    decoupled_weight_decay: Flag = False

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        beta1, beta2 = settings["betas"]
        step_size: float = settings["lr"]
        theta, g = decayed(theta, g, settings)
        t = memory["step"] = memory["step"] + 1.0
        m = memory["exp_avg"] = beta1 * memory["exp_avg"] + (1.0 - beta1) * g
        v = memory["exp_avg_sq"] = beta2 * memory["exp_avg_sq"] + (1.0 - beta2) * g * g
        (decay_now,) = powers(t * settings["momentum_decay"], 0.96)
        (decay_next,) = powers((t + 1.0) * settings["momentum_decay"], 0.96)
        mu, mu_next = beta1 * (1.0 - 0.5 * decay_now), beta1 * (1.0 - 0.5 * decay_next)
        product = memory["mu_product"] = mu * np.where(t == 1.0, 1.0, memory["mu_product"])
        m_bar = (1.0 - mu) * g / (1.0 - product) + mu_next * m / (1.0 - product * mu_next)
        (beta2_t,) = powers(t, beta2)
        v_hat = v / (1.0 - beta2_t)
        return np.asarray(theta - step_size * m_bar / (np.sqrt(v_hat) + settings["eps"]))


class RAdam(Standard):
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
    lr: NonNegative = 1e-3
    betas: Betas = (0.9, 0.999)
    eps: NonNegative = 1e-8
    weight_decay: NonNegative = 0.0
    decoupled_weight_decay: Flag = False

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
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
