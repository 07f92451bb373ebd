"""Pictures painted from shapes, their pixels read back."""

import sys
from io import BytesIO

import numpy as np
import pytest

from viz import RenderError
from viz.rendering.paint import Drawing, Shape, paint, paint_frames

Image = pytest.importorskip("PIL.Image", reason="Pillow, which comes with matplotlib, is not installed")

BOX = Shape("polygon", ((10.0, 10.0), (40.0, 10.0), (40.0, 30.0), (10.0, 30.0)), "#000000", "#ff0000")


def pixels(content):
    with Image.open(BytesIO(content)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_a_filled_box_is_where_its_corners_are() -> None:
    found = pixels(paint(Drawing(72.0, 36.0, [BOX]), "png", dpi=72))
    assert found.shape == (36, 72, 3)
    assert found[20, 25].tolist() == [255, 0, 0]
    assert found[5, 25].tolist() == found[20, 60].tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    "shape",
    [
        Shape("ellipse", ((36.0, 18.0), (20.0, 10.0)), fill="#00ff00"),
        Shape("curve", ((0.0, 18.0), (20.0, 18.0), (50.0, 18.0), (72.0, 18.0)), "#00ff00", width=4.0),
        Shape("polyline", ((0.0, 18.0), (72.0, 18.0)), "#00ff00", width=4.0),
    ],
    ids=lambda shape: shape.kind,
)
def test_every_kind_of_shape_is_painted(shape) -> None:
    assert pixels(paint(Drawing(72.0, 36.0, [shape]), "png", dpi=72))[17, 36].tolist() == [0, 255, 0]


@pytest.mark.parametrize(("align", "left", "right"), [("start", 0, 1), ("end", 1, 0), ("middle", 1, 1)])
def test_texts_stand_as_they_are_aligned_and_dollars_are_no_mathematics(align, left, right) -> None:
    text = Shape("text", ((72.0, 20.0),), text="$x$ _{", align=align)
    dark = pixels(paint(Drawing(144.0, 36.0, [text]), "png", dpi=72)).sum(axis=2) < 400
    assert (dark[:, :70].any(), dark[:, 76:].any()) == (bool(left), bool(right))


def test_equal_drawings_give_equal_pdf_files_with_text_in_them() -> None:
    drawing = Drawing(72.0, 36.0, [BOX, Shape("text", ((20.0, 20.0),), text="∂x")])
    first = paint(drawing, "pdf")
    assert first == paint(drawing, "pdf")
    assert b"DejaVuSansMono" in first


def test_a_very_large_picture_has_fewer_pixels_per_inch() -> None:
    found = pixels(paint(Drawing(9000.0, 10.0), "png"))
    assert found.shape[1] == 12_000


def test_frames_make_one_animation_that_plays_over_and_over() -> None:
    content = paint_frames([Drawing(72.0, 36.0, [BOX]), Drawing(72.0, 36.0)], 0.5, 2.0)
    with Image.open(BytesIO(content)) as animation:
        assert (animation.n_frames, animation.info["loop"], animation.info["duration"]) == (2, 0, 500)
        animation.seek(1)
        assert animation.info["duration"] == 2000


def test_an_unknown_format_and_a_missing_matplotlib_are_errors(monkeypatch) -> None:
    with pytest.raises(RenderError, match="bmp is not painted; there are eps"):
        paint(Drawing(1.0, 1.0), "bmp")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for format in ("png", "pdf"):
        with pytest.raises(RenderError, match=rf"{format} needs matplotlib \(pip install"):
            paint(Drawing(1.0, 1.0), format)
