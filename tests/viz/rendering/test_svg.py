"""What is done to an SVG after Graphviz."""

import re

import pytest

from engine import Value
from tests.viz.pictures import SVG, parsed, texts
from viz import draw_dot
from viz.rendering.graphviz import dot_to_bytes
from viz.rendering.svg import polish, with_name
from viz.theme import TEXT_OUTSIDE

SOURCE = f"""digraph {{
    label="showing 1 of 2" fontcolor="{TEXT_OUTSIDE}"
    a -> b [label="-0.5" fontcolor="{TEXT_OUTSIDE}"]
}}"""


@pytest.fixture
def svg() -> str:
    return polish(dot_to_bytes(SOURCE, "svg").decode(), 'a <b> & "c"', "what\nit shows")


def test_it_is_one_image_with_title_and_description(svg) -> None:
    root = parsed(svg)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert [root[0].text, root[1].text] == ['a <b> & "c"', "what␊it shows"]


def test_the_background_is_transparent(svg) -> None:
    assert 'fill="white"' in dot_to_bytes(SOURCE, "svg").decode()
    assert 'fill="white"' not in svg


def test_text_outside_nodes_stands_on_a_plate_that_covers_it(svg) -> None:
    graph = parsed(svg)[2]
    plates = list(graph.iter(f"{SVG}rect"))
    outside = [text for text in graph.iter(f"{SVG}text") if text.get("fill") == TEXT_OUTSIDE]
    assert [text.text for text in outside] == ["showing 1 of 2", "-0.5"]
    for plate, text in zip(plates, outside, strict=True):
        half = float(text.get("font-size")) * 0.6 * len(text.text) / 2
        middle, left, width = float(text.get("x")), float(plate.get("x")), float(plate.get("width"))
        assert left < middle - half < middle + half < left + width
        assert (
            float(plate.get("y")) < float(text.get("y")) < float(plate.get("y")) + float(plate.get("height"))
        )


@pytest.mark.parametrize(
    ("anchor", "left", "right"), [("start", 100, 130), ("end", 70, 100), ("middle", 85, 115)]
)
def test_plates_follow_the_anchor_of_the_text(anchor, left, right) -> None:
    text = f'<text text-anchor="{anchor}" x="100" y="9" font-size="10" fill="{TEXT_OUTSIDE}">1&#45;345</text>'
    plate = next(parsed(polish(f'<svg xmlns="{SVG[1:-1]}">{text}</svg>')).iter(f"{SVG}rect"))
    x, width = float(plate.get("x")), float(plate.get("width"))
    assert x == pytest.approx(left - 2.5)
    assert x + width == pytest.approx(right + 2.5)


def test_colours_are_variables_with_a_light_and_a_dark_value(svg) -> None:
    sheet = next(parsed(svg).iter(f"{SVG}style")).text
    light, _, dark = sheet.partition("@media (prefers-color-scheme:dark)")
    assert "--text:#262626" in light
    assert "--text:#ececec" in dark
    assert f'.chainrule-graph [fill="{TEXT_OUTSIDE}"]{{fill:var(--text)}}' in dark
    assert f'fill="{TEXT_OUTSIDE}"' in svg, "programs that know no variables take the attribute"


def test_the_label_of_an_edge_stands_on_its_line() -> None:
    line = '<path fill="none" stroke="black" d="M0,0C10,0 20,0 30,0"/>'
    label = f'<text text-anchor="middle" x="99" y="99" font-size="10" fill="{TEXT_OUTSIDE}">0.5</text>'
    raw = f'<svg xmlns="{SVG[1:-1]}"><g id="edge1" class="edge">{line}{label}</g></svg>'
    text = next(parsed(polish(raw)).iter(f"{SVG}text"))
    assert float(text.get("x")) == pytest.approx(13.5)
    assert float(text.get("y")) == pytest.approx(3.5)


