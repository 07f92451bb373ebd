"""Schedules that rise and fall, the momentum against them: one cycle, many cycles."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from engine.floats.validate import integer, non_negative
from engine.quoting import brief
from nn.checks import (
    Count,
    Flag,
    NonNegative,
    UpToOne,
    above_zero,
    one_of,
    reals,
    settings_among,
)
from nn.optim.lr_scheduler.scheduler import LRScheduler
from nn.optim.optimizer import Optimizer

__all__ = ["CyclicLR", "OneCycleLR"]


def _each(name: str, value: Any) -> list[float]:
    return [non_negative(name, each) for each in reals(name, value)]


AboveZero = Annotated[float, above_zero]
PerGroup = Annotated[float | Sequence[float], _each]
Strategy = Annotated[str, one_of("cos", "linear")]
Mode = Annotated[str, one_of("triangular", "triangular2", "exp_range")]
ScaleMode = Annotated[str, one_of("cycle", "iterations")]


def _for_groups(optimizer: Any, name: str, value: Any) -> list[Any]:
    """A number for each group, of one for all or a list of them."""
    groups = len(getattr(optimizer, "param_groups", [0]))
    listed = list(value) if isinstance(value, (list, tuple)) else [value] * groups
    if len(listed) != groups:
        raise ValueError(f"{name} needs a number for each of {groups} groups, got {len(listed)}")
    return listed


def _of(group: int, numbers: list[float]) -> float:
    """The number of a group; of one that was added since, that of the last."""
    return numbers[min(group, len(numbers) - 1)]


class _WithMomentum(LRScheduler):
    """Base of both cycles: the momentum goes against the step size. ``lr`` before it is not used."""

    cycle_momentum: bool

    def _find_momentum(self, optimizer: Any) -> None:
        """Refuse an optimiser that has none."""
        names = getattr(optimizer, "defaults", {})
        if "momentum" not in names and "betas" not in names and isinstance(optimizer, Optimizer):
            raise ValueError(
                "cycle_momentum=True needs an optimiser with momentum or betas, and "
                f"{type(optimizer).__name__} has neither; give cycle_momentum=False"
            )

    def momentum_in_group(self, group: int, epoch: int) -> float:
        """The momentum of a group in an epoch. Subclasses define it."""
        raise NotImplementedError

    def _write_step_sizes(self) -> None:
        super()._write_step_sizes()
        if not self.cycle_momentum:
            return
        for i, group in enumerate(self.optimizer.param_groups):
            momentum = self.momentum_in_group(i, self.last_epoch)
            if "betas" in group:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum


class OneCycleLR(_WithMomentum):
    """Up to the largest step size and down to almost nothing, once; the momentum goes the other way.

    Smith & Topin 2018, "Super-convergence: very fast training of neural networks using large learning rates";
    the form with two phases and cosines is fast.ai's and PyTorch's. A step is that of a batch there; in
    :func:`nn.fit` it is an epoch: ``total_steps=epochs``.

    Args:
        optimizer: the optimiser.
        max_lr: the largest step size, or a list with that of each group.
        total_steps: of the cycle; None is ``epochs · steps_per_epoch``.
        epochs, steps_per_epoch: in place of ``total_steps``.
        pct_start: the part of the steps in which it rises, from 0 to 1.
        anneal_strategy: ``"cos"`` or ``"linear"``.
        cycle_momentum: whether to set ``momentum``, or the first of ``betas``, too.
        base_momentum, max_momentum: its limits: the lowest goes with ``max_lr``.
        div_factor: it starts at max_lr / div_factor.
        final_div_factor: it ends at that start over this.
        three_phase: whether to come down to the start in as many steps as it rose, and then to the end.

    Raises:
        ValueError: the steps are not given; the optimiser has no momentum; there are more steps than
            ``total_steps``; or see :class:`LRScheduler`.
        TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.1, momentum=0.9)
    >>> schedule = OneCycleLR(optimizer, max_lr=1.0, total_steps=11)
    >>> [round(schedule.lr_at(0.0, step), 3) for step in (0, 1, 5, 10)]
    [0.04, 0.422, 0.726, 0.0]
    """

    max_lr: list[float]
    total_steps: int
    pct_start: float
    anneal_strategy: str
    base_momentum: list[float]
    max_momentum: list[float]
    div_factor: float
    final_div_factor: float
    three_phase: bool

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: PerGroup,
        total_steps: Count | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: UpToOne = 0.3,
        anneal_strategy: Strategy = "cos",
        cycle_momentum: Flag = True,
        base_momentum: PerGroup = 0.85,
        max_momentum: PerGroup = 0.95,
        div_factor: AboveZero = 25.0,
        final_div_factor: AboveZero = 1e4,
        three_phase: Flag = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("OneCycleLR needs total_steps, or epochs and steps_per_epoch")
            total_steps = integer("epochs", epochs) * integer("steps_per_epoch", steps_per_epoch)
        settings = settings_among(locals())
        for name in ("max_lr", "base_momentum", "max_momentum"):
            settings[name] = _for_groups(optimizer, name, settings[name])
        if cycle_momentum:
            self._find_momentum(optimizer)
        del settings["epochs"], settings["steps_per_epoch"]
        super().__init__(optimizer, last_epoch, **settings)

    def _phases(self) -> list[tuple[float, int, int]]:
        """The last step of each phase, and the places of its first and last number: start, top, end."""
        rise = self.pct_start * self.total_steps
        if self.three_phase:
            return [(rise - 1.0, 0, 1), (2.0 * rise - 2.0, 1, 0), (self.total_steps - 1.0, 0, 2)]
        return [(rise - 1.0, 0, 1), (self.total_steps - 1.0, 1, 2)]

    def _between(self, numbers: tuple[float, float, float], step: int) -> float:
        if step > self.total_steps:
            raise ValueError(
                f"OneCycleLR was made for total_steps={self.total_steps}, and this is step {step}; "
                "make it for more, or stop stepping it"
            )
        phases = self._phases()
        at = next((i for i, phase in enumerate(phases) if step <= phase[0]), len(phases) - 1)
        begin = phases[at - 1][0] if at else 0.0
        last, first, then = phases[at]
        way = (step - begin) / (last - begin) if last != begin else 1.0
        start, end = numbers[first], numbers[then]
        if self.anneal_strategy == "linear":
            return start + (end - start) * way
        return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * way))

    def lr_in_group(self, group: int, base_lr: float, epoch: int) -> float:
        top = _of(group, self.max_lr)
        start = top / self.div_factor
        return self._between((start, top, start / self.final_div_factor), epoch)

    def momentum_in_group(self, group: int, epoch: int) -> float:
        """The momentum of a group in an epoch."""
        high, low = _of(group, self.max_momentum), _of(group, self.base_momentum)
        return self._between((high, low, high), epoch)


class CyclicLR(_WithMomentum):
    """Straight up and down between two step sizes, again and again; the momentum goes the other way.

    Smith 2017, "Cyclical learning rates for training neural networks".

    Args:
        optimizer: the optimiser.
        base_lr, max_lr: the lowest and the largest step size, or lists with those of each group.
        step_size_up: in how many steps it rises.
        step_size_down: in how many it falls; None is the same.
        mode: ``"triangular"``; ``"triangular2"``, half as high from cycle to cycle; or ``"exp_range"``, gamma
            to the power of the step as high.
        gamma: for ``"exp_range"``.
        scale_fn: in place of the mode: how high, as a function of the cycle, 1, 2, …, or of the step. It is
            not in the ``state_dict``.
        scale_mode: ``"cycle"`` or ``"iterations"``: what ``scale_fn`` is of.
        cycle_momentum: whether to set ``momentum``, or the first of ``betas``, too.
        base_momentum, max_momentum: its limits: the lowest goes with ``max_lr``.

    Raises:
        ValueError, TypeError: the optimiser has no momentum, or see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> schedule = CyclicLR(SGD([Value(1.0)]), 0.1, 0.5, step_size_up=4, mode="triangular2")
    >>> [round(schedule.lr_at(0.0, step), 4) for step in (0, 2, 4, 8, 12)]
    [0.1, 0.3, 0.5, 0.1, 0.3]
    """

    base_lr: list[float]
    max_lr: list[float]
    step_size_up: int
    step_size_down: int
    mode: str
    gamma: float
    scale_mode: str
    base_momentum: list[float]
    max_momentum: list[float]

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: PerGroup,
        max_lr: PerGroup,
        step_size_up: Count = 2000,
        step_size_down: Count | None = None,
        mode: Mode = "triangular",
        gamma: NonNegative = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: ScaleMode = "cycle",
        cycle_momentum: Flag = True,
        base_momentum: PerGroup = 0.8,
        max_momentum: PerGroup = 0.9,
        last_epoch: int = -1,
    ) -> None:
        if scale_fn is not None and not callable(scale_fn):
            raise TypeError(f"scale_fn must be a function of a number, got {brief(scale_fn)}")
        step_size_down = step_size_up if step_size_down is None else step_size_down
        settings = settings_among(locals())
        for name in ("base_lr", "max_lr", "base_momentum", "max_momentum"):
            settings[name] = _for_groups(optimizer, name, settings[name])
        if cycle_momentum:
            self._find_momentum(optimizer)
        self.scale_fn = settings.pop("scale_fn")
        super().__init__(optimizer, last_epoch, **settings)

    def _height(self, step: int) -> float:
        """How far up between the limits, from 0 to 1."""
        length = float(self.step_size_up + self.step_size_down)
        rise = self.step_size_up / length
        cycle = math.floor(1.0 + step / length)
        way = 1.0 + step / length - cycle
        height = way / rise if way <= rise else (way - 1.0) / (rise - 1.0)
        if self.scale_fn is not None:
            return height * float(self.scale_fn(cycle if self.scale_mode == "cycle" else step))
        if self.mode == "triangular2":
            return float(height / 2.0 ** (cycle - 1))
        return float(height * self.gamma**step) if self.mode == "exp_range" else height

    def lr_in_group(self, group: int, base_lr: float, epoch: int) -> float:
        low = _of(group, self.base_lr)
        return low + (_of(group, self.max_lr) - low) * self._height(epoch)

    def momentum_in_group(self, group: int, epoch: int) -> float:
        """The momentum of a group in an epoch."""
        high = _of(group, self.max_momentum)
        return high - (high - _of(group, self.base_momentum)) * self._height(epoch)
