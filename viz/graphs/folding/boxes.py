"""Boxes and arrows to draw: each box stands for one or more nodes of a graph."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.graph.walks import Trace
from viz.graphs.folding.grouping import ORDERLESS, Folding, Kind, slot
from viz.labels import Words

__all__ = ["Arrow", "Box", "Picture", "assemble"]

Positions = NDArray[np.intp]

MANY_OPERANDS = 8

FEW_MEMBERS = 64
"""Nodes of a box up to which its arrows are gathered one by one."""


@dataclass
class Box:
    """One box: a node, a sum of many terms, a part of a network, or nodes that are all alike.

    Args:
        kind: which of these.
        members: positions of its nodes, ascending.
        results: those whose numbers it shows: one of a node or a sum, several that are alike.
        name: of a box that holds several nodes, by which it is opened.
    """

    kind: Kind
    members: list[int]
    results: list[int]
    name: str = ""

    @property
    def result(self) -> int:
        """The last of its results."""
        return self.results[-1]


@dataclass
class Arrow:
    """An arrow: one box is an operand of another.

    Args:
        tail: index of the box used.
        head: index of the box that uses it.
        slot: which operand of the head it is; 0 where the order does not matter.
        uses: how many uses it stands for.
        local_grads: of these uses; none into a part of many nodes, fewer where a node was built without.
    """

    tail: int
    head: int
    slot: int
    uses: int = 0
    local_grads: list[float] = field(default_factory=list)


@dataclass
class Picture:
    """Boxes in topological order of their results, and arrows in the order of their heads' operands.

    Args:
        graph: what it shows.
        boxes: in order.
        arrows: between boxes, by index.
        left_out: for each box how many uses of operands are not drawn.
        separate: whether each operator is drawn as a node of its own.
        notes: texts on what was folded or left out, for the caption.
        words: the words of the picture.
        parts: for neurons, then for layers, the part that each node belongs to; empty without names.
    """

    graph: Trace
    boxes: list[Box]
    arrows: list[Arrow]
    left_out: list[int]
    separate: bool = False
    notes: list[str] = field(default_factory=list)
    words: Words = field(default_factory=Words)
    parts: list[list[str | None]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The number of nodes that Graphviz lays out."""
        return len(self.boxes) + (sum(map(self.has_operator, range(len(self.boxes)))) if self.separate else 0)

    def has_operator(self, i: int) -> bool:
        """Whether the node in box ``i`` has an operator and operands that are drawn."""
        box = self.boxes[i]
        node = self.graph.nodes[box.result]
        drawn = len(node._children) - self.left_out[i]
        return box.kind == "node" and bool(node._op) and (drawn > 0 or not node._children)

    @cached_property
    def ranks(self) -> list[int]:
        """An estimate of the rank at which each box will stand."""
        into: list[list[int]] = [[] for _ in self.boxes]
        out_of: list[list[int]] = [[] for _ in self.boxes]
        for arrow in self.arrows:
            tail, head = sorted((arrow.tail, arrow.head))  # boxes of many nodes can lie in circles
            into[head].append(tail)
            out_of[tail].append(head)
        rank = [0] * len(self.boxes)
        for i, tails in enumerate(into):
            rank[i] = max((rank[t] + 1 for t in tails), default=0)
        for i, heads in enumerate(out_of):  # a leaf is drawn just before its first use
            if heads and not into[i]:
                rank[i] = min(rank[h] for h in heads) - 1
        return rank

    @property
    def goes_forward(self) -> bool:
        """Whether no box is made of itself, which a part that is used again and again in a loop would be."""
        waits_for = [0] * len(self.boxes)
        heads: list[list[int]] = [[] for _ in self.boxes]
        for arrow in self.arrows:
            waits_for[arrow.head] += 1
            heads[arrow.tail].append(arrow.head)
        ready = [i for i, count in enumerate(waits_for) if not count]
        for i in ready:
            for head in heads[i]:
                waits_for[head] -= 1
                if not waits_for[head]:
                    ready.append(head)
        return len(ready) == len(self.boxes)

    def restricted(self, chosen: list[int]) -> Picture:
        """The picture of some of the boxes, by index; uses of others are counted as left out."""
        standing = sorted(chosen)
        part = replace(
            self, boxes=[self.boxes[k] for k in standing], arrows=[], left_out=[0] * len(standing),
            notes=list(self.notes),
        )  # fmt: skip
        box_of = [-1] * len(self.graph.nodes)
        for k, box in enumerate(part.boxes):
            for i in box.members:
                box_of[i] = k
        _add_arrows(part, box_of)
        return part

    @property
    def strain(self) -> int:
        """An estimate of the ranks crossed by all arrows, on which the time of a layout depends most."""
        rank = self.ranks
        crossed = sum(abs(rank[arrow.head] - rank[arrow.tail]) for arrow in self.arrows)
        return 2 * crossed if self.separate else crossed


