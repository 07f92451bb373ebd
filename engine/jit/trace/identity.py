"""Finds nodes by identity: their ids, and their positions in lists.

The compiled node has forms that make no object for each: some nanoseconds a node.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.node.backend import Value, offered

__all__ = ["ids_of", "places_among", "places_in"]

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
