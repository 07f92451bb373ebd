"""Which Graphviz makes a picture, and what is said when none can."""

import sys

import pytest

from tests.viz.pictures import fake_dot, groups
from viz import RenderError, dot_to_svg
from viz.rendering.graphviz import dot_to_bytes

SVG = '<svg width=\\"1pt\\"></svg>'


def test_without_graphviz_svg_is_made_all_the_same() -> None:
    assert groups(dot_to_svg("digraph { a -> b }"), "node") == [["a"], ["b"]]


@pytest.mark.parametrize(("format", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("eps", b"%!PS")])
def test_without_graphviz_pixels_and_pdf_are_painted_by_matplotlib(format, start) -> None:
    assert dot_to_bytes("digraph { a }", format).startswith(start)


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_without_graphviz_and_matplotlib_pixels_and_pdf_are_a_clear_error(format, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(RenderError, match=f"{format} needs matplotlib .* or Graphviz itself.*SVG"):
        dot_to_bytes("digraph { a }", format)


def test_a_format_that_only_graphviz_writes_is_a_clear_error() -> None:
    with pytest.raises(RenderError, match=r"vml needs Graphviz itself.*install it .* or write SVG"):
        dot_to_bytes("digraph { a }", "vml")


def test_a_system_graphviz_is_used_where_there_is_one(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", fake_dot(tmp_path / "bin", f'cat >/dev/null; printf "%s" "$1 {SVG}"'))
    assert dot_to_bytes("digraph { a }", "png") == b'-Tpng <svg width="1pt"></svg>'
    assert 'role="img"' in dot_to_svg("digraph { a }", title="t")


def test_a_system_graphviz_gets_the_source_in_utf_8(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", fake_dot(tmp_path / "bin", "cat"))
    assert dot_to_bytes('digraph { "σ(z)" }', "pdf") == 'digraph { "σ(z)" }'.encode()


def test_a_system_graphviz_has_a_time_limit_too(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", fake_dot(tmp_path / "bin", "exec sleep 60"))
    with pytest.raises(RenderError, match=r"took longer than 0\.05 s; draw less"):
        dot_to_svg("digraph { a }", timeout=0.05)


@pytest.mark.parametrize("script", ["echo no plugins >&2; exit 1", "exit 0"])
def test_a_broken_system_graphviz_is_passed_over_for_svg(monkeypatch, tmp_path, script) -> None:
    monkeypatch.setenv("PATH", fake_dot(tmp_path / "bin", f"cat >/dev/null; {script}"))
    assert groups(dot_to_svg("digraph { a }"), "node") == [["a"]]


def test_a_broken_system_graphviz_is_named_where_it_is_needed(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", fake_dot(tmp_path / "bin", "cat >/dev/null; echo no plugins >&2; exit 1"))
    with pytest.raises(RenderError, match="dot cannot write vml: no plugins"):
        dot_to_bytes("digraph { a }", "vml")
    assert dot_to_bytes("digraph { a }", "png").startswith(b"\x89PNG")


def test_a_system_graphviz_that_cannot_be_started_is_passed_over(monkeypatch, tmp_path) -> None:
    path = fake_dot(tmp_path / "bin", "")
    (tmp_path / "bin" / "dot").write_text("#!/nonexistent/interpreter\n", encoding="utf-8")
    monkeypatch.setenv("PATH", path)
    assert groups(dot_to_svg("digraph { a }"), "node") == [["a"]]


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_is_positive(timeout) -> None:
    with pytest.raises(ValueError, match="timeout is a number of seconds above 0, or None"):
        dot_to_svg("digraph { a }", timeout=timeout)


def test_no_time_limit_is_allowed() -> None:
    assert "<svg" in dot_to_svg("digraph { a }", timeout=None)
