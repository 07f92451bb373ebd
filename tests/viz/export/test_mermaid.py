"""Mermaid flowcharts of graphs, taken apart again."""

import re

import pytest

from engine import Value
from tests.viz.pictures import groups
from viz import RenderError, draw_dot, to_mermaid

NODE = re.compile(r'^    (n\d+)(?:\[|\(\[)"([^"]*)"(?:\]|\]\))$', re.MULTILINE)
EDGE = re.compile(r'^    (n\d+) -\.?->(?:\|"([^"]*)"\|)? (n\d+)$', re.MULTILINE)


@pytest.fixture
def y() -> Value:
    y = (Value(0.5, label="w") * Value(2.0, label="x")).tanh()
    y.backward()
    return y


def unescaped(label):
    """The lines of a label as Mermaid shows them."""
    return [re.sub(r"#(\d+);", lambda m: chr(int(m[1])), line) for line in label.split("<br/>")]


def test_nodes_are_those_of_the_svg(y) -> None:
    nodes = [unescaped(label) for _, label in NODE.findall(to_mermaid(y))]
    assert sorted(nodes) == sorted(groups(draw_dot(y).pipe(), "node"))


def test_arrows_are_those_of_the_graph(y) -> None:
    picture = to_mermaid(y)
    names = {number: unescaped(label)[0] for number, label in NODE.findall(picture)}
    arrows = [(names[tail], label, names[head]) for tail, label, head in EDGE.findall(picture)]
    data = f"data {y._children[0].data:.4f}"
    assert ("w", "2.0000", "*") in arrows
    assert ("x", "0.5000", "*") in arrows
    assert ("*", "", data) in arrows
    assert len(arrows) == 5


def test_every_line_is_one_that_mermaid_knows(y) -> None:
    first, *lines = to_mermaid(y, rankdir="TB").splitlines()
    assert first == "flowchart TB"
    for line in lines:
        known = NODE.match(line) or EDGE.match(line)
        assert known or re.match(r"    (classDef look\d+ \S.*|class n\d+(,n\d+)* look\d+)$", line), line


@pytest.mark.parametrize(
    "label", ['a "b"', "<img src=x onerror=alert(1)>", "a]; b[", "1. list", "- list", "`c`", "#35;", "a_b_"]
)  # fmt: skip
def test_a_name_is_text_and_never_markup(label) -> None:
    picture = to_mermaid(Value(1.0, label=label))
    ((_, shown),) = NODE.findall(picture)
    assert unescaped(shown)[0] == label
    assert not re.search(r"[<>`_*%-]|^\d+\.\s", shown.replace("<br/>", ""))


def test_clusters_are_subgraphs() -> None:
    dot = draw_dot(Value(2.0, label="x").exp())
    with dot.subgraph(name="cluster_a", graph_attr={"label": "outer"}) as outer:
        outer.node("n1")
        with outer.subgraph(name="cluster_b", graph_attr={"label": "inner"}) as inner:
            inner.node("n0")
    lines = [line.strip() for line in to_mermaid(dot).splitlines()]
    outer_at, inner_at = (next(i for i, line in enumerate(lines) if f'["{name}"]' in line)
                          for name in ("outer", "inner"))  # fmt: skip
    x_at = next(i for i, line in enumerate(lines) if '"x<br/>' in line)
    assert outer_at < inner_at < x_at
    assert lines[x_at + 1] == "end"
    assert lines.count("end") == 2
    assert sum('"x<br/>' in line for line in lines) == 1


def test_the_caption_is_its_title(y) -> None:
    picture = to_mermaid(y, depth=0)
    assert picture.startswith('---\ntitle: "showing 1 of 4 nodes; to depth 0"\n---\nflowchart LR\n')


def test_more_arrows_than_mermaid_draws_are_an_error() -> None:
    x = Value(1.0)
    for _ in range(300):
        x = x.tanh()
    with pytest.raises(RenderError, match="has 600 arrows, and Mermaid draws at most 500; draw less"):
        to_mermaid(x, max_nodes=1500)
