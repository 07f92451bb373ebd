"""How large a picture will be, estimated without a layout."""

from __future__ import annotations

from collections import Counter

from viz.graphs.boxes import Picture

__all__ = ["SCREEN", "arrangement", "extent", "fits_screens"]

SCREEN = 1200.0, 750.0
"""Points of a screen of 1600×1000 pixels."""

BOXES = {
    "line": (190.0, 20.0),  # label | data | grad, side by side
    "rows": (112.0, 46.0),  # one above the other
    "pairs": (225.0, 32.0),  # what it is above its numbers, for columns of many boxes
}
"""Ways to arrange the cells of a box, with the width and height of a usual one."""

OPERATOR = 36.0, 26.0
BETWEEN_RANKS, BESIDE = 61.0, 15.0


CROWDED = 8
"""Boxes of one rank above which they are made flat."""


def extent(picture: Picture, rankdir: str = "LR", cells: list[str] | None = None) -> tuple[float, float]:
    """Width and height of a picture in points, within a third or so.

    Args:
        picture: the picture.
        rankdir: its direction.
        cells: how the cells of each box are arranged, one of :data:`BOXES`; the best way by default.

    >>> from engine import Value
    >>> from engine.graph.walks import trace
    >>> from viz.graphs.fold import fold
    >>> width, height = extent(fold(trace(Value(1.0).exp()), level="operators"))
    >>> width > height
    True
    """
    cells = cells or arrangement(picture, rankdir)
    flat = rankdir in ("LR", "RL")
    along: dict[int, float] = {}
    across: dict[int, float] = {}
    for rank, each in zip(picture.ranks, cells, strict=True):
        long, deep = BOXES[each] if flat else BOXES[each][::-1]
        along[rank] = max(along.get(rank, 0.0), long)
        across[rank] = across.get(rank, 0.0) + deep + BESIDE
    length = sum(along.values()) + len(along) * BETWEEN_RANKS
    if picture.separate:
        length += (len(along) - 1) * (OPERATOR[not flat] + BETWEEN_RANKS)
    return (length, max(across.values())) if flat else (max(across.values()), length)


def arrangement(picture: Picture, rankdir: str = "LR") -> list[str]:
    """How the cells of each box are arranged: in a line while that fits a screen, else in rows or pairs."""
    line = ["line"] * len(picture.boxes)
    width, height = extent(picture, rankdir, line)
    if width <= SCREEN[0] and height <= SCREEN[1] and all(box.kind == "node" for box in picture.boxes):
        return line
    in_rank = Counter(picture.ranks)
    flat = rankdir in ("LR", "RL")
    return ["pairs" if flat and in_rank[rank] > CROWDED else "rows" for rank in picture.ranks]


def fits_screens(picture: Picture, rankdir: str = "LR", screens: float = 2.0) -> bool:
    """Whether a picture is at most so many screens wide, so many high, and fills no more than that."""
    width, height = (size / screen for size, screen in zip(extent(picture, rankdir), SCREEN, strict=True))
    return max(width, height, width * height) <= screens
