"""Base of the losses that are modules: their reduction and their settings."""

from __future__ import annotations

from typing import Any, ClassVar

from engine import mean, sum
from engine.floats.validate import non_negative
from engine.quoting import brief
from nn.checks import flag
from nn.data.numbers import items_of
from nn.losses.pairing import map_pairs
from nn.losses.row import LOSSES, Loss
from nn.modules.module import Module

__all__ = ["LossModule", "Reduced", "flat_losses"]


class Reduced(Module):
    """Base of losses with a reduction, and with settings by name, which become attributes.

    Raises:
        ValueError: the reduction is another one than ``"mean"``, ``"sum"`` and ``"none"``.
        TypeError: there is no setting of that name.

    >>> Reduced(reduction="sum")
    Reduced(reduction='sum')
    """

    settings: ClassVar[dict[str, Any]] = {}
    reductions: ClassVar[tuple[str, ...]] = ("mean", "sum", "none")

    def __init__(self, *, reduction: str = "mean", **settings: Any) -> None:
        if reduction not in self.reductions:
            *first, last = (f'"{each}"' for each in self.reductions)
            raise ValueError(f"reduction must be {', '.join(first)} or {last}, got {brief(reduction)}")
        name = type(self).__name__
        for unknown in settings.keys() - self.settings.keys():
            known = ", ".join(("reduction", *self.settings))
            raise TypeError(f"{name} has no setting {unknown!r}; there are {known}")
        self.reduction = reduction
        vars(self).update(self._checked({**self.settings, **settings}))

    def _checked(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Check settings that are numbers; a list of one, as PyTorch's pos_weight is, stands for it."""
        found: dict[str, Any] = {}
        for name, given in settings.items():
            if isinstance(self.settings[name], bool):
                found[name] = flag(name, given)
                continue
            items = items_of(given, name)
            found[name] = non_negative(name, items[0] if items and len(items) == 1 else given)
        return found

    def __repr__(self) -> str:
        given = {name: getattr(self, name) for name in self.settings}
        if self.reduction != "mean":
            given["reduction"] = self.reduction
        changed = {name: value for name, value in given.items() if value != self.settings.get(name)}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in changed.items())})"


class LossModule(Reduced):
    """Base of the losses as modules: a row of the table, with its settings and a reduction.

    A subclass is one line: ``class MSELoss(LossModule, row="mse")``, with the defaults of the function's
    further arguments by name. It can be given to :func:`nn.fit` as the loss.

    Args:
        reduction: ``"mean"`` as in the function; ``"sum"``, not divided; or ``"none"``, the loss of each
            element, or of each sample where it is one of classes, nested as the predictions are.
        settings: by name; they become attributes.

    Raises:
        ValueError: the reduction is another one.
        TypeError: there is no setting of that name.

    >>> from nn import MSELoss
    >>> MSELoss(reduction="none")([1.0, 2.0], [1.0, 4.0]), MSELoss(reduction="sum")([1.0, 2.0], [1.0, 4.0])
    ([0.0, 4.0], 4.0)
    """

    source: ClassVar[Loss]
    of_row: ClassVar[str] = "mean"
    """The reduction that the function of the row computes."""

    def __init_subclass__(cls, row: str = "", **settings: Any) -> None:
        super().__init_subclass__()
        if not row:
            return
        found = LOSSES[row]
        cls.source, cls.settings = (found if isinstance(found, Loss) else Loss(row, found)), settings
        if cls.__doc__ is None:
            cls.__doc__ = _documentation(cls)

    @property
    def row(self) -> Loss:
        """The row of this loss for :func:`nn.fit`.

        Raises:
            ValueError: the reduction is ``"none"``, with which there is nothing to train by.
        """
        if self.reduction == "none":
            raise ValueError(f'{self!r} gives a list; to train by it takes reduction="mean" or "sum"')
        source = self.source
        how = "sum" if self.reduction == "sum" else "mean"  # of the losses of the samples
        return Loss(repr(self), self, how, source.checks_targets, source.signed, source.by_class)

    def __call__(self, input: Any, target: Any) -> Any:
        """The loss of predictions and targets: a Value, or with ``reduction="none"`` nested lists of them.

        Raises:
            ValueError, TypeError: as the function of the row.
        """
        if self.reduction == self.of_row:
            return self._of(input, target)
        each = map_pairs(self._of, input, target)
        if self.reduction == "none":
            return each
        return (mean if self.reduction == "mean" else sum)(flat_losses(each))

    def _of(self, input: Any, target: Any) -> Any:
        """What the row's function gives, with the settings."""
        return self.source.function(input, target, **{name: getattr(self, name) for name in self.settings})


def _documentation(cls: type[LossModule]) -> str:
    """The docstring of a class: what the function of its row says."""
    written = (cls.source.function.__doc__ or "").split("\n\n")
    attributes = "".join(f"\n        {name}: {value!r} by default." for name, value in cls.settings.items())
    name = cls.source.name
    args = f'    Args:\n        reduction: ``"mean"``, ``"sum"`` or ``"none"``.{attributes}'
    example = f"    >>> loss = {cls.__name__}()\n    >>> loss.reduction\n    'mean'\n    "
    return "\n\n".join((written[0], f"    As :func:`nn.losses.{name}`.", args, example))


def flat_losses(each: Any) -> list[Any]:
    """The losses of elements, nested lists, as one list.

    >>> flat_losses([[1.0], [2.0, 3.0]])
    [1.0, 2.0, 3.0]
    """
    items = items_of(each)
    return [each] if items is None else [number for item in items for number in flat_losses(item)]
