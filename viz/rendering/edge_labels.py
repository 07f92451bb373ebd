"""Where the labels of edges stand: on their lines, beside boxes, arrowheads and each other.

Graphviz puts them over boxes. SVG, PNG, PDF and TikZ take their places from here. Lengths are points, y runs
downward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import hypot, inf

__all__ = ["Box", "EdgeLine", "box_around", "box_of_ellipse", "box_of_text", "places_on_lines", "plate_size"]

ALONG = 0.45, 0.6, 0.32, 0.75, 0.2, 0.52, 0.38, 0.67, 0.26, 0.85, 0.12
"""Where on its line the label of an edge stands, from the operand on: the first of these that is free."""

CHARACTER_WIDTH = 0.6  # em, of Courier and its kin

CELL = 40.0, 12.0
"""Width and height, about those of a label, of the cells by which neighbours are found."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """What a label must not lie on: a rectangle, or the ellipse within it."""

    left: float
    top: float
    right: float
    bottom: float
    is_round: bool = False

    def overlap(self, other: Box) -> float:
        """About the area that another rectangle has in common with this.

        >>> Box(0, 0, 10, 10).overlap(Box(8, 9, 20, 20)), Box(0, 0, 10, 10, True).overlap(Box(9, 9, 20, 20))
        (2, 0.0)
        """
        if self.right <= other.left or other.right <= self.left:
            return 0.0
        if (
            self.bottom <= other.top
            or other.bottom <= self.top
            or (self.is_round and not self._reaches(other))
        ):
            return 0.0
        across = min(self.right, other.right) - max(self.left, other.left)
        return across * (min(self.bottom, other.bottom) - max(self.top, other.top))

    def _reaches(self, other: Box) -> bool:
        """Whether the ellipse reaches into a rectangle."""
        x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        near = min(max(x, other.left), other.right), min(max(y, other.top), other.bottom)
        radii = (self.right - self.left) / 2, (self.bottom - self.top) / 2
        return hypot((near[0] - x) / radii[0], (near[1] - y) / radii[1]) < 1


@dataclass(frozen=True)
class EdgeLine:
    """The line of an edge.

    Args:
        points: the control points of its cubic Béziers.
        label: width and height of its label; None where it has none.
    """

    points: Sequence[Point]
    label: tuple[float, float] | None = None


def plate_size(texts: Sequence[str], size: float) -> tuple[float, float]:
    """Width and height of lines of text with a little room around them.

    >>> plate_size(["0.5000"], 10.0)
    (41.0, 12.0)
    """
    return CHARACTER_WIDTH * size * max(map(len, texts)) + 0.5 * size, 1.2 * size * len(texts)


def box_around(points: Sequence[Point]) -> Box:
    """The rectangle around points.

    >>> box_around([(0.0, 2.0), (3.0, 1.0)])
    Box(left=0.0, top=1.0, right=3.0, bottom=2.0, is_round=False)
    """
    across, down = zip(*points, strict=True)
    return Box(min(across), min(down), max(across), max(down))


def box_of_ellipse(x: float, y: float, across: float, down: float) -> Box:
    """The box of an ellipse, from its centre and radii."""
    return Box(x - across, y - down, x + across, y + down, is_round=True)


def box_of_text(place: Point, text: str, size: float, align: str = "start") -> Box:
    """The plate behind a line of text.

    Args:
        place: of its baseline.
        text: what is written.
        size: of the font.
        align: "start", "middle" or "end": which part of the text stands at the place.

    >>> box = box_of_text((100.0, 20.0), "layers.0", 10.0)
    >>> print(f"{box.left:g} to {box.right:g}, {box.top:g} to {box.bottom:g}")
    97.5 to 150.5, 10.8 to 22.8
    """
    width, height = plate_size([text], size)
    left = {"middle": place[0] - width / 2, "end": place[0] - width + 0.25 * size}.get(
        align, place[0] - 0.25 * size
    )
    top = place[1] - 0.92 * size
    return Box(left, top, left + width, top + height)


def places_on_lines(lines: Sequence[EdgeLine], boxes: Sequence[Box]) -> dict[int, Point]:
    """The centre of the label of each line that has one, by the number of the line.

    A label stands where it covers no box and no other label; where there is no such place, where it covers
    least.

    Args:
        lines: those of the edges.
        boxes: nodes and arrowheads.

    >>> straight = EdgeLine([(0.0, 0.0), (100.0, 0.0), (200.0, 0.0), (300.0, 0.0)], (40.0, 10.0))
    >>> places_on_lines([straight], []), places_on_lines([straight], [Box(130.0, -9.0, 140.0, 9.0)])
    ({0: (135.0, 0.0)}, {0: (180.0, 0.0)})
    """
    measured = {k: _Dots(line.points) for k, line in enumerate(lines) if line.label}
    taken = _Grid(boxes)
    places: dict[int, Point] = {}
    for index in sorted(measured, key=lambda k: measured[k].length):  # long lines have more places
        width, height = lines[index].label or (0.0, 0.0)
        least, best = inf, Box(0.0, 0.0, 0.0, 0.0)
        for share in ALONG:
            x, y = measured[index].at(share)
            plate = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            covered = taken.covered(plate, least)
            if covered < least:
                least, best, places[index] = covered, plate, (x, y)
            if not least:
                break
        taken.add(best)
    return places


class _Grid:
    """Boxes by the cells that they lie in."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._cells: dict[tuple[int, int], list[Box]] = {}
        for box in boxes:
            self.add(box)

    def add(self, box: Box) -> None:
        for cell in _cells(box):
            self._cells.setdefault(cell, []).append(box)

    def covered(self, plate: Box, enough: float) -> float:
        """How much of all boxes a plate lies on, in whole square points; no more is counted than enough."""
        area = 0.0
        seen: set[int] = set()
        for cell in _cells(plate):
            for box in self._cells.get(cell, ()):
                if id(box) not in seen:
                    seen.add(id(box))
                    area += box.overlap(plate)
            if area >= enough + 1:
                break
        return round(area)


def _cells(box: Box) -> product[tuple[int, int]]:
    across = range(int(box.left // CELL[0]), int(box.right // CELL[0]) + 1)
    return product(across, range(int(box.top // CELL[1]), int(box.bottom // CELL[1]) + 1))


class _Dots:
    """A path of Bézier curves, as dots on it and their distances from its beginning."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.dots = [points[0]]
        for first in range(0, len(points) - 3, 3):
            curve = points[first : first + 4]
            for t in (k / 10 for k in range(1, 11)):
                weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
                x, y = (sum(w * p[k] for w, p in zip(weights, curve, strict=True)) for k in (0, 1))
                self.dots.append((x, y))
        self.lengths = [0.0]
        for (x0, y0), (x1, y1) in pairwise(self.dots):
            self.lengths.append(self.lengths[-1] + hypot(x1 - x0, y1 - y0))
        self.length = self.lengths[-1]

    def at(self, share: float) -> Point:
        """The point at a share of the length."""
        if len(self.dots) == 1:
            return self.dots[0]
        wanted = share * self.length
        k = next((k for k in range(1, len(self.dots)) if self.lengths[k] >= wanted), len(self.dots) - 1)
        part = (wanted - self.lengths[k - 1]) / ((self.lengths[k] - self.lengths[k - 1]) or 1.0)
        (x0, y0), (x1, y1) = self.dots[k - 1], self.dots[k]
        return x0 + part * (x1 - x0), y0 + part * (y1 - y0)
