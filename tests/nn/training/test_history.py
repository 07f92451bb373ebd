"""The numbers of each epoch."""

import copy
import json
import math

import pytest

from nn import History


def test_it_is_a_dict_of_lists() -> None:
    history = History({"loss": (0.5, 0.25), "val_loss": [1.0, 2.0]})
    assert history == {"loss": [0.5, 0.25], "val_loss": [1.0, 2.0]}
    assert json.loads(json.dumps(history)) == history
    assert History(history) == history
    twin = copy.deepcopy(history)
    twin["loss"].append(0.0)
    assert (history.epochs, twin.epochs) == (2, 3)


def test_epochs_are_added() -> None:
    history = History()
    assert (history.epochs, history.stopped) == (0, "")
    history.add({"loss": 1, "lr": 0.1})
    history.add({"loss": 0.5, "lr": 0.1})
    assert history == {"loss": [1.0, 0.5], "lr": [0.1, 0.1]}
    assert history.epochs == 2


@pytest.mark.parametrize(
    ("numbers", "mode", "epoch"),
    [
        ([3.0, 1.0, 2.0], "min", 2),
        ([3.0, 1.0, 2.0], "max", 1),
        ([1.0, 1.0], "min", 1),
        ([2.0, 2.0], "max", 1),
    ],
)
def test_best_epoch_is_counted_from_1_and_the_first_of_equals(numbers, mode, epoch) -> None:
    assert History({"loss": numbers}).best("loss", mode) == epoch


def test_nan_is_never_best() -> None:
    assert History({"loss": [math.nan, 2.0, 1.0]}).best() == 3
    with pytest.raises(ValueError, match="no number for 'loss'"):
        History({"loss": [math.nan]}).best()


def test_what_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError, match="loss"):
        History().best()
    with pytest.raises(ValueError, match='mode must be "auto", "min" or "max", got \'least\''):
        History({"loss": [1.0]}).best("loss", "least")


def test_text_is_a_table_that_shows_the_first_and_last_of_many() -> None:
    history = History({"loss": [1.0 / epoch for epoch in range(1, 101)]})
    lines = str(history).splitlines()
    assert len(lines) == 1 + 6 + 1 + 6
    assert lines[:2] == ["epoch    loss", "    1  1.0000"]
    assert lines[6:9] == ["    6  0.1667", "  ...", "   95  0.0105"]
    assert lines[-1] == "  100  0.0100"


def test_text_says_why_it_ended_and_leaves_gaps_where_there_are_no_numbers() -> None:
    history = History({"loss": [0.5, 0.25], "val_loss": [1.0]}, stopped="stopped by a callback")
    assert str(history) == (
        "epoch    loss  val_loss\n    1  0.5000    1.0000\n    2  0.2500\nstopped by a callback"
    )
    assert str(History()) == "no epochs"
