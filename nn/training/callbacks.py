"""Callbacks for fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine import Value
from engine.quoting import brief
from nn.modules.module import Module
from nn.training.history import History

__all__ = ["EVENTS", "Callback", "TrainingState", "checked_callbacks", "notify"]

Callback = Callable[["TrainingState"], Any] | Any
"""A function, called after each epoch; or an object with some of the methods in ``EVENTS``."""

EVENTS = ("on_epoch_end", "on_batch_end", "on_backward")
"""The methods of a callback: after an epoch, after a batch, and after ``backward()`` before the step."""


@dataclass
class TrainingState:
    """The state of a training, as callbacks see it.

    Attributes:
        model: the model.
        optimizer: its optimiser.
        epochs: the number of epochs to train for.
        epoch: the current epoch, counted from 1.
        batch: the last batch, counted from 1.
        batches: the number of batches in an epoch.
        loss: the loss of that batch, before its step; after an epoch, the mean of its batches. The model has
            taken the step since, so it is not the loss of the model as it is now.
        history: the numbers of the epochs so far, this one included after its end.
        root: the loss of the batch with its graph, in ``on_backward``; None at other times.
        stopped: the reason to end the training; empty while it goes on.
    """

    model: Module
    optimizer: Any
    epochs: int
    epoch: int = 0
    batch: int = 0
    batches: int = 0
    loss: float = math.nan
    history: History = field(default_factory=History)
    root: Value | None = None
    stopped: str = ""

    def stop(self, reason: str = "stopped by a callback") -> None:
        """End the training after this epoch; called after a batch, end the epoch too.

        >>> from nn import MLP, SGD
        >>> model = MLP(1, [1])
        >>> state = TrainingState(model, SGD(model.parameters()), epochs=10)
        >>> state.stop("good enough")
        >>> state.stopped
        'good enough'
        """
        self.stopped = reason


def checked_callbacks(callbacks: Callback | Iterable[Callback]) -> list[Callback]:
    """Check callbacks, one or several, and return them as a list.

    Raises:
        TypeError: one is not a function and has none of the methods.

    >>> checked_callbacks([print]) == checked_callbacks(print)
    True
    """
    single = callable(callbacks) or not isinstance(callbacks, Iterable)
    listed: list[Any] = [callbacks] if single else list(callbacks)  # type: ignore[arg-type]
    for each in listed:
        if not (callable(each) or any(hasattr(each, event) for event in EVENTS)):
            raise TypeError(
                "a callback must be a function of the training's state, or have a method on_epoch_end, "
                f"on_batch_end or on_backward, got {brief(each)}"
            )
    return listed


def notify(callbacks: Iterable[Callback], event: str, state: TrainingState) -> None:
    """Call the callbacks' method for one of the ``EVENTS``; functions are called after epochs only.

    >>> from nn import MLP
    >>> state = TrainingState(MLP(1, [1]), None, epochs=3, epoch=2)
    >>> notify([lambda state: print(state.epoch)], "on_epoch_end", state)
    2
    """
    for each in callbacks:
        method = getattr(each, event, None)
        if method is not None:
            method(state)
        elif event == "on_epoch_end" and callable(each):
            each(state)
