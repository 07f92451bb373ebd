"""A part of a traced graph as a graph of its own, for the stages that lower graphs."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from operator import or_
from typing import Any, NamedTuple

import numpy as np

from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, INPUT, OPERATOR, Leaf, Trace

__all__ = ["Flags", "Held", "Section"]


class Flags(NamedTuple):
    """What is to be known of a node before it is laid out.

    Attributes:
        per_sample: whether it differs from sample to sample.
        wanted: whether a gradient must reach it.
        loops: the loops that it is computed from, a bit for each.
    """

    per_sample: bool
    wanted: bool
    loops: int = 0

    def __or__(self, other: Any) -> Flags:
        return Flags(*map(or_, self, other))


class Held:
    """What a part reads that another part computes: a leaf whose cell is known.

    Attributes:
        cell: where it stands.
        per_sample, wanted: as of a canonical node.
        is_input: whether it is another one in each step; the layout puts what is not on the left of products.
        index: of no meaning here.
    """

    __slots__ = ("cell", "is_input", "per_sample", "text", "wanted")
    index = -1

    def __init__(self, text: str, flags: Flags, is_input: bool, cell: int = -1) -> None:
        self.text, self.is_input, self.cell = text, is_input, cell
        self.per_sample, self.wanted = flags.per_sample, flags.wanted

    def __repr__(self) -> str:
        return self.text


class Section:
    """A part of a trace. It has what :func:`engine.jit.lower.rewrite.canonical_form` reads of a trace.

    Attributes:
        rows, kinds, row_of, data, offsets, operands, leaf_of, outputs, watched, batched: as those of a trace.
    """

    def __init__(self, trace: Trace) -> None:
        self.rows, self.batched = trace.rows, trace.batched
        self.leaf_of: dict[int, Any] = {}
        self.outputs: list[int] = []
        self.watched: list[int] = []
        self._place: dict[Hashable, int] = {}
        self._kinds: list[int] = []
        self._row_of: list[int] = []
        self._data: list[float] = []
        self._counts: list[int] = [0]
        self._operands: list[int] = []

    def _add(
        self, key: Hashable, kind: int, row: int = 0, data: float = 0.0, operands: Sequence[int] = ()
    ) -> int:
        place = self._place[key] = len(self._kinds)
        self._kinds.append(kind)
        self._row_of.append(row)
        self._data.append(data)
        self._counts.append(len(operands))
        self._operands += operands
        return place

    def place(self, key: Hashable) -> int:
        """Where a node stands; -1."""
        return self._place.get(key, -1)

    def leaf(self, key: Hashable, leaf: Leaf | Held) -> int:
        """Add a leaf, by some name."""
        place = self._add(key, INPUT if leaf.is_input else CAPTURED)
        self.leaf_of[place] = leaf
        return place

    def number(self, key: Hashable, number: float) -> int:
        """Add a number."""
        return self._add(key, CONSTANT, data=number)

    def result(self, key: Hashable, row: int, operands: Sequence[int]) -> int:
        """Add a result of an operator."""
        return self._add(key, OPERATOR, row, operands=operands)

    def finish(self, outputs: Sequence[Hashable]) -> None:
        """No more is added; these are wanted outside."""
        self.outputs = [self._place[key] for key in outputs]
        self.kinds = np.array(self._kinds, np.int8)
        self.row_of = np.array(self._row_of, np.intp)
        self.data = np.array(self._data, float)
        self.offsets = np.cumsum(self._counts)
        self.operands = np.array(self._operands, np.intp)

    def is_per_sample(self, leaf: Leaf | Held) -> bool:
        """Whether a leaf differs from sample to sample."""
        return leaf.per_sample if isinstance(leaf, Held) else self.batched and leaf.is_input

    uses = Trace.uses
