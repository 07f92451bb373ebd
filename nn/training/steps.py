"""The steps of a training: batch by batch, with a graph or without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import active_count
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import Value, zero_grad
from engine.autograd.differentiating import differentiated
from engine.node.bulk import read_data
from engine.node.unchanged import same_objects
from engine.quoting import typed
from nn.data.batches import batches
from nn.data.numbers import numbers_of
from nn.losses import Loss
from nn.modules.module import members_of
from nn.optim.lr_scheduler import OneCycleLR
from nn.optim.lr_scheduler.scheduler import Formula
from nn.optim.optimizer import is_as_made
from nn.training.callbacks import Callback, TrainingState, notify
from nn.training.early_stopping import EarlyStopping
from nn.training.lifted import Lifted

__all__ = ["Steps", "data_of"]

_STEPS_BETWEEN_LOOKS = 64
"""So often all is looked at where nobody else's code seems to run: a finalizer or a signal may have."""


@dataclass(kw_only=True)
class Steps:
    """Takes the steps of an epoch.

    Attributes:
        state: as callbacks see it.
        generator: draws the order of the samples.
        data: samples and targets to train with.
        lifted: model and loss as array programs; None without jit.
        parameters: the model's.
        others: those of them that are not the optimiser's.
        stepped: all that a step may change: the model's and the optimiser's.
        listed: the parameters of the model, and of each group of the optimiser, from which these were made.
        members: of the model, as they were last found; None where it finds its own.
        look: whether anybody else's code may have run since the last step, and changed anything.
        whole: the batch of all samples, in a list, where that is the only one.
        directly: how many steps were taken without a graph.
        looked: how many had been when all was looked at last.
        quiet: whether no callback is called within this epoch.
        idle: the parameters that the loss depends on, and those of ``stepped`` that it does not.
        before_last: the numbers of these before the last step, where early stopping may want them back.
    """

    state: TrainingState
    loss: Loss
    batch_size: int | None
    metrics: Mapping[str, Callable[[Any, Any], float]]
    schedule: Any
    early_stopping: EarlyStopping | None
    callbacks: list[Callback]
    before_step: Callable[[list[Value]], Any] | None
    generator: np.random.Generator
    data: tuple[Any, Any]
    lifted: Lifted | None = None
    parameters: list[Value] = field(default_factory=list)
    others: list[Value] = field(default_factory=list)
    stepped: list[Value] = field(default_factory=list)
    listed: list[tuple[Value, ...]] = field(default_factory=list)
    before_last: npt.NDArray[np.float64] | None = None
    members: Any = None
    look: bool = True
    whole: list[tuple[Any, Any]] | None = None
    directly: int = 0
    looked: int = 0
    quiet: bool = True
    idle: tuple[list[Value], list[Value], list[Value]] | None = None

    def run_steps(self) -> dict[str, float]:
        """Take the steps of an epoch; returns the means of loss and metrics over the samples."""
        if self.look:
            self._list_parameters()
        return self._at_once() or self._batches()

    def _list_parameters(self) -> None:
        """Find the model's parameters, and those of them that the optimiser does not clear."""
        groups = getattr(self.state.optimizer, "param_groups", ())
        listed = (group["params"] for group in groups)
        model = self.state.model
        self.members = members = members_of(model)
        found = model.parameters() if members is None else members.parameters
        now = [found, *(x if type(x) is list else list(x) for x in listed)]
        if same_objects(now, self.listed):
            return
        self.parameters, self.listed = list(now[0]), list(map(tuple, now))
        cleared = {parameter for group in groups for parameter in group["params"]}
        self.others = [parameter for parameter in self.parameters if parameter not in cleared]
        self.stepped = [*self.others, *(each for each in cleared if isinstance(each, Value))]

    def _at_once(self) -> dict[str, float] | None:
        """Take an epoch of one direct step on the samples of the last; None where that is not possible."""
        if self.look or self.whole is None or self.early_stopping is not None:
            return None
        count = len(self.whole[0][0])
        loss = self._descend(*self.whole[0], [])
        if loss is None:
            self.look = True
            return None
        return {"loss": count * loss / count}

    def _batches(self) -> dict[str, float]:
        """Take a step for each batch; returns the means of loss and metrics over the samples."""
        state = self.state
        portions = self._portions()
        state.batches = len(portions)
        totals = dict.fromkeys(("loss", *self.metrics), 0.0)
        seen = 0
        for state.batch, (X, y) in enumerate(portions, start=1):
            if self.early_stopping is not None and self.early_stopping.restore_best:
                self.before_last = data_of(self.stepped)
            state.loss, outputs = self._step(X, y)
            targets = self.lifted.as_given(y) if self.lifted is not None and self.metrics else y
            found = {name: metric(targets, outputs) for name, metric in self.metrics.items()}
            for name, number in {"loss": state.loss, **found}.items():
                totals[name] += len(X) * number
            seen += len(X)
            notify(self.callbacks, "on_batch_end", state)
            if state.stopped:
                break
        return {name: total / seen for name, total in totals.items()}

    def _portions(self) -> list[tuple[Any, Any]]:
        """The batches of an epoch."""
        if self.whole is None or not (isinstance(self.whole[0][0], np.ndarray) or not self.look):
            portions = batches(*self.data, self.batch_size, rng=self.generator)
            self.whole = portions if len(portions) == 1 else None
            return portions
        return self.whole

    def _step(self, X: Any, y: Any) -> tuple[float, list[Any]]:
        """Take one step of the optimiser; returns the loss before it, and outputs for metrics."""
        optimizer = self.state.optimizer
        outputs: list[Any] = []
        if self._goes_directly():
            found = self._descend(X, y, outputs)
            if found is not None:
                return found, outputs
        self.look = True

        def closure() -> Value:
            if self.others:
                zero_grad(self.others)
            optimizer.zero_grad()
            loss = self._forward(X, y, outputs)
            if not isinstance(loss, Value):
                raise TypeError(f"the loss must be a Value, got {typed(loss)}")
            loss.backward()
            self._notify_backward(loss)
            if self.before_step is not None:
                self.before_step(self.parameters)
            return loss

        if hasattr(optimizer, "needs_closure"):
            return float(optimizer.step(closure).data), outputs
        loss = closure()  # an optimiser of another kind, with a step() and a zero_grad()
        optimizer.step()
        return loss.data, outputs

    # -- steps without a graph --------------------------------------------------------------

    def _goes_directly(self) -> bool:
        """Whether nothing but the lifted loss and the optimiser's own steps has a part in a step."""
        if not self.look:
            return True
        optimizer = self.state.optimizer
        return (
            self.lifted is not None
            and is_as_made(optimizer)
            and not (self.callbacks and any(hasattr(each, "on_backward") for each in self.callbacks))
        )

    def _descend(self, X: Any, y: Any, outputs: list[Any]) -> float | None:
        """Take one step by the lifted loss, without a graph; returns the loss before it.

        None where the loss is to be swept: then nothing has changed but gradients, which are cleared anyway.
        """
        lifted: Any = self.lifted
        if self.look:
            self.looked = self.directly
        if self.metrics:
            outputs.extend(lifted.outputs(X))
        same = self.whole is not None and not self.look and self._is_alone_between_epochs
        found = lifted.descend(X, y, self.look, same)
        if found is None:
            return None
        loss: float = found[0]
        self._clear_idle(found[1])
        if self.before_step is not None:
            self.before_step(self.parameters)
        self.state.optimizer.step()
        self.directly += 1
        self.look = self.directly - self.looked >= _STEPS_BETWEEN_LOOKS or not self.is_alone()
        return loss

    def _clear_idle(self, reached: list[Value]) -> None:
        """Clear the gradients of parameters that the loss does not depend on."""
        known = self.idle
        if known is None or known[0] is not reached or known[1] is not self.stepped:
            among = set(reached)
            idle = [each for each in self.stepped if each not in among]
            known = self.idle = reached, self.stepped, idle
        if known[2]:
            zero_grad(known[2])

    def is_alone(self) -> bool:
        """Whether no code of the user runs within an epoch."""
        return self.quiet and self._is_alone_within_epochs and _is_only_thread()

    @cached_property
    def _is_alone_within_epochs(self) -> bool:
        """The same but for callbacks and other threads."""
        return (
            self.before_step is None
            and not self.metrics
            and type(self.early_stopping) in (type(None), EarlyStopping)
            and type(self.state.optimizer).__module__.startswith("nn.optim.")
        )

    @cached_property
    def _is_alone_between_epochs(self) -> bool:
        """Whether no code of the user runs between epochs."""
        kind = type(self.schedule)
        known = issubclass(kind, Formula | OneCycleLR) and kind.__module__.startswith("nn.optim.")
        return not self.callbacks and self.early_stopping is None and (known or self.schedule is None)

    # -- steps with one ---------------------------------------------------------------------

    def _forward(self, X: Any, y: Any, outputs: list[Any]) -> Any:
        """The loss of a batch; adds the outputs to a list if there are metrics and it is empty."""
        wanted = bool(self.metrics) and not outputs
        if self.lifted is not None:
            if wanted:
                outputs.extend(self.lifted.outputs(X))
            return self.lifted(X, y)

        def forward() -> Any:
            predictions = self.state.model.of_samples(X)
            if wanted:
                outputs.extend(numbers_of(predictions))
            return self.loss(predictions, y)

        return differentiated(forward, (), {})

    def _notify_backward(self, loss: Value) -> None:
        """Notify callbacks after ``backward()``; the graph of the batch is not kept longer than that."""
        self.state.root = loss
        try:
            notify(self.callbacks, "on_backward", self.state)
        finally:
            self.state.root = None


def data_of(values: list[Value]) -> npt.NDArray[np.float64]:
    numbers = np.empty(len(values))
    read_data(values, numbers)
    return numbers


def _is_only_thread() -> bool:
    if active_count() == 1:
        return True
    from engine.jit.backends.threads import is_only_thread  # loaded where something is lifted, and runs

    return is_only_thread()
