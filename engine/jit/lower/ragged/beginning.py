"""The graph of a run whose beginning is known from a longer one: its nodes are not walked again.

What a function makes for a shorter list is, mostly, what it makes for a longer one, up to where that goes on,
and then the few nodes that close it. So its graph is a part of the longer one's arrays, and these few.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np

from engine.jit.trace.identity import alike_from_first, ids_of, places_among, places_in
from engine.jit.trace.traced_graph import CONSTANT, OPERATOR, Trace
from engine.node.backend import Value
from engine.ops.op import Op
from engine.pytree.result import Result

__all__ = ["beginning_of"]

_FEW = 1_000
"""Nodes that close a graph; where there are more it is read in the general way."""

Ids = np.ndarray[Any, np.dtype[np.intp]]


def beginning_of(
    longer: Trace, result: Result, inputs: Sequence[Value], made: Sequence[Value]
) -> tuple[Trace, Ids, list[Value]] | None:
    """The graph of a shorter run, where its first nodes stand in that of a longer one, and all results in it.

    Its leaves are not marked yet; its nodes are told apart by their kinds. None where it does not begin so.

    Args:
        longer: the graph of the longer run, with what it made.
        result: that of the shorter one, one Value.
        inputs: its inputs.
        made: what it made, from its inputs on.
    """
    if longer.made is None or len(result.values) != 1:
        return None
    known, there, missing = longer.made, len(inputs), len(longer.inputs) - len(inputs)
    if missing < 0 or len(made) < there:
        return None
    count = alike_from_first(made, known, len(longer.inputs), missing)
    closing = list(made[count:])
    if count < max(there, 1) or len(closing) > _FEW:  # nothing is alike for an empty list
        return None
    was = longer.places_of_made
    place_of = np.concatenate([was[:there], was[there + missing : count + missing]])
    read = [child for node in closing for child in node._children]
    at = places_among([*read, *result.values], made)
    before = at < count
    outside = [value for value, place in zip(read, at.tolist(), strict=False) if place < 0]
    leaves, marks, _ = longer.leaf_marks
    found = places_in(ids_of(outside), marks)
    if (found < 0).any() or at[-1] < 0:
        return None
    places = np.where(before, place_of[np.where(before, at, 0)], 0)
    places[at < 0] = leaves[found]
    if (places < 0).any():  # of what the longer run made in vain
        return None
    size = int(places.max(initial=0)) + 1
    places[at >= count] = size + at[at >= count] - count
    is_result = np.diff(known[3])[there + missing : count + missing] > 0
    results = list(compress(made[there:count], is_result.tolist()))
    results += [node for node in closing if node._children]
    return *_composed(longer, result, inputs, closing, places, size), results


def _composed(
    longer: Trace, result: Result, inputs: Sequence[Value], closing: list[Value], places: Ids, size: int
) -> tuple[Trace, Ids]:
    """The graph of the first nodes of a longer one, so many, and some that close it, as far as it is reached.

    Args:
        places: the positions of the operands of these, and of the result.
    """
    rows: dict[Op, int] = {row: i for i, row in enumerate(longer.rows)}
    row_of = [rows.setdefault(node._row, len(rows)) for node in closing]
    kinds = [OPERATOR if node._children else CONSTANT for node in closing]
    first = int(longer.offsets[size])
    ends = np.cumsum([len(node._children) for node in closing], dtype=np.intp)
    found = copy.copy(longer)
    found.result, found.inputs, found.rows = result, inputs, list(rows)
    found.nodes, found.leaf_of, found.made = [], {}, None
    found.places_of_made = np.zeros(0, np.intp)
    found.kinds = np.concatenate([longer.kinds[:size], np.array(kinds, np.int8)])
    found.row_of = np.concatenate([longer.row_of[:size], np.array(row_of, np.int32)])
    found.data = np.concatenate([longer.data[:size], [node._data for node in closing]])
    found.offsets = np.concatenate([longer.offsets[: size + 1], first + ends])
    found.operands = np.concatenate([longer.operands[:first], places[:-1]])
    found.outputs = [int(places[-1])]
    kept = found.forget_unread()
    return found, kept[kept < size]
