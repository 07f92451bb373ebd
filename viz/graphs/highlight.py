"""Highlight paths of a graph: find their boxes and arrows in a picture."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from engine.explanation.paths import Path
from engine.graph.names import number
from engine.graph.walks import Trace
from viz.graphs.folding.boxes import Picture
from viz.graphs.folding.grouping import slot
from viz.labels import Words

__all__ = ["Highlight"]


class Highlight:
    """Paths of a graph, by the positions of its nodes.

    Args:
        graph: whose paths.
        given: a path as ``engine.paths`` finds it, or several, or all that it found.

    Attributes:
        nodes: positions of the nodes on a path.
        edges: each edge on a path, as the position of the node that uses and the place of the operand.

    Raises:
        TypeError: something is not a path.
        ValueError: a path goes through a node that is not in this graph.

    >>> from engine import Value, paths
    >>> from engine.graph.walks import trace
    >>> x = Value(3.0)
    >>> y = x * x
    >>> Highlight(trace(y), paths(y, x)[0]).edges
    {(1, 0)}
    """

    def __init__(self, graph: Trace, given: Path | Iterable[Path]) -> None:
        self.paths = _listed(given)
        self.nodes: set[int] = set()
        self.edges: set[tuple[int, int]] = set()
        for path in self.paths:
            for node in path.nodes:
                if node not in graph.position:
                    raise ValueError(
                        f"the path to be highlighted goes through {node!r}, which is not in this graph"
                    )
            numbers = [graph.position[node] for node in path.nodes]
            self.nodes.update(numbers)
            self.edges.update(zip(numbers[1:], path.slots, strict=True))

    def note(self, words: Words) -> str:
        """The caption of the highlighted paths."""
        if len(self.paths) == 1:
            return words("thick: a path of product {product}", product=number(self.paths[0].product))
        total = number(sum(path.product for path in self.paths))
        count = len(self.paths)
        return words("thick: {count} paths, whose products add up to {total}", count=count, total=total)

    def surroundings(self, graph: Trace) -> set[int]:
        """The nodes on the paths, and their operands."""
        return self.nodes.union(*(graph.operands[i] for i in self.nodes))

    def boxes(self, picture: Picture) -> set[int]:
        """The boxes that a path goes through, by index."""
        return {i for i, box in enumerate(picture.boxes) if not self.nodes.isdisjoint(box.members)}

    def arrows(self, picture: Picture) -> set[int]:
        """The arrows that a path goes along, by index: of several alike, as many as there are edges."""
        box_of = {i: k for k, box in enumerate(picture.boxes) for i in box.members}
        alike: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for index, arrow in enumerate(picture.arrows):
            alike[arrow.tail, arrow.head, arrow.slot].append(index)
        wanted: Counter[tuple[int, int, int]] = Counter()
        for i, k in self.edges:
            head, operands = box_of.get(i, -1), picture.graph.operands[i]
            tail = box_of.get(operands[k], -1)
            if head >= 0:
                op = "+" if picture.boxes[head].kind in ("sum", "part") else picture.graph.nodes[i]._op
                wanted[tail, head, slot(op, k, len(operands))] += 1
        return {index for key, count in wanted.items() for index in alike[key][:count]}


def _listed(given: Any) -> list[Path]:
    """The paths given, one or several."""
    several = [given] if isinstance(given, Path) else list(given) if isinstance(given, Iterable) else [given]
    for each in several:
        if not isinstance(each, Path):
            kind = type(each).__name__
            raise TypeError(f"highlight takes paths, as engine.paths finds them, got {each!r} of type {kind}")
    return several
