"""A Digraph that shows itself without the program dot."""

import re
from pathlib import Path

import graphviz
import pytest

from engine import Value
from tests.viz.pictures import fake_dot, groups, parsed
from viz import RenderError, draw_dot
from viz.rendering.digraph import ComputationGraph, bundle, fitted


@pytest.fixture
def dot() -> ComputationGraph:
    return draw_dot(Value(2.0, label="x").exp())


def test_pipe_gives_bytes_or_text(dot) -> None:
    assert parsed(dot.pipe()).get("role") == "img"
    assert dot.pipe("svg", encoding="utf-8").encode() == dot.pipe()
    assert dot.pipe(format="plain", encoding="utf-8").startswith("graph ")


def test_render_writes_source_and_picture_beside_each_other(dot, tmp_path) -> None:
    path = dot.render(str(tmp_path / "out" / "graph"))
    assert path == str(tmp_path / "out" / "graph.svg")
    assert Path(tmp_path, "out", "graph").read_text(encoding="utf-8") == dot.source
    assert len(groups(Path(path).read_bytes(), "node")) == 3


def test_render_takes_the_arguments_of_the_graphviz_package(dot, tmp_path) -> None:
    assert dot.render("a", tmp_path, cleanup=True) == str(tmp_path / "a.svg")
    assert not (tmp_path / "a").exists()
    assert dot.render(outfile=tmp_path / "b.svg") == str(tmp_path / "b.svg")
    assert (tmp_path / "b.gv").read_text(encoding="utf-8") == dot.source
    assert dot.render(filename="c", directory=tmp_path, format="plain") == str(tmp_path / "c.plain")


def test_view_opens_the_picture(dot, tmp_path, monkeypatch) -> None:
    opened = []
    monkeypatch.setattr(
        ComputationGraph, "_view", lambda self, path, **options: opened.append((path, options))
    )
    dot.view(tmp_path / "a")
    assert opened == [(str(tmp_path / "a.svg"), {"format": "svg", "quiet": False})]


def test_a_picture_that_cannot_be_made_leaves_no_files(dot, tmp_path) -> None:
    with pytest.raises(RenderError, match="vml needs Graphviz itself"):
        dot.render(tmp_path / "a", format="vml")
    assert list(tmp_path.iterdir()) == []


def test_its_own_errors_are_runtime_errors_as_in_the_graphviz_package(dot) -> None:
    assert issubclass(graphviz.ExecutableNotFound, RuntimeError)
    with pytest.raises(RuntimeError):
        dot.pipe("vml")


@pytest.mark.parametrize("options", [{"engine": "neato"}, {"renderer": "cairo"}])
def test_what_only_graphviz_can_do_is_left_to_the_graphviz_package(dot, options, tmp_path) -> None:
    with pytest.raises(graphviz.ExecutableNotFound):
        dot.pipe(**options)
    with pytest.raises(graphviz.ExecutableNotFound):
        dot.render(tmp_path / "a", **options)


def test_with_a_system_graphviz_all_formats_work(dot, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", fake_dot(tmp_path / "bin", "cat >/dev/null; echo picture $1"))
    path = dot.render(tmp_path / "a", format="png")
    assert Path(path).read_text() == "picture -Tpng\n"


def test_the_time_limit_is_the_graphs_own() -> None:
    lines = "".join(f"n{i} -> n{i * 7 % 5000}; n{i} -> n{(i * 13 + 1) % 5000};" for i in range(5000))
    slow = ComputationGraph(body=[lines], timeout=0.05)
    with pytest.raises(RenderError, match=r"took longer than 0\.05 s"):
        slow.pipe()


def test_copies_and_subgraphs_keep_what_is_their_own(dot) -> None:
    dot.timeout = 3.0
    other = dot.copy()
    assert type(other) is ComputationGraph
    assert (other.source, other.title, other.description, other.timeout) == (
        dot.source, dot.title, dot.description, 3.0)  # fmt: skip
    with other.subgraph(name="cluster_x") as part:
        part.node("extra")
    assert "extra" in other.source
    assert "extra" not in dot.source


def test_a_notebook_shows_the_picture(dot) -> None:
    shown = dot._repr_mimebundle_()
    assert set(shown) == {"image/svg+xml", "text/plain"}
    assert "<svg" in shown["image/svg+xml"]
    assert set(dot._repr_mimebundle_(include=["image/svg+xml"])) == {"image/svg+xml"}
    assert set(dot._repr_mimebundle_(exclude=["image/svg+xml"])) == {"text/plain"}


def test_a_notebook_gets_pictures_that_fit_its_column_as_far_as_they_can_be_read() -> None:
    for width, expected in ((100.0, 100.0), (640.0, 640.0), (1000.0, 640.0), (5000.0, 3000.0)):
        svg = f'<svg class="a" width="{width:g}pt" height="{width / 2:g}pt"\n viewBox="0 0 9 9">'
        shown = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', fitted(svg))
        assert [float(shown[1]), float(shown[2])] == [expected, expected / 2]
    wide = Value(1.0)
    for _ in range(8):
        wide = wide.tanh()
    picture = draw_dot(wide, fold="none")
    whole = picture.pipe(encoding="utf-8")
    assert picture._repr_mimebundle_()["image/svg+xml"] == fitted(whole) != whole


def test_a_notebook_shows_text_where_nothing_can_be_drawn() -> None:
    def fail() -> ComputationGraph:
        raise RenderError("no Graphviz found")

    assert bundle("Value(data=1.0)", fail) == {
        "text/plain": "Value(data=1.0)\n(no picture: no Graphviz found)"
    }
