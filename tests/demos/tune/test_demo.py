"""The sweep tries every choice by itself, and chooses by points that the last ones are held out from."""

from dataclasses import fields

import pytest

from demos.tune import demo as tune
from demos.tune import sweep
from demos.tune.sweep import SWEEP, Choices
from tests.demos.running import assert_plot, recorded, written_by


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: the folder it wrote to, what it came to, and the networks it tried."""
    with recorded(tune, "sweep") as made:
        return *written_by(tmp_path_factory, "tune"), *made


def test_s_tune_every_choice_has_a_value_tried_and_nothing_else_is_changed(written) -> None:
    tried = written[2]
    names = ["layers", "activation", "init", "lr", "loss", "batch_size", "momentum", "epochs"]
    assert list(SWEEP) == names == [field.name for field in fields(Choices)]
    start = Choices(epochs=tune.EPOCHS)
    assert len(tried) == sum(map(len, SWEEP.values()))
    for each in tried:
        others = [name for name in names if name != each.changed]
        assert [getattr(each.choices, name) for name in others] == [getattr(start, name) for name in others]
        assert each.history.epochs == each.choices.epochs


def test_s_tune_the_table_has_a_row_for_each_network_and_what_is_chosen_holds(written) -> None:
    folder, outcome, _ = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = [
        line.split()
        for line in outcome.out.splitlines()
        if line.startswith(tuple(f"{name}  " for name in SWEEP))
    ]
    for name, values in SWEEP.items():
        assert sum(row[0] == name for row in rows) == len(values)
        costs = {float(row[3]): row for row in rows if row[0] == name}
        assert "best" in costs[min(costs)]
    assert "It learned the rings" in outcome.out
    assert_plot(folder / "tune_1.png")
    assert_plot(folder / "tune_2.png")


def test_of_each_choice_the_cheapest_value_is_taken(written) -> None:
    tried = written[2]
    best = sweep.best_of_each(tried)
    for name in SWEEP:
        cheapest = min(each.cost for each in tried if each.changed == name)
        taken = [each.cost for each in tried if each.changed == name
                 and getattr(each.choices, name) == getattr(best, name)]  # fmt: skip
        assert taken[0] == cheapest
