"""ReduceLROnPlateau by itself and in fit, and what it refuses."""

import math

import pytest

import nn
from engine import Value
from nn import SGD, ReduceLROnPlateau


def test_nan_is_no_improvement_and_a_value_is_a_number() -> None:
    optimizer = SGD([Value(0.0)], lr=1.0)
    schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    for metric in (Value(1.0), math.nan, math.nan):
        schedule.step(metric)
    assert (optimizer.lr, schedule.best, schedule.get_last_lr()) == (0.5, 1.0, [0.5])


def test_what_was_counted_is_saved() -> None:
    first, second = (ReduceLROnPlateau(SGD([Value(0.0)], lr=1.0), factor=0.5, patience=2) for _ in range(2))
    for _ in range(3):
        first.step(1.0)
    second.load_state_dict(first.state_dict())
    for each in (first, second):
        each.step(1.0)
    assert first.optimizer.lr == second.optimizer.lr == 0.5
    state = first.state_dict()
    del state["best"]
    with pytest.raises(ValueError, match="has the entries best, num_bad_epochs"):
        second.load_state_dict(state)


@pytest.mark.parametrize("monitor", ["", "accuracy"])
def test_fit_gives_it_the_number_of_the_epoch(monitor) -> None:
    X, y = [[0.0], [1.0]], [0, 1]
    model = nn.Linear(1, 1, init=1.0)
    mode = "max" if monitor else "min"
    history = nn.fit(
        model,
        X,
        y,
        loss="mse",
        optimizer=SGD(model.parameters(), lr=0.5),
        schedule=lambda o: ReduceLROnPlateau(o, mode, factor=0.1, patience=1, monitor=monitor),
        metrics="accuracy",
        epochs=6,
        progress=False,
    )
    assert history["loss"] == [0.0] * 6  # the first is the best of all
    assert history["lr"] == pytest.approx([0.5] * 3 + [0.05] * 2 + [0.005])


def test_what_it_refuses() -> None:
    optimizer = SGD([Value(0.0)], lr=1.0)
    schedule = ReduceLROnPlateau(optimizer, mode="max")
    with pytest.raises(TypeError, match=r"goes by a metric: step\(loss\)"):
        schedule.step()
    with pytest.raises(TypeError, match="metrics must be a number"):
        schedule.step("0.5")
    with pytest.raises(ValueError, match='needs monitor=, such as "val_accuracy"'):
        schedule.metric_of({"loss": 1.0})
    with pytest.raises(ValueError, match="no number of an epoch is called 'auc'; there are loss"):
        ReduceLROnPlateau(optimizer, monitor="auc").metric_of({"loss": 1.0})
    with pytest.raises(TypeError, match="goes by a metric"):
        nn.SequentialLR(optimizer, [nn.ConstantLR(optimizer), schedule], [3])
    for wrong in ({"mode": "up"}, {"factor": 1.0}, {"threshold_mode": "percent"}, {"min_lr": [0.1, 0.2]}):
        with pytest.raises(ValueError):
            ReduceLROnPlateau(optimizer, **wrong)
