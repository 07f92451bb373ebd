"""Recorder: a callback that records gradients step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.diagnostics.report import report
from engine.floats.validate import integer
from engine.quoting import brief
from nn.report import gradient_report, layer_gradients
from nn.training.callbacks import TrainingState

__all__ = ["RECORDS", "Recorder"]


def _gradients(state: TrainingState) -> dict[str, float]:
    return layer_gradients(state.model)


def _updates(state: TrainingState) -> dict[str, float]:
    found = gradient_report(state.model, optimizer=state.optimizer)
    return {layer.name: layer.update_ratio for layer in found.layers}


def _dead(state: TrainingState) -> dict[str, float]:
    return {layer.name: layer.dead for layer in _report(state).layers}


def _report(state: TrainingState) -> Any:
    return report(state.root, groups=dict(state.model.named_parameters()))  # type: ignore[arg-type]


RECORDS: dict[str, Callable[[TrainingState], Any]] = {
    "gradients": _gradients,
    "updates": _updates,
    "dead": _dead,
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