def test_labels_of_edges_from_one_place_do_not_cover_each_other() -> None:
    source = 'digraph { rankdir=LR; edge [fontsize=9 fontcolor="#262626"]; ' + "; ".join(
        f'a -> b{k} [xlabel="0.1234"]' for k in range(5)
    )
    shown = parsed(polish(dot_to_bytes(source + "}", "svg").decode()))
    labels = [text for text in shown.iter(f"{SVG}text") if text.text == "0.1234"]
    places = [(float(text.get("x")), float(text.get("y"))) for text in labels]
    assert len(places) == 5
    for k, (x, y) in enumerate(places):
        assert all(abs(x - a) >= 33 or abs(y - b) >= 9 for a, b in places[:k])


def test_no_label_is_hidden_by_a_box_which_is_painted_later() -> None:
    x = Value(1.0, label="x")
    root = x * (1 / x).sin() + abs(x - 1).sqrt() + x.erf() * (-(x**2)).exp()
    root.backward()
    shown = parsed(polish(dot_to_bytes(draw_dot(root).source, "svg").decode()))
    nodes = [group for group in shown.iter(f"{SVG}g") if group.get("class") == "node"]
    corners = [polygon.get("points") for group in nodes for polygon in group.iter(f"{SVG}polygon")]
    boxes = [[[*map(float, corner.split(","))] for corner in each.split()] for each in corners]
    labels = [text for text in shown.iter(f"{SVG}text") if text.get("fill") == TEXT_OUTSIDE]
    assert len(boxes) >= 10
    assert len(labels) >= 10
    for label in labels:
        a, b, half = float(label.get("x")), float(label.get("y")), 0.3 * 9 * len(label.text)
        for box in boxes:
            across, down = zip(*box, strict=True)
            beside = a + half <= min(across) or a - half >= max(across)
            assert beside or b <= min(down) or b - 6 >= max(down), label.text


@pytest.mark.parametrize("shape", ["box", "ellipse", "box style=rounded"])
def test_a_label_keeps_off_a_node_on_its_line(shape) -> None:
    node = {
        "box": '<polygon points="130,-9 150,-9 150,9 130,9"/>',
        "ellipse": '<ellipse fill="none" cx="140" cy="0" rx="9" ry="9"/>',
        "box style=rounded": '<path fill="none" d="M130,-9C135,-9 150,-9 150,9"/>',
    }[shape]
    line = '<path fill="none" stroke="black" d="M0,0C100,0 200,0 300,0"/>'
    label = f'<text text-anchor="middle" x="99" y="99" font-size="10" fill="{TEXT_OUTSIDE}">0.5</text>'
    edge = f'<g id="edge1" class="edge">{line}{label}</g>'
    raw = f'<svg xmlns="{SVG[1:-1]}">{edge}<g id="node1" class="node">{node}</g></svg>'
    text = next(parsed(polish(raw)).iter(f"{SVG}text"))
    assert float(text.get("x")) == pytest.approx(180.0)


def test_lines_of_one_label_stay_one_below_the_other() -> None:
    line = '<path fill="none" stroke="black" d="M0,0C100,0 200,0 300,0"/>'
    look = f'text-anchor="middle" x="99" font-size="10" fill="{TEXT_OUTSIDE}"'
    label = f'<text {look} y="90">a</text><text {look} y="102">b</text>'
    raw = f'<svg xmlns="{SVG[1:-1]}"><g id="edge1" class="edge">{line}{label}</g></svg>'
    places = [float(text.get("y")) for text in parsed(polish(raw)).iter(f"{SVG}text")]
    assert places == pytest.approx([-2.5, 9.5])


def test_nothing_of_the_machine_or_from_elsewhere_is_in_it(svg) -> None:
    assert "<!--" not in svg
    assert "DOCTYPE" not in svg
    assert set(re.findall(r"https?://[^\"]*", svg)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_no_text_is_lost_or_doubled(svg) -> None:
    assert sorted(texts(parsed(svg))) == ["-0.5", "a", "b", "showing 1 of 2"]


def test_a_name_is_optional() -> None:
    assert with_name("<svg></svg>") == (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<svg role="img"></svg>\n'
    )


@pytest.mark.parametrize("change", [polish, with_name])
def test_what_is_no_svg_is_refused(change) -> None:
    with pytest.raises(ValueError, match="this is not an SVG: 'Error'"):
        change("Error")
