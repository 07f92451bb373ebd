"""Orders nodes for computing: those of one form together, as many as possible at a time.

A node is ready when its operands are computed. Of the forms that have ready nodes, the one is next that is
farthest from the outputs, and it takes along every ready node of its form. So nodes that are ready early,
such as the first position of a sequence, which has fewer to attend to, wait for those of their kind.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from engine.jit.lower.canonical import CONST, LEAF
from engine.jit.lower.strides import Index
from engine.jit.lower.sums.terms import ranges
from engine.jit.lower.table import Table

__all__ = ["schedule"]


def schedule(table: Table, form_of: Index, order: Sequence[int] | None = None) -> list[Index]:
    """Groups of refs in the order of computing.

    Args:
        table: canonical nodes.
        form_of: of each a number, equal for those that can be computed together.
        order: refs of those to be computed, operands before results; None: all as they stand.
    """
    is_computed = ~(table.of_kind(LEAF) | table.of_kind(CONST))
    reads, read = table.reads
    place = np.arange(len(table))
    if order is not None:
        place[:] = -1
        place[order] = np.arange(len(order))
        is_computed &= place >= 0
        among = place[reads] >= 0
        reads, read = reads[among], read[among]
    distance = _distances(table.levels, reads, read)
    counts = is_computed[read]
    missing = np.bincount(reads[counts], minlength=len(table))
    reads, read = reads[counts], read[counts]
    by_read = np.argsort(read, kind="stable")
    users, starts = reads[by_read], np.searchsorted(read[by_read], np.arange(len(table) + 1))
    forms: dict[Any, int] = {}
    waiting: list[list[Index]] = []
    queue: list[tuple[int, int]] = []

    def make_ready(refs: Index) -> None:
        order = np.argsort(form_of[refs], kind="stable")
        begins = np.flatnonzero(np.diff(form_of[refs][order], prepend=-2))
        parts = np.split(order, begins[1:]) if len(refs) else []
        for alike in sorted(parts, key=lambda places: int(places[0])):
            members = refs[alike]
            form = forms.setdefault(int(form_of[members[0]]), len(waiting))
            if form == len(waiting):
                waiting.append([])
            waiting[form].append(members)
            for far in set(distance[members].tolist()):
                heapq.heappush(queue, (-far, form))

    first = np.flatnonzero(is_computed & (missing == 0))
    make_ready(first[np.argsort(place[first])])
    groups = []
    while queue:
        _, form = heapq.heappop(queue)
        if not waiting[form]:
            continue
        members, waiting[form] = np.concatenate(waiting[form]), []
        groups.append(members[np.argsort(place[members])])
        told = users[ranges(starts[members], starts[members + 1] - starts[members])]
        np.subtract.at(missing, told, 1)
        found, last = np.unique(told[::-1], return_index=True)
        ready = missing[found] == 0
        make_ready(found[ready][np.argsort(-last[ready], kind="stable")])  # as they became ready
    return groups


def _distances(levels: Index, reads: Index, read: Index) -> Index:
    """How many steps each node is from what is read by nobody, at most."""
    distance = np.zeros(len(levels), np.intp)
    order = np.argsort(-levels[reads], kind="stable")
    reads, read, of = reads[order], read[order], -levels[reads[order]]
    bounds = [*np.flatnonzero(np.diff(of, prepend=1)).tolist(), len(of)]
    for start, stop in pairwise(bounds):
        np.maximum.at(distance, read[start:stop], distance[reads[start:stop]] + 1)
    return distance
