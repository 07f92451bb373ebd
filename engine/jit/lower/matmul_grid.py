"""Finds the matrix products in sums of products.

Each member of a group is a sum of products of a left row and a right row. Where the members are all pairs
of some left and some right rows, the group is one matrix product ``left @ right.T``; where they fall apart
into several such grids of one shape, it is a batched one (the heads of an attention).
"""

from __future__ import annotations

from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from engine.jit.lower.strides import Index, numbered, unique_rows

__all__ = ["Grid", "find_grid", "parts_of_one_shape"]

_FULL_ENOUGH = 0.4
"""The share of a grid that must be there to compute all of it: half of one under a causal mask is."""


_MOST_SHAPES = 4


class Grid(NamedTuple):
    """Members as a grid.

    Attributes:
        left: for each component and row which member's left row it is, shape (components, U).
        right: likewise, shape (components, V).
        members: which member stands where, in the order of ``axes``; -1 where none does.
        axes: the order in which components (0), left rows (1) and right rows (2) are laid out.
    """

    left: Index
    right: Index
    members: Index
    axes: tuple[int, ...]


def find_grid(left: Index, right: np.ndarray[Any, Any]) -> Grid | None:
    """The grid that members form, None if they form none; it follows their order as well as it can.

    Args:
        left: what each member's left row is made of, a row of integers for each member.
        right: likewise.
    """
    (first_left, left_of), (first_right, right_of), component_of = _parted(left, right)
    count = int(component_of.max()) + 1
    u_of, v_of = np.zeros(len(left_of), np.intp), np.zeros(len(left_of), np.intp)
    lefts, rights = [], []
    for component in range(count):
        chosen = np.flatnonzero(component_of == component) if count > 1 else np.arange(len(left_of))
        own_left, u_of[chosen] = np.unique(left_of[chosen], return_inverse=True)
        own_right, v_of[chosen] = np.unique(right_of[chosen], return_inverse=True)
        lefts.append(first_left[own_left])
        rights.append(first_right[own_right])
        if len(own_left) != len(lefts[0]) or len(own_right) != len(rights[0]):
            return None
        if len(chosen) < _FULL_ENOUGH * len(own_left) * len(own_right):
            return None
    shape = (count, len(lefts[0]), len(rights[0]))
    members = np.full(shape, -1)
    members[component_of, u_of, v_of] = np.arange(len(left_of))
    if (members >= 0).sum() != len(left_of):
        return None  # two members are the same pair
    axes: tuple[int, ...] = 0, 1, 2  # the results of each left row together, a column for each right row
    if count > 1:
        axes = min(permutations(range(3)), key=lambda axes: _descents(members.transpose(axes)))
    return Grid(np.array(lefts), np.array(rights), members.transpose(axes), axes)


def parts_of_one_shape(left: Index, right: np.ndarray[Any, Any]) -> list[Index]:
    """Members apart by the shape of the grid they belong to: two layers of different width, say, side by
    side.

    All in one part where there are many shapes: then their grids are none worth having.

    >>> rows = np.arange(8).reshape(4, 2)
    >>> [part.tolist() for part in parts_of_one_shape(rows[[0, 1, 2, 2, 3, 3]], rows[[0, 0, 1, 2, 1, 2]])]
    [[0, 1], [2, 3, 4, 5]]
    """
    *sides, component_of = _parted(left, right)
    counts = [np.bincount(component_of[firsts]) for firsts, _ in sides]  # a row belongs to one component
    first, shape_of = unique_rows(np.stack(counts, axis=1))
    if not 1 < len(first) <= _MOST_SHAPES:
        return [np.arange(len(left))]
    own = shape_of[component_of]
    return [np.flatnonzero(own == each) for each in range(len(first))]


def _parted(left: Index, right: np.ndarray[Any, Any]) -> tuple[Any, Any, Index]:
    """The distinct left rows, and right rows, as :func:`unique_rows` gives them; and the component of each
    member, in the graph that members make of them."""
    (first_left, left_of), (first_right, right_of) = sides = unique_rows(left), unique_rows(right)
    return *sides, _components(left_of, right_of, len(first_left), len(first_right))


def _components(left_of: Index, right_of: Index, lefts: int, rights: int) -> Index:
    if len(left_of) == lefts * rights:
        return np.zeros(len(left_of), np.intp)
    parent = list(range(lefts + rights))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in zip(left_of.tolist(), (right_of + lefts).tolist(), strict=True):
        parent[root(a)] = root(b)
    return numbered(np.array([root(a) for a in left_of.tolist()]))[1]


def _descents(members: Index) -> int:
    """How often the order of the members is broken when they are read in this layout."""
    line = members.ravel()
    return int((np.diff(line[line >= 0]) < 0).sum())
