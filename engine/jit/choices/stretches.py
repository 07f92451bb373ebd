"""Long stretches of nodes between decisions as arrays: node by node they take a hundred times as long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from engine.jit.trace.identity import ids_of, made_arrays
from engine.node.backend import PLAIN, Value, apply, offered
from engine.ops.op import Op

__all__ = ["LONG", "Nodes", "Side", "make_anew"]

LONG = 64
"""So many nodes are worth it."""

_NONE = np.iinfo(np.int64).min
_Numbers = np.ndarray[Any, np.dtype[Any]]


class Nodes:
    """The nodes of a run, in order, as arrays."""

    def __init__(self, nodes: Sequence[Value]) -> None:
        self.nodes = nodes
        self.rows, self.row_of, self.data, self.offsets, self.operands, self.outside = made_arrays(nodes)
        self.counts = np.diff(self.offsets)

    @cached_property
    def operand_ids(self) -> _Numbers:
        """The ids of all operands."""
        ids = np.concatenate([ids_of(self.nodes), ids_of(self.outside)[::-1]])
        return ids[self.operands]

    def reading(self, stretch: range, ids: Iterable[int]) -> list[int]:
        """The nodes of a stretch that have one of these Values as an operand."""
        first, last = self.offsets[stretch.start], self.offsets[stretch.stop]
        found = np.flatnonzero(np.isin(self.operand_ids[first:last], np.array(list(ids), np.int64)))
        return sorted({int(k) for k in np.searchsorted(self.offsets, found + first, side="right") - 1})

    def shape(self, stretch: range) -> Any:
        """Equal for stretches of runs alike that have the same operators."""
        rows, counts = (x[stretch.start : stretch.stop] for x in (self.row_of, self.counts))
        return tuple(map(id, self.rows)), rows.tobytes(), counts.tobytes()


class Side:
    """Where the nodes of a base stand in another run.

    Attributes:
        image: of each node of the base its place in the run, as far as it is known; negative of others. From
            the end on, of each operand that was there before, ``~place`` among those of the run.
    """

    def __init__(self, base: Nodes, run: Nodes) -> None:
        self.base, self.run = base, run
        place = {id(row): i for i, row in enumerate(base.rows)}
        self._row = np.array([place.get(id(row), -1) for row in run.rows])
        outside = {id(value): ~i for i, value in enumerate(run.outside)}
        ends = [outside.get(id(value), _NONE) for value in reversed(base.outside)]
        self.image = np.array([_NONE] * len(base.nodes) + ends, np.int64)

    def alike(self, mine: range, there: range) -> list[int] | None:
        """Which nodes of two stretches read something unexpected; None where they are others."""
        a, b, c, d = mine.start, mine.stop, there.start, there.stop
        base, run = self.base, self.run
        if len(mine) != len(there) or (base.counts[a:b] != run.counts[c:d]).any():
            return None
        if (base.row_of[a:b] != self._row[run.row_of[c:d]]).any():
            return None
        leaf = base.counts[a:b] == 0
        numbers, others = base.data[a:b], run.data[c:d]
        same = ~leaf | (numbers == others) | ((numbers != numbers) & (others != others))
        self.image[a:b] = np.where(same, np.arange(c, d), _NONE)
        expected = self.image[base.operands[base.offsets[a] : base.offsets[b]]]
        wrong = np.flatnonzero(expected != run.operands[run.offsets[c] : run.offsets[d]])
        return sorted({*(np.searchsorted(base.offsets, wrong + base.offsets[a], side="right") - 1).tolist()})


@offered
def make_anew(
    nodes: list[Value], first: int, last: int, new: dict[int, Any], stops: dict[int, Any], known: set[Op]
) -> int:
    """Make again what reads nodes in whose places others stand.

    Args:
        nodes: the nodes, in the order in which they were made.
        first, last: begin here, and do not go further than there.
        new: what stands in the places of nodes, by their ids; what is made is added.
        stops: nodes by their ids; of what has no other operands nothing is made.
        known: the operators that can be applied anew.

    Returns:
        The place of a node that is left to the caller, as are those behind it; ``last`` if there is none. Its
        operands are among ``stops``, in the place of one stands no Value, or its operator is not known.

    >>> x, y = Value(3.0), Value(4.0)
    >>> nodes = [z := x * y, z + x]
    >>> new = {id(x): Value(5.0)}
    >>> make_anew(nodes, 0, 2, new, {}, {z._row})
    1
    >>> new[id(z)]
    Value(data=20.0, grad=0.0)
    """
    for i in range(first, last):
        operands, row = nodes[i]._children, nodes[i]._row
        read = [new.get(id(x), x) for x in operands]
        changed = any(id(x) in new for x in operands)
        if operands and all(id(x) in stops for x in operands):
            return i
        if changed and not (row in known and all(isinstance(x, Value) for x in read)):
            return i
        if changed:
            new[id(nodes[i])] = apply(row, read)
    return last


__test__ = {each: PLAIN[each] for each in ("make_anew",)}  # where doctest finds the example
