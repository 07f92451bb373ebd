"""Schedules by formulas of your own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.quoting import brief
from nn.optim.lr_scheduler.scheduler import LRScheduler
from nn.optim.optimizer import Optimizer

__all__ = ["LambdaLR", "MultiplicativeLR"]

Factor = Callable[[int], float]


class _ByFactors(LRScheduler):
    """Base of both: a function of the epoch for all groups, or one for each."""

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1
    ) -> None:
        several = isinstance(lr_lambda, (list, tuple))
        functions: list[Any] = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda]
        for i, function in enumerate(functions):
            if not callable(function):
                name = f"lr_lambda[{i}]" if several else "lr_lambda"
                raise TypeError(f"{name} must be a function of the epoch, got {brief(function)}")
        groups = len(getattr(optimizer, "param_groups", functions))
        if several and len(functions) != groups:
            raise ValueError(f"lr_lambda needs a function for each of {groups} groups, got {len(functions)}")
        self.lr_lambdas, self._several = functions, several
        super().__init__(optimizer, last_epoch)

    def _place(self, group: int) -> int:
        if self._several and group >= len(self.lr_lambdas):
            raise ValueError(f"lr_lambda has no function for group {group}, which was added since")
        return group if self._several else 0


class LambdaLR(_ByFactors):
    """A formula of your own: lr(t) = base_lr · lr_lambda(t).

    A change of ``lr`` by hand in between stays as a factor, as with the other schedules; PyTorch's LambdaLR
    alone overwrites it.

    Args:
        optimizer: the optimiser.
        lr_lambda: a function of the epoch that returns the factor, for all groups; or a list of functions,
            one for each. They are not in the ``state_dict``.

    Raises:
        TypeError: ``lr_lambda`` is not a function, or see :class:`LRScheduler`.
        ValueError: there are not as many functions as groups.

    >>> from engine import Value
    >>> from nn import SGD
    >>> LambdaLR(SGD([Value(1.0)], lr=0.1), lambda epoch: 1 / (1 + epoch)).lr_at(0.1, 1)
    0.05
    """

    def lr_in_group(self, group: int, base_lr: float, epoch: int) -> float:
        return float(base_lr * self.lr_lambdas[self._place(group)](epoch))


class MultiplicativeLR(_ByFactors):
    """A factor of your own in each epoch: lr(t) = lr(t - 1) · lr_lambda(t).

    Args:
        optimizer: the optimiser.
        lr_lambda: a function of the epoch, 1, 2, …, that returns the factor; or a list, as in
            :class:`LambdaLR`. Each is called once for an epoch.

    Raises:
        TypeError, ValueError: see :class:`LambdaLR`.

    >>> from engine import Value
    >>> from nn import SGD
    >>> MultiplicativeLR(SGD([Value(1.0)], lr=0.1), lambda epoch: 0.5).lr_at(0.4, 2)
    0.1
    """

    def lr_in_group(self, group: int, base_lr: float, epoch: int) -> float:
        known: dict[int, list[float]] = vars(self).setdefault("_products", {})
        place = self._place(group)
        products = known.setdefault(place, [1.0])
        while len(products) <= epoch:
            products.append(float(products[-1] * self.lr_lambdas[place](len(products))))
        return base_lr * products[epoch]
