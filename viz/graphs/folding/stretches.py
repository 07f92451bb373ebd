"""Merge stretches of a graph that is too long: boxes between which nothing branches off.

A box whose result only one other box uses can be merged with that one without a circle. It is, where the two
together need no more inputs than the second did, so that long calculations become one box and the places
where ways part and meet stay. Small ones are merged first, until the picture fits the screen.
"""

from __future__ import annotations

from collections import Counter

from engine.graph.walks import Trace
from viz.graphs.folding.extent import BESIDE, BETWEEN_RANKS, BOXES, SCREEN
from viz.graphs.folding.grouping import Folding

__all__ = ["fold_stretches"]

SCREENS = 1.6
"""How large the picture may become, less than the limit as this is an estimate."""


def fold_stretches(
    graph: Trace, folding: Folding, apart: set[int], name: str = "stretch {number}"
) -> Folding:
    """Merge stretches until the picture fits, or nothing can be merged any more.

    Args:
        graph: whose nodes.
        folding: the boxes to start from.
        apart: nodes that are not to be merged with others.
        name: of a stretch, with its number filled in.

    >>> from engine import Value
    >>> from engine.graph.walks import trace
    >>> x = Value(0.1)
    >>> for _ in range(40):
    ...     x = x.sin().exp()
    >>> graph = trace(x)
    >>> fold_stretches(graph, Folding(list(range(81))), {80}).size < 20
    True
    """
    boxes = _Boxes(graph, folding, apart)
    while not boxes.fit() and boxes.merge():
        pass
    owner = [box if box < 0 else boxes.stands_for(box) for box in folding.owner]
    merged = {box for box, count in boxes.size.items() if count > 1 and boxes.stands_for(box) == box}
    kinds = {box: kind for box, kind in folding.kinds.items() if boxes.stands_for(box) == box}
    results = {box: found for box, found in folding.results.items() if boxes.stands_for(box) == box}
    for number, box in enumerate(sorted(merged), start=1):
        kinds[box] = ("part", name.replace("{number}", str(number)))
        results.pop(box, None)
    return Folding(owner, kinds, results, f"{folding.note}, stretches")


class _Boxes:
    """The boxes of a folding as a graph of their own, in which neighbours are merged."""

    def __init__(self, graph: Trace, folding: Folding, apart: set[int]) -> None:
        owner = folding.owner
        self.into: dict[int, set[int]] = {box: set() for box in dict.fromkeys(owner) if box >= 0}
        self.out: dict[int, set[int]] = {box: set() for box in self.into}
        last: dict[int, int] = {}
        constant = dict.fromkeys(self.into, True)
        for i, operands in enumerate(graph.operands):
            head = owner[i]
            if head < 0:
                continue
            last[head] = i
            if operands or graph.nodes[i].label or graph.nodes[i]._op or i in apart:
                constant[head] = False
            for j in operands:
                if owner[j] not in (-1, head):
                    self.into[head].add(owner[j])
                    self.out[owner[j]].add(head)
        self.order = sorted(self.into, key=last.__getitem__)
        self.size = dict.fromkeys(self.into, 1)
        self.constant = constant
        self.fixed = {owner[i] for i in apart if owner[i] >= 0}
        self.fixed |= {box for box, (kind, _) in folding.kinds.items() if kind == "part"}
        self._merged: dict[int, int] = {}

    def stands_for(self, box: int) -> int:
        while box in self._merged:
            box = self._merged[box]
        return box

    def fit(self) -> bool:
        """Whether the boxes fit, one above the other."""
        rank: dict[int, int] = {}
        for box in self.order:
            rank[box] = max((rank[each] + 1 for each in self.into[box] if each in rank), default=0)
        for box in self.order:
            if not self.into[box] and self.out[box]:
                rank[box] = min(rank[head] for head in self.out[box]) - 1
        counted = Counter(rank.values())
        wide, high = BOXES["rows"]
        width = len(counted) * (wide + BETWEEN_RANKS) / SCREEN[0]
        height = max(counted.values()) * (high + BESIDE) / SCREEN[1]
        return max(width, height, width * height) <= SCREENS

    def merge(self) -> bool:
        """Merge pairs, small ones first, each box once; says whether there were any."""
        pairs = []
        for box in self.order:
            if len(self.out[box]) == 1 and box not in self.fixed:
                (head,) = self.out[box]
                if head not in self.fixed and self._narrow(box, head):
                    pairs.append((self.size[box] + self.size[head], box, head))
        touched: set[int] = set()
        for _, box, head in sorted(pairs)[: 1 + len(pairs) // 4]:
            if box not in touched and head not in touched:
                touched |= {box, head}
                self._join(box, head)
        return bool(touched)

    def _narrow(self, box: int, head: int) -> bool:
        """Whether the two together need no more inputs than the second; constants do not count."""
        if self.constant[box]:
            return self.size[head] > 1 or len(self.into[head]) > 1
        before = self._inputs(head)
        together = self._inputs(box) | (before - {box})
        return bool(self.into[box]) and len(together) <= max(1, len(before))

    def _inputs(self, box: int) -> set[int]:
        return {each for each in self.into[box] if self.into[each]}

    def _join(self, box: int, head: int) -> None:
        for tail in self.into.pop(box):
            self.out[tail].discard(box)
            self.out[tail].add(head)
            self.into[head].add(tail)
        self.into[head].discard(box)
        del self.out[box]
        self.size[head] += self.size.pop(box)
        self._merged[box] = head
        self.order.remove(box)
