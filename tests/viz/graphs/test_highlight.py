"""Paths drawn thick."""

import re

import pytest

from engine import Value, paths
from engine.graph.walks import trace
from tests.viz.pictures import parsed, texts
from viz import draw_dot
from viz import theme as style
from viz.graphs.folding.fold import fold
from viz.graphs.highlight import Highlight

THICK = style.THICK["color"]


def two_ways() -> tuple[Value, Value, Value, Value]:
    x = Value(0.5, label="x")
    left, right = x.tanh(), x.exp()
    root = left * right
    root.backward()
    return x, left, right, root


def thick(dot) -> set[str]:
    """The boxes and arrows that stand out, as they stand in the source."""
    lines = [line.strip() for line in dot.source.splitlines() if THICK in line]
    return {re.split(r" \[", line)[0] for line in lines}


def test_nodes_and_edges_of_the_path_stand_out_and_no_others() -> None:
    x, left, _right, root = two_ways()
    (path,) = [path for path in paths(root, x) if left in path.nodes]
    dot = draw_dot(root, highlight=path)
    at = {node: i for i, node in enumerate(trace(root).nodes)}
    a, b, c = (f"n{at[node]}" for node in (x, left, root))
    assert thick(dot) == {a, b, c, f"{a} -> {b}op", f"{b}op -> {b}", f"{b} -> {c}op", f"{c}op -> {c}"}


def test_several_paths_stand_out_together() -> None:
    x, *_, root = two_ways()
    found = paths(root, x)
    everything = draw_dot(root, highlight=found)
    assert thick(everything) == thick(draw_dot(root, highlight=found[0])) | thick(
        draw_dot(root, highlight=[found[1]])
    )
    assert f"thick: 2 paths, whose products add up to {x.grad:.6g}" in everything.source


@pytest.mark.parametrize("op", ["+", "*"])
def test_one_of_two_arrows_between_the_same_boxes_stands_out(op) -> None:
    x = Value(3.0)
    root = x + x if op == "+" else x * x
    found = paths(root, x)
    arrows = [line for line in draw_dot(root, highlight=found[0]).source.splitlines() if "n0 -> n1op" in line]
    assert [THICK in line for line in arrows].count(True) == 1
    arrows = [line for line in draw_dot(root, highlight=found).source.splitlines() if "n0 -> n1op" in line]
    assert [THICK in line for line in arrows] == [True, True]


def test_product_is_told_above_the_picture() -> None:
    x = Value(0.0, label="x")
    root = x.exp() * 2.5
    svg = draw_dot(root, highlight=paths(root, x)[0]).pipe(format="svg", encoding="utf-8")
    assert "thick: a path of product 2.5" in texts(parsed(svg))


def test_of_a_large_graph_the_path_is_drawn_with_its_operands() -> None:
    x = Value(0.5, label="x")
    root = x
    for i in range(40):
        aside = Value(float(i)).exp().exp()
        root = root * 0.9 + aside
    graph = trace(root)
    (path,) = paths(root, x)
    dot = draw_dot(root, highlight=path, max_nodes=180)
    shown = re.findall(r"^\tn\d+ \[", dot.source, re.MULTILINE)
    on_path = {graph.position[node] for node in path.nodes}
    operands = {j for i in on_path for j in graph.operands[i]}
    assert len(shown) == len(on_path | operands) < len(graph.nodes)
    assert "the thick paths and their operands; folded: operators; thick" in dot.source


def test_path_shows_through_folding() -> None:
    terms = [Value(float(i), label=f"t{i}") for i in range(6)]
    root = terms[0]
    for term in terms[1:]:
        root = root + term
    graph = trace(root * 2.0)
    picture = fold(graph, level="sums")
    marked = Highlight(graph, paths(graph.nodes[-1], terms[0])[0])
    boxes = marked.boxes(picture)
    assert {picture.boxes[i].kind for i in boxes} == {"node", "sum"}
    heads = {(picture.arrows[i].tail, picture.arrows[i].head) for i in marked.arrows(picture)}
    assert len(heads) == len(boxes) - 1 == 2


def test_without_paths_the_picture_is_as_before() -> None:
    *_, root = two_ways()
    assert draw_dot(root, highlight=[]).source == draw_dot(root).source


@pytest.mark.parametrize("what", [3, [Value(1.0)], Value(1.0)])
def test_what_is_no_path_is_refused(what) -> None:
    with pytest.raises(TypeError, match=r"highlight takes paths, as engine\.paths finds them"):
        draw_dot(Value(1.0).exp(), highlight=what)


def test_path_of_another_graph_is_refused() -> None:
    x = Value(1.0)
    with pytest.raises(ValueError, match="not in this graph"):
        draw_dot(Value(1.0).exp(), highlight=paths(x * 2.0, x)[0])
