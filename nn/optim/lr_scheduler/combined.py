"""Schedules made of schedules: in sequence, or multiplied."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from engine.quoting import brief
from nn.checks import Epochs, increasing_epochs
from nn.optim.lr_scheduler.scheduler import LRScheduler
from nn.optim.optimizer import Optimizer

__all__ = ["ChainedScheduler", "SequentialLR"]


class _Composition(LRScheduler):
    """Base of both: holds schedules and uses their formulas only."""

    schedulers: list[LRScheduler]

    def __init__(self, optimizer: Optimizer, schedulers: Iterable[LRScheduler], **settings: Any) -> None:
        kind = type(self).__name__
        self.schedulers = list(schedulers)
        if not self.schedulers:
            raise ValueError(f"{kind} needs at least one schedule, got none")
        for i, scheduler in enumerate(self.schedulers):
            if not isinstance(scheduler, LRScheduler):
                raise TypeError(f"schedulers[{i}] must be a schedule, got {brief(scheduler)}")
            if not scheduler.has_formula:
                name = type(scheduler).__name__
                raise TypeError(f"{kind} needs schedules by formula, and {name} goes by a metric")
            if scheduler.optimizer is not optimizer:
                raise ValueError(f"schedulers[{i}] of {kind} is for another optimizer")
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]  # what they did to it when they were made is undone
        super().__init__(optimizer, **settings)

    def _settings(self) -> dict[str, Any]:
        return {**super()._settings(), "schedulers": [each._settings() for each in self.schedulers]}

    def _checked_settings(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        checked = super()._checked_settings(settings)
        inner = settings["schedulers"]
        if len(inner) != len(self.schedulers):
            raise ValueError(f"the state_dict is for {len(inner)} schedules, got {len(self.schedulers)} here")
        pairs = zip(self.schedulers, inner, strict=True)
        return {**checked, "schedulers": [each._checked_settings(given) for each, given in pairs]}

    def _take_settings(self, settings: Mapping[str, Any]) -> None:
        super()._take_settings({name: settings[name] for name in self.rules})
        for each, inner in zip(self.schedulers, settings["schedulers"], strict=True):
            each._take_settings(inner)


class SequentialLR(_Composition):
    """Schedules in sequence, each from its milestone to the next.

    Each starts anew at its milestone, from the step size the optimiser had before any schedule.

    Args:
        optimizer: the optimiser.
        schedulers: the schedules, made for the same optimiser; this one's ``step()`` alone is to be called.
        milestones: the epochs in which the second, third, … begins, in order.

    Raises:
        ValueError: the milestones are not one fewer than the schedules, or out of order; a schedule is for
            another optimiser.
        TypeError: a schedule is not an LRScheduler, or a milestone not an integer.

    >>> from engine import Value
    >>> from nn import SGD
    >>> from nn.optim.lr_scheduler import ExponentialLR, LinearLR
    >>> optimizer = SGD([Value(1.0)], lr=0.1)
    >>> parts = [LinearLR(optimizer, start_factor=0.5, total_iters=2), ExponentialLR(optimizer, gamma=0.5)]
    >>> schedule = SequentialLR(optimizer, parts, milestones=[2])
    >>> [round(schedule.lr_at(0.1, epoch), 4) for epoch in range(5)]
    [0.05, 0.075, 0.1, 0.05, 0.025]
    """

    milestones: list[int]

    def __init__(self, optimizer: Optimizer, schedulers: Iterable[LRScheduler], milestones: Epochs) -> None:
        schedulers, milestones = list(schedulers), increasing_epochs("milestones", milestones)
        if schedulers and len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"{len(schedulers)} schedules need {len(schedulers) - 1} milestones between them, "
                f"got {len(milestones)}"
            )
        super().__init__(optimizer, schedulers, milestones=milestones)

    def lr_in_group(self, group: int, base_lr: float, epoch: int) -> float:
        place = bisect_right(self.milestones, epoch)
        start = self.milestones[place - 1] if place else 0
        return self.schedulers[place].lr_in_group(group, base_lr, epoch - start)


class ChainedScheduler(_Composition):
    """Schedules on top of each other: each starts from the step size of the one before, in every epoch.

    Schedules that multiply base_lr by a factor are multiplied.

    Args:
        schedulers: the schedules, made for the same optimiser; this one's ``step()`` alone is to be called.
        optimizer: that optimiser; None is the first schedule's.

    Raises:
        ValueError: there are none, or one is for another optimiser.
        TypeError: a schedule is not an LRScheduler.

    >>> from engine import Value
    >>> from nn import SGD
    >>> from nn.optim.lr_scheduler import ExponentialLR, LinearLR
    >>> optimizer = SGD([Value(1.0)], lr=0.1)
    >>> parts = [LinearLR(optimizer, start_factor=0.5, total_iters=2), ExponentialLR(optimizer, gamma=0.5)]
    >>> schedule = ChainedScheduler(parts)
    >>> [round(schedule.lr_at(0.1, epoch), 4) for epoch in range(4)]
    [0.05, 0.0375, 0.025, 0.0125]
    """

    def __init__(self, schedulers: Iterable[LRScheduler], optimizer: Optimizer | None = None) -> None:
        schedulers = list(schedulers)
        first = next((each.optimizer for each in schedulers if isinstance(each, LRScheduler)), None)
        super().__init__(optimizer or first, schedulers)  # type: ignore[arg-type]

    def lr_in_group(self, group: int, base_lr: float, epoch: int) -> float:
        for each in self.schedulers:
            base_lr = each.lr_in_group(group, base_lr, epoch)
        return base_lr
