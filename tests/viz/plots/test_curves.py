"""Curves of losses, and learning curves."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.path import Path

from engine import Value
from viz import plot_learning_curves, plot_loss, save_figure
from viz.plots.axes import standing_alone

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


# plot_loss


def test_a_loss_curve_counts_epochs_from_one() -> None:
    ax = plot_loss([3.0, Value(2.0), np.float64(1.0)])
    (line,) = ax.lines
    assert line.get_xdata().tolist() == [1, 2, 3]
    assert line.get_ydata().tolist() == [3.0, 2.0, 1.0]
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("Loss", "epoch", "loss")
    assert ax.get_legend() is None


def test_several_curves_differ_in_colour_and_dash_and_are_named() -> None:
    ax = plot_loss({"sgd": [2.0, 1.0], "adam": [2.0, 0.5]})
    assert len({line.get_linestyle() for line in ax.lines}) == 2
    assert len({line.get_color() for line in ax.lines}) == 2
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["sgd", "adam"]


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("losses", "alone"),
    [
        ([1.0], [0]),
        ([1.0, 2.0], []),
        ([1.0, NAN, 2.0], [0, 2]),
        ([1.0, 2.0, INF, 3.0, -INF, 4.0, 5.0], [3]),
        ([NAN, 1.0], [1]),
        ([NAN, NAN], []),
    ],
)
def test_a_loss_that_no_line_reaches_has_a_marker(losses, alone) -> None:
    (line,) = plot_loss(losses).lines
    assert (line.get_marker(), line.get_markevery()) == (("o", alone) if alone else ("None", None))
    assert standing_alone(losses) == alone


def test_of_a_history_only_losses_are_drawn_on_the_axis_of_losses() -> None:
    history = {"loss": [3.0, 1.0], "accuracy": [0.5, 1.0], "val_loss": [4.0, 2.0], "lr": [0.1, 0.1]}
    ax = plot_loss(history)
    assert [line.get_label() for line in ax.lines] == ["loss", "val_loss"]
    assert [line.get_ydata().tolist() for line in ax.lines] == [[3.0, 1.0], [4.0, 2.0]]
    assert ax.get_ylabel() == "loss"


def test_losses_by_other_names_are_all_drawn() -> None:
    names = ["lr 0.1", "accuracy", "huber_loss"]
    assert [line.get_label() for line in plot_loss({name: [1.0, 0.5] for name in names}).lines] == names


def test_the_given_axes_are_drawn_on() -> None:
    mine = Figure().subplots()
    assert plot_loss([1.0, 0.5], ax=mine, title="mine", log=True) is mine
    assert mine.get_title() == "mine"
    assert mine.get_yscale() == "log"


def test_losses_that_are_not_finite_are_gaps(tmp_path) -> None:
    ax = plot_loss([1.0, 2.0, NAN, INF, 0.5, 0.25])
    path = ax.lines[0].get_path().cleaned(remove_nans=True)
    drawn = [(int(code), *point) for code, point in zip(path.codes, path.vertices.tolist(), strict=True)]
    move, line = Path.MOVETO, Path.LINETO
    assert drawn[:-1] == [(move, 1, 1.0), (line, 2, 2.0), (move, 5, 0.5), (line, 6, 0.25)]
    assert ax.get_ylim()[0] < 0.25
    assert 2.0 < ax.get_ylim()[1] < 3.0
    save_figure(ax, tmp_path / "loss.png")


@pytest.mark.parametrize("losses", [[], {}, {"a": []}])
def test_no_losses_to_plot_is_said(losses) -> None:
    with pytest.raises(ValueError, match="there are no losses to plot"):
        plot_loss(losses)
