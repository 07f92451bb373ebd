"""The training loop, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine import Value
from engine.autograd.context_decorator import and_put_back
from engine.node.bulk import leaf_count, trainable, write_data
from engine.node.unchanged import same_attributes, same_items
from nn.optim.lr_scheduler import ReduceLROnPlateau
from nn.training.callbacks import TrainingState, calls_within_epochs, notify
from nn.training.early_stopping import EarlyStopping
from nn.training.evaluate import scores
from nn.training.predict import in_mode
from nn.training.steps import Steps, data_of

__all__ = ["Training"]


_EPOCHS_BETWEEN = 8
"""For so many epochs after a change all is looked at, as it is where there are changes all the time."""


class LastLook:
    """A snapshot of what a training depends on, compared later to tell whether anything was touched.

    Args:
        training: the training.
        leaves: the parameters that its loss depends on.
        places: what its programs read.
    """

    def __init__(self, training: Training, leaves: list[Value], places: list[Any]) -> None:
        from engine.jit.trace.places import Snapshot  # loaded only where something is lifted

        self._model, self._optimizer = model, optimizer = training.state.model, training.state.optimizer
        trail, parameters = training.members.trail, training.members.parameters
        modules = [model, optimizer, *trail.modules]
        self._attributes = modules, tuple(map(vars, modules)), tuple(map(type, modules))
        self._groups = [group["params"] for group in optimizer.param_groups]
        self._leaves, among = leaves, set(leaves)
        self._rest = [each for each in parameters if each not in among]
        classes = {
            each: vars(each) for kind in {type(optimizer), *self._attributes[2]} for each in kind.__mro__
        }
        own = [vars(optimizer), optimizer.param_groups, *self._groups, *trail.containers]
        self._snapshot = Snapshot([*own, *classes.values()], places)

    def holds(self, state: TrainingState) -> bool:
        """Whether all is as it was, numbers of parameters, samples and optimiser settings aside."""
        optimizer = self._optimizer
        return (
            state.model is self._model
            and state.optimizer is optimizer
            and self._snapshot.holds()
            and same_items([group["params"] for group in optimizer.param_groups], self._groups)
            and same_attributes(*self._attributes)
            and trainable(self._leaves)
            and (not self._rest or leaf_count(self._rest) == len(self._rest))
        )


@dataclass(kw_only=True)
class Training(Steps):
    """A training, set up and run by :func:`nn.fit` from its checked arguments.

    Attributes:
        start: the state of the generator before anything was drawn.
        held_out: samples and targets to validate with; None for none.
        last_look: what the last look found; None where another is due.
        look_from: the first epoch after which that is remembered.
    """

    start: dict[str, Any]
    held_out: tuple[Any, Any] | None
    last_look: LastLook | None = None
    look_from: int = 0

    def has_next_epoch(self) -> bool:
        """Whether another epoch follows."""
        if self.early_stopping is not None and self.early_stopping.exhausted and not self.state.stopped:
            self.state.stop(self.early_stopping.reason)
        return self.state.epoch < self.state.epochs and not self.state.stopped

    def run_epoch(self) -> dict[str, float]:
        """Run one epoch: steps, validation, schedule, early stopping, callbacks. Returns its numbers."""
        state = self.state
        state.epoch += 1
        self.quiet = not self.callbacks or not calls_within_epochs(self.callbacks)
        if self.look and self.last_look is not None and self._untouched(self.last_look):
            self.look, self.looked = False, self.directly
        looked = self.look
        numbers = self.run_steps()
        state.loss = numbers["loss"]
        if self.held_out is not None:
            self.look |= looked
            found = self._scores(*self.held_out)
            numbers |= {f"val_{name}": number for name, number in found.items()}
        if not self._is_alone_between_epochs:
            if looked and not self.look and state.epoch >= self.look_from:
                self.last_look = self._what_is_there()
            self.look = True
        if self.schedule is not None:
            numbers |= {"lr": state.optimizer.lr} if hasattr(state.optimizer, "lr") else {}
            goes_by = isinstance(self.schedule, ReduceLROnPlateau)
            self.schedule.step(*([self.schedule.metric_of(numbers)] if goes_by else []))
        state.history.add(numbers)
        if self.early_stopping is not None:
            self._update_early_stopping(self.early_stopping, numbers)
        notify(self.callbacks, "on_epoch_end", state)
        return numbers

    # -- what others may have changed -------------------------------------------------------

    def _untouched(self, last_look: LastLook) -> bool:
        """Whether the snapshot still holds; if not, it is dropped."""
        if self.is_alone() and last_look.holds(self.state):
            return True
        self.last_look = None  # who changes things in each epoch is not watched in vain
        self.look_from = self.state.epoch + _EPOCHS_BETWEEN
        return False

    def _what_is_there(self) -> LastLook | None:
        """A new snapshot; None where comparing one would take more than a look at places."""
        members, lifted = self.members, self.lifted
        found = None if lifted is None else lifted.looked_at(self.held_out is not None)
        if found is None or members is None or not members.trail.is_simple:
            return None
        return LastLook(self, *found)

    def _scores(self, X: Any, y: Any) -> dict[str, float]:
        """The loss and the metrics on samples, in evaluation mode."""
        model, lifted, wanted = self.state.model, self.lifted, self.metrics
        if lifted is not None and not wanted:
            if self.look:
                loss = in_mode(model, False, partial(lifted.measure, X, y, True))
                self.look = loss is None or not self.is_alone()
            else:
                loss = lifted.measure(X, y, False)
            if loss is not None:
                return {"loss": loss}

        def forward() -> tuple[Any, Any]:
            self.look = True  # the model's own code may run, also lifted: to be traced or audited
            if lifted is not None:
                return lifted(X, y), lifted.outputs(X) if wanted else []
            outputs = model.of_samples(X)
            return self.loss(outputs, y), outputs

        return scores(model, forward, y if lifted is None else lifted.as_given(y), wanted)

    # -- early stopping ---------------------------------------------------------------------

    def _update_early_stopping(self, stopping: EarlyStopping, numbers: Mapping[str, float]) -> None:
        """Update early stopping, with the parameters as they were when the numbers were measured."""
        state = self.state
        if self.before_last is None or stopping.monitored(numbers).startswith("val_"):
            stopping.update(numbers, state.epoch, state.model)
            return
        now, before = data_of(self.stepped), self.before_last

        def update() -> None:
            write_data(self.stepped, before)
            stopping.update(numbers, state.epoch, state.model)

        and_put_back(update, lambda: write_data(self.stepped, now))

    def keep_best(self) -> None:
        """Restore the best parameters, if early stopping kept any.

        A number of training is measured before each step, so what the last step led to has not been
        measured, and may be the best of all: then the model keeps it.
        """
        stopping, model = self.early_stopping, self.state.model
        if stopping is None or not stopping.keeps:
            return
        name, last = stopping.monitored(self.state.history), model.state_dict()
        latest = math.nan if name.startswith("val_") else self._score(name)
        stopping.restore(model)
        if latest == latest and stopping.is_better(latest, self._score(name)):
            model.load_state_dict(last)

    def _score(self, name: str) -> float:
        """The loss or a metric on all samples; nan if it cannot be computed."""
        self.look = True
        try:
            return self._scores(*self.data).get(name, math.nan)
        except Exception:  # a loss or a metric that cannot be computed with what the last step led to
            return math.nan
