"""How large a picture will be, estimated without a layout, and what of it fits."""

from __future__ import annotations

from collections import Counter, deque

from viz.graphs.folding.boxes import Picture

__all__ = ["SCREEN", "arrangement", "extent", "few_enough", "fits_screens", "nearest"]

ARROWS_PER_NODE = 2
STRAIN_PER_NODE = 20
"""Arrows, and ranks crossed by them, that are allowed per node allowed. At the bounds, with 1,500 nodes, a
layout takes 3 s."""

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
    >>> from viz.graphs.folding.fold import fold
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


def few_enough(picture: Picture, max_nodes: int | None) -> bool:
    """Whether Graphviz lays a picture out within seconds, being told how many nodes it may be given."""
    if max_nodes is None:
        return True
    few_arrows = len(picture.arrows) <= ARROWS_PER_NODE * max_nodes + 2
    return few_arrows and picture.size <= max_nodes and picture.strain <= STRAIN_PER_NODE * max_nodes


def nearest(picture: Picture, max_nodes: int, focus: int | None) -> Picture:
    """As many boxes as fit, those nearest to a root or to the focus first."""
    graph = picture.graph
    box_of = [-1] * len(graph.nodes)
    for k, box in enumerate(picture.boxes):
        for i in box.members:
            box_of[i] = k
    start = graph.roots if focus is None else [focus]
    order = dict.fromkeys(box_of[i] for i in start if box_of[i] >= 0)
    waiting = deque(order)
    while waiting and len(order) <= max_nodes:
        for i in picture.boxes[waiting.popleft()].members:
            for j in (*graph.operands[i], *(graph.consumers[i] if focus is not None else ())):
                if box_of[j] >= 0 and box_of[j] not in order:
                    order[box_of[j]] = None
                    waiting.append(box_of[j])
    nearest = list(order)[:max_nodes]
    while True:
        part = picture.restricted(nearest)
        if len(nearest) == 1 or few_enough(part, max_nodes):
            part.notes.append(
                picture.words("the part nearest to the root" if focus is None else "the part nearest to it")
            )
            return part
        nearest = nearest[: len(nearest) // 2]
