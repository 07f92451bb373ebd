"""Logistic regression is as good as a network where a line is enough, and only there."""

import sys

import numpy as np
import pytest

from demos.applications import logistic_or_network as demo
from tests.demos.running import assert_plot, in_process, numbers, recorded, written_by


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: the folder it wrote to, what it came to, and the models it trained."""
    with recorded(demo, "try_out") as trained:
        folder, outcome = written_by(tmp_path_factory, "logistic_or_network")
    return folder, outcome, {points: trained[2 * i : 2 * i + 2] for i, points in enumerate(demo.SETS)}


@pytest.fixture
def tried(written):
    return written[2]


def held_out(each) -> float:
    model, _, (X, y) = each
    return float(np.mean([(model(x).data > 0) == target for x, target in zip(X, y, strict=True)]))


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
        (_, shown, unseen), (_, again, unseen_again) = models
        np.testing.assert_array_equal(unseen[0], unseen_again[0])
        np.testing.assert_array_equal(shown[0], again[0])
        assert not {tuple(x) for x in shown[0]} & {tuple(x) for x in unseen[0]}


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
    assert "the network should get as many right" in outcome.err
