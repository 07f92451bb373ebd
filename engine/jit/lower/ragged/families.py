"""Which sums and sequences are alike but for their lengths, and better computed together than apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.jit.lower.canonical import IN_ORDER, LEAF, LIN, SEQ, Node
from engine.jit.lower.strides import Index, distinct, unique_rows
from engine.jit.lower.table import Table, table_of

__all__ = ["families", "is_mean"]

_FULL_ENOUGH = 0.4
"""The share of terms that must be there: half of those under a causal mask are."""

_STATEMENT = 2_000
"""A group for each length costs, with all that hangs on it, about as much as so many numbers more in one."""

_GATHERED = 8
"""A number that is gathered, and its gradient scattered, counts for so many."""

_SAMPLES = 32
"""Each number of a batch counts for so many."""

ByCounts = dict[tuple[int, ...], list[int]]
"""Nodes by the lengths of their runs."""


def families(nodes: Sequence[Node]) -> Iterable[list[int]]:
    """Nodes that are alike but for the lengths of their runs, those of lower levels first."""
    for by_counts in _of_several_lengths(table_of(nodes)):
        first = nodes[_first(by_counts)]
        kinds = [kind for kind, _ in first.runs]
        repeats = len(set(kinds)) < len(kinds)
        apart = {counts for counts, refs in by_counts.items() if _are_product(nodes, refs)}
        for chunk in _chunks(by_counts, _SAMPLES if first.batched else 1, apart):
            if not repeats or max(map(sum, chunk)) <= IN_ORDER:  # else they are not added in this order
                yield sorted(ref for counts in chunk for ref in by_counts[counts])


def _of_several_lengths(table: Table) -> list[ByCounts]:
    """Of nodes that are alike, but for the lengths of their runs, to others, those of each length."""
    runs, found = table.runs, list[ByCounts]()
    is_sum = table.of_kind(LIN)
    many = np.where(is_sum, np.diff(runs.offsets), 0)
    ends_with_zero = ~table.has_k | (table.k == 0.0)
    neutral = np.array([*(row is not None and row.neutral is not None for row in table.rows), False])

    def look(refs: Index, counts: Any, *parts: Any) -> None:
        """Nodes are alike where these parts are equal."""
        if not len(refs) or (counts == counts[0]).all():
            return
        counts, *columns = (np.asarray(part).reshape(len(refs), -1) for part in (counts, *parts))
        _, form = unique_rows(np.concatenate(columns, axis=1))
        firsts, which = unique_rows(np.concatenate([form[:, None], counts], axis=1))
        alike = np.split(refs[np.argsort(which, kind="stable")], np.cumsum(np.bincount(which))[:-1])
        by_form: dict[int, ByCounts] = {}
        for first, members in zip(firsts.tolist(), alike, strict=True):
            by_form.setdefault(int(form[first]), {})[tuple(counts[first].tolist())] = members.tolist()
        found.extend(by_counts for by_counts in by_form.values() if len(by_counts) > 1)

    for count in distinct(many[is_sum]).tolist():
        refs = np.flatnonzero(is_sum & (many == count))
        at = runs.offsets[refs][:, None] + np.arange(count)
        kinds = runs.kind[at]
        if count == 1:  # means of different lengths have different scales
            scales = np.array([kind[2] for kind in runs.kinds] or [1.0])[kinds]
            means = 4 * len(runs.kinds) + 4 * (scales < 0.0) + kinds % 4
            kinds = np.where(np.abs(scales) != 1.0, means, kinds)
        look(refs, runs.counts[at], kinds, table.levels[refs], table.batched[refs], ends_with_zero[refs])
    refs = np.flatnonzero(table.of_kind(SEQ) & neutral[table.row_of])
    look(refs, np.diff(table.offsets)[refs], table.levels[refs], table.batched[refs], table.row_of[refs])
    return sorted(found, key=lambda by_counts: (table.levels[_first(by_counts)], _first(by_counts)))


def _first(by_counts: ByCounts) -> int:
    return next(iter(by_counts.values()))[0]


def is_mean(node: Node) -> bool:
    """Whether a node is a sum times a number, as 1/n."""
    return node.kind == LIN and len(node.runs) == 1 and abs(node.terms[0][0]) != 1.0


def _are_product(nodes: Sequence[Node], refs: list[int]) -> bool:
    """Whether sums are the product of a matrix of leaves with one vector: views, as they stand."""
    if len(refs) < 2 or nodes[refs[0]].kind != LIN:
        return False
    rows = [[term for _, run in nodes[ref].runs for term in run if term[3] >= 0] for ref in refs]
    for matrix, vector in ((2, 3), (3, 2)):
        cells: set[Any] = {term[matrix] for row in rows for term in row}
        if len(cells) == sum(map(len, rows)) > 0 and all(nodes[ref].kind == LEAF for ref in cells):
            return len({tuple([term[vector] for term in row]) for row in rows}) == 1
    return False


def _chunks(
    by_counts: ByCounts, samples: int, apart: set[tuple[int, ...]]
) -> Iterable[list[tuple[int, ...]]]:
    """Lengths that are better filled up than computed apart, each time with as many as are full enough.

    Args:
        by_counts: nodes by their lengths.
        samples: how often each number counts.
        apart: the lengths whose numbers are views as they stand, and are gathered where they are filled up.
    """
    chunk: list[tuple[int, ...]] = []
    width: tuple[int, ...] = ()
    there = members = 0

    def pays() -> bool:
        extra = (members * sum(width) - there) * samples
        if apart.issuperset(chunk):
            extra += _GATHERED * there
        return len(chunk) > 1 and extra <= _STATEMENT * (len(chunk) - 1)

    for counts in sorted(by_counts, key=sum, reverse=True):
        count = len(by_counts[counts])
        wider = tuple(map(max, counts, width or counts))
        full = (members + count) * sum(wider) * _FULL_ENOUGH <= there + count * sum(counts)
        if chunk and not full:
            if pays():
                yield chunk
            chunk, wider, there, members = [], counts, 0, 0
        chunk.append(counts)
        width, there, members = wider, there + count * sum(counts), members + count
    if pays():
        yield chunk
