"""The end of a training that no longer gets better."""

import inspect
import math

import pytest

from nn import MLP, EarlyStopping


def run(stopping, losses, model=None, name="val_loss"):
    """The epoch after which it stops; 0 if it does not."""
    model = MLP(1, [1]) if model is None else model
    for epoch, loss in enumerate(losses, start=1):
        model.layers[0].neurons[0].b.data = float(epoch)
        stopping.update({"loss": 0.0, name: loss}, epoch, model)
        if stopping.exhausted:
            return epoch
    return 0


@pytest.mark.parametrize(
    ("options", "losses", "stops", "best"),
    [
        ({"patience": 2}, [3, 2, 1, 1, 1, 0], 5, 3),
        ({"patience": 3}, [3, 2, 1, 1, 1, 0], 0, 6),
        ({"patience": 1}, [1, 2], 2, 1),
        ({"patience": 2}, [5, 4, 3, 2, 1], 0, 5),
        ({"patience": 2, "mode": "max"}, [1, 2, 3, 3, 3], 5, 3),
        ({"patience": 2, "min_delta": 0.5}, [3.0, 2.8, 2.6], 3, 1),
        ({"patience": 2, "min_delta": 0.5}, [3.0, 2.8, 2.4], 0, 3),
        ({"patience": 2, "mode": "max", "min_delta": 0.5}, [1.0, 1.5, 1.6], 0, 3),
        ({"patience": 2}, [2.0, math.nan, math.nan], 3, 1),
        ({"patience": 2}, [math.nan, math.nan], 2, 0),
        ({"patience": 2}, [math.nan, math.inf, 1.0], 0, 3),
    ],
)
def test_it_stops_after_so_many_epochs_without_a_better_one(options, losses, stops, best) -> None:
    stopping = EarlyStopping(**options)
    assert run(stopping, losses) == stops
    assert stopping.best_epoch == best


def test_it_monitors_val_loss_or_loss_or_what_it_is_told() -> None:
    assert run(EarlyStopping(1), [1, 2]) == 2
    assert run(EarlyStopping(1), [1, 2], name="loss") == 2
    assert run(EarlyStopping(1, monitor="val_accuracy"), [2, 1], name="val_accuracy") == 2
    with pytest.raises(ValueError, match="monitors 'f1', but there are only loss, val_loss"):
        run(EarlyStopping(monitor="f1"), [1])


@pytest.mark.parametrize(("restore_best", "b"), [(True, 2.0), (False, 4.0)])
def test_best_parameters_come_back(restore_best, b) -> None:
    model, stopping = MLP(1, [1]), EarlyStopping(2, restore_best=restore_best)
    run(stopping, [2, 1, 3, 3], model)
    stopping.restore(model)
    assert model.layers[0].neurons[0].b.data == b


def test_without_a_best_epoch_the_parameters_stay() -> None:
    model, stopping = MLP(1, [1]), EarlyStopping(2)
    run(stopping, [math.nan, math.nan], model)
    stopping.restore(model)
    assert model.layers[0].neurons[0].b.data == 2.0


def test_reason_in_words() -> None:
    stopping = EarlyStopping(2)
    run(stopping, [1, 2, 3])
    assert stopping.reason == "stopped early: the loss was not better for 2 epochs than in epoch 1"
    stopping = EarlyStopping(1, monitor="val_accuracy", mode="max")
    run(stopping, [math.nan], name="val_accuracy")
    assert stopping.reason == "stopped early: val_accuracy was nan for 1 epochs"


def test_reset_forgets() -> None:
    stopping = EarlyStopping(2)
    run(stopping, [1, 2, 3])
    stopping.reset()
    assert not stopping.exhausted
    assert run(stopping, [5, 4]) == 0
    assert stopping.best == 4.0


def test_state_goes_on_in_another() -> None:
    model, first, second = MLP(1, [1]), EarlyStopping(3), EarlyStopping(3)
    run(first, [1, 2, 3], model)
    second.load_state_dict(first.state_dict())
    assert (second.best, second.best_epoch, second.waited) == (1.0, 1, 2)
    second.update({"val_loss": 2.0}, 4, model)
    assert second.exhausted
    second.restore(model)
    assert model.layers[0].neurons[0].b.data == 1.0


def test_incomplete_state_changes_nothing() -> None:
    stopping = EarlyStopping(2)
    run(stopping, [1, 2])
    before = stopping.state_dict()
    with pytest.raises(KeyError):
        stopping.load_state_dict({"best": 0.0, "best_epoch": 1})
    assert stopping.state_dict() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patience": 0}, "patience must be at least 1, got 0"),
        ({"mode": "most"}, 'mode must be "auto", "min" or "max", got \'most\''),
        ({"monitor": "margin"}, 'give mode="max" or mode="min"'),
        ({"min_delta": -0.1}, "min_delta must be at least 0"),
    ],
)
def test_settings_out_of_range_are_refused(options, message) -> None:
    with pytest.raises(ValueError, match=message):
        EarlyStopping(**options)


@pytest.mark.parametrize(
    ("args", "options", "written"),
    [
        (("loss",), {}, "EarlyStopping(monitor='loss')"),
        (("loss",), {"patience": 4}, "EarlyStopping(monitor='loss', patience=4)"),
        (("val_f1", 4), {}, "EarlyStopping(monitor='val_f1')"),
        (("val_f1",), {"mode": "max"}, "EarlyStopping(monitor='val_f1', mode='max')"),
    ],
)
def test_a_monitor_in_the_place_of_the_patience_is_told_how_to_be_written(args, options, written) -> None:
    with pytest.raises(TypeError, match=r"^the first argument is the patience, in epochs, got") as caught:
        EarlyStopping(*args, **options)
    assert str(caught.value).endswith(f"name the monitor: {written}")
    assert list(inspect.signature(EarlyStopping).parameters) == [
        "patience",
        "monitor",
        "min_delta",
        "mode",
        "restore_best",
    ]


def test_text() -> None:
    assert repr(EarlyStopping(3)) == "EarlyStopping(patience=3, monitor=None, mode='min')"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"best": "x"}, TypeError),
        ({"best": None}, ValueError),
        ({"best": math.nan}, ValueError),
        ({"best_epoch": 0}, ValueError),
        ({"best_epoch": 1.0}, TypeError),
        ({"best_epoch": -1}, ValueError),
        ({"waited": True}, TypeError),
        ({"waited": -1}, ValueError),
        ({"parameters": None}, TypeError),
        ({"parameters": {"b": "x"}}, TypeError),
    ],
)
def test_a_state_that_cannot_be_changes_nothing(changed, error) -> None:
    stopping = EarlyStopping(2)
    run(stopping, [1, 2])
    before = stopping.state_dict()
    with pytest.raises(error, match=next(iter(changed))):
        stopping.load_state_dict(before | changed)
    assert stopping.state_dict() == before
