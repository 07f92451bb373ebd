"""The files that backward_steps writes."""

import sys
from pathlib import Path

import pytest

from engine import GraphError, Value, no_grad
from tests.viz.pictures import parsed, texts
from viz import RenderError, backward_steps

pytest.importorskip("matplotlib", reason="matplotlib is not installed")

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def y() -> Value:
    y = (Value(0.5, label="w") * Value(2.0, label="x")).tanh()
    y.label = "y"
    return y


def test_a_picture_for_each_step_and_an_animation(y, tmp_path) -> None:
    paths = backward_steps(y, tmp_path / "a" / "b")
    assert [path.name for path in paths] == [*(f"step-{k}.svg" for k in range(5)), "backward.svg"]
    assert "grad" in texts(parsed(paths[0].read_bytes()))
    said = texts(parsed(paths[2].read_bytes()))
    assert said[:2] == ["Step 2 of 3: from v1 back to w", "w.grad = 2.0000 × 0.4200 = 0.8399"]
    assert "0.8399" in said
    assert "0.8399" not in texts(parsed(paths[1].read_bytes()))
    again = backward_steps(y, tmp_path / "c")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in paths]
    assert y.grad == 0.0


@pytest.mark.parametrize(("format", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_pixels_pdf_and_gif(y, tmp_path, format, start) -> None:
    *steps, animation = backward_steps(y, tmp_path, format, animation="gif")
    assert [path.suffix for path in steps] == [f".{format}"] * 5
    assert all(path.read_bytes().startswith(start) for path in steps)
    assert animation.read_bytes().startswith(b"GIF89a")


def test_pixels_need_matplotlib_and_svg_does_not(y, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for options in ({"format": "png"}, {"animation": "gif"}):
        with pytest.raises(RenderError, match="needs matplotlib"):
            backward_steps(y, tmp_path, **options)
    assert list(tmp_path.iterdir()) == []
    assert len(backward_steps(y, tmp_path, animation=None)) == 5


def test_words_and_names_can_be_replaced_and_are_never_markup(y, tmp_path) -> None:
    w = y._children[0]._children[0]
    step = "Step {k} of {count}: from {node} back to {operand}"
    labels = {"data": "Wert", step: "Schritt {k}: <b>{operand}</b>", "x": "<script>", w: "Gewicht"}
    pictures = [path.read_bytes() for path in backward_steps(y, tmp_path, labels=labels)]
    assert texts(parsed(pictures[2]))[0] == "Schritt 2: <b>Gewicht</b>"
    assert "Wert" in texts(parsed(pictures[0]))
    assert all(b"<script" not in picture and b"<b>" not in picture for picture in pictures)
    with pytest.raises(TypeError, match=r"labels\['data'\] must be a text, got 3"):
        backward_steps(y, tmp_path, labels={"data": 3})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "bmp"}, "format must be one of svg, png, pdf; got 'bmp'"),
        ({"animation": "mp4"}, "animation must be one of svg, gif, None; got 'mp4'"),
        ({"rankdir": "XY"}, "rankdir must be one of"),
        ({"seconds": 0}, "seconds must be above 0"),
        ({"max_steps": 2}, "has 3 steps, and max_steps=2 pictures may be written: take a node nearer"),
    ],
)
def test_wrong_options_and_large_graphs_are_refused(y, tmp_path, options, message) -> None:
    with pytest.raises(ValueError, match=message):
        backward_steps(y, tmp_path, **options)
    assert list(tmp_path.iterdir()) == []


def test_what_takes_no_gradient_is_refused(tmp_path) -> None:
    with pytest.raises(TypeError, match="a backward pass starts from a Value, got"):
        backward_steps(3.0, tmp_path)
    with no_grad():
        y = Value(2.0) * 3
    with pytest.raises(GraphError, match="takes no gradient"):
        backward_steps(y, tmp_path)


def test_a_leaf_alone_has_two_pictures(tmp_path) -> None:
    assert len(backward_steps(Value(2.0, label="x"), tmp_path, animation=None)) == 2


def test_the_description_is_the_arithmetic(y, tmp_path) -> None:
    svg = backward_steps(y, tmp_path)[1].read_text(encoding="utf-8")
    assert "<desc>Step 1 of 3: from y back to v1; v1.grad = 0.4200 × 1.0000 = 0.4200</desc>" in svg


def test_the_picture_in_the_docs_is_the_one_that_is_made(tmp_path) -> None:
    w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-0.3, label="b")
    y = (w * x + b).tanh()
    y.label = "y"
    made = backward_steps(y, tmp_path)[-1].read_bytes()
    assert texts(parsed(made)) == texts(parsed((DOCS / "backward.svg").read_bytes()))
