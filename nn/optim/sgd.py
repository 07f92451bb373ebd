"""Gradient descent, with momentum and weight decay."""

from __future__ import annotations

from collections.abc import Iterable

from engine import Value
from nn.optim.optimizer import Memory, Optimizer, Settings, Vector, checked

__all__ = ["SGD"]


class SGD(Optimizer):
    """Gradient descent: theta ← theta - lr·g, with momentum and weight decay where asked for.

    In PyTorch's form: g ← g + weight_decay·theta, then v ← momentum·v + g and theta ← theta - lr·v; with
    ``nesterov``, theta ← theta - lr·(g + momentum·v). The first step has v = g. Where PyTorch passes over a
    parameter without a gradient (None), here its gradient is 0: it still decays and coasts.

    Args:
        params: the parameters.
        lr: the step size, at least 0.
        momentum: how much of the last step is kept (Polyak 1964), at least 0.
        weight_decay: λ of the penalty ½λ·theta², at least 0.
        nesterov: whether to look ahead (Sutskever et al. 2013); needs momentum.

    Raises:
        ValueError: a setting out of range, ``nesterov`` without momentum, or see :class:`Optimizer`.
        TypeError: a setting is no number, or see :class:`Optimizer`.

    >>> w = Value(1.0)
    >>> optimizer = SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (w * w).backward()
    ...     optimizer.step()
    >>> round(w.data, 12)
    0.46
    """

    memory = ("momentum_buffer",)

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        momentum: float = 0.0,
        *,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        momentum = checked("momentum", momentum)
        if nesterov and momentum == 0:
            raise ValueError("nesterov=True needs momentum, such as momentum=0.9")
        super().__init__(
            params,
            lr=checked("lr", lr),
            momentum=momentum,
            weight_decay=checked("weight_decay", weight_decay),
            nesterov=bool(nesterov),
        )

    def update(self, theta: Vector, g: Vector, memory: Memory, settings: Settings) -> Vector:
        """One step of gradient descent; the formulas stand at the class."""
        momentum: float = settings["momentum"]
        step_size: float = settings["lr"]
        if settings["weight_decay"]:
            g = g + settings["weight_decay"] * theta
        if momentum:
            v = memory["momentum_buffer"] = momentum * memory["momentum_buffer"] + g
            g = g + momentum * v if settings["nesterov"] else v
        return theta - step_size * g
