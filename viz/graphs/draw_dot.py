"""draw_dot: the graph below a Value as a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from engine import Value
from engine.explanation.paths import Path
from engine.floats.validate import integer
from engine.graph.groups import Groups
from engine.graph.walks import Trace, trace
from viz import theme
from viz.graphs.boxes import Arrow, Box, Picture
from viz.graphs.fold import fold as folded
from viz.graphs.highlight import Highlight
from viz.labels import number, plain, record_field, visible
from viz.rendering.digraph import ComputationGraph
from viz.rendering.graphviz import TIMEOUT

__all__ = ["MAX_NODES", "check_direction", "draw_dot"]

MAX_NODES = 1500
"""Nodes that are drawn before a graph is folded."""

DEFAULT_RADIUS = 2

QUICK = {"nslimit": "1", "splines": "line"}
LEISURELY_STRAIN = 1000
"""Ranks crossed by arrows above which Graphviz lays out quickly: at 20,000, in 0.7 s instead of 24."""


def draw_dot(
    root: Any,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    depth: int | None = None,
    focus: Value | None = None,
    radius: int | None = None,
    fold: str = "auto",
    groups: Groups | None = None,
    highlight: Path | Iterable[Path] = (),
    max_nodes: int | None = MAX_NODES,
    timeout: float | None = TIMEOUT,
) -> ComputationGraph:
    """Draw the graph below a Value, as a ``graphviz.Digraph``; name and first arguments are micrograd's.

    Each box shows a node's label, data and grad; the ellipse before it the operator; each edge the local
    gradient, the derivative of the operator's result with respect to that operand. Leaves are blue, roots
    orange with a thick outline; a dashed outline says that operands are not drawn. In a notebook the result
    shows itself; ``.render("out/graph")`` writes files; neither needs a system Graphviz.

    Args:
        root: a Value, or several in a list or tuple.
        format: what ``.render()`` writes: svg, or with matplotlib or a system Graphviz png, pdf, ….
        rankdir: the direction from leaves to root: LR, TB, RL or BT.
        depth: draw only so many operators below the root.
        focus: draw only the neighbourhood of this node.
        radius: how many edges from the focus that reaches; 2 by default.
        fold: "auto" folds graphs of more than ``max_nodes`` as far as needed; otherwise "none", "operators"
            (inside their nodes), "sums" (of many terms, one box each), "neurons", "layers" (one box each, by
            the dotted names of their parameters) or "alike" (also the nodes of one operator in one place).
        groups: names for neurons and layers, ``dict(model.named_parameters())``, or names mapped to lists of
            Values; without it the labels of the leaves are read.
        highlight: paths to be drawn thick, as ``engine.paths`` finds them: one or several. Of a graph that is
            too large, they are drawn with the operands of their nodes, and nothing else.
        max_nodes: how much may be drawn, operators counted; None for any number.
        timeout: seconds the layout may take when the picture is made; None for no limit.

    Returns:
        The graph, with a line ``showing N of M nodes`` where something is folded or left out. Equal graphs
        give equal sources.

    Raises:
        TypeError: root or focus is not a Value, or highlight not a path.
        ValueError: there is no root, the focus or a path is not below it, or an option has an unknown value.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.backward()
    >>> print(draw_dot(y).source.count("-> n1op"))
    2
    """
    _check(rankdir, depth, focus, radius, max_nodes)
    graph = trace(root)
    marked = Highlight(graph, highlight)
    kept, note = _selection(graph, depth, focus, radius)
    if marked.paths and kept is None and fold == "auto" and len(graph.nodes) > (max_nodes or math.inf):
        kept, note = marked.surroundings(graph), "the thick paths and their operands"
    centre = None if focus is None else graph.position[focus]
    picture = folded(graph, kept, level=fold, groups=groups, max_nodes=max_nodes, focus=centre)
    picture.notes[:0] = [note] if note else []
    if marked.paths:
        picture.notes.append(marked.note)
    caption = _caption(picture)
    dot = ComputationGraph(
        format=format,
        timeout=timeout,
        graph_attr=_graph_attributes(picture, rankdir, caption),
        node_attr=theme.NODES,
        edge_attr=theme.EDGES,
    )
    if dot.graph_attr.get("splines") == "line":
        dot.edge_attr |= theme.STRAIGHT[rankdir]
    dot.title = _title(graph)
    dot.description = _description(graph, caption)
    thick_boxes, thick_arrows = marked.boxes(picture), marked.arrows(picture)
    for i, box in enumerate(picture.boxes):
        _draw_box(dot, picture, i, box, centre, thick=i in thick_boxes)
    for index, arrow in enumerate(picture.arrows):
        head = (
            f"n{arrow.head}op" if picture.separate and picture.has_operator(arrow.head) else f"n{arrow.head}"
        )
        looks = theme.THICK_EDGE if index in thick_arrows else {}
        dot.edge(f"n{arrow.tail}", head, label=_edge_label(arrow, picture), **looks)
    return dot


def _check(rankdir: Any, depth: Any, focus: Any, radius: Any, max_nodes: Any) -> None:
    check_direction(rankdir)
    if focus is not None and not isinstance(focus, Value):
        raise TypeError(f"focus must be a Value of the graph, got {focus!r} of type {type(focus).__name__}")
    if depth is not None and focus is not None:
        raise ValueError("depth= draws below the root, focus= around another node: give one of them")
    if radius is not None and focus is None:
        raise ValueError("radius= is a distance from focus=: give both")
    for name, count, least in (("depth", depth, 0), ("radius", radius, 0), ("max_nodes", max_nodes, 1)):
        if count is not None:
            integer(name, count, least)


def check_direction(rankdir: Any) -> None:
    """Raise a ValueError if a direction is not one of Graphviz's.

    >>> check_direction("LR")
    """
    if rankdir not in theme.STRAIGHT:
        raise ValueError(f"rankdir must be one of {', '.join(theme.STRAIGHT)}; got {rankdir!r}")


def _selection(
    graph: Trace, depth: int | None, focus: Value | None, radius: int | None
) -> tuple[set[int] | None, str]:
    if depth is not None:
        kept = graph.within_depth(depth)
        return kept, f"to depth {depth}" if len(kept) < len(graph.nodes) else ""
    if focus is not None:
        radius = DEFAULT_RADIUS if radius is None else radius
        kept = graph.neighbourhood(focus, radius)
        return kept, f"within {radius} of the focus" if len(kept) < len(graph.nodes) else ""
    return None, ""


def _graph_attributes(picture: Picture, rankdir: str, caption: str) -> dict[str, str]:
    attributes = {"rankdir": rankdir, "ranksep": "0.3", "nodesep": "0.2"}
    if caption:
        attributes |= {"label": caption, **theme.CAPTION}
    if any(box.kind == "part" for box in picture.boxes):  # many arrows between few boxes: straight, with room
        attributes |= {"splines": "line", "ranksep": "1.2"}
    return attributes | (QUICK if picture.strain > LEISURELY_STRAIN else {})


def _caption(picture: Picture) -> str:
    shown, total = len(picture.boxes), len(picture.graph.nodes)
    counted = [] if shown == total else [f"showing {shown} of {total} nodes"]
    return "; ".join([*counted, *picture.notes])


def _title(graph: Trace) -> str:
    names = [visible(graph.nodes[i].label or graph.nodes[i]._op or "a leaf") for i in graph.roots[:5]]
    return "Computation graph of " + ", ".join(names) + (", …" if len(graph.roots) > 5 else "")


def _description(graph: Trace, caption: str) -> str:
    results = "; ".join(
        f"{visible(graph.nodes[i].label or graph.nodes[i]._op or 'the root')} = {number(graph.nodes[i].data)}"
        for i in graph.roots[:5]
    )
    leaves = sum(not operands for operands in graph.operands)
    return (
        f"{len(graph.nodes)} nodes, {leaves} of them leaves; {results}. Boxes show label, data and gradient; "
        "numbers on edges are local gradients." + (f" {caption[0].upper()}{caption[1:]}." if caption else "")
    )


def _draw_box(
    dot: ComputationGraph, picture: Picture, i: int, box: Box, centre: int | None, *, thick: bool
) -> None:
    node = picture.graph.nodes[box.result]
    separate = picture.separate and picture.has_operator(i)
    cells = _cells(picture, i, box, "" if separate else node._op)
    looks = dict(theme.OUTLINES[_class(picture, box)])
    if picture.left_out[i]:
        looks["style"] = looks.get("style", "filled") + ",dashed"
    if centre is not None and centre in box.members:
        looks |= theme.OUTLINES["focus"]
    if thick:
        looks |= theme.THICK
    dot.node(f"n{i}", label="{ " + " | ".join(cells) + " }", **looks)
    if separate:
        dot.node(f"n{i}op", label=plain(node._op), **theme.OPERATOR)
        passed = thick and len(node._children) > 0
        dot.edge(f"n{i}op", f"n{i}", **(theme.THICK_EDGE if passed else {}))


def _class(picture: Picture, box: Box) -> str:
    if set(picture.graph.roots).intersection(box.members):
        return "root"
    if box.kind in ("part", "alike"):
        return "group"
    node = picture.graph.nodes[box.result]
    if node._children:
        return "node"
    return "leaf" if node.requires_grad else "constant"


def _cells(picture: Picture, i: int, box: Box, operator: str) -> list[str]:
    if box.kind == "part":
        return [record_field(box.name), f"{len(box.members)} nodes"]
    nodes = [picture.graph.nodes[i] for i in box.results]
    node = nodes[-1]
    if box.kind == "alike":
        labels = list(dict.fromkeys(visible(each.label) for each in nodes if each.label))
        names = [labels[0], *(["…", labels[-1]] if len(labels) > 1 else [])] if labels else []
        what = node._op or ("leaf" if not node._children else "")
        cells = [record_field(" ".join(names))] if names else []
        data, grad = (_range([getattr(each, name) for each in nodes]) for name in ("data", "grad"))
        return [*cells, record_field(f"{what} × {len(nodes)}"), f"data {data}", f"grad {grad}"]
    cells = [record_field(node.label)] if node.label else []
    if box.kind == "sum":
        terms = sum(arrow.uses for arrow in picture.arrows if arrow.head == i) + picture.left_out[i]
        cells.append(record_field(f"sum of {terms}"))
    elif operator:
        cells.append(record_field(operator + (" …" if picture.left_out[i] else "")))
    return [*cells, f"data {number(node.data)}", f"grad {number(node.grad)}"]


def _range(numbers: list[float]) -> str:
    low, high = number(min(numbers)), number(max(numbers))
    return low if low == high else f"{low} … {high}"


def _edge_label(arrow: Arrow, picture: Picture) -> str | None:
    if picture.boxes[arrow.head].kind == "part":
        return None  # a local gradient inside is not one of the whole part
    shown = _range(arrow.local_grads) if arrow.local_grads else ""
    return (shown + (f" ×{arrow.uses}" if arrow.uses > 1 else "")).strip() or None
