"""Logistic regression is as good as a network where a line is enough, and only there."""

import sys

import numpy as np
import pytest

from demos import logistic_or_network as demo
from tests.demos.running import assert_plot, in_process, numbers, recorded, written_by


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: the folder it wrote to, what it came to, and the models it trained."""
    with recorded(demo, "try_out") as trained:
        folder, outcome = written_by(tmp_path_factory, "logistic_or_network")
    of_sets = {points: [each for each in trained if each.points == points] for points in demo.SETS}
    return folder, outcome, of_sets


@pytest.fixture
def tried(written):
    return written[2]


def held_out(each) -> float:
    X, y = each.held_out
    return float(np.mean([(each.model(x).data > 0) == target for x, target in zip(X, y, strict=True)]))


def test_s_logreg_a_line_is_enough_for_blobs_and_of_no_use_for_circles(tried) -> None:
    line, network = map(held_out, tried["blobs"])
    assert line > 0.85
    assert abs(network - line) <= 0.1
    line, network = map(held_out, tried["circles"])
    assert line < 0.65
    assert network > 0.9
    line, network = map(held_out, tried["moons"])
    assert 0.65 < line < network


def test_both_models_get_the_same_points_and_none_twice(tried) -> None:
    for models in tried.values():
        first, second = models
        np.testing.assert_array_equal(first.held_out[0], second.held_out[0])
        np.testing.assert_array_equal(first.shown[0], second.shown[0])
        assert not {tuple(x) for x in first.shown[0]} & {tuple(x) for x in first.held_out[0]}


def test_s_logreg_the_table_tells_the_accuracies_and_the_boundaries_are_drawn(written) -> None:
    folder, outcome, tried = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = [line for line in outcome.out.splitlines() if line.startswith(tuple(demo.SETS))]
    expected = [held_out(each) for models in tried.values() for each in models]
    assert len(expected) == 6
    np.testing.assert_allclose([numbers(row)[-1] for row in rows[:6]], expected, atol=5.1e-5)
    for points in demo.SETS:
        assert_plot(folder / f"logistic_or_network_{points}.png")


def test_a_network_that_gains_nothing_changes_the_status(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(demo.SETS, "circles", demo.SETS["blobs"])
    outcome = in_process(capsys, "logistic_or_network", "--epochs", 2, "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.startswith("The comparison did not come out as it should")
