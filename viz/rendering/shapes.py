"""Shapes of a laid-out graph: what Graphviz says is to be drawn, as plain data.

PNG, PDF and TikZ are written from these, so that neither a system Graphviz nor a reader of SVG is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from viz.rendering import wasm
from viz.rendering.edge_labels import (
    Box,
    EdgeLine,
    box_around,
    box_of_ellipse,
    box_of_text,
    places_on_lines,
    plate_size,
)
from viz.theme import TEXT_OUTSIDE

__all__ = ["Drawing", "Shape", "laid_out", "shapes_of", "texts_of"]

Kind = Literal["polygon", "polyline", "curve", "ellipse", "text"]
Point = tuple[float, float]

_LINES: dict[str, tuple[Kind, bool]] = {
    "P": ("polygon", True), "p": ("polygon", False), "L": ("polyline", False),
    "b": ("curve", True), "B": ("curve", False),
}  # fmt: skip
"""Operations of Graphviz's xdot that draw along points, and whether they fill."""

_BACKSLASH = "\ue05c"
"""Stands for a backslash during the layout, as Graphviz's JSON loses its place after one: of private use."""

_ALIGNMENTS = {"l": "start", "c": "middle", "r": "end"}


@dataclass(frozen=True)
class Shape:
    """One thing to be drawn. Lengths are points of 1/72 inch; y runs downward.

    Args:
        kind: what it is; a curve is of cubic Béziers.
        points: corners, or the control points of a curve; of an ellipse its centre and radii; of a text the
            place of its baseline.
        stroke: colour of the line, or of the text, as ``#rrggbb``.
        fill: colour inside; "" for none.
        width: of the line.
        dash: "dashed", "dotted" or "".
        text: what is written, on one line.
        size: of the font.
        align: "start", "middle" or "end": which part of the text stands at its place.
        owner: the node, edge or cluster it belongs to; "" for the graph.
        plate: whether a text stands on lines, and needs a light ground to be read.
    """

    kind: Kind
    points: tuple[Point, ...]
    stroke: str = "#000000"
    fill: str = ""
    width: float = 1.0
    dash: str = ""
    text: str = ""
    size: float = 10.0
    align: str = "middle"
    owner: str = ""
    plate: bool = False


@dataclass(frozen=True)
class Drawing:
    """A picture: its size in points, and its shapes from the back to the front."""

    width: float
    height: float
    shapes: list[Shape] = field(default_factory=list)


MARGIN = 4.0
"""Points around the graph, as Graphviz leaves them."""


def shapes_of(source: str, timeout: float | None = None) -> Drawing:
    """Lay out a DOT source by the WASM build of Graphviz: clusters, edges, nodes, texts of edges.

    Args:
        source: DOT.
        timeout: seconds the layout may take; None for no limit.

    Raises:
        RenderError: the source is not valid DOT, or the layout took too long.

    >>> drawing = shapes_of('digraph { a -> b [label="2"] }')
    >>> [shape.text for shape in drawing.shapes if shape.kind == "text"]
    ['a', 'b', '2']
    """
    graph = laid_out(source, timeout)
    _, _, width, height = (float(each) for each in graph["bb"].split(","))
    objects, edges = graph.get("objects", []), graph.get("edges", [])
    names = {each["_gvid"]: each["name"] for each in objects}
    clusters = [each for each in objects if "nodes" in each or "bb" in each]
    nodes = [each for each in objects if "pos" in each]
    drawn = [("", {"_ldraw_": graph.get("_ldraw_", [])})]  # not its white background
    drawn += [(each["name"], each) for each in clusters]
    turned = height + MARGIN
    behind = [_plated(shape) for owner, each in drawn for shape in _owned(owner, each, turned)]
    lines = [_owned(f"{names[each['tail']]}->{names[each['head']]}", each, turned) for each in edges]
    boxes = [shape for each in nodes for shape in _owned(each["name"], each, turned)]
    titles = [shape for shape in behind if shape.plate]
    shapes = [*behind, *_with_labels_on_lines(lines, [*boxes, *titles]), *boxes]
    shapes.sort(key=lambda shape: shape.plate)  # on top, to be read
    return Drawing(width + 2 * MARGIN, height + 2 * MARGIN, shapes)


def laid_out(source: str, timeout: float | None = None) -> dict[str, Any]:
    """Graphviz's ``json`` output for a DOT source, with backslashes as :func:`texts_of` expects them.

    >>> [each["name"] for each in laid_out("digraph { a -> b }")["objects"]]
    ['a', 'b']
    """
    layout: dict[str, Any] = json.loads(
        wasm.render(source.replace("\\\\", _BACKSLASH), "json", timeout=timeout)
    )
    return layout


