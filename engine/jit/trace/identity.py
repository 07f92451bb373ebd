"""Finds nodes by identity: their ids, their positions in lists, and what was made in which order.

The compiled node has forms that make no object for each: some nanoseconds a node. Nodes that were just made
lie one behind the other in memory, so that to hold them against those of another run takes a fraction of a
walk over their graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.node.backend import PLAIN, Value, offered
from engine.node.bulk import Made, made_arrays

__all__ = ["Made", "alike_from_first", "ids_of", "made_arrays", "places_among", "places_in", "reached"]

Ids = np.ndarray[Any, np.dtype[np.int64]]

_FEW = 8  # ids that are looked for one by one


@offered
def ids_of(values: Sequence[Value]) -> Ids:
    """The ids of Values, in a list or tuple."""
    return np.fromiter(map(id, values), np.int64, len(values))


@offered
def places_among(values: Sequence[Value], nodes: Sequence[Value]) -> Ids:
    """Where each of some Values stands among others; -1 where it does not.

    Args:
        values, nodes: lists or tuples of Values.

    >>> x, y, z = Value(1.0), Value(1.0), Value(1.0)
    >>> places_among([z, x], [x, y]).tolist()
    [-1, 0]
    """
    if len(values) < _FEW:
        return places_in(ids_of(values), ids_of(nodes))
    place = {id(node): i for i, node in enumerate(nodes)}
    return np.fromiter((place.get(id(value), -1) for value in values), np.intp, len(values))


def places_in(ids: Ids, among: Ids) -> Ids:
    """Where each id stands among others; -1 where it does not.

    >>> places_in(np.array([7, 3, 4]), np.array([3, 5, 7])).tolist()
    [2, 0, -1]
    """
    if not len(among):
        return np.full(len(ids), -1)
    if len(ids) < _FEW:
        equal = [np.flatnonzero(among == each) for each in ids]
        return np.array([each[0] if len(each) else -1 for each in equal], np.intp)
    order = np.argsort(among)
    at = np.minimum(np.searchsorted(among, ids, sorter=order), len(among) - 1)
    found = order[at]
    return np.where(among[found] == ids, found, -1)


@offered
def alike_from_first(nodes: Sequence[Value], made: Made, inputs: int, missing: int) -> int:
    """How many nodes are, from the first on, those of arrays: operators, operands, numbers bit by bit.

    Args:
        nodes: a list or tuple of Values, in the order in which they were made.
        made: the arrays.
        inputs: so many of their first nodes are inputs, whose numbers may be any.
        missing: so many of the last of these are not among the nodes, and nothing reads them.

    >>> x, y, z = Value(3.0), Value(4.0), Value(5.0)
    >>> made = made_arrays([y, a := x * y, a + 1.0])
    >>> alike_from_first([z, b := x * z, b - 1.0], made, 1, 0)
    2
    """
    rows, row_of, data, offsets, operands, outside = made
    there = inputs - missing
    if not 0 <= missing <= inputs < len(offsets) or there > len(nodes):
        raise ValueError(f"expected {inputs} inputs but for {missing}")
    numbers = np.ascontiguousarray(data).view(np.int64).tolist()
    own = np.array([node._data for node in nodes]).view(np.int64).tolist()
    for i, node in enumerate(nodes):
        k = i if i < there else i + missing
        if k >= len(row_of) or node._row is not rows[row_of[k]]:
            return i
        expected = operands[offsets[k] : offsets[k + 1]].tolist()
        if not expected and k >= inputs and own[i] != numbers[k]:
            return i
        if not len(expected) == len(node._children) == len(node._local_grads):
            return i
        for at, child in zip(expected, node._children, strict=True):
            if at < 0:
                other = outside[~at]
            elif at < there or inputs <= at < i + missing:
                other = nodes[at if at < there else at - missing]
            else:
                return i
            if child is not other:
                return i
    return len(nodes)


@offered
def reached(offsets: Ids, operands: Ids, wanted: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Of each node of a graph whether it is wanted, or one is made of it that is.

    Args:
        offsets, operands: node i reads ``operands[offsets[i]:offsets[i + 1]]``, which stand before it.
        wanted: of each node whether it is wanted.

    Raises:
        ValueError: a node reads one that does not stand before.

    >>> reached(np.array([0, 0, 0, 1, 2]), np.array([1, 0]), [False, False, True, False]).tolist()
    [False, True, True, False]
    """
    bounds, read = np.asarray(offsets).tolist(), np.asarray(operands).tolist()
    found: list[bool] = np.array(wanted, bool).tolist()
    for i in range(len(found) - 1, -1, -1):
        for x in read[bounds[i] : bounds[i + 1]] if found[i] else ():
            if not 0 <= x < i:
                raise ValueError(f"node {i} reads one that does not stand before it")
            found[x] = True
    return np.array(found, bool)


__test__ = {each: PLAIN[each] for each in __all__ if each in PLAIN}  # where doctest finds the examples
