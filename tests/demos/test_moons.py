"""Moons, circles and spirals are learned; what is told is of points held out."""

import sys

import numpy as np

from demos import moons
from demos.runner.account import Account
from tests.demos.running import assert_plot, in_process, numbers


def test_at_least_nine_in_ten_points_held_out_of_each_shape_are_right(out_dir, capsys) -> None:
    outcome = in_process(capsys, "moons", "--out", out_dir)
    assert (outcome.status, outcome.err) == (0, "")
    rows = [line for line in outcome.out.splitlines() if line.startswith(tuple(moons.SHAPES))][:3]
    assert [numbers(row)[-1] >= 0.9 for row in rows] == [True] * 3
    assert_plot(out_dir / "moons_boundary.png")
    assert_plot(out_dir / "moons_loss.png")


def test_the_accuracy_told_is_that_of_points_not_trained_with(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = in_process(capsys, "moons", "--epochs", 3, "--seed", 2, "--out", out_dir)
    rows = [line for line in outcome.out.splitlines() if line.startswith(tuple(moons.SHAPES))][:3]
    for shape, row in zip(moons.SHAPES, rows, strict=True):
        learned = moons.learn_shape(shape, 2, 3, Account())
        X, y = learned.held_out
        assert not {tuple(x) for x in learned.shown[0]} & {tuple(x) for x in X}
        right = np.mean([(learned.model(x).data > 0) == target for x, target in zip(X, y, strict=True)])
        assert abs(numbers(row)[-1] - right) < 5.1e-5


def test_too_few_epochs_are_told_and_change_the_status(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = in_process(capsys, "moons", "--epochs", 1, "--out", out_dir)
    assert outcome.status == 1
    assert "of the points held out are right: " in outcome.err
