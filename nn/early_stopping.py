"""Early stopping: the end of a training that no longer gets better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nn.inputs import positive_count
from nn.module import Module
from nn.optim.settings import non_negative

__all__ = ["EarlyStopping"]


class EarlyStopping:
    """Ends a training when a number has not got better for some epochs, and goes back to the best parameters.

    Prechelt 1998, "Early stopping - but when?". nan is never better.

    Args:
        patience: for how many epochs in a row it may fail to get better.
        monitor: a name in the history; None is ``val_loss``, or ``loss`` where nothing is held out.
        min_delta: by how much it must get better to count.
        mode: ``"min"`` where smaller is better, ``"max"`` where larger is, as with ``val_accuracy``.
        restore_best: whether the model gets the parameters of the best epoch back when the training ends,
            for whatever reason but an exception; else it keeps the last. (``loss`` is measured before the
            steps of its epoch, so the parameters kept with it are those a little after.)

    Attributes:
        best: the best number so far; None before the first.
        best_epoch: its epoch, counted from 1; 0 before the first.
        waited: how many epochs ago that was.

    Raises:
        ValueError: a setting is out of range.

    >>> from nn import MLP
    >>> stopping, model = EarlyStopping(patience=2), MLP(1, [1])
    >>> for epoch, loss in enumerate([0.5, 0.4, 0.41, 0.42], start=1):
    ...     stopping.update({"val_loss": loss}, epoch, model)
    >>> stopping.exhausted, stopping.best_epoch
    (True, 2)
    """

    def __init__(
        self,
        patience: int = 10,
        *,
        monitor: str | None = None,
        min_delta: float = 0.0,
        mode: str = "min",
        restore_best: bool = True,
    ) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f'mode must be "min" or "max", got {mode!r}')
        self.patience = positive_count("patience", patience)
        self.monitor = monitor
        self.min_delta = non_negative("min_delta", min_delta)
        self.mode = mode
        self.restore_best = restore_best
        self.reset()

    def reset(self) -> None:
        """Forget what was seen, for another training."""
        self.best: float | None = None
        self.best_epoch = 0
        self.waited = 0
        self._parameters: dict[str, float] = {}

    @property
    def exhausted(self) -> bool:
        """Whether it is time to stop."""
        return self.waited >= self.patience

    @property
    def reason(self) -> str:
        """Why, in words."""
        name = self.monitor or "the loss"
        return (
            f"stopped early: {name} was not better for {self.waited} epochs than in epoch {self.best_epoch}"
            if self.best_epoch
            else f"stopped early: {name} was nan for {self.waited} epochs"
        )

    def update(self, numbers: Mapping[str, float], epoch: int, model: Module) -> None:
        """Take notice of the numbers of an epoch, and where they are better, of the model's parameters.

        Raises:
            ValueError: what is monitored is not among the numbers.
        """
        name = self.monitor or ("val_loss" if "val_loss" in numbers else "loss")
        if name not in numbers:
            raise ValueError(f"early stopping monitors {name!r}, but there are only {', '.join(numbers)}")
        if self._is_better(numbers[name]):
            self.best, self.best_epoch, self.waited = float(numbers[name]), epoch, 0
            if self.restore_best:
                self._parameters = model.state_dict()
        else:
            self.waited += 1

    def restore(self, model: Module) -> None:
        """Give a model the best parameters back, where ``restore_best`` is set and there were any."""
        if self.restore_best and self._parameters:
            model.load_state_dict(self._parameters)

    def state_dict(self) -> dict[str, Any]:
        """What it has seen so far, to be saved with the training."""
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "waited": self.waited,
            "parameters": dict(self._parameters),
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what :meth:`state_dict` gave; its settings stay its own.

        Raises:
            KeyError: something is missing.
        """
        best, best_epoch = state_dict["best"], int(state_dict["best_epoch"])
        waited, parameters = int(state_dict["waited"]), dict(state_dict["parameters"])
        self.best, self.best_epoch, self.waited, self._parameters = best, best_epoch, waited, parameters

    def _is_better(self, number: float) -> bool:
        if number != number:
            return False
        if self.best is None:
            return True
        gain = self.best - number if self.mode == "min" else number - self.best
        return gain > self.min_delta

    def __repr__(self) -> str:
        return f"EarlyStopping(patience={self.patience}, monitor={self.monitor!r}, mode={self.mode!r})"
