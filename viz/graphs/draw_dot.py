"""draw_dot: the graph below a Value as a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from engine import Value
from engine.explanation.paths import Path
from engine.floats.validate import integer
from engine.graph.groups import Groups
from engine.graph.walks import Trace, trace
from viz import theme
from viz.graphs.cells import box_label, edge_label, result_text
from viz.graphs.clusters import clusters_of, draw_clusters
from viz.graphs.folding.boxes import Box, Picture
from viz.graphs.folding.extent import arrangement
from viz.graphs.folding.fold import fold as folded
from viz.graphs.gradients import Gradients
from viz.graphs.highlight import Highlight
from viz.labels import Labels, Words, plain, short, visible
from viz.rendering.digraph import ComputationGraph
from viz.rendering.graphviz import TIMEOUT

__all__ = ["MAX_NODES", "check_direction", "draw_dot"]

MAX_NODES = 150
"""Nodes that are drawn before a graph is folded: about what a person reads."""

MANY_ARROWS = 60
LONG_LABEL = 8
"""Characters on an arrow, above which ranks stand further apart."""

NAMES_LISTED = 40
"""Folds that the description names."""

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
    expand: str | Iterable[str] = (),
    labels: Labels | None = None,
    grads: Mapping[Value, float] | None = None,
    timeout: float | None = TIMEOUT,
) -> ComputationGraph:
    """Draw the graph below a Value, as a ``graphviz.Digraph``; name and first arguments are micrograd's.

    Each box shows a node's label, data and grad; the ellipse before it the operator; each edge the local
    gradient, the derivative of the operator's result with respect to that operand. Operands stand in order.
    Before a backward pass no grad is shown, and ``–`` after it where no gradient arrives. Leaves are blue,
    roots orange with a thick outline; a dashed outline says that operands are not drawn. Neurons and layers
    have frames, in which names are short: ``w0`` for ``layers.0.neurons.0.w.0``. In a notebook the result
    shows itself; ``.render("out/graph")`` writes files; neither needs a system Graphviz.

    Args:
        root: a Value, or several in a list or tuple.
        format: what ``.render()`` writes: svg, or with matplotlib or a system Graphviz png, pdf, ….
        rankdir: the direction from leaves to root: LR, TB, RL or BT.
        depth: draw only so many operators below the root.
        focus: draw only the neighbourhood of this node.
        radius: how many edges from the focus that reaches; 2 by default.
        fold: "auto" folds graphs of more than ``max_nodes``, or larger than two screens, as far as needed;
            otherwise "none", "operators" (inside their nodes), "sums" (of many terms, one box each),
            "neurons", "layers" (one box each, by the dotted names of their parameters), "alike" (also the
            nodes of one operator in one place) or "steps" (that repeat in time).
        groups: names for neurons and layers, ``dict(model.named_parameters())``, or names mapped to lists of
            Values; without it the labels of the leaves are read.
        highlight: paths to be drawn thick, as ``engine.paths`` finds them: one or several. Of a graph that is
            too large, they are drawn with the operands of their nodes, and nothing else.
        max_nodes: how much may be drawn, operators counted; None for any number. With more than the default
            of 150 the picture may be larger than two screens, too.
        expand: names of folds to open, as their boxes show them: "layers.0", "steps 2-199", "step 17",
            "tanh × 16" (also "tanh x 16"); in a frame with the name of the frame before it:
            "layers.0.neurons.3".
        labels: words of the picture and names of nodes with what to show instead, so that it can speak
            another language: ``{"data": "Wert", "x": "Eingabe"}``; also Values themselves, to name them.
            ``viz.labels.WORDS`` are all words, ``viz.labels.GERMAN`` is a complete translation.
        grads: gradients to show instead of the nodes' own, such as those of a moment of the backward pass;
            nodes that are not in it are left blank.
        timeout: seconds the layout may take when the picture is made; None for no limit.

    Returns:
        The graph, with a line ``showing N of M nodes`` where something is folded or left out. Equal graphs
        give equal sources.

    Raises:
        TypeError: root or focus is not a Value, or highlight not a path.
        ValueError: there is no root, the focus or a path is not below it, an option has an unknown value, or
            labels or expand name something that is not there.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.backward()
    >>> print(draw_dot(y).source.count("-> n1op"))
    2
    """
    _check(rankdir, depth, focus, radius, max_nodes)
    graph = trace(root)
    words = Words(labels)
    _check_labels(words, graph)
    marked = Highlight(graph, highlight)
    kept, note = _selection(graph, depth, focus, radius, words)
    if marked.paths and kept is None and fold == "auto" and len(graph.nodes) > (max_nodes or math.inf):
        kept, note = marked.surroundings(graph), words("the thick paths and their operands")
    centre = None if focus is None else graph.position[focus]
    picture = folded(
        graph, kept, level=fold, groups=groups, max_nodes=max_nodes, focus=centre,
        expand=[expand] if isinstance(expand, str) else list(expand), words=words,
        screens=rankdir if max_nodes is not None and max_nodes <= MAX_NODES else None,
    )  # fmt: skip
    picture.notes[:0] = [note] if note else []
    if marked.paths:
        picture.notes.append(marked.note(words))
    gradients = Gradients(graph, grads)
    caption = _caption(picture)
    clusters, cells = clusters_of(picture), arrangement(picture, rankdir)
    if rankdir in ("TB", "BT"):  # there Graphviz turns records by a quarter
        cells = [{"line": "rows", "rows": "line"}[each] for each in cells]
    dot = ComputationGraph(
        format=format,
        timeout=timeout,
        graph_attr=_graph_attributes(picture, rankdir, caption, framed=any(clusters)),
        node_attr=theme.NODES,
        edge_attr=theme.EDGES,
    )
    if dot.graph_attr.get("splines") == "line":
        dot.edge_attr |= theme.STRAIGHT[rankdir]
    thick_boxes, thick_arrows = marked.boxes(picture), marked.arrows(picture)

    def draw(into: Any, i: int) -> None:
        operator = (
            "" if picture.separate and picture.has_operator(i) else graph.nodes[picture.boxes[i].result]._op
        )
        label = box_label(picture, i, gradients, operator, clusters[i][-1] if clusters[i] else "", cells[i])
        _draw_box(into, picture, i, label, centre, thick=i in thick_boxes)

    draw_clusters(dot, clusters, draw)
    for index, arrow in enumerate(picture.arrows):
        head = (
            f"n{arrow.head}op" if picture.separate and picture.has_operator(arrow.head) else f"n{arrow.head}"
        )
        looks = theme.THICK_EDGE if index in thick_arrows else {}
        dot.edge(f"n{arrow.tail}", head, xlabel=edge_label(arrow, picture), **looks)
    dot.title = _title(graph, words)
    dot.description = _description(picture, caption, gradients)
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


def _check_labels(words: Words, graph: Trace) -> None:
    if not words.labels:
        return
    names = {name for node in graph.nodes if node.label for name in (str(node.label), short(node.label))}
    if unknown := words.unknown(names, graph.position):
        raise ValueError(
            f"labels= names {unknown[0]!r}, which is neither a word of pictures (viz.labels.WORDS) nor "
            "a name or a node of this graph"
        )


def check_direction(rankdir: Any) -> None:
    """Raise a ValueError if a direction is not one of Graphviz's.

    >>> check_direction("LR")
    """
    if rankdir not in theme.STRAIGHT:
        raise ValueError(f"rankdir must be one of {', '.join(theme.STRAIGHT)}; got {rankdir!r}")


def _selection(
    graph: Trace, depth: int | None, focus: Value | None, radius: int | None, words: Words
) -> tuple[set[int] | None, str]:
    if depth is not None:
        kept, note = graph.within_depth(depth), words("to depth {depth}", depth=depth)
    elif focus is not None:
        radius = DEFAULT_RADIUS if radius is None else radius
        kept, note = graph.neighbourhood(focus, radius), words("within {radius} of the focus", radius=radius)
    else:
        return None, ""
    return kept, note if len(kept) < len(graph.nodes) else ""


def _graph_attributes(picture: Picture, rankdir: str, caption: str, *, framed: bool) -> dict[str, str]:
    attributes = {"rankdir": rankdir, "ranksep": "0.85", "nodesep": "0.2"}
    if any(len(edge_label(arrow, picture) or "") > LONG_LABEL for arrow in picture.arrows):
        attributes["ranksep"] = "1"
    if not framed:  # with frames Graphviz keeps the order of the statements instead
        attributes["ordering"] = "in"
    if caption:
        attributes |= {"label": plain(caption, 200), **theme.CAPTION}
    if len(picture.arrows) > MANY_ARROWS and any(box.kind == "part" for box in picture.boxes):
        # many arrows between few boxes: straight, with room, and no search for fewer crossings, which there
        # are none to find: so the boxes keep their order
        attributes |= {"splines": "line", "ranksep": "0.8", "nodesep": "0.12", "mclimit": "0.01"}
    return attributes | (QUICK if picture.strain > LEISURELY_STRAIN else {})


def _caption(picture: Picture) -> str:
    shown, total, words = len(picture.boxes), len(picture.graph.nodes), picture.words
    counted = [words("showing {shown} of {total} nodes", shown=shown, total=total)] if shown < total else []
    return "; ".join([*counted, *picture.notes])


def _title(graph: Trace, words: Words) -> str:
    roots = [graph.nodes[i] for i in graph.roots[:5]]
    names = [visible(words.name(node.label, node) or node._op or words("a leaf")) for node in roots]
    more = ", …" if len(graph.roots) > 5 else ""
    return words("Computation graph of {names}", names=", ".join(names) + more)


def _description(picture: Picture, caption: str, gradients: Gradients) -> str:
    graph, words = picture.graph, picture.words
    results = "; ".join(result_text(picture, i) for i in graph.roots[:5])
    leaves = sum(not operands for operands in graph.operands)
    texts = [
        words("{count} nodes, {leaves} of them leaves; {results}.", count=len(graph.nodes), leaves=leaves,
              results=results),
        words("Boxes show label, data and gradient; numbers on edges are local gradients."),
    ]  # fmt: skip
    if not gradients.ran:
        texts.append(words("No backward pass yet: no gradients are shown."))
    if gradients.missing:
        texts.append(words("“–” stands where no gradient arrives."))
    if caption:
        texts.append(f"{caption[0].upper()}{caption[1:]}.")
    names = [box.name for box in picture.boxes if box.name]
    if names:
        listed = ", ".join(names[:NAMES_LISTED]) + (", …" if len(names) > NAMES_LISTED else "")
        texts.append(words("Folded boxes open by their names: {names}.", names=listed))
    return " ".join(texts)


def _draw_box(dot: Any, picture: Picture, i: int, label: str, centre: int | None, *, thick: bool) -> None:
    box = picture.boxes[i]
    node = picture.graph.nodes[box.result]
    looks = dict(theme.OUTLINES[_class(picture, box)])
    if picture.left_out[i]:
        looks["style"] = looks.get("style", "filled") + ",dashed"
    if centre is not None and centre in box.members:
        looks |= theme.OUTLINES["focus"]
    if thick:
        looks |= theme.THICK
    dot.node(f"n{i}", label=label, **looks)
    if picture.separate and picture.has_operator(i):
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
