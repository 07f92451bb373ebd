"""The training loop: which parameters are kept, and what a step may do."""

import math

import numpy as np
import pytest

import nn
from engine import Value, no_grad
from engine.autograd.differentiating import is_differentiating
from nn import (
    LBFGS,
    MLP,
    SGD,
    Adam,
    EarlyStopping,
    Module,
    fit,
)


def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 2))
    return X, (X[:, 0] * X[:, 1] > 0).astype(int)


# -- the best parameters


class Point(Module):
    """One parameter w; with mse and targets of 0 the loss of a sample x is (w·x)²."""

    def __init__(self, w):
        self.w = Value(w)

    def __call__(self, x):
        return self.w * x[0]


OPTIMIZERS = {
    "diverging": lambda parameters: SGD(parameters, lr=3.0),  # w becomes -5 w
    "to and fro": lambda parameters: SGD(parameters, lr=0.9, momentum=0.9),
    "jumping": lambda parameters: Adam(parameters, lr=7.0),
    "falling": lambda parameters: SGD(parameters, lr=0.1),
    "at once": LBFGS,
}


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("epochs", [1, 2, 7])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_parameters_restored_are_the_best_of_all_that_there_were(optimizer, epochs, jit) -> None:
    model, passed = Point(1.0), [1.0]
    history = fit(
        model,
        [[1.0]],
        [0.0],
        loss="mse",
        optimizer=OPTIMIZERS[optimizer],
        epochs=epochs,
        early_stopping=EarlyStopping(3),
        callbacks=lambda state: passed.append(state.model.w.data),
        jit=jit,
    )
    assert model.w.data**2 == min(w * w for w in passed) <= min(history["loss"])


def test_what_diverged_goes_back_to_where_the_loss_was_best() -> None:
    model = Point(1.0)
    history = fit(
        model, [[1.0]], [0.0], loss="mse", optimizer=OPTIMIZERS["diverging"], epochs=9, early_stopping=2
    )
    assert (history["loss"], model.w.data) == ([1.0, 25.0, 625.0], 1.0)


@pytest.mark.unmeasured
@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("ended", ["by patience", "by a callback", "by epochs"])
@pytest.mark.parametrize("optimizer", ["diverging", "to and fro", "jumping", "falling"])
def test_with_batches_they_are_the_last_that_the_best_epoch_was_measured_with_or_better(
    optimizer, ended, jit
) -> None:
    model, before_steps, epochs = Point(1.0), [], []

    class Watch:
        def on_backward(self, state):
            before_steps.append(state.model.w.data)

        def on_epoch_end(self, state):
            epochs.append((before_steps[-1], state.model.w.data))
            if ended == "by a callback" and state.epoch == 3:
                state.stop()

    history = fit(
        model,
        [[1.0], [0.5], [0.25]],
        [0.0] * 3,
        loss="mse",
        batch_size=2,
        optimizer=OPTIMIZERS[optimizer],
        epochs=4 if ended == "by epochs" else 30,
        early_stopping=2 if ended == "by patience" else 40,
        callbacks=Watch(),
        rng=0,
        jit=jit,
    )
    kept, last = epochs[history.best("loss") - 1][0], epochs[-1][1]
    assert model.w.data == (last if last**2 < kept**2 else kept)


@pytest.mark.unmeasured
@pytest.mark.parametrize("monitor", ["accuracy", "val_accuracy", "val_loss", "loss"])
@pytest.mark.parametrize("jit", [False, True])
def test_parameters_fit_the_number_that_is_monitored(monitor, jit) -> None:
    mode = "max" if monitor.endswith("accuracy") else "min"
    X, y = [[1.0], [-1.0], [0.5]], [1.0, -1.0, 0.5]
    model = Point(-0.5)
    states = [-0.5]
    history = fit(
        model,
        X,
        y,
        loss="mse",
        validation=(X, y),
        metrics={"accuracy": lambda y_true, outputs: -abs(outputs[0] - 2.0)},  # best where w is 2
        optimizer=lambda parameters: SGD(parameters, lr=1.2),
        epochs=6,
        early_stopping=EarlyStopping(6, monitor=monitor),
        callbacks=lambda state: states.append(state.model.w.data),
        jit=jit,
    )

    def number(w):
        return -abs(w - 2.0) if mode == "max" else (w - 1.0) ** 2

    measured = states[1:] if monitor.startswith("val_") else states[:-1]
    assert history[monitor] == pytest.approx(
        [number(w) if mode == "max" else (w - 1) ** 2 * 0.75 for w in measured]
    )
    pick = max if mode == "max" else min
    among = states[1:] if monitor.startswith("val_") else states
    assert model.w.data == pick(among, key=number)


