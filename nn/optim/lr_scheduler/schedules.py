"""Schedules by formula. t is the epoch, counted from 0; base_lr the initial step size."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import ClassVar

from engine.quoting import brief
from nn.checks import Count, Epochs, NonNegative, Rules, UpToOne, rules_of, settings_among
from nn.optim.lr_scheduler.scheduler import LRScheduler
from nn.optim.optimizer import Optimizer

__all__ = ["FORMULAS", "CosineAnnealingLR", "ExponentialLR", "LambdaLR", "LinearLR", "MultiStepLR", "StepLR"]


class StepLR(LRScheduler):
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

    step_size: int
    gamma: float

    def __init__(self, optimizer: Optimizer, step_size: Count, gamma: NonNegative = 0.1) -> None:
        super().__init__(optimizer, **settings_among(locals()))

    rules: ClassVar[Rules] = rules_of(__init__)

    def lr_at(self, base_lr: float, epoch: int) -> float:
        """The formula of the class."""
        return float(base_lr * self.gamma ** (epoch // self.step_size))


class MultiStepLR(LRScheduler):
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

    milestones: list[int]
    gamma: float

    def __init__(self, optimizer: Optimizer, milestones: Epochs, gamma: NonNegative = 0.1) -> None:
        super().__init__(optimizer, **settings_among(locals()))

    rules: ClassVar[Rules] = rules_of(__init__)

    def lr_at(self, base_lr: float, epoch: int) -> float:
        """The formula of the class."""
        return float(base_lr * self.gamma ** bisect_right(self.milestones, epoch))


class ExponentialLR(LRScheduler):
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

    gamma: float

    def __init__(self, optimizer: Optimizer, gamma: NonNegative) -> None:
        super().__init__(optimizer, **settings_among(locals()))

    rules: ClassVar[Rules] = rules_of(__init__)

    def lr_at(self, base_lr: float, epoch: int) -> float:
        """The formula of the class."""
        return float(base_lr * self.gamma**epoch)


class CosineAnnealingLR(LRScheduler):
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

    T_max: int
    eta_min: float

    def __init__(self, optimizer: Optimizer, T_max: Count, eta_min: NonNegative = 0.0) -> None:
        super().__init__(optimizer, **settings_among(locals()))

    rules: ClassVar[Rules] = rules_of(__init__)

    def lr_at(self, base_lr: float, epoch: int) -> float:
        """The formula of the class."""
        height = (1.0 + math.cos(math.pi * epoch / self.T_max)) / 2.0
        return self.eta_min + (base_lr - self.eta_min) * height


class LinearLR(LRScheduler):
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

    start_factor: float
    end_factor: float
    total_iters: int

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: UpToOne = 1.0 / 3.0,
        end_factor: UpToOne = 1.0,
        total_iters: Count = 5,
    ) -> None:
        super().__init__(optimizer, **settings_among(locals()))

    rules: ClassVar[Rules] = rules_of(__init__)

    def lr_at(self, base_lr: float, epoch: int) -> float:
        """The formula of the class."""
        way = min(epoch, self.total_iters) / self.total_iters
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * way)


class LambdaLR(LRScheduler):
    """A formula of your own: lr(t) = base_lr · lr_lambda(t).

    A change of ``lr`` by hand in between stays as a factor, as with the other schedules; PyTorch's LambdaLR
    alone overwrites it.

    Args:
        optimizer: the optimiser.
        lr_lambda: a function of the epoch that returns the factor; one for all groups. It is not in the
            ``state_dict``.

    Raises:
        TypeError: ``lr_lambda`` is not a function, or see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> LambdaLR(SGD([Value(1.0)], lr=0.1), lambda epoch: 1 / (1 + epoch)).lr_at(0.1, 1)
    0.05
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        if not callable(lr_lambda):
            raise TypeError(f"lr_lambda must be a function of the epoch, got {brief(lr_lambda)}")
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def lr_at(self, base_lr: float, epoch: int) -> float:
        """The formula of the class."""
        return base_lr * self.lr_lambda(epoch)


FORMULAS = (StepLR, MultiStepLR, ExponentialLR, CosineAnnealingLR, LinearLR)
"""The schedules that run no code of the user's."""
