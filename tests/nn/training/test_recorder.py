"""Recorder: what the gradients were like in each step."""

import numpy as np
import pytest

from engine import Report, paths
from nn import LBFGS, MLP, SGD, Recorder, fit, mse
from nn.training.callbacks import TrainingState

X, Y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1.0, -1.0, 0.5]


def trained(recorder: Recorder, epochs: int = 4, **options) -> MLP:
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    usual = {"optimizer": SGD(model.parameters(), lr=0.1), "batch_size": None}
    fit(model, X, Y, loss="mse", epochs=epochs, callbacks=recorder, rng=0, **usual | options)
    return model


def test_gradients_are_those_before_each_step() -> None:
    recorder = Recorder()
    trained(recorder)
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    for record in recorder.records:
        model.zero_grad()
        mse([model(x) for x in X], Y).backward()
        for i, layer in enumerate(model.layers):
            sizes = np.array([p.grad for p in layer.parameters()])
            assert record[f"layers.{i}"] == pytest.approx(np.sqrt(np.mean(sizes**2)), rel=1e-12)
        for parameter in model.parameters():
            parameter.data -= 0.1 * parameter.grad
    assert recorder.steps == [1, 2, 3, 4]


def test_recording_does_not_change_the_training() -> None:
    plain = MLP(2, [3, 1], activation="tanh", rng=0)
    fit(plain, X, Y, loss="mse", epochs=4, optimizer=SGD(plain.parameters(), lr=0.1), batch_size=None, rng=0)
    for record in ("gradients", "updates", "dead", "report"):
        assert trained(Recorder(record)).state_dict() == plain.state_dict()


def test_every_so_many_steps_are_counted_over_batches_and_epochs() -> None:
    recorder = Recorder(every=4)
    trained(recorder, epochs=3, batch_size=1)
    assert recorder.steps == [1, 5, 9]


def test_updates_are_the_steps_taken() -> None:
    recorder = Recorder("updates")
    before = trained(recorder, epochs=1).layers[0]
    start = MLP(2, [3, 1], activation="tanh", rng=0).layers[0]
    w = np.array([p.data for p in start.parameters()])
    moved = np.array([p.data for p in before.parameters()]) - w
    expected = np.sqrt(np.mean(moved**2) / np.mean(w**2))
    assert recorder.records[0]["layers.0"] == pytest.approx(expected)


def test_reports_and_functions_see_the_graph() -> None:
    recorder = Recorder("report")
    trained(recorder, epochs=1)
    assert isinstance(recorder.records[0], Report)
    assert recorder.records[0].layers[0].units == 3
    recorder = Recorder(lambda state: paths(state.root, state.model.parameters()[0]).count)
    trained(recorder, epochs=2)
    assert recorder.records == [3, 3], "one path for each sample"


def test_graph_is_not_kept_after_it_was_shown() -> None:
    seen = []

    class Looking:
        def on_backward(self, state: TrainingState) -> None:
            seen.append(state.root is not None)

        def on_batch_end(self, state: TrainingState) -> None:
            seen.append(state.root is not None)

    trained(Looking(), epochs=1)
    assert seen == [True, False]


def test_with_lbfgs_every_evaluation_is_a_step() -> None:
    recorder = Recorder()
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    fit(model, X, Y, loss="mse", epochs=1, optimizer=LBFGS(model.parameters()), batch_size=None,
        callbacks=recorder)  # fmt: skip
    assert len(recorder.steps) > 1


def test_series_are_numbers_by_name() -> None:
    recorder = Recorder(lambda state: {"a": 1.0} if state.epoch == 1 else {"a": 2.0, "b": 3.0})
    trained(recorder, epochs=2)
    assert recorder.series()["a"] == [1.0, 2.0]
    assert str(recorder.series()["b"]) == "[nan, 3.0]"
    recorder.records.append(3.0)
    with pytest.raises(TypeError, match="got a record of float"):
        recorder.series()


def test_what_cannot_be_recorded_is_refused() -> None:
    with pytest.raises(ValueError, match=r"record must be one of gradients, updates, dead, report"):
        Recorder("weights")
    with pytest.raises(TypeError, match="a name or a function"):
        Recorder(3)
    with pytest.raises(ValueError, match="every"):
        Recorder(every=0)


def test_lifted_training_has_the_same_gradients() -> None:
    plain, lifted = Recorder("updates"), Recorder("updates")
    trained(plain)
    trained(lifted, jit=True)
    for a, b in zip(plain.records, lifted.records, strict=True):
        assert a == pytest.approx(b, rel=1e-9)
