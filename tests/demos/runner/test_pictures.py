"""Pictures are written and told of; without matplotlib the plots are skipped, and that is told once."""

import sys

import pytest

from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures, share_legend
from engine import Value
from tests.demos.running import assert_plot, svg_texts
from viz import plot_decision_boundary

CLASSES = ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])


def test_graph_is_written_and_told(out_dir, capsys) -> None:
    account = Account()
    x = Value(3.0, label="the x")
    Pictures(Options(out=out_dir), account).graph("g.svg", x * 2, "a product")
    assert any("the x" in text for text in svg_texts(out_dir / "g.svg"))
    assert capsys.readouterr().out == f"{out_dir / 'g.svg'}  a product\n"
    assert [picture.path for picture in account.pictures] == [out_dir / "g.svg"]
    assert account.doing == "drawing g.svg"


def test_plot_of_several_panels_gets_as_many_axes(out_dir) -> None:
    pytest.importorskip("matplotlib")
    account = Account(quiet=True)
    given = []

    def draw(*axes) -> None:
        given.extend(axes)
        for ax in axes:
            ax.plot([0, 1], [0, 1])

    Pictures(Options(out=out_dir), account).plot("p.png", draw, "lines", panels=3)
    assert len(given) == 3
    assert len({id(ax.figure) for ax in given}) == 1
    assert_plot(out_dir / "p.png")
    assert account.pictures[0].caption == "lines"
    assert account.doing == "plotting p.png"


def test_plot_has_the_size_asked_for(out_dir) -> None:
    pytest.importorskip("matplotlib")
    sizes = []
    pictures = Pictures(Options(out=out_dir), Account(quiet=True))
    pictures.plot(
        "plot.png", lambda ax: sizes.append(ax.figure.get_size_inches().tolist()), "wide", size=(7.0, 2.0)
    )
    assert sizes == [[7.0, 2.0]]


@pytest.mark.parametrize("quiet", [False, True])
def test_without_matplotlib_plots_are_skipped_and_that_is_told_once(
    quiet, out_dir, capsys, monkeypatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    account = Account(quiet=quiet)
    pictures = Pictures(Options(out=out_dir), account)
    for name in ("a.png", "b.png"):
        pictures.plot(name, lambda ax: pytest.fail("there is nothing to draw on"), "nothing")
    out, err = capsys.readouterr()
    told, silent = (err, out) if quiet else (out, err)
    assert silent == ""
    assert told.count("\n") == 1
    assert 'pip install "chainrule[demos]"' in told
    assert account.pictures == []
    assert not out_dir.exists()


def test_error_in_drawing_is_not_mistaken_for_a_missing_matplotlib(out_dir) -> None:
    pytest.importorskip("matplotlib")

    def draw(ax) -> None:
        raise ImportError("something else")

    with pytest.raises(ImportError, match="something else"):
        Pictures(Options(out=out_dir), Account(quiet=True)).plot("p.png", draw, "nothing")


def test_shared_legend_stands_beside_the_panels() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure(layout="constrained")
    axes = figure.subplots(1, 2)
    for ax in axes:
        plot_decision_boundary(lambda x: x[0] + x[1] - 1, *CLASSES, ax, resolution=3)
    share_legend(*axes)
    assert [ax.get_legend() for ax in axes] == [None, None]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["0", "1"]
    assert legend.get_title().get_text() == "class"
    figure.draw_without_rendering()
    assert all(not legend.get_window_extent().overlaps(ax.get_window_extent()) for ax in axes)


def test_panels_stand_in_rows_of_so_many_columns_and_none_is_left_empty(out_dir) -> None:
    pytest.importorskip("matplotlib")
    given = []
    Pictures(Options(out=out_dir), Account(quiet=True)).plot(
        "p.png", lambda *axes: given.extend(axes), "five", panels=5, columns=3
    )
    places = [(ax.get_subplotspec().rowspan.start, ax.get_subplotspec().colspan.start) for ax in given]
    assert places == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    assert given[0].figure.axes == given


def test_plot_in_space_gets_axes_in_space(out_dir) -> None:
    pytest.importorskip("matplotlib")
    given = []
    Pictures(Options(out=out_dir), Account(quiet=True)).plot("p.png", given.append, "", projection="3d")
    assert [ax.name for ax in given] == ["3d"]


def test_animation_is_written_and_told(out_dir) -> None:
    pytest.importorskip("matplotlib")
    account = Account(quiet=True)
    frames = []
    Pictures(Options(out=out_dir), account).animation("a.gif", lambda ax: frames.append, 3, "moving")
    assert frames == [0, 1, 2]
    assert [(picture.path.name, picture.caption) for picture in account.pictures] == [("a.gif", "moving")]
    assert (out_dir / "a.gif").read_bytes().startswith(b"GIF")


def test_without_matplotlib_an_animation_is_skipped_and_told(out_dir, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    account = Account(quiet=True)
    Pictures(Options(out=out_dir), account).animation("a.gif", lambda ax: None, 3, "moving")
    assert account.pictures == []
    assert "chainrule[demos]" in account.lines[0]
