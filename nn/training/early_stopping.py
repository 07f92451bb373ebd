"""Early stopping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from engine.floats.validate import integer, non_negative, real
from engine.quoting import brief
from nn.metrics.better import mode_of
from nn.modules.module import Module

__all__ = ["EarlyStopping"]


Options = ParamSpec("Options")


def _patience_first(
    init: Callable[Concatenate[EarlyStopping, Options], None],
) -> Callable[Concatenate[EarlyStopping, Options], None]:
    """Refuse a name as the first argument, which is the patience, and say how to write it."""

    @wraps(init)
    def checked(self: EarlyStopping, /, *args: Options.args, **options: Options.kwargs) -> None:
        if args and isinstance(args[0], str):
            given = {"monitor": args[0]} | options
            text = ", ".join(f"{name}={brief(option)}" for name, option in given.items())
            raise TypeError(
                f"the first argument is the patience, in epochs, got {brief(args[0])}; "
                f"name the monitor: EarlyStopping({text})"
            )
        init(self, *args, **options)

    return checked


class EarlyStopping:
    """Ends a training when a metric stops improving, and restores the best parameters.

    Prechelt 1998, "Early stopping - but when?". nan is never better.

    Args:
        patience: the number of epochs in a row without improvement.
        monitor: a name in the history; None is ``val_loss``, or ``loss`` where nothing is held out.
        min_delta: the smallest improvement that counts.
        mode: ``"min"`` where smaller is better, ``"max"`` where larger is; ``"auto"`` goes by the name:
            ``"max"`` for ``val_accuracy`` and other metrics of this kind, ``"min"`` for losses and errors.
        restore_best: whether to restore the parameters of the best epoch at the end of the training, unless
            it ends by an exception; else the model keeps the last. See below for what these are.

    The best parameters are those that the number was measured with. A ``val_`` number is measured at the end
    of its epoch. Loss and metrics of training are measured before each step (see :class:`nn.History`), so
    :func:`nn.fit` keeps the parameters from before the last step of the epoch: with one batch exactly those
    that have the best loss; with several, where the number is a mean over steps, the last of them. No epoch
    measures the result of the very last step. So at the end ``fit`` measures both on all samples, in
    evaluation mode, and keeps the better.

    Attributes:
        mode: ``"min"`` or ``"max"``, never ``"auto"``.
        best: the best number so far; None before the first.
        best_epoch: its epoch, counted from 1; 0 before the first.
        waited: the number of epochs since.

    Raises:
        TypeError: a setting is of a wrong type, such as a name for the patience.
        ValueError: a setting is out of range; or the name of the monitor does not say whether larger or
            smaller is better, and there is no ``mode``.

    >>> from nn import MLP
    >>> stopping, model = EarlyStopping(patience=2), MLP(1, [1])
    >>> for epoch, loss in enumerate([0.5, 0.4, 0.41, 0.42], start=1):
    ...     stopping.update({"val_loss": loss}, epoch, model)
    >>> stopping.exhausted, stopping.best_epoch
    (True, 2)
    """

    @_patience_first
    def __init__(
        self,
        patience: int = 10,
        *,
        monitor: str | None = None,
        min_delta: float = 0.0,
        mode: str = "auto",
        restore_best: bool = True,
    ) -> None:
        self.patience = integer("patience", patience)
        self.monitor = monitor
        self.min_delta = non_negative("min_delta", min_delta)
        self.mode = mode_of(monitor or "loss", mode)
        self.restore_best = restore_best
        self.reset()

    def reset(self) -> None:
        """Start anew, for another training."""
        self.best: float | None = None
        self.best_epoch = 0
        self.waited = 0
        self._parameters: dict[str, float] = {}

    @property
    def exhausted(self) -> bool:
        """Whether the patience is used up."""
        return self.waited >= self.patience

    @property
    def keeps(self) -> bool:
        """Whether there are parameters that :meth:`restore` would restore."""
        return self.restore_best and bool(self._parameters)

    @property
    def reason(self) -> str:
        """The reason for stopping, as a text."""
        name = self.monitor or "the loss"
        return (
            f"stopped early: {name} was not better for {self.waited} epochs than in epoch {self.best_epoch}"
            if self.best_epoch
            else f"stopped early: {name} was nan for {self.waited} epochs"
        )

    def monitored(self, numbers: Iterable[str]) -> str:
        """The name of the monitored number, among those in the history."""
        return self.monitor or ("val_loss" if "val_loss" in numbers else "loss")

    def is_better(self, number: float, other: float | None, by: float = 0.0) -> bool:
        """Whether a number is better than another by more than a margin; nan never is, any beats None.

        >>> EarlyStopping(mode="max").is_better(0.9, 0.8)
        True
        """
        if number != number:
            return False
        if other is None or other != other:
            return True
        return (other - number if self.mode == "min" else number - other) > by

    def update(self, numbers: Mapping[str, float], epoch: int, model: Module) -> None:
        """Compare the numbers of an epoch with the best so far, and keep the parameters if they are better.

        Raises:
            ValueError: the monitor is not among the numbers.
        """
        name = self.monitored(numbers)
        if name not in numbers:
            raise ValueError(
                f"early stopping monitors {brief(name)}, but there are only {', '.join(numbers)}"
            )
        if self.is_better(numbers[name], self.best, self.min_delta):
            self.best, self.best_epoch, self.waited = float(numbers[name]), epoch, 0
            if self.restore_best:
                self._parameters = model.state_dict()
        else:
            self.waited += 1

    def restore(self, model: Module) -> None:
        """Set the parameters of a model to the best ones, if ``restore_best`` is set and there are any."""
        if self.keeps:
            model.load_state_dict(self._parameters)

    def state_dict(self) -> dict[str, Any]:
        """The state so far, to save with the training."""
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "waited": self.waited,
            "parameters": dict(self._parameters),
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore what :meth:`state_dict` returned; the settings stay as they are.

        Raises:
            KeyError: something is missing. Nothing has changed then, as with the others.
            TypeError: something is of a wrong type.
            ValueError: a number is out of range, or does not go with the others.
        """
        best = state_dict["best"]
        best = None if best is None else real("best", best)
        best_epoch, waited = (integer(name, state_dict[name], 0) for name in ("best_epoch", "waited"))
        if (best is None) != (best_epoch == 0) or best != best:
            raise ValueError(f"best and best_epoch do not go together, got {best} and {best_epoch}")
        given = state_dict["parameters"]
        if not isinstance(given, Mapping):
            raise TypeError(f"parameters must be a dict of numbers by name, got {brief(given)}")
        parameters = {name: real(f"parameters[{brief(name)}]", number) for name, number in given.items()}
        self.best, self.best_epoch, self.waited, self._parameters = best, best_epoch, waited, parameters

    def __repr__(self) -> str:
        return f"EarlyStopping(patience={self.patience}, monitor={self.monitor!r}, mode={self.mode!r})"
