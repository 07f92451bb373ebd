"""TikZ of graphs: as text, since TeX is seldom there."""

import re

import pytest

from engine import Value
from tests.viz.pictures import parsed, texts
from viz import RenderError, draw_dot, to_tikz
from viz.export.tikz import latex_text

SPECIAL = "\\{}$&#^_%~"


@pytest.fixture
def y() -> Value:
    y = (Value(0.5, label="w") * Value(2.0, label="x")).tanh()
    y.backward()
    return y


def written(picture):
    """The texts of all nodes of a picture."""
    return re.findall(r"at \([-\d.]+,[-\d.]+\) \{(.*)\};$", picture, re.MULTILINE)


def test_it_says_what_the_svg_says(y) -> None:
    svg = draw_dot(y).pipe(encoding="utf-8")
    assert sorted(written(to_tikz(y))) == sorted(texts(parsed(svg)))


def test_braces_match_and_every_path_ends(y) -> None:
    for line in to_tikz(y).splitlines():
        assert line.count("{") == line.count("}")
        if line.lstrip().startswith((r"\path", r"\node")):
            assert line.endswith(";")


def test_every_colour_is_defined_before_it_is_used(y) -> None:
    picture = to_tikz(y)
    defined = re.findall(r"\\definecolor\{(\w+)\}\{HTML\}\{[0-9A-F]{6}\}", picture)
    used = set(re.findall(r"(?:draw|fill|text)=(\w+)", picture))
    assert used - {"white"} == set(defined)
    assert len(defined) == len(set(defined))
    assert picture.rindex("definecolor") < picture.index(r"\path")


@pytest.mark.parametrize("sign", SPECIAL)
def test_nothing_that_tex_gives_a_meaning_stands_bare(sign) -> None:
    (text,) = {each for each in written(to_tikz(Value(1.0, label=f"a{sign}b"))) if each.startswith("a")}
    assert text in (f"a\\{sign}b", f"a\\char{ord(sign)}{{}}b")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("σ(z)", r"\ensuremath{\sigma}(z)"),
        ("∂L", r"\ensuremath{\partial}L"),
        ("x₁²", r"x\ensuremath{{}_1}\ensuremath{{}^2}"),
        ("Größe", "Größe"),
        ("a…", r"a\dots{}"),
        ("a/b", "a/b"),
    ],
)
def test_greek_and_signs_are_mathematics(text, latex) -> None:
    assert latex_text(text) == latex


def test_a_name_cannot_end_the_picture() -> None:
    picture = to_tikz(Value(1.0, label=r"}; \end{tikzpicture} \input{/etc/passwd}"))
    assert picture.count(r"\end{tikzpicture}") == 1
    assert r"\input" not in picture


def test_options_go_to_draw_dot_and_a_network_is_drawn_too(y) -> None:
    assert len(written(to_tikz(y, depth=0))) < len(written(to_tikz(y)))
    assert to_tikz(draw_dot(y)) == to_tikz(y)
    with pytest.raises(TypeError, match="depth: options go to draw_dot"):
        to_tikz(draw_dot(y), depth=1)
    with pytest.raises(TypeError, match="below a Value"):
        to_tikz(3.0)


def test_a_document_is_whole(y) -> None:
    lines = to_tikz(y, document=True).splitlines()
    assert lines[0] == r"\documentclass[border=4bp]{standalone}"
    assert r"\usepackage{tikz}" in lines
    assert lines[-2:] == [r"\end{tikzpicture}", r"\end{document}"]


def test_what_is_too_large_for_tex_is_an_error() -> None:
    x = Value(1.0)
    total = x
    for _ in range(400):
        total = total.tanh()
    with pytest.raises(RenderError, match=r"TeX compiles some 3000; draw less of the graph"):
        to_tikz(total, max_nodes=1500)
