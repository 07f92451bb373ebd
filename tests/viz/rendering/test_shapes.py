"""The shapes of a laid-out graph, against what Graphviz's own SVG of it shows."""

import re

import pytest

from engine import Value
from nn import MLP
from tests.viz.pictures import SVG, parsed, texts
from viz import draw_dot
from viz.rendering.edge_labels import box_of_text
from viz.rendering.graphviz import dot_to_svg
from viz.rendering.shapes import shapes_of
from viz.rendering.wasm import render
from viz.theme import TEXT_OUTSIDE


@pytest.mark.parametrize("label", ["a\\b", "a\\\\b", 'q"q', "é&amp;<b>", "{|}", "$x_1$", "σ\tz"])
def test_texts_are_those_of_the_svg(label) -> None:
    source = draw_dot(Value(2.0, label=label) * 3).source
    found = [shape.text.strip() for shape in shapes_of(source).shapes if shape.kind == "text"]
    assert sorted(found) == sorted(texts(parsed(render(source, "svg"))))


def test_places_are_those_of_the_svg() -> None:
    source = 'digraph { rankdir=LR; a -> b [label="2"]; b -> c }'
    drawing, svg = shapes_of(source), render(source, "svg").decode()
    assert f'width="{drawing.width:.0f}pt" height="{drawing.height:.0f}pt"' in svg
    dx, dy = map(float, re.search(r"translate\(([\d.]+) ([\d.]+)\)", svg).groups())
    centres = [(float(x) + dx, float(y) + dy) for x, y in re.findall(r'cx="([-\d.]+)" cy="([-\d.]+)"', svg)]
    found = [shape.points[0] for shape in drawing.shapes if shape.kind == "ellipse"]
    assert found == [pytest.approx(centre, abs=0.1) for centre in centres]


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_labels_of_edges_stand_where_the_svg_has_them(rankdir) -> None:
    w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-0.3, label="b")
    dot = draw_dot((w * x + b).tanh() * x + (w - b).exp() / x, rankdir=rankdir)
    svg = dot_to_svg(dot.source)
    dx, dy = map(float, re.search(r"translate\(([\d.]+) ([\d.]+)\)", svg).groups())
    labels = [text for text in parsed(svg).iter(f"{SVG}text") if text.get("fill") == TEXT_OUTSIDE]
    wanted = [(text.text, float(text.get("x")) + dx, float(text.get("y")) + dy) for text in labels]
    shapes = [shape for shape in shapes_of(dot.source).shapes if shape.kind == "text" and "->" in shape.owner]
    found = [(shape.text, *shape.points[0]) for shape in shapes]
    assert len(found) >= 8
    for one, other in zip(sorted(found), sorted(wanted), strict=True):
        assert one[0] == other[0]
        assert one[1:] == pytest.approx(other[1:], abs=0.1)


def test_looks_are_those_of_the_source() -> None:
    source = (
        'digraph { a [shape=box style="filled,dashed" color="#0072b2" fillcolor="#d6ebf9" penwidth=3 '
        'label="t" fontsize=9] }'
    )
    (box, text) = shapes_of(source).shapes
    assert (box.kind, box.stroke, box.fill, box.width, box.dash) == (
        "polygon", "#0072b2", "#d6ebf9", 3.0, "dashed",
    )  # fmt: skip
    assert (text.text, text.size, text.align, text.owner) == ("t", 9.0, "middle", "a")


def test_clusters_lie_behind_edges_and_these_behind_nodes() -> None:
    source = "digraph { subgraph cluster_a { a } a -> b }"
    owners = list(dict.fromkeys(shape.owner for shape in shapes_of(source).shapes))
    assert owners == ["cluster_a", "a->b", "a", "b"]


def test_titles_of_frames_stand_above_the_lines_that_cross_them() -> None:
    model = MLP(2, [3, 1], activation="sigmoid", rng=0)
    source = draw_dot(model([1.0, 2.0])).source
    shapes = shapes_of(source).shapes
    written = [k for k, shape in enumerate(shapes) if shape.kind == "text"]
    titles = [k for k in written if shapes[k].owner.startswith("cluster")]
    lines = [k for k, shape in enumerate(shapes) if "->" in shape.owner and shape.kind != "text"]
    labels = [shape for shape in shapes if shape.kind == "text" and "->" in shape.owner]
    assert len(titles) == 6
    assert min(titles) > max(lines)
    for k in titles:
        title = shapes[k]
        assert title.plate
        plate = box_of_text(title.points[0], title.text, title.size, title.align)
        for label in labels:
            assert not plate.overlap(box_of_text(label.points[0], label.text, label.size, label.align))
    elements = list(parsed(dot_to_svg(source)).iter())
    written = [k for k, each in enumerate(elements) if each.text in {shapes[k].text for k in titles}]
    written = [k for k in written if elements[k].tag == f"{SVG}text"]
    assert len(written) == 6
    assert min(written) > max(k for k, each in enumerate(elements) if each.tag == f"{SVG}path")
    assert all(elements[k - 1].tag == f"{SVG}rect" for k in written)


def test_no_shape_lies_outside_of_the_picture() -> None:
    y = Value(2.0, label="x") * 3
    drawing = shapes_of(draw_dot(y + y.tanh()).source)
    for shape in drawing.shapes:
        for x, y in shape.points[:1] if shape.kind == "ellipse" else shape.points:
            assert 0 <= x <= drawing.width
            assert 0 <= y <= drawing.height


def test_labels_of_edges_lie_on_no_box_and_no_arrowhead() -> None:
    w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-0.3, label="b")
    shapes = shapes_of(draw_dot((w * x + b).tanh()).source).shapes
    labels = [shape for shape in shapes if shape.kind == "text" and "->" in shape.owner]
    assert len(labels) == 5
    for label in labels:
        ((x0, y0),) = label.points
        half = 0.3 * label.size * len(label.text)
        for shape in shapes:
            if shape.kind == "polygon":
                across, down = zip(*shape.points, strict=True)
                beside = x0 + half < min(across) or x0 - half > max(across)
                assert beside or y0 < min(down) or y0 - 0.7 * label.size > max(down)
