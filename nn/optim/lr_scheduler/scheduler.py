"""LRScheduler: the base class, which counts epochs, sets step sizes, saves and loads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from inspect import Parameter
from typing import Any, ClassVar

from engine.floats.validate import integer
from engine.quoting import brief
from nn.checks import Rules, declare, keep_rules, name_init, reals
from nn.declared import Declared
from nn.optim.optimizer import Optimizer

__all__ = ["Formula", "LRScheduler"]

_PROGRESS = ("last_epoch", "base_lrs", "last_lrs")
"""The entries of a state_dict beside the settings."""


class LRScheduler:
    """Base class of the schedules: sets ``lr`` of each parameter group, from its initial value.

    A subclass defines :meth:`lr_at`, its formula, or :meth:`lr_in_group` where each group has its own; its
    ``rules`` name its settings, which become attributes: they are read from the types in its signature, see
    :func:`nn.checks.rules_of`. The step size of epoch 0 is set at once, and that of
    the next epoch by each :meth:`step`.

    If ``lr`` was changed in between, by hand or by another schedule on the same optimiser, the schedule
    continues from there: it takes the base step size that would have given it. So schedules that step one
    after the other multiply, as in PyTorch.

    Args:
        optimizer: the optimiser.
        last_epoch: the epoch that was the last, to continue from: each group then has an ``initial_lr``, as
            one that a schedule was made for and its ``state_dict`` have. -1 begins.
        settings: the settings the ``rules`` name.

    Attributes:
        last_epoch: the number of steps so far.
        base_lrs: the step sizes the formula starts from, one for each group.

    Raises:
        TypeError: it is not an Optimizer, or has no step size; a setting is of a wrong type.
        ValueError: a setting is out of range; ``last_epoch`` is given, and a group has no ``initial_lr``.

    >>> from engine import Value
    >>> from nn import SGD
    >>> class OneOver(LRScheduler):
    ...     def lr_at(self, base_lr, epoch):
    ...         return base_lr / (1 + epoch)
    >>> optimizer = SGD([Value(1.0)], lr=0.6)
    >>> schedule = OneOver(optimizer)
    >>> schedule.step()
    >>> optimizer.lr
    0.3
    """

    rules: ClassVar[Rules] = {}
    has_formula: ClassVar[bool] = True
    """Whether the step size is known from the epoch alone."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        declare(cls)
        name_init(cls)

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1, **settings: Any) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"a schedule needs an Optimizer, got {brief(optimizer)}")
        if not all("lr" in group for group in optimizer.param_groups):
            raise TypeError(f"{type(optimizer).__name__} has no step size lr to schedule")
        begins = integer("last_epoch", last_epoch, least=-1) == -1
        if not begins and not all("initial_lr" in group for group in optimizer.param_groups):
            raise ValueError(
                f"last_epoch={last_epoch} needs 'initial_lr' in each parameter group: load the optimiser's "
                "state_dict before, or the schedule's in place of last_epoch"
            )
        vars(self).update(keep_rules(self.rules, settings))
        self.optimizer = optimizer
        self._begin()
        self.last_epoch = last_epoch + 1
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        start = "lr" if begins else "initial_lr"
        self.base_lrs: list[float] = [group[start] for group in optimizer.param_groups]
        self._last_lrs: list[float] = []
        self._set_step_sizes()

    def _begin(self) -> None:
        """What is to be done once the settings are there."""

    def lr_at(self, base_lr: float, epoch: int) -> float:
        """The step size in an epoch, that of the first group where each has its own. Subclasses define it.

        Args:
            base_lr: the step size it starts from; the result is a multiple of it, plus a constant if need be.
            epoch: counted from 0.
        """
        if type(self).lr_in_group is LRScheduler.lr_in_group:
            raise NotImplementedError(f"{type(self).__name__} does not define lr_at")
        return self.lr_in_group(0, base_lr, epoch)

    def lr_in_group(self, group: int, base_lr: float, epoch: int) -> float:
        """The step size of a group, by its position, in an epoch; :meth:`lr_at` unless redefined."""
        return self.lr_at(base_lr, epoch)

    def step(self) -> None:
        """Set the step sizes of the next epoch; call it after this epoch's optimiser steps."""
        for i, group in enumerate(self.optimizer.param_groups):
            if i == len(self.base_lrs):  # a group that was added since
                group.setdefault("initial_lr", group["lr"])
                self.base_lrs.append(group["lr"])
            elif group["lr"] != self._last_lrs[i]:
                constant = self.lr_in_group(i, 0.0, self.last_epoch)
                factor = self.lr_in_group(i, 1.0, self.last_epoch) - constant
                if factor:  # else any base gives the constant
                    self.base_lrs[i] = (group["lr"] - constant) / factor
        self.last_epoch += 1
        self._set_step_sizes()

    def get_last_lr(self) -> list[float]:
        """The last step sizes, one for each group.

        >>> from engine import Value
        >>> from nn import SGD, ExponentialLR
        >>> ExponentialLR(SGD([Value(1.0)], lr=0.5), gamma=0.9).get_last_lr()
        [0.5]
        """
        return list(self._last_lrs)

    def state_dict(self) -> dict[str, Any]:
        """A copy of the settings, the epoch and the step sizes, from which the schedule resumes bit for bit.

        >>> from engine import Value
        >>> from nn import SGD, ExponentialLR
        >>> ExponentialLR(SGD([Value(1.0)], lr=0.5), gamma=0.9).state_dict()
        {'gamma': 0.9, 'last_epoch': 0, 'base_lrs': [0.5], 'last_lrs': [0.5]}
        """
        return {
            **self._settings(),
            "last_epoch": self.last_epoch,
            "base_lrs": list(self.base_lrs),
            "last_lrs": list(self._last_lrs),
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore what :meth:`state_dict` returned, and set the optimiser's step sizes to those it had then.

        Raises:
            ValueError: it is that of another kind of schedule, or of another number of groups; a setting is
                out of range. Nothing has changed then.
            TypeError: a setting is of a wrong type, likewise.

        >>> from engine import Value
        >>> from nn import SGD, ExponentialLR
        >>> first, second = (SGD([Value(1.0)], lr=0.5) for _ in range(2))
        >>> schedule = ExponentialLR(first, gamma=0.5)
        >>> schedule.step()
        >>> ExponentialLR(second, gamma=0.5).load_state_dict(schedule.state_dict())
        >>> second.lr
        0.25
        """
        if not isinstance(state_dict, Mapping) or not set(_PROGRESS) <= set(state_dict):
            raise ValueError(f"a schedule's state_dict has the entries {', '.join(_PROGRESS)}")
        epoch = integer("last_epoch", state_dict["last_epoch"], least=0)
        base_lrs, last_lrs = (reals(name, state_dict[name]) for name in ("base_lrs", "last_lrs"))
        count = len(self.optimizer.param_groups)
        if not len(base_lrs) == len(last_lrs) == count:
            raise ValueError(f"the state_dict is for {len(base_lrs)} parameter groups, got {count} here")
        settings = {name: state_dict[name] for name in state_dict if name not in _PROGRESS}
        self._take_settings(self._checked_settings(settings))
        self.last_epoch, self.base_lrs, self._last_lrs = epoch, base_lrs, last_lrs
        self._write_step_sizes()

    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.rules}

    def _checked_settings(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        if set(settings) != set(self._settings()):
            raise ValueError(
                f"the state_dict has the settings {brief(sorted(settings))}, but {type(self).__name__} has "
                f"{sorted(self._settings())}; is it that of another kind of schedule?"
            )
        return keep_rules(self.rules, settings)

    def _take_settings(self, settings: Mapping[str, Any]) -> None:
        vars(self).update(settings)

    def _set_step_sizes(self) -> None:
        bases = enumerate(self.base_lrs)
        self._last_lrs = [self.lr_in_group(i, base_lr, self.last_epoch) for i, base_lr in bases]
        self._write_step_sizes()

    def _write_step_sizes(self) -> None:
        for group, lr in zip(self.optimizer.param_groups, self._last_lrs, strict=True):
            group["lr"] = lr

    def __repr__(self) -> str:
        settings = "".join(f"{name}={getattr(self, name)!r}, " for name in self.rules)
        return f"{type(self).__name__}({settings}last_epoch={self.last_epoch})"


class Formula(Declared, LRScheduler):
    """Base of the schedules whose settings are fields."""

    before = (Parameter("optimizer", Parameter.POSITIONAL_OR_KEYWORD, annotation="Optimizer"),)
    behind: ClassVar[tuple[Parameter, ...]] = (
        Parameter("last_epoch", Parameter.POSITIONAL_OR_KEYWORD, default=-1, annotation="int"),
    )
    optimizer: Optimizer
    last_epoch: int = field(default=-1, kw_only=True)  # for type checkers, to whom a base's fields come first
