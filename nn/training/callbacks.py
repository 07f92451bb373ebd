"""Callbacks for fit, and one that records gradients step by step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine import Value
from engine.diagnostics.report import report
from engine.floats.validate import integer
from engine.quoting import brief
from nn.modules.module import Module
from nn.report import gradient_report, layer_gradients
from nn.training.history import History

__all__ = [
    "EVENTS",
    "RECORDS",
    "Callback",
    "Recorder",
    "TrainingState",
    "checked_callbacks",
    "notify",
]

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


def calls_within_epochs(callbacks: Iterable[Callback]) -> bool:
    """Whether one of the callbacks is called after batches, or before steps.

    >>> calls_within_epochs([print]), calls_within_epochs([print, Recorder()])
    (False, True)
    """
    return any(hasattr(each, "on_batch_end") or hasattr(each, "on_backward") for each in callbacks)


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


def _updates(state: TrainingState) -> dict[str, float]:
    found = gradient_report(state.model, optimizer=state.optimizer)
    return {layer.name: layer.update_ratio for layer in found.layers}


def _report(state: TrainingState) -> Any:
    return report(state.root, groups=dict(state.model.named_parameters()))  # type: ignore[arg-type]


RECORDS: dict[str, Callable[[TrainingState], Any]] = {
    "gradients": lambda state: layer_gradients(state.model),
    "updates": _updates,
    "dead": lambda state: {layer.name: layer.dead for layer in _report(state).layers},
    "report": _report,
}
"""What can be recorded by name."""


class Recorder:
    """A callback of :func:`nn.fit` that records something between ``backward()`` and each update.

    Args:
        record: ``"gradients"``, the size of each layer's; ``"updates"``, the ratio of update to weight;
            ``"dead"``, the share of dead units; ``"report"``, the whole :class:`engine.Report` of the
            batch's graph; or a function of the :class:`nn.TrainingState`, whose ``root`` is the loss with its
            graph: ``lambda state: engine.paths(state.root, w)``. Under ``fit(jit=True)`` that graph is one
            node, which knows the gradients of parameters but nothing of units.
        every: records each such step: 1 for all, 10 for every tenth.

    Attributes:
        steps: the numbers of the steps kept, counted from 1 over all epochs.
        records: what was recorded at each.

    Raises:
        ValueError: the name is unknown, or ``every`` is less than 1.
        TypeError: record is neither a name nor a function.

    >>> from nn import MLP, SGD, fit
    >>> model = MLP(2, [4, 1], activation="tanh", rng=0)
    >>> recorder = Recorder(every=2)
    >>> history = fit(
    ...     model, [[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0], loss="mse", epochs=5, callbacks=recorder,
    ...     optimizer=SGD(model.parameters(), lr=0.1),
    ... )
    >>> recorder.steps, sorted(recorder.series())
    ([1, 3, 5], ['layers.0', 'layers.1'])
    >>> recorder
    Recorder('gradients', every=2, 3 records)
    """

    def __init__(self, record: str | Callable[[TrainingState], Any] = "gradients", every: int = 1) -> None:
        if isinstance(record, str):
            if record not in RECORDS:
                raise ValueError(
                    f"record must be one of {', '.join(RECORDS)}, or a function; got {brief(record)}"
                )
            record = RECORDS[record]
        if not callable(record):
            raise TypeError(
                f"record must be a name or a function of the training's state, got {brief(record)}"
            )
        self.record = record
        self.every = integer("every", every)
        self.steps: list[int] = []
        self.records: list[Any] = []
        self._passed = 0

    def __repr__(self) -> str:
        name = next((name for name, function in RECORDS.items() if function is self.record), None)
        shown = repr(name) if name else getattr(self.record, "__name__", brief(self.record))
        return f"Recorder({shown}, every={self.every}, {len(self.records)} records)"

    def on_backward(self, state: TrainingState) -> None:
        """Record this step, if it is its turn."""
        self._passed += 1
        if (self._passed - 1) % self.every == 0:
            self.records.append(self.record(state))
            self.steps.append(self._passed)

    def series(self) -> dict[str, list[float]]:
        """The recorded numbers by name, one for each step: the form that plots take.

        Raises:
            TypeError: the records are not dicts of numbers.
        """
        for each in self.records:
            if not isinstance(each, dict):
                raise TypeError(f"only dicts of numbers are series, got a record of {type(each).__name__}")
        names = dict.fromkeys(name for each in self.records for name in each)
        return {name: [each.get(name, float("nan")) for each in self.records] for name in names}
