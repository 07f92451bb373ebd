"""Moons, circles and spirals are learned; what is told is of points held out."""

import sys

import numpy as np
import pytest

from demos.applications import moons
from tests.demos.running import assert_plot, in_process, numbers, recorded, written_by


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: the folder it wrote to, what it came to, and what it learned of each shape."""
    with recorded(moons, "learn") as made:
        return *written_by(tmp_path_factory, "moons"), made


def test_at_least_nine_in_ten_points_held_out_of_each_shape_are_right(written) -> None:
    folder, outcome, _ = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = [line for line in outcome.out.splitlines() if line.startswith(tuple(moons.SHAPES))][:3]
    assert [numbers(row)[-1] >= 0.9 for row in rows] == [True] * 3
    assert_plot(folder / "moons_boundary.png")
    assert_plot(folder / "moons_loss.png")


def test_the_accuracy_told_is_that_of_points_not_trained_with(written) -> None:
    _, outcome, made = written
    rows = [line for line in outcome.out.splitlines() if line.startswith(tuple(moons.SHAPES))][:3]
    for learned, row in zip(made, rows, strict=True):
        X, y = learned.held_out
        assert not {tuple(x) for x in learned.shown[0]} & {tuple(x) for x in X}
        right = np.mean([(learned.model(x).data > 0) == target for x, target in zip(X, y, strict=True)])
        assert abs(numbers(row)[-1] - right) < 5.1e-5


def test_too_few_epochs_are_told_and_change_the_status(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = in_process(capsys, "moons", "--epochs", 1, "--out", out_dir)
    assert outcome.status == 1
    assert "of the points held out are right: " in outcome.err
