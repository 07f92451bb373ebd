"""Schedules by formula. t is the epoch, counted from 0; base_lr the initial step size."""

from __future__ import annotations

import math
from bisect import bisect_right

from engine.floats.validate import non_negative
from nn.checks import Count, Epochs, NonNegative, UpToOne
from nn.optim.lr_scheduler.scheduler import Formula

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "PolynomialLR",
    "StepLR",
]


class StepLR(Formula):
    """Decay by a factor every few epochs: lr(t) = base_lr · gamma^⌊t / step_size⌋.

    Args:
        optimizer: the optimiser.
        step_size: after how many epochs each, at least 1.
        gamma: the factor, at least 0.

    Raises:
        ValueError, TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> schedule = StepLR(SGD([Value(1.0)], lr=0.1), step_size=30, gamma=0.5)
    >>> schedule.lr_at(0.1, 29), schedule.lr_at(0.1, 30), schedule.lr_at(0.1, 60)
    (0.1, 0.05, 0.025)
    """

    step_size: Count
    gamma: NonNegative = 0.1

    def lr_at(self, base_lr: float, epoch: int) -> float:
        return float(base_lr * self.gamma ** (epoch // self.step_size))


class MultiStepLR(Formula):
    """Decay by a factor at given epochs: lr(t) = base_lr · gamma^n, where n milestones are ≤ t.

    Args:
        optimizer: the optimiser.
        milestones: the epochs, in order, each at least 1.
        gamma: the factor, at least 0.

    Raises:
        ValueError, TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> schedule = MultiStepLR(SGD([Value(1.0)], lr=0.1), milestones=[30, 80], gamma=0.5)
    >>> schedule.lr_at(0.1, 29), schedule.lr_at(0.1, 30), schedule.lr_at(0.1, 80)
    (0.1, 0.05, 0.025)
    """

    milestones: Epochs
    gamma: NonNegative = 0.1

    def lr_at(self, base_lr: float, epoch: int) -> float:
        return float(base_lr * self.gamma ** bisect_right(self.milestones, epoch))


class ExponentialLR(Formula):
    """Decay by a factor every epoch: lr(t) = base_lr · gamma^t.

    Args:
        optimizer: the optimiser.
        gamma: the factor, at least 0.

    Raises:
        ValueError, TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> ExponentialLR(SGD([Value(1.0)], lr=0.1), gamma=0.5).lr_at(0.1, 2)
    0.025
    """

    gamma: NonNegative

    def lr_at(self, base_lr: float, epoch: int) -> float:
        return float(base_lr * self.gamma**epoch)


class CosineAnnealingLR(Formula):
    """Decay along half a cosine: lr(t) = eta_min + (base_lr - eta_min) · (1 + cos(π·t / T_max)) / 2.

    From Loshchilov & Hutter 2017, without their restarts. After ``T_max`` epochs it goes up again, with the
    cosine, as in PyTorch.

    Args:
        optimizer: the optimiser.
        T_max: after how many epochs it is at ``eta_min``, at least 1.
        eta_min: the lowest step size, at least 0.

    Raises:
        ValueError, TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> schedule = CosineAnnealingLR(SGD([Value(1.0)], lr=0.1), T_max=100)
    >>> schedule.lr_at(0.1, 0), schedule.lr_at(0.1, 50), schedule.lr_at(0.1, 100)
    (0.1, 0.05, 0.0)
    """

    T_max: Count
    eta_min: NonNegative = 0.0

    def lr_at(self, base_lr: float, epoch: int) -> float:
        height = (1.0 + math.cos(math.pi * epoch / self.T_max)) / 2.0
        return self.eta_min + (base_lr - self.eta_min) * height


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


class LinearLR(Formula):
    """Linear warm-up: lr(t) = base_lr · (start + (end - start) · min(t, n) / n).

    start is ``start_factor``, end ``end_factor``, n ``total_iters``; from epoch n on it stays at the end.

    Args:
        optimizer: the optimiser.
        start_factor: the factor at first, from 0 to 1.
        end_factor: the factor at the end, from 0 to 1.
        total_iters: after how many epochs that is reached, at least 1.

    Raises:
        ValueError, TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> schedule = LinearLR(SGD([Value(1.0)], lr=0.1), start_factor=0.25, total_iters=3)
    >>> schedule.lr_at(0.1, 0), schedule.lr_at(0.1, 1), schedule.lr_at(0.1, 3), schedule.lr_at(0.1, 9)
    (0.025, 0.05, 0.1, 0.1)
    """

    start_factor: UpToOne = 1.0 / 3.0
    end_factor: UpToOne = 1.0
    total_iters: Count = 5

    def lr_at(self, base_lr: float, epoch: int) -> float:
        way = min(epoch, self.total_iters) / self.total_iters
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * way)


class ConstantLR(Formula):
    """A factor for the first few epochs: lr(t) = base_lr · factor while t < total_iters, then base_lr.

    Args:
        optimizer: the optimiser.
        factor: from 0 to 1.
        total_iters: for how many epochs, at least 1.

    Raises:
        ValueError, TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> schedule = ConstantLR(SGD([Value(1.0)], lr=0.1), factor=0.5, total_iters=3)
    >>> schedule.lr_at(0.1, 2), schedule.lr_at(0.1, 3)
    (0.05, 0.1)
    """

    factor: UpToOne = 1.0 / 3.0
    total_iters: Count = 5

    def lr_at(self, base_lr: float, epoch: int) -> float:
        return base_lr * self.factor if epoch < self.total_iters else base_lr


class PolynomialLR(Formula):
    """Decay to 0 along a power: lr(t) = base_lr · (1 - min(t, n) / n)^power, n ``total_iters``.

    Args:
        optimizer: the optimiser.
        total_iters: after how many epochs it is 0, at least 1.
        power: 1 for a straight line.

    Raises:
        ValueError, TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> schedule = PolynomialLR(SGD([Value(1.0)], lr=0.1), total_iters=4, power=2.0)
    >>> schedule.lr_at(0.4, 2), schedule.lr_at(0.1, 9)
    (0.1, 0.0)
    """

    total_iters: Count = 5
    power: NonNegative = 1.0

    def lr_at(self, base_lr: float, epoch: int) -> float:
        return float(base_lr * (1.0 - min(epoch, self.total_iters) / self.total_iters) ** self.power)
