"""Colours can be told apart and read, by the formulas of WCAG 2."""

import pytest

from viz import theme as style
from viz.rendering.svg import PLATE


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


FILLS = [looks["fillcolor"] for looks in [style.OPERATOR, *style.OUTLINES.values()] if "fillcolor" in looks]
LINES = [style.EDGES["color"], *(looks["color"] for looks in style.SIGNS.values())]


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("fill", FILLS)
def test_text_reads_on_every_fill(fill) -> None:
    assert contrast(style.NODES["fontcolor"], fill) >= 7


def test_text_reads_on_every_dark_fill_and_lines_stand_out() -> None:
    dark = {name: colour for name, (_, colour) in style.DARK.items()}
    for name, colour in dark.items():
        if name.endswith("-fill"):
            assert contrast(dark["ink"], colour) >= 7, name
        if name.endswith("line"):
            assert contrast(colour, "#1e1e1e") >= 3, name
    assert contrast(dark["text"], dark["plate"]) >= 7


def test_every_colour_of_a_picture_has_a_dark_one() -> None:
    known = {light for light, _ in style.DARK.values()}
    looks = [style.NODES, style.EDGES, style.CAPTION, style.CLUSTER, style.OPERATOR, *style.OUTLINES.values()]
    looks += [style.THICK, *style.SIGNS.values()]
    used = {value for look in looks for value in look.values() if value.startswith("#")}
    assert used <= known


def test_text_outside_nodes_reads_on_its_plate() -> None:
    assert contrast(style.TEXT_OUTSIDE, PLATE) >= 7


@pytest.mark.parametrize("background", ["#ffffff", "#000000", "#1e1e1e"])
@pytest.mark.parametrize("line", LINES)
def test_lines_stand_out_from_light_and_dark(line, background) -> None:
    assert contrast(line, background) >= 3


def test_kinds_of_boxes_differ_in_more_than_hue() -> None:
    assert style.OUTLINES["root"]["penwidth"] != style.OUTLINES["focus"]["penwidth"]
    assert "dashed" in style.OUTLINES["cut"]["style"]
    assert "rounded" in style.OUTLINES["group"]["style"]
    assert style.SIGNS[False]["style"] == "dashed"
