"""The largest and the smallest of numbers that were read out, as one operator in the place of many choices.

``max(v.data for v in logits)`` is a chain of choices, each between a number and the one that was the largest
so far. No gradient goes through such numbers, so that ties do not matter. A nan does: Python's ``max`` may
pass it over, where the operator gives nan. So the operator stands only where its nan would make a result nan:
then the function itself runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from engine.jit.trace.identity import places_among, reached
from engine.node.backend import Value, apply
from engine.node.bulk import graph_arrays
from engine.ops import OPERATORS
from engine.ops.fields import Masks
from engine.ops.indexing import TAKE
from engine.ops.op import CONSTANT, Op

__all__ = ["Extremum", "are_decisive", "same_number"]

_ROWS = {True: OPERATORS["max"], False: OPERATORS["min"]}
_STOP = OPERATORS["stop_gradient"]
_ALTERNATIVES = {OPERATORS["where"]: slice(1, None), TAKE: slice(-1)}
"""Of operators that choose, between which operands."""

_NEAR = 64  # operands of one node that are looked at
_NUMBERS = (0.0, 1.0, -2.5, math.inf, -math.inf)


class Extremum:
    """The largest or smallest of two numbers, which may be such themselves; or of one.

    Args:
        largest: whether it is the largest.
        sides: numbers, or extrema.
    """

    def __init__(self, largest: bool, sides: tuple[Any, ...]) -> None:
        self.largest, self.sides = largest, sides
        self._node: Value | None = None

    @property
    def is_new(self) -> bool:
        """Whether its node is not made yet."""
        return self._node is None

    @property
    def node(self) -> Value:
        """The node, made when it is first asked for."""
        if self._node is None:
            self._node = self._made()
        return self._node

    def _made(self) -> Value:
        items = list(self._items())
        row = _ROWS[self.largest]
        if all(isinstance(x, Value) and x._row is _STOP for x in items):
            items, row = [apply(row, [x._children[0] for x in items])], _STOP
        found: Value = apply(row, items)
        return found

    def _items(self) -> Iterator[Any]:
        waiting: list[Any] = [self]
        while waiting:
            item = waiting.pop()
            if not _is_extremum(item):
                yield item
            elif item.largest is self.largest:
                waiting += sorted(item.sides, key=_is_extremum)  # of what came first, first
            else:
                yield item.node


def _is_extremum(x: Any) -> bool:
    return isinstance(x, Extremum)


def same_number(a: Any, b: Any) -> bool:
    """Whether two sides are the same, or were read out of the same Value."""
    if a is b:
        return True
    if not (isinstance(a, Value) and isinstance(b, Value)):
        return not any(isinstance(x, (Value, Extremum)) for x in (a, b)) and bool(a == b)
    return a._row is _STOP is b._row and a._children[0] is b._children[0]


def are_decisive(nodes: Sequence[Value], results: Sequence[Value]) -> bool:
    """Whether a nan of any of these nodes would surely make a result nan."""
    if not nodes:
        return True
    graph, rows, row_of, data, offsets, operands = graph_arrays(results)
    readers = np.repeat(np.arange(len(graph)), np.diff(offsets))
    is_zero = np.array([row is CONSTANT for row in rows])[row_of] & (data == 0)
    of_zero = np.bincount(readers[is_zero[operands]], minlength=len(graph)) > 0
    passes = [False if row in _ALTERNATIVES else _passes(row) for row in rows]
    sure, unless_zero = (np.array([each is kind for each in passes])[row_of] for kind in (True, None))
    passing = sure | (unless_zero & ~of_zero)
    chosen = np.flatnonzero(np.array([row in _ALTERNATIVES for row in rows])[row_of]).tolist()
    common = [_common(graph[i]._children[_ALTERNATIVES[graph[i]._row]]) for i in chosen]
    readers, read = readers[passing[readers]], operands[passing[readers]]
    readers = np.concatenate([readers, np.repeat(np.array(chosen, np.intp), [*map(len, common)])])
    read = np.concatenate([read, places_among([x for each in common for x in each], graph)])
    offsets = np.concatenate([[0], np.cumsum(np.bincount(readers, minlength=len(graph)))])
    wanted = np.zeros(len(graph), bool)
    wanted[places_among(results, graph)] = True
    decisive = reached(offsets, read[np.argsort(readers, kind="stable")], wanted)
    places = places_among(nodes, graph)
    return bool((places >= 0).all() and decisive[places].all())


def _passing(node: Value) -> Sequence[Value]:
    """The operands of which a nan makes a node nan."""
    passes, operands = _passes(node._row), node._children
    if passes is None:
        passes = not any(x._row is CONSTANT and not x._data for x in operands)
    return operands if passes else ()


def _common(alternatives: Sequence[Value]) -> list[Value]:
    """What makes each of some nodes nan, as the sum of a softmax does, as far as it is near."""
    found: dict[int, Value] | None = None
    for node in dict.fromkeys(alternatives):
        near = {id(node): node}
        for x in _passing(node):
            near[id(x)] = x
            near |= {id(y): y for y in _passing(x)[:_NEAR]}
        found = near if found is None else {key: x for key, x in found.items() if key in near}
    return list((found or {}).values())


@cache
def _passes(row: Op) -> bool | None:
    """Whether a row gives nan where an operand is; None: unless another operand is the constant 0."""
    if row is _STOP:
        return True
    if row.masks in (Masks.ALWAYS, Masks.BUT_FIRST) or row.closure:
        return False
    count = row.arity or 4
    for place, others in product(range(count), product(_NUMBERS, repeat=count - 1)):
        xs = [*others[:place], math.nan, *others[place:]]
        try:
            found = row.forward(xs) if row.arity is None else row.forward(*xs)
        except Exception:  # a row of the user's own
            return False
        if found == found:
            return False
    return True if row.masks is Masks.NEVER else None