def texts_of(thing: dict[str, Any]) -> list[str]:
    """The texts that a node, edge or cluster of a layout shows.

    >>> texts_of(laid_out("digraph { a [label=\\"{x | 2}\\" shape=record] }")["objects"][0])
    ['x', '2']
    """
    return [shape.text.strip() for shape in _read(thing) if shape.kind == "text"]


def _owned(owner: str, thing: dict[str, Any], turned: float) -> list[Shape]:
    """The shapes of a thing, at their places in the picture."""
    return [replace(shape, owner=owner, points=_placed(shape, turned)) for shape in _read(thing)]


def _plated(shape: Shape) -> Shape:
    """A shape as it is; a text, which lines cross, on a plate."""
    return replace(shape, plate=True) if shape.kind == "text" else shape


def _with_labels_on_lines(edges: list[list[Shape]], nodes: list[Shape]) -> Iterator[Shape]:
    """The shapes of edges, with their labels where the SVG has them; Graphviz puts them over boxes."""
    lines = {k: line for k, edge in enumerate(edges) if (line := _line(edge))}
    boxes = [_box(shape) for shape in nodes if shape.plate or shape.kind in ("polygon", "curve", "ellipse")]
    boxes += [_box(shape) for edge in edges for shape in edge if shape.kind == "polygon"]
    placed = places_on_lines(list(lines.values()), boxes)
    places = {k: placed[i] for i, k in enumerate(lines) if i in placed}
    for k, edge in enumerate(edges):
        label = _label(edge)
        for shape in edge:
            if k in places and shape in label:
                x, y = places[k]
                middle = sum(each.points[0][1] for each in label) / len(label)
                shape = replace(shape, points=((x, shape.points[0][1] + y + 0.35 * label[0].size - middle),))
            yield _plated(shape)


def _line(edge: list[Shape]) -> EdgeLine | None:
    curve = next((shape for shape in edge if shape.kind == "curve"), None)
    label = _label(edge)
    size = plate_size([shape.text for shape in label], label[0].size) if label else None
    return None if curve is None else EdgeLine(curve.points, size)


def _label(edge: list[Shape]) -> list[Shape]:
    return [shape for shape in edge if shape.kind == "text" and shape.stroke == TEXT_OUTSIDE]


def _box(shape: Shape) -> Box:
    if shape.kind == "text":
        return box_of_text(shape.points[0], shape.text, shape.size, shape.align)
    if shape.kind != "ellipse":
        return box_around(shape.points)
    (x, y), (across, down) = shape.points
    return box_of_ellipse(x, y, across, down)


def _placed(shape: Shape, turned: float) -> tuple[Point, ...]:
    """The points of a shape with y running downward, within the margin."""
    if shape.kind == "ellipse":
        (x, y), radii = shape.points
        return (x + MARGIN, turned - y), radii
    return tuple((x + MARGIN, turned - y) for x, y in shape.points)


def _read(thing: dict[str, Any]) -> Iterator[Shape]:
    """The shapes of a graph, node, edge or cluster: those of its own, its arrowheads, its texts."""
    for part in ("_draw_", "_tdraw_", "_hdraw_", "_ldraw_", "_tldraw_", "_hldraw_"):
        yield from _operations(thing.get(part, []))


def _operations(operations: list[dict[str, Any]]) -> Iterator[Shape]:
    stroke, fill, width, dash, size = "#000000", "", 1.0, "", 10.0
    for each in operations:
        match each["op"]:
            case "c":
                stroke = _opaque(each["color"])
            case "C":
                fill = _opaque(each["color"])
            case "F":
                size = each["size"]
            case "S":
                style = each["style"]
                if style.startswith("setlinewidth("):
                    width = float(style[13:-1])
                elif style in ("dashed", "dotted", "solid"):
                    dash = "" if style == "solid" else style
            case "P" | "p" | "L" | "b" | "B" as op:
                kind, filled = _LINES[op]
                points = tuple((x, y) for x, y, *_ in each["points"])
                yield Shape(kind, points, stroke, fill if filled else "", width, dash)
            case "E" | "e" as op:
                x, y, across, up = each["rect"]
                yield Shape("ellipse", ((x, y), (across, up)), stroke, fill if op == "E" else "", width, dash)
            case "T":
                (x, y), text = each["pt"], each["text"].replace("\xa0", " ")
                text = text.replace(_BACKSLASH, "\\")
                yield Shape("text", ((x, y),), stroke, text=text, size=size,
                            align=_ALIGNMENTS[each["align"]])  # fmt: skip


def _opaque(colour: str) -> str:
    """``#rrggbb``; "" for what cannot be seen, and for what is not a plain colour."""
    if not colour.startswith("#") or len(colour) not in (7, 9) or colour[7:] == "00":
        return ""
    return colour[:7].lower()
