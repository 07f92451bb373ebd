"""The sweep tries every choice by itself, and chooses by points that the last ones are held out from."""

import re
from dataclasses import fields

import numpy as np
import pytest

from demos.applications import tune
from demos.applications.tune import SWEEP, Choices
from demos.data.points2d import circles
from demos.runner.page import Page
from tests.demos.running import assert_plot, recorded, written_by


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: its folder, what it came to, and the networks it tried; the last is the best of each."""
    with recorded(tune, "try_out") as made:
        return *written_by(tmp_path_factory, "tune"), made


def test_s_tune_every_choice_has_a_value_tried_and_nothing_else_is_changed(written) -> None:
    *tried, together = written[2]
    names = ["layers", "activation", "init", "lr", "loss", "batch_size", "momentum", "epochs"]
    assert list(SWEEP) == names == [field.name for field in fields(Choices)]
    start = Choices(epochs=tune.EPOCHS)
    assert len(tried) == sum(map(len, SWEEP.values()))
    for each in tried:
        others = [name for name in names if name != each.changed]
        assert [getattr(each.choices, name) for name in others] == [getattr(start, name) for name in others]
        assert each.history.epochs == each.choices.epochs
    for name in names:  # of each choice the cheapest value is taken
        cheapest = min((each for each in tried if each.changed == name), key=lambda each: each.cost)
        assert getattr(together.choices, name) == getattr(cheapest.choices, name)


def test_s_tune_the_table_has_a_row_for_each_network_and_what_is_chosen_holds(written) -> None:
    folder, outcome, _ = written
    assert (outcome.status, outcome.err) == (0, "")
    row = rf"({'|'.join(SWEEP)}) +\S+ +\d\.\d{{4}} "
    rows = [line.split() for line in outcome.out.splitlines() if re.match(row, line)]
    for name, values in SWEEP.items():
        assert sum(row[0] == name for row in rows) == len(values)
        costs = {float(row[3]): row for row in rows if row[0] == name}
        assert "best" in costs[min(costs)]
    assert_plot(folder / "tune_1.png")
    assert_plot(folder / "tune_2.png")


def test_the_last_points_play_no_part_in_the_choice() -> None:
    parts = [circles(20, np.random.default_rng(i)) for i in range(3)]
    spoilt = [*parts[:2], (parts[2][0] * 0, parts[2][1])]
    page = Page(quiet=True)
    first, second = (tune.try_out("lr", Choices(epochs=2), each, page) for each in (parts, spoilt))
    assert first.cost == second.cost


def test_a_network_that_did_not_learn_fails_the_run(monkeypatch, capsys) -> None:
    monkeypatch.setattr(tune, "SWEEP", {name: values[:1] for name, values in SWEEP.items()})
    monkeypatch.setattr(Page, "plot", lambda *_, **__: None)
    monkeypatch.setitem(tune.SWEEP, "layers", ((8,),))
    assert not tune.run(Page(epochs=1, quiet=True))
    assert "The chosen network got" in capsys.readouterr().err
