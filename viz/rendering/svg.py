"""Clean up Graphviz's SVG: transparent background, legible text, title and description.

Graphviz writes a white background, black on it, and nothing a screen reader can use. This module
takes the background away, gives text outside nodes a light plate to stand on, names the picture,
and leaves out what differs from machine to machine or loads anything from elsewhere. Colours follow
the light or dark scheme of whoever looks, by CSS variables that a page may set otherwise:
``--leaf-fill`` and the like on ``.chainrule-graph``. Programs that know none show the light ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from xml.sax.saxutils import escape

from viz.labels import visible
from viz.rendering.edge_labels import (
    Box,
    EdgeLine,
    box_around,
    box_of_ellipse,
    box_of_text,
    places_on_lines,
    plate_size,
)
from viz.theme import DARK, FONT, FONT_STACK, TEXT_OUTSIDE

__all__ = ["polish", "with_name"]

PLATE = DARK["plate"][0]

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_BACKGROUND = re.compile(
    r'(<g id="graph0"[^>]*>\n?)(<title>[^<]*</title>\n?)?(<polygon fill="white"[^>]*/>\n?)?'
)
_FONT = re.compile(rf'font-family="{FONT}[^"]*"')
_TEXT = re.compile(rf'<text [^>]*fill="{TEXT_OUTSIDE}"[^>]*>([^<]*)</text>')
_EDGE = re.compile(r'(<g id="[^"]*" class="edge">.*?<path [^>]*? d=")([^"]*)(".*?</g>)', re.DOTALL)
_CLUSTER = re.compile(r'<g id="[^"]*" class="cluster">.*?</g>', re.DOTALL)
_NODE = re.compile(r'<g id="[^"]*" class="node">.*?</g>', re.DOTALL)
_POLYGON = re.compile(r'<polygon [^>]*points="([^"]*)"')
_PATH = re.compile(r'<path [^>]*? d="([^"]*)"')
_ELLIPSE = re.compile(r'<ellipse [^>]*cx="([^"]*)" cy="([^"]*)" rx="([^"]*)" ry="([^"]*)"')
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_ENTITY = re.compile(r"&[#\w]+;")


def _style() -> str:
    """The style sheet of a graph: a variable for each colour, and the elements that take it."""
    light = ";".join(f"--{name}:{colour}" for name, (colour, _) in DARK.items())
    dark = ";".join(f"--{name}:{colour}" for name, (_, colour) in DARK.items())
    rules = "".join(
        f'.chainrule-graph [{what}="{colour}"]{{{what}:var(--{name})}}'
        for name, (colour, _) in DARK.items()
        for what in ("fill", "stroke")
    )
    return (
        f"<style>.chainrule-graph{{{light}}}"
        f"@media (prefers-color-scheme:dark){{.chainrule-graph{{{dark}}}}}{rules}</style>\n"
    )


_STYLE = _style()


def polish(svg: str, title: str = "", description: str = "") -> str:
    """Clean up an SVG by Graphviz: named, legible on light and dark, self-contained.

    Args:
        svg: as Graphviz writes it.
        title: the picture's name, for screen readers.
        description: what it shows, likewise.

    >>> raw = '<?xml version="1.0"?><!DOCTYPE svg><svg width="8pt"><g id="graph0" class="graph"></g></svg>'
    >>> print(polish(raw, "a & b"))  # doctest: +ELLIPSIS
    <?xml version="1.0" encoding="UTF-8" standalone="no"?>
    <svg class="chainrule-graph" role="img" width="8pt"><title>a &amp; b</title>
    <g id="graph0" class="graph"></g>...</svg>
    <BLANKLINE>
    """
    body = _COMMENT.sub("", svg)
    body = _BACKGROUND.sub(r"\1", body, count=1)
    body = _titles_on_top(_labels_on_lines(body))
    body = _TEXT.sub(_with_plate, body)
    body = _FONT.sub(f'font-family="{FONT_STACK}"', body)
    named = with_name(body, title, description)
    head, end, tail = named.rpartition("</svg>")
    return (head + _STYLE + end + tail).replace("<svg ", '<svg class="chainrule-graph" ', 1)


def with_name(svg: str, title: str = "", description: str = "") -> str:
    """Give an SVG a title and a description, for screen readers.

    >>> print(with_name('<svg width="8pt"></svg>', "Loss"))
    <?xml version="1.0" encoding="UTF-8" standalone="no"?>
    <svg role="img" width="8pt"><title>Loss</title>
    </svg>
    <BLANKLINE>
    """
    _, opening, body = svg.partition("<svg")
    if not opening:
        raise ValueError(f"this is not an SVG: {svg[:60]!r}")
    attributes, _, body = body.partition(">")
    named = f"<title>{escape(visible(title, 200))}</title>\n" if title else ""
    if description:
        named += f"<desc>{escape(visible(description, 2000))}</desc>\n"
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    return f'{declaration}<svg role="img"{attributes}>{named}{body.strip()}\n'


def _labels_on_lines(body: str) -> str:
    """Put the label of each edge onto its line; Graphviz puts it over boxes."""
    edges = list(_EDGE.finditer(body))
    lines = [EdgeLine(_points(edge[2]), _size_of_label(edge[3])) for edge in edges]
    heads = [box_around(_points(head[1])) for edge in edges for head in _POLYGON.finditer(edge[3])]
    nodes = [box for node in _NODE.finditer(body) for box in _boxes(node[0])]
    titles = [_box_of_text(text) for frame in _CLUSTER.finditer(body) for text in _TEXT.finditer(frame[0])]
    places = places_on_lines(lines, nodes + heads + titles)
    counted = count()

    def placed(match: re.Match[str]) -> str:
        index = next(counted)
        if index not in places:
            return match[0]
        x, y = places[index]
        looks = [_looks(text) for text in _TEXT.finditer(match[3])]
        size = float(looks[0]["font-size"])
        down = y + 0.35 * size - sum(float(each["y"]) for each in looks) / len(looks)

        def moved(text: re.Match[str]) -> str:
            across = re.sub(r' x="[^"]*"', f' x="{x:.2f}"', text[0])
            return re.sub(r' y="[^"]*"', f' y="{float(_looks(text)["y"]) + down:.2f}"', across)

        return match[1] + match[2] + _TEXT.sub(moved, match[3])

    return _EDGE.sub(placed, body)


def _titles_on_top(body: str) -> str:
    """Draw the titles of clusters last: Graphviz draws edges across them."""
    titles: list[str] = []

    def taken(frame: re.Match[str]) -> str:
        titles.extend(text[0] for text in _TEXT.finditer(frame[0]))
        return _TEXT.sub("", frame[0])

    body = _CLUSTER.sub(taken, body)
    if not titles:
        return body
    head, end, tail = body.rpartition("</g>")
    return head + '<g class="titles">\n' + "\n".join(titles) + "\n</g>\n" + end + tail


def _looks(text: re.Match[str]) -> dict[str, str]:
    """The attributes of a text."""
    return dict(_ATTRIBUTE.findall(text[0].partition(">")[0]))


def _size_of_label(edge: str) -> tuple[float, float] | None:
    texts = list(_TEXT.finditer(edge))
    if not texts:
        return None
    return plate_size([_ENTITY.sub("x", text[1]) for text in texts], float(_looks(texts[0])["font-size"]))


def _boxes(node: str) -> Iterator[Box]:
    """What a node is drawn as."""
    for polygon in _POLYGON.finditer(node):
        yield box_around(_points(polygon[1]))
    for path in _PATH.finditer(node):
        yield box_around(_points(path[1]))
    for ellipse in _ELLIPSE.finditer(node):
        yield box_of_ellipse(*map(float, ellipse.groups()))


def _points(text: str) -> list[tuple[float, float]]:
    numbers = [float(each) for each in _NUMBER.findall(text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _with_plate(match: re.Match[str]) -> str:
    """Put a light rectangle behind a text, as wide as its characters."""
    box, size = _box_of_text(match), float(_looks(match)["font-size"])
    plate = (
        f'<rect x="{box.left:.2f}" y="{box.top:.2f}" width="{box.right - box.left:.2f}" '
        f'height="{box.bottom - box.top:.2f}" rx="{0.25 * size:.2f}" fill="{PLATE}"/>\n'
    )
    return plate + match[0]


def _box_of_text(match: re.Match[str]) -> Box:
    looks = _looks(match)
    place = float(looks["x"]), float(looks["y"])
    text = _ENTITY.sub("x", match[1])
    return box_of_text(place, text, float(looks["font-size"]), looks.get("text-anchor", "start"))
