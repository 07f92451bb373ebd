"""Base of the losses that are modules: their reduction and their settings."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.floats.validate import non_negative
from engine.quoting import brief
from nn.checks import flag
from nn.data.numbers import items_of
from nn.modules.module import Module

__all__ = ["Reduced"]


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
