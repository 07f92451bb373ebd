"""Adam and its variants AdamW and AMSGrad."""

from __future__ import annotations

from dataclasses import field

import numpy as np

from engine import Value
from engine.node.bulk import adam_on_values
from nn.checks import Betas, Flag, NonNegative
from nn.optim.arithmetic import Memory, Settings, Vector, decayed, powers
from nn.optim.optimizer import Standard

__all__ = ["AMSGrad", "Adam", "AdamW"]


class Adam(Standard):
    """Adam (Kingma & Ba 2014): steps scaled by running means of the gradient and of its square.

    m ← β1·m + (1 - β1)·g and v ← β2·v + (1 - β2)·g², then theta ← theta - lr·m̂ / (√v̂ + eps) with
    m̂ = m / (1 - β1^t) and v̂ = v / (1 - β2^t), where t counts the steps. The defaults are the paper's.

    Args:
        params: the parameters, or groups of them.
        lr: the step size α, at least 0.
        betas: the pair (β1, β2), each at least 0 and below 1.
        eps: what keeps the division sound, at least 0.
        weight_decay: λ of the penalty ½λ·theta², added to the gradient; :class:`AdamW` does otherwise.
        amsgrad: whether to put the largest v so far in its place (Reddi, Kale & Kumar 2018).
        decoupled_weight_decay: whether to decay as :class:`AdamW` does.
        maximize: whether to climb: the gradient's sign is turned before all else.

    Raises:
        ValueError, TypeError: see :class:`Optimizer`.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    0.9
    """

    memory = ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq")
    never_negative = ("exp_avg_sq", "max_exp_avg_sq")
    lr: NonNegative = 1e-3
    betas: Betas = (0.9, 0.999)
    eps: NonNegative = 1e-8
    weight_decay: NonNegative = 0.0
    amsgrad: Flag = False
    decoupled_weight_decay: Flag = field(default=False, kw_only=True)

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        beta1, beta2 = settings["betas"]
        step_size: float = settings["lr"]
        theta, g = decayed(theta, g, settings)
        # a count for each parameter: one that was frozen for a while lags behind
        memory["step"] += 1.0
        m, v = memory["exp_avg"], memory["exp_avg_sq"]
        m *= beta1
        m += (1.0 - beta1) * g
        v *= beta2
        v += (1.0 - beta2) * g * g
        power1, power2 = powers(memory["step"], beta1, beta2)
        if settings["amsgrad"]:
            v = np.maximum(memory["max_exp_avg_sq"], v, out=memory["max_exp_avg_sq"])
        size = np.sqrt(v / (1.0 - power2))
        size += settings["eps"]
        step = m / (1.0 - power1)
        step *= step_size
        step /= size
        return np.asarray(theta - step)

    def _update_at_once(self, params: list[Value], memory: Memory, settings: Settings) -> bool:
        """See :meth:`Optimizer._update_at_once`."""
        if type(self).update is not Adam.update:
            return False
        (beta1, beta2), lr, eps = settings["betas"], settings["lr"], settings["eps"]
        decay = settings["weight_decay"]
        if not (type(lr) is type(eps) is type(decay) is type(beta1) is type(beta2) is float):
            return False
        decoupled = bool(settings["decoupled_weight_decay"])
        m, v, count = memory["exp_avg"], memory["exp_avg_sq"], memory["step"]
        largest = memory["max_exp_avg_sq"] if settings["amsgrad"] else None
        return adam_on_values(params, count, m, v, beta1, beta2, lr, eps, decay, decoupled, largest)


class AdamW(Adam):
    """AdamW (Loshchilov & Hutter 2019): Adam, with the decay of weights kept out of its running means.

    theta ← theta - lr·weight_decay·theta comes first, then Adam's step by the gradient alone. This is
    ``Adam`` with ``decoupled_weight_decay=True``, whose arguments it has; ``weight_decay`` is 0.01, as in
    PyTorch.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> w.data
    0.95
    """

    weight_decay: NonNegative = 1e-2
    decoupled_weight_decay: Flag = field(default=True, init=False)


class AMSGrad(Adam):
    """AMSGrad (Reddi, Kale & Kumar 2018): Adam, with the largest v so far in the place of v.

    This is ``Adam`` with ``amsgrad=True``, whose arguments it has: w ← max(w, v), and √ŵ for √v̂, with
    Adam's division by 1 - β^t as in PyTorch. The paper goes without that division and without eps.

    >>> from engine import Value
    >>> w = Value(1.0)
    >>> optimizer = AMSGrad([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    0.9
    """

    amsgrad: Flag = field(default=True, init=False)
    decoupled_weight_decay: Flag = field(default=False, init=False)
