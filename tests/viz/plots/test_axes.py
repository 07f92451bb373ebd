"""Plots of training."""

import builtins
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.path import Path

from engine import Value
from tests.viz.pictures import parsed
from viz import plot_loss, save_figure
from viz.plots.axes import standing_alone


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
def test_nothing_to_plot_is_said(losses) -> None:
    with pytest.raises(ValueError, match="there are no losses to plot"):
        plot_loss(losses)


def test_pyplot_knows_of_no_figure() -> None:
    import matplotlib.pyplot as plt

    plot_loss([1.0])
    assert plt.get_fignums() == []


def test_matplotlib_is_loaded_only_when_asked() -> None:
    code = "import viz, sys; print([name for name in ('matplotlib', 'wasmtime') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_matplotlib_the_error_says_how_to_install_it(monkeypatch) -> None:
    real = builtins.__import__

    def missing(name, *rest):
        if name == "matplotlib":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=r'pip install "chainrule\[demos\]"'):
        plot_loss([1.0])


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_equal_figures_give_equal_files(tmp_path, suffix, start) -> None:
    paths = [save_figure(plot_loss([1.0, 0.5]), tmp_path / name / f"loss.{suffix}") for name in "ab"]
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert first.startswith(start)


def test_an_svg_has_a_role_and_a_title(tmp_path) -> None:
    root = parsed(
        save_figure(plot_loss([1.0, 0.5], title="a < b").figure, tmp_path / "loss.svg").read_bytes()
    )
    assert (root.get("role"), root[0].text) == ("img", "a < b")


def test_an_unknown_format_is_refused_and_leaves_nothing(tmp_path) -> None:
    with pytest.raises(ValueError, match="xyz"):
        save_figure(plot_loss([1.0]), tmp_path / "loss.xyz")
    assert list(tmp_path.iterdir()) == []
