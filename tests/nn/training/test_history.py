"""The numbers of each epoch."""

import copy
import json
import math
import re
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

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


def test_its_repr_has_the_last_numbers_only() -> None:
    history = History({"loss": [1.0 / n for n in range(1, 401)], "val_loss": []}, stopped="enough")
    assert repr(history) == "History(epochs=400, loss=0.0025, stopped='enough')"
    assert repr(History()) == "History(epochs=0)"
    assert repr(dict(history)).startswith("{'loss': [1.0, 0.5,")


def test_small_numbers_are_not_shown_as_0() -> None:
    assert str(History({"lr": [1e-3, 2.5e-5, 0.0]})).split()[3::2] == ["0.0010", "2.5e-05", "0.0000"]


def test_a_notebook_shows_the_table_and_a_chart_of_each_number() -> None:
    numbers = {"loss": [3.0, 2.0], "a<b": [0.5, 1.0], "val_loss": [4.0, math.nan], "lr": [0.1, 0.1]}
    history = History(numbers, stopped="<stopped>")
    html = fromstring(f"<root>{history._repr_html_()}</root>")
    assert [cell.text for cell in html.iter("th")] == ["epoch", *numbers]
    charts = [each.text for each in html.iter("{http://www.w3.org/2000/svg}title")]
    assert charts == ["loss, val_loss by epoch", "a<b by epoch", "lr by epoch"]
    assert html[-1].text == "<stopped>"
    shown: list[str] = []
    history._repr_pretty_(SimpleNamespace(text=shown.append), False)
    assert shown == [str(history)]
    assert "no epochs" in History()._repr_html_()
    assert "<svg" not in History({"loss": []})._repr_html_()


def test_a_long_history_is_shown_short() -> None:
    html = History({"loss": [math.exp(-n / 1000) for n in range(100_000)]})._repr_html_()
    assert len(html) < 15_000
    assert re.search(r">100000<", html)
