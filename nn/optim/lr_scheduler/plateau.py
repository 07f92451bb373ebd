"""ReduceLROnPlateau: a smaller step size where a metric stops improving."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import Annotated, Any, ClassVar

from engine import Value
from engine.floats.validate import integer, non_negative, real
from engine.quoting import brief
from nn.checks import BelowOne, NonNegative, one_of
from nn.optim.lr_scheduler.scheduler import Formula

__all__ = ["ReduceLROnPlateau"]


def _one_or_each(name: str, value: Any) -> float | list[float]:
    if isinstance(value, (list, tuple)):
        return [non_negative(f"{name}[{i}]", each) for i, each in enumerate(value)]
    return non_negative(name, value)


def _name(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be the name of a number in the history, got {brief(value)}")
    return value


Mode = Annotated[str, one_of("min", "max")]
ThresholdMode = Annotated[str, one_of("rel", "abs")]
Patience = Annotated[int, partial(integer, least=0)]
OneOrEach = Annotated[float | Sequence[float], _one_or_each]
Name = Annotated[str, _name]

_COUNTS = ("num_bad_epochs", "cooldown_counter")


class ReduceLROnPlateau(Formula):
    """lr ← lr · factor, once a metric has not improved for more than ``patience`` epochs.

    ``step(metrics)`` is given the number, such as the loss of the validation samples; :func:`nn.fit` gives it
    the number ``monitor`` of the epoch.

    Args:
        optimizer: the optimiser.
        mode: ``"min"`` for a metric that is better when smaller, as a loss is, or ``"max"``.
        factor: at least 0 and below 1.
        patience: how many epochs without an improvement are let pass.
        threshold: how much better counts as an improvement,
        threshold_mode: as a part of the best number (``"rel"``) or a difference from it (``"abs"``).
        cooldown: for how many epochs after a reduction nothing is counted.
        min_lr: the lowest step size, or a list with that of each group.
        eps: smaller reductions are left out.
        monitor: which number of the history :func:`nn.fit` gives it; ``""`` is ``val_loss``, or ``loss``
            without validation. Not in PyTorch.

    Raises:
        ValueError, TypeError: see :class:`LRScheduler`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (1.0, 0.9, 0.95, 0.92, 0.91):
    ...     schedule.step(loss)
    >>> optimizer.lr, schedule.best
    (0.25, 0.9)
    """

    mode: Mode = "min"
    factor: BelowOne = 0.1
    patience: Patience = 10
    threshold: NonNegative = 1e-4
    threshold_mode: ThresholdMode = "rel"
    cooldown: Patience = 0
    min_lr: OneOrEach = 0.0
    eps: NonNegative = 1e-8
    monitor: Name = field(default="", kw_only=True)
    has_formula: ClassVar[bool] = False
    behind = ()

    def _begin(self) -> None:
        groups = len(self.optimizer.param_groups)
        if isinstance(self.min_lr, (list, tuple)) and len(self.min_lr) != groups:
            raise ValueError(f"min_lr needs a number for each of {groups} groups, got {len(self.min_lr)}")
        self.best = math.inf if self.mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = 0

    def lr_at(self, base_lr: float, epoch: int) -> float:
        """Not defined: the step size depends on the metric.

        Raises:
            TypeError: always.
        """
        raise TypeError("ReduceLROnPlateau goes by a metric; its step size is not known from the epoch")

    def step(self, metrics: Any = None) -> None:
        """Count an epoch by its metric, and set the step sizes of the next.

        Args:
            metrics: the number, or a Value. nan is no improvement.

        Raises:
            TypeError: it is missing, or not a number.
        """
        if metrics is None:
            raise TypeError("ReduceLROnPlateau goes by a metric: step(loss)")
        number = metrics.data if isinstance(metrics, Value) else real("metrics", metrics)
        self.last_epoch += 1
        if self._is_better(number):
            self.best, self.num_bad_epochs = number, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lrs = [group["lr"] for group in self.optimizer.param_groups]

    def metric_of(self, numbers: Mapping[str, float]) -> float:
        """The monitored number, among those of an epoch.

        Raises:
            ValueError: it is not among them, or ``mode="max"`` is without a ``monitor``.
        """
        if not self.monitor and self.mode == "max":
            raise ValueError('ReduceLROnPlateau(mode="max") needs monitor=, such as "val_accuracy"')
        name = self.monitor or ("val_loss" if "val_loss" in numbers else "loss")
        if name not in numbers:
            raise ValueError(f"no number of an epoch is called {brief(name)}; there are {', '.join(numbers)}")
        return numbers[name]

    def _is_better(self, number: float) -> bool:
        sign = 1.0 if self.mode == "min" else -1.0
        best, threshold = self.best, self.threshold
        if math.isinf(best):
            return sign * number < sign * best
        limit = best * (1.0 - sign * threshold) if self.threshold_mode == "rel" else best - sign * threshold
        return sign * number < sign * limit

    def _reduce(self) -> None:
        for i, group in enumerate(self.optimizer.param_groups):
            lowest = (
                self.min_lr[min(i, len(self.min_lr) - 1)] if isinstance(self.min_lr, list) else self.min_lr
            )
            smaller = max(group["lr"] * self.factor, lowest)
            if group["lr"] - smaller > self.eps:
                group["lr"] = smaller

    def _set_step_sizes(self) -> None:
        self._last_lrs = [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """As :meth:`LRScheduler.state_dict`, with what was counted."""
        counted = {"best": self.best, **{name: getattr(self, name) for name in _COUNTS}}
        return {**super().state_dict(), **counted}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore what :meth:`state_dict` returned; see :meth:`LRScheduler.load_state_dict`."""
        names = ("best", *_COUNTS)
        if not isinstance(state_dict, Mapping) or not set(names) <= set(state_dict):
            raise ValueError(f"the state_dict of a ReduceLROnPlateau has the entries {', '.join(names)}")
        best = real("best", state_dict["best"])
        counts = {name: integer(name, state_dict[name], least=0) for name in _COUNTS}
        super().load_state_dict({name: state_dict[name] for name in state_dict if name not in names})
        self.best = best
        vars(self).update(counts)