def assemble(
    graph: Trace,
    folding: Folding,
    *,
    separate: bool = False,
    words: Words | None = None,
    parts: list[list[str | None]] | None = None,
) -> Picture:
    """Make boxes and arrows of a folding.

    Arrows between nodes are drawn one by one, so that ``x*x`` has two; those from the same box into a sum or
    a node of many operands, and those from or to a box of many results, are gathered.
    """
    members = folding.members
    standing = sorted(members, key=lambda owner: members[owner][-1])
    boxes = []
    for owner in standing:
        kind, name = folding.kinds.get(owner, ("node", ""))
        boxes.append(Box(kind, members[owner], folding.results.get(owner, members[owner][-1:]), name))
    words = words or Words()
    folded = ", ".join(words(each) for each in folding.note.split(", ")) if folding.note else ""
    notes = [words("folded: {what}", what=folded)] if folded else []
    picture = Picture(graph, boxes, [], [0] * len(boxes), separate, notes, words, parts or [])
    index = {owner: k for k, owner in enumerate(standing)}
    _add_arrows(picture, [index.get(owner, -1) for owner in folding.owner])
    return picture


def _add_arrows(picture: Picture, box_of: list[int]) -> None:
    graph, boxes = picture.graph, picture.boxes
    single = [box.kind in ("node", "sum") for box in boxes]  # of one result
    large = _Large(picture, box_of)
    for head, box in enumerate(boxes):
        if large.gathered(head):
            continue
        gathered: dict[tuple[int, int], Arrow] = {}
        for i in box.members:
            operands = graph.operands[i]
            local_grads = graph.nodes[i]._local_grads
            one_by_one = box.kind == "node" and len(operands) <= MANY_OPERANDS
            op = "+" if box.kind in ("sum", "part") else graph.nodes[i]._op
            for k, j in enumerate(operands):
                tail = box_of[j]
                if tail < 0:
                    picture.left_out[head] += 1
                elif tail != head:
                    key = (tail, slot(op, k, len(operands)))
                    if (one_by_one and single[tail]) or key not in gathered:
                        gathered[key] = Arrow(tail, head, key[1])
                        picture.arrows.append(gathered[key])
                    gathered[key].uses += 1
                    gathered[key].local_grads += local_grads[k : k + 1]


class _Large:
    """The arrows into boxes of many nodes, found over arrays."""

    def __init__(self, picture: Picture, box_of: list[int]) -> None:
        self.picture, self.box_of = picture, box_of

    @cached_property
    def tails(self) -> Positions:
        """The box of each operand of all nodes, in the order of ``graph.edges``."""
        return np.array(self.box_of, np.intp)[self.picture.graph.edges[1]]

    def gathered(self, head: int) -> bool:
        """Add the arrows into a box; False where it is small, or slots tell its arrows apart."""
        picture, box = self.picture, self.picture.boxes[head]
        graph, members = picture.graph, np.array(box.members, np.intp)
        if box.kind in ("node", "sum") or len(members) <= FEW_MEMBERS:
            return False
        if box.kind != "part" and graph.nodes[box.result]._op not in ORDERLESS:
            return False
        offsets, _ = graph.edges
        counts = offsets[members + 1] - offsets[members]
        edges = np.repeat(offsets[members] - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        tails = self.tails[edges]
        local_grads = None
        if box.kind != "part":  # a local gradient inside is not one of the whole part
            local_grads = np.array([each for i in box.members for each in graph.nodes[i]._local_grads])
            if len(tails) != len(local_grads):  # a node was built without local gradients
                return False
        picture.left_out[head] += int(np.count_nonzero(tails < 0))
        found, first, uses = np.unique(tails, return_index=True, return_counts=True)
        for k in np.argsort(first).tolist():
            tail = int(found[k])
            if tail not in (-1, head):
                chosen = [] if local_grads is None else local_grads[tails == tail].tolist()
                picture.arrows.append(Arrow(tail, head, 0, int(uses[k]), chosen))
        return True
