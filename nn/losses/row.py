"""The table of losses by name; a row has the properties that training and metrics read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.quoting import brief

__all__ = ["LOSSES", "REDUCTIONS", "Loss", "as_loss", "row"]

Function = TypeVar("Function", bound=Callable[..., Any])

REDUCTIONS = ("mean", "sum", None)


@dataclass(frozen=True)
class Loss:
    """A loss function and its properties; called, it is the function.

    Args:
        name: as it is given to :func:`nn.fit` and stands in a checkpoint.
        function: of predictions and targets, which returns a Value.
        reduction: ``"mean"`` or ``"sum"`` where the loss of a batch is that of the losses of its samples:
            then ``fit(jit=True)`` lifts it for one sample and runs it on all. None where it is neither, or
            not known: it is lifted for a whole batch, anew for each size.
        checks_targets: whether it refuses some targets. Lifted it cannot, so ``fit`` checks all of them
            before.
        signed: whether the sign of an output is the class, as of logits: accuracy then has its threshold at
            0, else at 0.5.
        by_class: whether the outputs of a sample are numbers for its classes, so that the mean is over
            samples, not over elements.

    Raises:
        TypeError: the function cannot be called.
        ValueError: the reduction is another one.

    >>> from nn import mse
    >>> row = Loss("mse", mse, "mean")
    >>> row([1.0], [3.0]), row.threshold
    (4.0, 0.5)
    """

    name: str
    function: Callable[[Any, Any], Any]
    reduction: str | None = None
    checks_targets: bool = False
    signed: bool = False
    by_class: bool = False

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(
                f"loss must be a name or a function of predictions and targets, got {brief(self.function)} "
                f"of type {type(self.function).__name__}"
            )
        if self.reduction not in REDUCTIONS:
            raise ValueError(f'reduction must be "mean", "sum" or None, got {brief(self.reduction)}')

    @property
    def threshold(self) -> float:
        """The output above which a sample is of class 1."""
        return 0.0 if self.signed else 0.5

    def __call__(self, predictions: Any, targets: Any) -> Any:
        return self.function(predictions, targets)


LOSSES: dict[str, Loss | Callable[[Any, Any], Any]] = {}
"""The losses by name. A row or a function added here can be named in :func:`nn.fit`."""


def row(reduction: str, **properties: bool) -> Callable[[Function], Function]:
    """Enter a function into the table under its name; arguments are those of :class:`Loss`."""

    def entered(function: Function) -> Function:
        name = function.__name__
        LOSSES[name] = Loss(name, function, reduction, **properties)
        return function

    return entered


def as_loss(given: str | Loss | Callable[[Any, Any], Any]) -> Loss:
    """Find the row of a loss: by its name, function or module; any other function gets a row of its own.

    Raises:
        ValueError: the name is unknown.
        TypeError: it is neither a name nor a function.

    >>> from nn.losses import mse
    >>> as_loss("hinge").signed, as_loss(mse).reduction, as_loss(max)
    (True, 'mean', Loss(name='max', function=<built-in function max>, ...))
    """
    if isinstance(given, Loss):
        return given
    if isinstance(given, type) and isinstance(getattr(given, "source", None), Loss):
        given = given()  # the class of a loss as a module
    row = getattr(given, "row", None)
    if isinstance(row, Loss):  # a loss as a module
        return row
    rows = {name: row if isinstance(row, Loss) else Loss(name, row) for name, row in LOSSES.items()}
    if isinstance(given, str):
        if given not in rows:
            raise ValueError(
                f"no loss is called {brief(given)}; there are {', '.join(rows)}, or give a function"
            )
        return rows[given]
    known = (row for row in rows.values() if row.function is given)
    name = str(getattr(given, "__name__", type(given).__name__))
    return next(known, None) or Loss(name, given)
