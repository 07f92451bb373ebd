"""What is said and drawn is printed, or not, and kept; a claim is printed only if it holds."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from demos.runner.page import EXACT, WIDTH, Page, Part, largest_difference, share_legend
from engine import Value
from tests.demos.running import assert_plot, svg_texts
from viz import plot_decision_boundary

CLASSES = ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])


def test_blocks_are_headings_code_and_wrapped_paragraphs_kept_in_order(capsys) -> None:
    page = Page()
    page.say(f"""
        # The title

        {"word " * 40}

        ## A part of it

        Code:

            a = 1
              b = 2
    """)
    page.table(["x", "y", "said"], [["a", 0.123456, "yes"], ["bcd", -12.0, "no"], ["e", 7, ""]])
    page.picture(Path("a.png"), "a picture")
    page.picture(Path("b.png"), "another")
    page.warn("careful")
    out = capsys.readouterr().out
    assert out.startswith("The title\n=========\nword word")
    assert "\n\nA part of it\n------------\nCode:\n\n    a = 1\n      b = 2\n\n" in out
    table = ["x           y  said", "a      0.1235  yes", "bcd  -12.0000  no", "e           7"]
    assert out.endswith("\n".join([*table, "", "a.png  a picture", "b.png  another", "", "careful\n"]))
    assert all(len(line) <= WIDTH for line in out.splitlines())
    kinds = ["heading", "text", "subheading", "text", "code", "table", "picture", "picture", "warning"]
    assert [part.kind for part in page.parts] == kinds
    assert page.parts[1] == Part("text", " ".join(["word"] * 40))
    assert page.parts[4].text == "a = 1\n  b = 2"
    assert page.parts[5].rows[1] == ("a", "0.1235", "yes")
    assert page.pictures == [Path("a.png"), Path("b.png")]


def test_long_word_such_as_a_path_stays_whole_and_rows_of_a_table_are_equally_long(capsys) -> None:
    path = "/".join(["folder-name"] * 20)
    Page().say(f"see {path}")
    Page().picture(Path(path), "a graph")
    assert capsys.readouterr().out.count(path) == 2
    with pytest.raises(ValueError, match="shorter"):
        Page().table(["a", "b"], [[1, 2], [3]])


@pytest.mark.parametrize("quiet", [False, True])
def test_quiet_prints_errors_and_warnings_only_and_keeps_all(quiet, capsys) -> None:
    page = Page(quiet=quiet)
    page.say("text")
    page.table(["x"], [[1]])
    assert page.fail("wrong") is False
    page.warn("note")
    out, err = capsys.readouterr()
    assert ("text" in out, "wrong" in err, "wrong" in out) == (not quiet, True, False)
    assert ("note" in out, "note" in err) == (not quiet, quiet)
    assert [part.kind for part in page.parts] == ["text", "table", "warning", "warning"]
    assert page.progress is (False if quiet else None)


@pytest.mark.parametrize(
    ("found", "expected", "difference"),
    [
        (1.0, 1.0, 0.0),
        ([1.0, 2.5], [1.0, 2.0], 0.25),
        ([[1.0], [2.0]], np.array([[1.0], [4.0]]), 0.5),
        ([1e-6, 1.0], [2e-6, 1.0], 1e-6),  # relative to the largest, not each to itself
        ([0.5, 0.0], [0.0, 0.0], 0.5),
        ([Value(1.0), Value(3.0)], [1.0, 2.0], 0.5),
    ],
)
def test_difference_is_relative_to_the_largest_number(found, expected, difference) -> None:
    assert largest_difference(found, expected) == pytest.approx(difference, rel=1e-12)


@pytest.mark.parametrize(("found", "expected"), [([1.0], [1.0, 2.0]), ([[1.0]], [1.0]), ([], [])])
def test_what_cannot_be_compared_is_refused(found, expected) -> None:
    with pytest.raises(ValueError, match="numbers of one shape"):
        largest_difference(found, expected)


def test_claim_is_printed_if_it_holds_and_else_an_error_in_quiet_too(capsys) -> None:
    assert Page().claim("Both are the same.", [1.0, 2.0 + 4e-16], [1.0, 2.0])
    assert capsys.readouterr() == ("Both are the same.\n", "")
    for other in (1.0 + 2 * EXACT, float("nan")):
        assert not Page(quiet=True).claim("Both are the same.", [other], [1.0])
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("NOT SO: Both are the same. They are apart by")


def test_gradient_check_tells_right_ones_and_wrong_ones_and_leaves_the_parameters(capsys) -> None:
    x, y = Value(3.0, label="the x"), Value(-0.5, label="y")
    assert Page().gradcheck("a product", lambda: x * x * y, [x, y])
    text = " ".join(capsys.readouterr().out.split())
    found = re.fullmatch(r"Gradient check of a product: nudged up and down, each of 2 parameters gives the "
                         r"derivative that backward\(\) found, to (.*)\.", text)  # fmt: skip
    assert float(found[1]) < 1e-8
    assert not Page(quiet=True).gradcheck("a slip", lambda: Value(x.data**2, (x,), (x.data,)), [x])
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Wrong gradients, a slip: ")
    assert "the x" in err
    assert (x.data, y.data) == (3.0, -0.5)


def test_graph_is_written_and_told(out_dir, capsys) -> None:
    page = Page(out=out_dir)
    page.graph("g.svg", "a product", Value(3.0, label="the x") * 2)
    assert any("the x" in text for text in svg_texts(out_dir / "g.svg"))
    assert capsys.readouterr().out == f"{out_dir / 'g.svg'}  a product\n"
    assert page.pictures == [out_dir / "g.svg"]


def test_plot_gets_as_many_axes_as_panels_in_rows_of_columns_in_the_size_asked_for(out_dir) -> None:
    pytest.importorskip("matplotlib")
    page, given = Page(out=out_dir, quiet=True), []

    def draw(*axes) -> None:
        given.extend(axes)
        for ax in axes:
            ax.plot([0, 1], [0, 1])

    page.plot("p.png", "lines", draw, panels=5, columns=3, size=(7.0, 4.0))
    places = [(ax.get_subplotspec().rowspan.start, ax.get_subplotspec().colspan.start) for ax in given]
    assert places == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    assert given[0].figure.axes == given, "none is left empty"
    assert given[0].figure.get_size_inches().tolist() == [7.0, 4.0]
    assert_plot(out_dir / "p.png")
    assert page.parts == [Part("picture", "lines", path=out_dir / "p.png", width=700)]
    page.plot("s.png", "", given.append, projection="3d")
    assert given[-1].name == "3d"


@pytest.mark.parametrize("quiet", [False, True])
def test_without_matplotlib_plots_are_skipped_which_is_told_once(quiet, out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    page = Page(out=out_dir, quiet=quiet)
    for name in ("a.png", "b.png"):
        page.plot(name, "nothing", lambda ax: pytest.fail("there is nothing to draw on"))
    page.animation("a.gif", "moving", lambda ax: pytest.fail("nor here"), 3)
    out, err = capsys.readouterr()
    told, silent = (err, out) if quiet else (out, err)
    assert silent == ""
    assert told.count("\n") == 1
    assert 'pip install "chainrule[demos]"' in told
    assert page.pictures == []
    assert not out_dir.exists()


def test_error_in_drawing_is_not_mistaken_for_a_missing_matplotlib(out_dir) -> None:
    pytest.importorskip("matplotlib")

    def draw(ax) -> None:
        raise ImportError("something else")

    with pytest.raises(ImportError, match="something else"):
        Page(out=out_dir, quiet=True).plot("p.png", "nothing", draw)


def test_animation_is_written_and_told(out_dir) -> None:
    pytest.importorskip("matplotlib")
    page, frames = Page(out=out_dir, quiet=True), []
    page.animation("a.gif", "moving", lambda ax: frames.append, 3)
    assert frames == [0, 1, 2]
    assert [(part.path.name, part.text) for part in page.parts] == [("a.gif", "moving")]
    assert (out_dir / "a.gif").read_bytes().startswith(b"GIF")


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
