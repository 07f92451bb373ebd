"""Learning curves."""

import pytest
from matplotlib.figure import Figure

from engine import Value
from viz import plot_learning_curves

HISTORY = {"loss": [1.0, 0.5], "val_loss": [1.5, 0.75], "accuracy": [0.5, 0.9]}


def test_training_and_validation_are_drawn_and_differ_in_dash() -> None:
    ax = plot_learning_curves(HISTORY)
    assert [line.get_ydata().tolist() for line in ax.lines] == [[1.0, 0.5], [1.5, 0.75]]
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2]] * 2
    assert [line.get_linestyle() for line in ax.lines] == ["-", "--"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]
    assert ax.get_ylabel() == "loss"


def test_a_metric_can_be_drawn_that_was_not_validated() -> None:
    (line,) = plot_learning_curves(HISTORY, name="accuracy").lines
    assert line.get_ydata().tolist() == [0.5, 0.9]


def test_the_given_axes_are_drawn_on_and_can_be_logarithmic() -> None:
    mine = Figure().subplots()
    assert plot_learning_curves({"loss": [Value(1.0)]}, mine, log=True, ylabel="cost") is mine
    assert (mine.get_yscale(), mine.get_ylabel()) == ("log", "cost")
    assert mine.lines[0].get_marker() == "o", "one point is visible"


@pytest.mark.parametrize("history", [{}, {"loss": []}])
def test_nothing_to_plot_is_said(history) -> None:
    with pytest.raises(ValueError, match="no numbers for 'loss'"):
        plot_learning_curves(history)


def test_numbers_beside_those_that_are_not_finite_are_visible() -> None:
    ax = plot_learning_curves({"loss": [1.0, float("nan"), 0.5, 0.25], "val_loss": [1.0, 0.5]})
    assert [(line.get_marker(), line.get_markevery()) for line in ax.lines] == [("o", [0]), ("None", None)]
