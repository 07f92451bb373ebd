"""Cosines with warm restarts."""

from __future__ import annotations

import math

from engine.floats.validate import non_negative
from nn.checks import Count, NonNegative
from nn.optim.lr_scheduler.scheduler import Formula

__all__ = ["CosineAnnealingWarmRestarts"]


class CosineAnnealingWarmRestarts(Formula):
    """Cosines one behind the other: η_min + (base_lr - η_min) · (1 + cos(π·T_cur / T_i)) / 2.

    SGDR (Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts"). T_cur counts the
    epochs since the last restart, T_i those from it to the next: T_0, then each time T_mult times as many.

    Args:
        optimizer: the optimiser.
        T_0: the epochs to the first restart, at least 1.
        T_mult: an integer, at least 1.
        eta_min: the lowest step size, at least 0.

    Raises:
        ValueError, TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> schedule = CosineAnnealingWarmRestarts(SGD([Value(1.0)], lr=0.1), T_0=2, T_mult=2)
    >>> [round(schedule.lr_at(0.1, epoch), 4) for epoch in range(7)]
    [0.1, 0.05, 0.1, 0.0854, 0.05, 0.0146, 0.1]
    """

    T_0: Count
    T_mult: Count = 1
    eta_min: NonNegative = 0.0

    def lr_at(self, base_lr: float, epoch: float) -> float:
        """The formula of the class; the epoch may be in the middle of one."""
        length = self.T_0
        if self.T_mult == 1:
            epoch = epoch % length
        while epoch >= length:
            epoch, length = epoch - length, length * self.T_mult
        return self.eta_min + (base_lr - self.eta_min) * (1.0 + math.cos(math.pi * epoch / length)) / 2.0

    def step(self, epoch: float | None = None) -> None:
        """Set the step sizes of the next epoch; or of a given one, as ``epoch + batch / batches``."""
        if epoch is None:
            super().step()
            return
        at = non_negative("epoch", epoch)
        self.last_epoch = math.floor(at)
        self._last_lrs = [self.lr_at(base_lr, at) for base_lr in self.base_lrs]
        self._write_step_sizes()
