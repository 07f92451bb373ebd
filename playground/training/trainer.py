"""Trainer: one training in the playground, which takes as many steps as it is asked for."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import numpy.typing as npt

import nn.optim
from nn.data.batches import batches
from nn.metrics.classification import accuracy
from nn.modules.dropout import Dropout
from nn.modules.sequential import Sequential
from nn.optim.optimizer import is_as_made
from nn.rng import set_source_state, source_state
from playground.training.config import Config
from playground.training.data.sets import draw, features_of
from playground.training.history import Course, Snapshot
from playground.training.network import Network
from playground.training.stopping import Numbers, Rules

__all__ = ["Trainer"]

Array = npt.NDArray[np.float64]

_NEW_DATA = {"data", "kind", "points", "formula", "count", "noise", "ratio", "seed"}
_NEW_NETWORK = {"seed", "init", "features"}
_RULES_TO_STOP = {"stop_loss", "patience", "stop_epochs"}


class Trainer:
    """A network, its data, its optimiser and what has happened so far.

    Args:
        config: what it is made of.
        model: the model; by default it is built from the configuration.

    Attributes:
        config: as configured last.
        points: the samples.
        network: the network.
        optimizer: the optimiser.
        step, epoch: how many steps and full epochs were taken.
        course: what has happened so far.
        stopped: the reason why a rule ended the training; empty while it goes on.
        edited: whether weights or settings were changed on the way, so that a seed no longer tells it all.

    >>> trainer = Trainer(Config(data="gauss"))
    >>> before = trainer.measured()[0]
    >>> trainer.advance(epochs=20)
    >>> trainer.measured()[0] < before / 2, trainer.epoch
    (True, 20)
    """

    _portions: list[tuple[Any, Any]]
    _cursor: int
    _measured: tuple[int, Numbers] | None

    def __init__(self, config: Config, model: Sequential | None = None) -> None:
        self.config = config
        self.edited = False
        self.points = draw(config)
        self.network = Network(config, self.points.kind, model)
        self.optimizer = self._new_optimizer()
        self._prepare_data()
        self._restart()

    # -- configuration ----------------------------------------------------------------------------

    def configure(self, config: Config) -> bool:
        """Take another configuration, and keep what has been learned where that is possible.

        Returns:
            Whether the training began anew: with another network, another data set or another seed.

        Raises:
            ValueError, TypeError: something does not fit; nothing has changed then.
        """
        changed = {name for name in config.as_json() if getattr(config, name) != getattr(self.config, name)}
        points = draw(config) if changed & _NEW_DATA else self.points
        shape = [layer.neurons for layer in config.hidden] != [layer.neurons for layer in self.config.hidden]
        drawn_on = changed & _NEW_DATA <= {"points"} and config.data == self.config.data == "points"
        anew = bool(changed & _NEW_NETWORK) or shape or points.kind != self.points.kind
        anew = anew or (bool(changed & _NEW_DATA) and not drawn_on)
        if anew:
            other = Trainer(config)
            self.__dict__.update(other.__dict__)
            return True
        before = self.config, self.points, self.network, self.optimizer
        self.config, self.points = config, points
        try:
            if changed & {"hidden", "loss", "l1", "l2"}:
                self.network = self.network.changed(config)
            self._take_optimizer(changed, before[2] is not self.network)
            self._prepare_data()
        except BaseException:
            self.config, self.points, self.network, self.optimizer = before
            raise
        if changed - _RULES_TO_STOP:
            self.edited = self.edited or self.step > 0
        self._drop_epoch()
        self.stopped = ""
        self._rules = Rules(self.config)
        if drawn_on or changed & {"loss", "hidden"}:
            self._measured = None
        return False

    def _take_optimizer(self, changed: set[str], other_network: bool) -> None:
        """A new optimiser; or new settings for the old one, which keeps its memory."""
        fresh = self._new_optimizer()
        if "optimizer" in changed or (not other_network and "settings" not in changed):
            self.optimizer = fresh if "optimizer" in changed else self.optimizer
            return
        if other_network:
            state = self.optimizer.state_dict()
            fresh.load_state_dict({**state, "param_groups": fresh.state_dict()["param_groups"]})
            self.optimizer = fresh
        else:
            settings = {name: value for name, value in fresh.param_groups[0].items() if name != "params"}
            self.optimizer.param_groups[0].update(settings)

    def _new_optimizer(self) -> Any:
        settings = self.config.settings
        if settings is None:
            settings = {"lr": 0.1} if self.config.optimizer == "SGD" else {}
        kind = getattr(nn.optim, self.config.optimizer)
        return kind(self.network.parameters, **settings)

    def _prepare_data(self) -> None:
        names = self.config.features
        self.inputs = features_of(names, self.points.train)
        self.targets = self.network.as_targets(self.points.train_targets)
        self.test_inputs = features_of(names, self.points.test)
        self.test_targets = self.network.as_targets(self.points.test_targets)

    def _drop_epoch(self) -> None:
        """Leave the rest of the epoch: the next step begins another."""
        self._portions, self._cursor = [], 0

    def _restart(self) -> None:
        self.step = self.epoch = 0
        self.stopped = ""
        self.edited = False
        batch = min(self.config.batch_size, max(1, len(self.inputs)))
        self.course = Course(max(1, len(self.inputs) // batch))
        self._generator = np.random.default_rng((self.config.seed, 3))
        self._drop_epoch()
        self._measured = None
        self._rules = Rules(self.config)
        self._keep()

    # -- training ------------------------------------------------------------------------------------

    def advance(
        self,
        *,
        steps: int | None = None,
        epochs: int | None = None,
        budget_ms: float | None = None,
        keep_last: bool = True,
    ) -> None:
        """Take steps: so many, to the end of so many epochs, or for so many milliseconds.

        A rule to stop, in the configuration, ends it earlier. The course ends with the last of these steps,
        or without ``keep_last`` with the last that was due.
        """
        if steps is not None or epochs is not None:
            self.stopped = ""  # by hand one may always go on
        if not len(self.inputs) or self.stopped:
            return
        last_epoch = math.inf if epochs is None else self.epoch + epochs
        last_step = math.inf if steps is None else self.step + steps
        end = math.inf if budget_ms is None else time.perf_counter() + budget_ms / 1e3
        look = True
        while self.step < last_step and self.epoch < last_epoch and not self.stopped:
            self._one_step(look)
            look = False
            if time.perf_counter() >= end:
                break
        if (keep_last or self.stopped) and self.course.entries[-1].step != self.step:
            self._keep()

    def _one_step(self, look: bool) -> None:
        if self._cursor >= len(self._portions):
            self._portions = batches(self.inputs, self.targets, self.config.batch_size, rng=self._generator)
            self._cursor = 0
        inputs, targets = self._portions[self._cursor]
        optimizer, network = self.optimizer, self.network

        def closure() -> Any:
            optimizer.zero_grad()
            loss = network.batch_loss(inputs, targets)
            loss.backward()
            return loss

        optimizer.zero_grad()
        if is_as_made(optimizer) and network.descend(inputs, targets, look=look):
            optimizer.step()
        else:
            optimizer.step(closure)
        self._cursor += 1
        self.step += 1
        at_end = self._cursor >= len(self._portions)
        self.epoch += at_end
        if self.course.is_due(self.step):
            self._keep()
        if at_end:
            reason = self._rules.reason_to_stop(self.epoch, self.measured, network.model)
            self.stopped = reason or self.stopped

    # -- numbers --------------------------------------------------------------------------------------

    def measured(self) -> Numbers:
        """Loss and accuracy, on the training samples and on the test samples."""
        if self._measured is not None and self._measured[0] == self.step:
            return self._measured[1]
        network = self.network
        train, test = (self.inputs, self.targets), (self.test_inputs, self.test_targets)
        losses = network.measure(*train), network.measure(*test)
        accuracies = math.nan, math.nan
        if network.kind in ("binary", "three"):
            outputs = network.predictions(np.concatenate([self.inputs, self.test_inputs]))
            count = len(self.inputs)
            accuracies = (
                _accuracy(outputs[:, :count], self.targets),
                _accuracy(outputs[:, count:], self.test_targets),
            )
        numbers = (*losses, *accuracies)
        self._measured = self.step, numbers
        return numbers

    def touched(self) -> None:
        """Forget what was measured: weights were changed by hand."""
        self.edited = True
        self._measured = None

    # -- the past ---------------------------------------------------------------------------------------

    def _keep(self) -> None:
        state = {
            "optimizer": self.optimizer.state_dict(),
            "order": source_state(self._generator),
            "dropout": [source_state(rng) for rng in self._dropout_sources()],
            "portions": self._portions,
            "cursor": self._cursor,
        }
        self.course.add(Snapshot(self.step, self.epoch, self.measured(), self.network.numbers, state))

    def _dropout_sources(self) -> list[Any]:
        return [each.rng for each in self.network.model.layers if isinstance(each, Dropout)][:1]

    def go_back(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot: from there the training goes on as it did the first time."""
        state = snapshot.state
        self.network.numbers = snapshot.parameters
        self.optimizer = self._new_optimizer()
        own = self.optimizer.state_dict()
        if [{*each} for each in own["state"]] == [{*each} for each in state["optimizer"]["state"]]:
            self.optimizer.load_state_dict({**own, "state": state["optimizer"]["state"]})
        set_source_state(self._generator, state["order"])
        for rng, saved in zip(self._dropout_sources(), state["dropout"], strict=False):
            set_source_state(rng, saved)
        self._portions, self._cursor = state["portions"], state["cursor"]
        self.step, self.epoch = snapshot.step, snapshot.epoch
        self._measured = None
        self.stopped = ""
        self._rules = Rules(self.config)
        self.course.forget_after(self.step)


def _accuracy(outputs: Array, targets: Array) -> float:
    """The share of right classes; nan where there is no sample, or an output is not finite."""
    if not len(targets) or not np.isfinite(outputs).all():
        return math.nan
    return accuracy(targets.astype(int), outputs[0] if len(outputs) == 1 else outputs.T, threshold=0.0)