def test_a_last_step_to_where_no_loss_can_be_computed_is_not_the_best() -> None:
    def loss(outputs, targets):
        return outputs[0].log() * outputs[0]  # which raises where w is not positive

    model = Point(1.0)
    fit(model, [[1.0]], [0.0], loss=loss, optimizer=lambda p: SGD(p, lr=2.0), epochs=1, early_stopping=True)
    assert model.w.data == 1.0


def test_without_restoring_nothing_is_measured_twice() -> None:
    calls = []
    model = Point(1.0)

    def loss(outputs, targets):
        calls.append(model.w.data)
        return outputs[0] * outputs[0]

    for restore, count in ((False, 2), (True, 4)):
        calls.clear()
        stopping = EarlyStopping(restore_best=restore)
        fit(
            model,
            [[1.0]],
            [0.0],
            loss=loss,
            optimizer=OPTIMIZERS["falling"],
            epochs=2,
            early_stopping=stopping,
        )
        assert len(calls) == count
    assert model.w.data == calls[2]  # the last step's, which is the better


# -- numbers that leave the graph ---------------------------------------------------------------------------


def _assigned(outputs, targets):
    numbers = np.zeros(len(outputs))
    for i, output in enumerate(outputs):
        numbers[i] = output
    return outputs[0] * 0.0 + ((numbers - np.array(targets)) ** 2).sum()


@pytest.mark.parametrize(
    "loss",
    [
        _assigned,
        lambda outputs, targets: outputs[0] + np.sum(np.array(outputs, dtype=float)),
        lambda outputs, targets: outputs[0] + sum(map(math.exp, outputs)),
        lambda outputs, targets: outputs[0] + np.interp(outputs[0], [0.0, 1.0], [0.0, 1.0]),
    ],
)
@pytest.mark.parametrize("jit", [False, True])
def test_a_loss_out_of_which_numbers_leave_is_refused(loss, jit) -> None:
    model = nn.MLP(1, [1], rng=0)
    with pytest.raises(TypeError, match="would lose its gradient"):
        nn.fit(
            model, [[1.0]], [1.0], loss=loss, optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=1, jit=jit
        )
    assert not is_differentiating()


def test_metrics_and_callbacks_may_take_numbers_out() -> None:
    model = nn.MLP(1, [1], rng=0)
    seen = []

    def look(state):
        with no_grad():
            seen.append(np.array(model.parameters(), dtype=float))
        seen.append(float(model.parameters()[0]))

    nn.fit(
        model,
        [[1.0]],
        [1.0],
        loss="mse",
        optimizer=nn.SGD(model.parameters(), lr=0.1),
        epochs=1,
        metrics={"mean": lambda y_true, outputs: float(np.mean(np.array(outputs, dtype=float)))},
        callbacks=look,
    )
    assert len(seen) == 2


def test_parameters_that_come_during_a_training_are_cleared_and_handed_on() -> None:
    model, counts = MLP(2, [2, 1], rng=0), []
    extra = Value(1.0)
    model.extra = [extra]
    first = len(model.parameters())

    def callback(state):
        if state.epoch == 2:
            model.extra.append(Value(2.0))
        if state.epoch == 3:
            state.optimizer.param_groups[0]["params"].append(model.extra[1])

    def loss(outputs, targets):
        return sum(
            ((o - t) ** 2 for o, t in zip(outputs, targets, strict=True)), sum(model.extra, Value(0.0))
        )

    fit(
        model,
        [[0.0, 1.0]],
        [1.0],
        loss=loss,
        optimizer=SGD(model.parameters()[:-1], lr=0.1),
        epochs=4,
        callbacks=callback,
        before_step=lambda parameters: counts.append((len(parameters), [p.grad for p in model.extra])),
    )
    assert [count for count, _ in counts] == [first, first, first + 1, first + 1]
    assert [grads for _, grads in counts] == [[1.0], [1.0], [1.0, 1.0], [1.0, 1.0]]


@pytest.mark.unmeasured
@pytest.mark.parametrize("jit", [False, True])
def test_epochs_with_callbacks_and_validation_walk_through_no_model(jit, monkeypatch) -> None:
    walks = []
    walk = nn.modules.members.kept.find_members
    counted = lambda *a, **o: walks.append(1) or walk(*a, **o)  # noqa: E731
    monkeypatch.setattr(nn.modules.members.kept, "find_members", counted)

    def count(epochs):
        walks.clear()
        model = MLP(2, [3, 1], rng=0)
        X, y = data()
        fit(
            model,
            X,
            y,
            loss="mse",
            optimizer=Adam,
            epochs=epochs,
            validation=(X, y),
            callbacks=lambda state: state.model.zero_grad(),
            metrics="accuracy",
            jit=jit,
        )
        return len(walks)

    assert count(20) == count(3)
