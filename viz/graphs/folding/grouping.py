"""Group nodes of a graph into boxes: sums, parts of a network, nodes that are alike.

Each gives a :class:`Folding`, which says for every node by which other node its box is known. Written over
plain lists of positions, since graphs of a million nodes come this way.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from engine.graph.walks import Trace

__all__ = ["ORDERLESS", "Folding", "Kind", "fold_alike", "fold_parts", "fold_sums", "slot", "unfold"]

Kind = Literal["node", "sum", "part", "alike"]
"""Kinds of boxes: a node, a sum of many terms, a part of a network, or nodes that are all alike."""

ORDERLESS = frozenset({"+", "sum"})
"""Operators whose operands have no order that matters."""

_DIGITS = re.compile(r"\d+")


@dataclass
class Folding:
    """A grouping of nodes into boxes.

    Args:
        owner: for each node the position of the node that stands for its box; -1 if not drawn.
        kinds: kind and name of each box that is not a single node, by that position.
        results: which of its nodes a box shows, where that is not just the last, by that position.
        note: what was folded, for the caption.
    """

    owner: list[int]
    kinds: dict[int, tuple[Kind, str]] = field(default_factory=dict)
    results: dict[int, list[int]] = field(default_factory=dict)
    note: str = ""

    @property
    def size(self) -> int:
        """The number of boxes."""
        return len(set(self.owner) - {-1})

    @cached_property
    def members(self) -> dict[int, list[int]]:
        """The nodes of every box, by the position of the node that stands for it. Found once."""
        owner = np.array(self.owner, np.int64)
        order = np.argsort(owner, kind="stable")
        ends = [*np.flatnonzero(np.diff(owner[order])) + 1, len(order)] if len(order) else []
        found, positions = dict[int, list[int]](), order.tolist()
        for first, end in pairwise([0, *ends]):
            found[self.owner[positions[first]]] = positions[first:end]
        found.pop(-1, None)
        return found


def slot(op: str, k: int, count: int) -> int:
    """The slot of the k-th of so many operands: its half in a dot, its position in a product, else 0.

    >>> slot("dot", 3, 4), slot("*", 1, 2), slot("+", 1, 2)
    (1, 1, 0)
    """
    if op == "dot":
        return int(k >= count // 2)
    return 0 if op in ORDERLESS or count > 3 else k


def fold_sums(
    graph: Trace, each: list[int], apart: set[int], part: list[str | None] | None = None
) -> Folding:
    """Make chains of ``+`` one box each, where nothing else uses the partial sums. Named sums stay.

    Args:
        graph: whose nodes.
        each: the folding that folds nothing.
        apart: nodes that are not to be merged.
        part: the part each node belongs to; sums inside parts are left alone.

    >>> from engine import Value
    >>> from engine.graph.walks import trace
    >>> x = Value(2.0)
    >>> fold_sums(trace(x + x + x), [0, 1, 2], {2}).owner
    [0, 2, 2]
    """
    owner, kinds = list(each), dict[int, tuple[Kind, str]]()
    offsets, flat = graph.edges
    adds = np.array([node._op in ORDERLESS for node in graph.nodes], bool) & (np.array(each) >= 0)
    if part is not None:
        adds &= ~np.array([bool(name) for name in part], bool)
    user = np.zeros(len(owner), np.intp)
    user[flat] = np.repeat(np.arange(len(owner)), np.diff(offsets))
    inner = (np.bincount(flat, minlength=len(owner)) == 1) & adds & adds[user] & (np.diff(offsets) > 0)
    for i in np.flatnonzero(inner)[::-1].tolist():  # the outermost sum owns the others
        if not graph.nodes[i].label and i not in apart:
            owner[i] = owner[user[i]]
            kinds[owner[i]] = ("sum", "")
    return Folding(owner, kinds, note="operators, sums")


def fold_parts(graph: Trace, each: list[int], apart: set[int], part: list[str | None], what: str) -> Folding:
    """Make each part one box, and leaves outside of parts with the same consumers one box too."""
    folding = fold_sums(graph, each, apart, part)
    owner, kinds = folding.owner, folding.kinds
    standing: dict[str, int] = {}
    for i, name in enumerate(part):
        if name and owner[i] >= 0:
            owner[i] = standing.setdefault(name, i)
            kinds[owner[i]] = ("part", name)
    used_by: dict[frozenset[int], list[int]] = defaultdict(list)
    starts, users_of = graph.uses
    for i in np.flatnonzero(np.diff(graph.edges[0]) == 0).tolist():
        if owner[i] == i and not part[i] and i not in apart:
            users = users_of[starts[i] : starts[i + 1]].tolist()
            if any(part[user] for user in users):
                used_by[frozenset(owner[user] for user in users)].append(i)
    for leaves in used_by.values():
        if len(leaves) > 1:
            kinds[leaves[0]] = ("alike", "")
            folding.results[leaves[0]] = leaves
            for i in leaves:
                owner[i] = leaves[0]
    folding.note = f"operators, sums, {what}"
    return folding


def fold_alike(graph: Trace, folding: Folding, apart: set[int], limit: int | None = None) -> Folding | None:
    """Make boxes that are alike one: a layer's neurons, or the same nodes for each sample of a batch.

    They are of the same operator, equally high above the leaves, and used in the same place by boxes that
    are alike themselves.

    Args:
        graph: whose nodes.
        folding: the boxes to start from.
        apart: nodes that are not to be merged with others.
        limit: with more boxes than this left, give up.

    Returns:
        The folding; None where the limit is passed.
    """
    owner, height = folding.owner, _heights(graph, folding.owner)
    class_of: dict[int, int] = {}  # by the node that stands for a box: the one that stands for all alike
    stands_for: dict[object, int] = {}
    same: dict[int, list[int]] = defaultdict(list)
    used: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for i in range(len(owner) - 1, -1, -1):  # a node's users come first, so its class is known when it is met
        box = owner[i]
        if box < 0:
            continue
        node = graph.nodes[i]
        kind, _ = folding.kinds.get(box, ("node", ""))
        if box not in class_of:
            class_of[box] = box
            if kind != "part" and i not in apart:
                pattern = _DIGITS.sub("0", str(node.label))
                key = (node._op, height[box], pattern, frozenset(used.pop(box, ())))
                class_of[box] = stands_for.setdefault(key, box)
            same[class_of[box]].append(box)
            if limit is not None and len(same) > limit:
                return None
        op, count = "+" if kind in ("sum", "part") else node._op, len(graph.operands[i])
        for k, j in enumerate(graph.operands[i]):
            if owner[j] not in (-1, box):
                used[owner[j]].add((class_of[box], slot(op, k, count)))
    kinds, results = dict(folding.kinds), dict(folding.results)
    for standing, boxes in same.items():
        if len(boxes) > 1:
            kinds[standing] = ("alike", "")
            results[standing] = sorted(i for box in boxes for i in folding.results.get(box, (box,)))
    merged = [class_of[box] if box >= 0 else -1 for box in owner]
    return Folding(merged, kinds, results, f"{folding.note}, what is alike")


def unfold(folding: Folding, opened: set[int], finer: Sequence[Folding] = ()) -> Folding:
    """Open some boxes, by the nodes that stand for them: as the first finer folding that parts them does.

    >>> unfold(Folding([0, 2, 2], {2: ("sum", "")}), {2}).owner
    [0, 1, 2]
    """
    owner = list(folding.owner)
    kinds = {i: kind for i, kind in folding.kinds.items() if i not in opened}
    results = {i: found for i, found in folding.results.items() if i not in opened}
    members = folding.members
    for box in opened:
        parted = next((each for each in finer if len({each.owner[i] for i in members[box]}) > 1), None)
        for i in members[box]:
            owner[i] = i if parted is None else parted.owner[i]
            if parted is not None and owner[i] in parted.kinds:
                kinds[owner[i]] = parted.kinds[owner[i]]
                if owner[i] in parted.results:
                    results[owner[i]] = parted.results[owner[i]]
    return Folding(owner, kinds, results, folding.note)


def _heights(graph: Trace, owner: list[int]) -> dict[int, int]:
    """The longest path down to a leaf, for each box by the node that stands for it."""
    height: dict[int, int] = defaultdict(int)
    for i, operands in enumerate(graph.operands):
        box = owner[i]
        for j in operands:
            if owner[j] not in (-1, box):
                height[box] = max(height[box], height[owner[j]] + 1)
    return height
