"""Clean up Graphviz's SVG: transparent background, legible text, title and description.

Graphviz writes a white background, black on it, and nothing a screen reader can use. This module
takes the background away, gives text outside nodes a light plate to stand on, names the picture,
and leaves out what differs from machine to machine or loads anything from elsewhere. Colours follow
the light or dark scheme of whoever looks, by CSS variables that a page may set otherwise:
``--leaf-fill`` and the like on ``.chainrule-graph``. Programs that know none show the light ones.
"""

from __future__ import annotations

import re
from itertools import count, pairwise
from math import hypot
from xml.sax.saxutils import escape

from viz.labels import visible
from viz.theme import DARK, FONT, FONT_STACK, TEXT_OUTSIDE

__all__ = ["polish", "with_name"]

PLATE = DARK["plate"][0]
ALONG = 0.45, 0.6, 0.32, 0.75, 0.2
"""Where on its line the label of an edge stands, from the operand on: the first place without another."""

LABEL = 40.0, 10.0
"""Width and height of a usual label, in points."""

CHARACTER_WIDTH = 0.6  # em, of Courier and its kin

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_BACKGROUND = re.compile(
    r'(<g id="graph0"[^>]*>\n?)(<title>[^<]*</title>\n?)?(<polygon fill="white"[^>]*/>\n?)?'
)
_FONT = re.compile(rf'font-family="{FONT}[^"]*"')
_TEXT = re.compile(rf'<text [^>]*fill="{TEXT_OUTSIDE}"[^>]*>([^<]*)</text>')
_EDGE = re.compile(r'(<g id="[^"]*" class="edge">.*?<path [^>]*? d=")([^"]*)(".*?</g>)', re.DOTALL)
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
    body = _labels_on_lines(body)
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
    """Put the label of each edge onto its line, where no other label stands; Graphviz puts it over boxes."""
    lines = [_along(match[2]) for match in _EDGE.finditer(body)]
    labelled = [bool(_TEXT.search(match[3])) for match in _EDGE.finditer(body)]
    places: dict[int, tuple[float, float]] = {}
    for index in sorted(range(len(lines)), key=lambda k: lines[k].length):  # long lines have more places
        if labelled[index]:
            taken = list(places.values())
            at = lines[index].at
            places[index] = next((p for share in ALONG if _is_free(p := at(share), taken)), at(ALONG[0]))
    counted = count()

    def placed(match: re.Match[str]) -> str:
        index = next(counted)
        if index not in places:
            return match[0]
        x, y = places[index]

        def moved(text: re.Match[str]) -> str:
            attributes = dict(_ATTRIBUTE.findall(text[0].partition(">")[0]))
            down = y + 0.35 * float(attributes["font-size"])
            across = re.sub(r' x="[^"]*"', f' x="{x:.2f}"', text[0])
            return re.sub(r' y="[^"]*"', f' y="{down:.2f}"', across)

        return match[1] + match[2] + _TEXT.sub(moved, match[3])

    return _EDGE.sub(placed, body)


def _is_free(at: tuple[float, float], taken: list[tuple[float, float]]) -> bool:
    return all(abs(at[0] - x) >= LABEL[0] or abs(at[1] - y) >= LABEL[1] for x, y in taken)


class _Line:
    """A path of Bézier curves, as dots on it and their distances from its beginning."""

    def __init__(self, dots: list[tuple[float, float]]) -> None:
        self.dots = dots
        self.lengths = [0.0]
        for (x0, y0), (x1, y1) in pairwise(dots):
            self.lengths.append(self.lengths[-1] + hypot(x1 - x0, y1 - y0))
        self.length = self.lengths[-1]

    def at(self, share: float) -> tuple[float, float]:
        """The point at a share of the length."""
        wanted = share * self.length
        k = next((k for k in range(1, len(self.dots)) if self.lengths[k] >= wanted), len(self.dots) - 1)
        part = (wanted - self.lengths[k - 1]) / ((self.lengths[k] - self.lengths[k - 1]) or 1.0)
        (x0, y0), (x1, y1) = self.dots[k - 1], self.dots[k]
        return x0 + part * (x1 - x0), y0 + part * (y1 - y0)


def _along(path: str) -> _Line:
    numbers = [float(each) for each in _NUMBER.findall(path)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    dots = [points[0]]
    for first in range(0, len(points) - 3, 3):
        curve = points[first : first + 4]
        for t in (k / 10 for k in range(1, 11)):
            weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
            x, y = (sum(w * p[k] for w, p in zip(weights, curve, strict=True)) for k in (0, 1))
            dots.append((x, y))
    return _Line(dots)


def _with_plate(match: re.Match[str]) -> str:
    """Put a light rectangle behind a text, as wide as its characters."""
    attributes = dict(_ATTRIBUTE.findall(match[0].partition(">")[0]))
    size = float(attributes["font-size"])
    width = CHARACTER_WIDTH * size * len(_ENTITY.sub("x", match[1])) + 0.5 * size
    x, y = float(attributes["x"]), float(attributes["y"])
    left = {"middle": x - width / 2, "end": x - width + 0.25 * size}.get(
        attributes.get("text-anchor", "start"), x - 0.25 * size
    )
    plate = (
        f'<rect x="{left:.2f}" y="{y - 0.92 * size:.2f}" width="{width:.2f}" height="{1.2 * size:.2f}" '
        f'rx="{0.25 * size:.2f}" fill="{PLATE}"/>\n'
    )
    return plate + match[0]
