"""The terms of sums as arrays, and the runs that they fall into.

Glossary: a *slice* of node i is what lies between ``offsets[i]`` and ``offsets[i + 1]``.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from engine.jit.lower.canonical import IN_ORDER, Kind
from engine.jit.lower.strides import Index

__all__ = ["Flags", "Numbers", "Runs", "Terms", "offsets_of", "ranges", "runs_in"]

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]


def ranges(starts: Index, counts: Index) -> Index:
    """Several ranges one after the other.

    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + counts, counts)


def offsets_of(counts: Any) -> Index:
    """Where slices of these sizes begin, and the last ends."""
    return np.concatenate([[0], np.cumsum(counts, dtype=np.intp)])


class Terms(NamedTuple):
    """The terms of sums: those of node i are a slice.

    Attributes:
        offsets: where those of each node begin.
        scale: from the structure.
        number: a number of the program, where ``has_number``.
        a, b: the factors; b is -1 in a term of one factor.
    """

    offsets: Index
    scale: Numbers
    number: Numbers
    has_number: Flags
    a: Index
    b: Index

    def picked(self, kept: Index) -> Terms:
        """Those of some nodes, in another order."""
        counts, parts = np.diff(self.offsets)[kept], list[Any](self[1:])
        at = ranges(self.offsets[kept], counts)
        return Terms(offsets_of(counts), *(part[at] for part in parts))

    def joined(self, more: Terms) -> Terms:
        """These and those of other nodes behind them."""
        parts: Any = map(np.concatenate, zip(self[1:], more[1:], strict=True))
        return Terms(np.concatenate([self.offsets, self.offsets[-1] + more.offsets[1:]]), *parts)


class Runs(NamedTuple):
    """The terms of sums in runs of one kind each, as :func:`engine.jit.lower.canonical.runs_of` has them.

    Attributes:
        offsets: the runs of node i are a slice.
        kind: which of ``kinds`` each run is of.
        starts, counts: its terms are so many of ``order``.
        order: the terms in the order of runs; None where they stand in it.
        kinds: whether a term has two factors, whether a number, and the scale.
    """

    offsets: Index
    kind: Index
    starts: Index
    counts: Index
    order: Index | None
    kinds: list[Kind]


def runs_in(terms: Terms) -> Runs:
    """The runs of all sums."""
    counts = np.diff(terms.offsets)
    scales, which = _distinct(terms.scale)
    kind = 4 * which + 2 * (terms.b >= 0) + terms.has_number
    kinds = [(bool(i & 2), bool(i & 1), scale) for scale in scales for i in range(4)]
    owner, order = np.repeat(np.arange(len(counts)), counts), None
    found = _runs(owner, kind, len(counts))
    many = np.flatnonzero((counts > IN_ORDER) & (np.diff(found[0]) > 2))
    if len(many):  # the same kind may come again
        order = np.arange(len(kind))
        for i in many.tolist():
            start, stop = terms.offsets[i : i + 2].tolist()
            by_kind: dict[int, list[int]] = {}
            for at, each in enumerate(kind[start:stop].tolist(), start):
                by_kind.setdefault(each, []).append(at)
            order[start:stop] = [*chain.from_iterable(by_kind.values())]
        kind = kind[order]
        found = _runs(owner, kind, len(counts))
    offsets, starts = found
    return Runs(offsets, kind[starts], starts, np.diff(starts, append=len(kind)), order, kinds)


def _runs(owner: Index, kind: Index, count: int) -> tuple[Index, Index]:
    """Where the runs of each of so many nodes begin, and where each run does."""
    begins = np.ones(len(kind), bool)
    begins[1:] = (kind[1:] != kind[:-1]) | (owner[1:] != owner[:-1])
    starts = np.flatnonzero(begins)
    return np.searchsorted(owner[starts], np.arange(count + 1)), starts


def _distinct(scales: Numbers) -> tuple[list[float], Index]:
    """The distinct scales, and which of them each is; mostly 1 and -1."""
    if (np.abs(scales) == 1.0).all():
        return [-1.0, 1.0], (scales > 0.0).astype(np.intp)
    found, which = np.unique(scales, return_inverse=True)
    return found.tolist(), which
