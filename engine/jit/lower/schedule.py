"""Orders nodes for computing: those of one form together, as many as possible at a time.

A node is ready when its operands are computed. Of the forms that have ready nodes, the one is next that is
farthest from the outputs, and it takes along every ready node of its form. So nodes that are ready early,
such as the first position of a sequence, which has fewer to attend to, wait for those of their kind.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np

from engine.jit.lower.canonical import CONST, LEAF, Node
from engine.jit.lower.strides import Index

__all__ = ["schedule"]


def schedule(
    nodes: list[Node], form_of: Callable[[Node], Any], order: Sequence[int] | None = None
) -> list[list[int]]:
    """Groups of refs in the order of computing.

    Args:
        nodes: canonical nodes.
        form_of: what nodes must share to be computed together.
        order: refs of those to be computed, operands before results; None: all as they stand.
    """
    is_computed = np.array([node.kind not in (LEAF, CONST) for node in nodes], bool)
    reads, read = _edges(nodes)
    place = np.arange(len(nodes))
    if order is not None:
        place[:] = -1
        place[order] = np.arange(len(order))
        is_computed &= place >= 0
        among = place[reads] >= 0
        reads, read = reads[among], read[among]
    distance = _distances(nodes, reads, read).tolist()
    counts = is_computed[read]
    missing = np.bincount(reads[counts], minlength=len(nodes))
    reads, read = reads[counts], read[counts]
    by_read = np.argsort(read, kind="stable")
    users, starts = reads[by_read], np.searchsorted(read[by_read], np.arange(len(nodes) + 1))
    forms: dict[Any, int] = {}
    waiting: list[list[int]] = []
    queue: list[tuple[int, int]] = []

    def make_ready(ref: int) -> None:
        form = forms.setdefault(form_of(nodes[ref]), len(waiting))
        if form == len(waiting):
            waiting.append([])
        waiting[form].append(ref)
        heapq.heappush(queue, (-distance[ref], form))

    first = np.flatnonzero(is_computed & (missing == 0))
    for ref in first[np.argsort(place[first])].tolist():
        make_ready(ref)
    groups = []
    while queue:
        _, form = heapq.heappop(queue)
        members = waiting[form]
        if not members:
            continue
        waiting[form] = []
        groups.append(sorted(members) if order is None else sorted(members, key=place.item))
        told = np.concatenate([users[starts[ref] : starts[ref + 1]] for ref in members])
        np.subtract.at(missing, told, 1)
        found, last = np.unique(told[::-1], return_index=True)
        ready = missing[found] == 0
        for ref in found[ready][np.argsort(-last[ready], kind="stable")].tolist():  # as they became ready
            make_ready(ref)
    return groups


def _edges(nodes: list[Node]) -> tuple[Index, Index]:
    """Who reads, and what is read: a pair for each node and each that it reads."""
    refs_of = [node.refs for node in nodes]
    reads = np.repeat(np.arange(len(nodes)), np.fromiter(map(len, refs_of), np.intp, len(nodes)))
    return reads, np.fromiter(chain.from_iterable(refs_of), np.intp, len(reads))


def _distances(nodes: list[Node], reads: Index, read: Index) -> Index:
    """How many steps each node is from what is read by nobody, at most."""
    distance = np.zeros(len(nodes), np.int64)
    levels = np.array([node.level for node in nodes] or [0])
    order = np.argsort(-levels[reads], kind="stable")
    reads, read, of = reads[order], read[order], -levels[reads[order]]
    bounds = [*np.flatnonzero(np.diff(of, prepend=1)).tolist(), len(of)]
    for start, stop in pairwise(bounds):
        np.maximum.at(distance, read[start:stop], distance[reads[start:stop]] + 1)
    return distance
