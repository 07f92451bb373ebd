"""Finds out whether index arrays are strided views of the cells.

The cells of a program lie in one array. Where the positions that an operand reads are ``start`` plus a stride
for each axis (0 for a broadcast), the operand is a view and costs nothing; otherwise it is gathered.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

__all__ = [
    "Index",
    "affine",
    "common_shape",
    "distinct",
    "first_occurrences",
    "nested",
    "numbered",
    "unique_rows",
]

Index = np.ndarray[Any, np.dtype[np.intp]]

_DEEPEST = 5


def affine(index: Index) -> tuple[int, tuple[int, ...]] | None:
    """Start and strides of an index array, if it has them.

    >>> affine(np.array([[3, 4], [13, 14]]))
    (3, (10, 1))
    >>> affine(np.array([0, 1, 3])) is None
    True
    """
    start = int(index.flat[0])
    expected = np.array(start)
    strides = []
    for axis, size in enumerate(index.shape):
        stride = 0
        if size > 1:
            second = tuple(1 if each == axis else 0 for each in range(index.ndim))
            stride = int(index[second]) - start
        strides.append(stride)
        shape = [1] * index.ndim
        shape[axis] = size
        expected = expected + stride * np.arange(size).reshape(shape)
    return (start, tuple(strides)) if np.array_equal(expected, index) else None


def nested(index: Index) -> list[tuple[int, int]] | None:
    """The loops, outermost first, that a line of positions runs through: pairs of count and stride.

    >>> nested(np.array([0, 0, 0, 1, 1, 1]))
    [(2, 1), (3, 0)]
    >>> nested(np.array([4, 5, 8, 9]))
    [(2, 4), (2, 1)]
    >>> nested(np.array([0, 1, 3])) is None
    True
    """
    loops: list[tuple[int, int]] = []
    while len(index) > 1:
        steps = np.diff(index)
        other = np.flatnonzero(steps != steps[0])
        run = int(other[0]) + 1 if len(other) else len(index)
        if len(index) % run or len(loops) == _DEEPEST:
            return None
        blocks = index.reshape(-1, run)
        if not np.array_equal(blocks, blocks[:, :1] + int(steps[0]) * np.arange(run)):
            return None
        loops.append((run, int(steps[0])))
        index = blocks[:, 0]
    return loops[::-1]


def common_shape(count: int, lines: list[list[tuple[int, int]]]) -> tuple[int, ...] | None:
    """The coarsest shape in which all of several loop nests over ``count`` positions are affine.

    >>> common_shape(6, [[(6, 1)], [(2, 1), (3, 0)]])
    (2, 3)
    >>> common_shape(6, [[(3, 2), (2, 0)], [(2, 1), (3, 0)]]) is None
    True
    """
    breaks = {1, count}
    for loops in lines:
        inner = 1
        for size, _ in reversed(loops):
            inner *= size
            breaks.add(inner)
    ordered = sorted(breaks)
    shape = []
    for small, large in pairwise(ordered):
        if large % small:
            return None
        shape.append(large // small)
    return tuple(reversed(shape)) or (1,)


def distinct(items: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The distinct items, sorted: as np.unique, which takes 15 ms the first time and more each time.

    >>> distinct(np.array([[5, 2], [5, 7]])).tolist()
    [2, 5, 7]
    """
    line = np.sort(items, axis=None)
    begins = np.ones(len(line), bool)
    np.not_equal(line[1:], line[:-1], out=begins[1:])
    return np.asarray(line[begins])


def first_occurrences(items: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The distinct items in the order in which they first occur.

    >>> first_occurrences(np.array([5, 2, 5, 7])).tolist()
    [5, 2, 7]
    """
    found, first = np.unique(items, return_index=True)
    return np.asarray(found[np.argsort(first, kind="stable")])


_MIXERS = np.random.default_rng(0).integers(1, 2**62, 8192) | 1


def unique_rows(rows: np.ndarray[Any, Any]) -> tuple[Index, Index]:
    """The distinct rows of a matrix of integers: the first place of each, and for each row which one it is.

    Rows are told apart by a hash of 62 bits, and looked at again where hashes are equal.

    >>> first, which = unique_rows(np.array([[1, 2], [3, 4], [1, 2]]))
    >>> first.tolist(), which.tolist()
    ([0, 1], [0, 1, 0])
    """
    rows = np.ascontiguousarray(rows).astype(np.int64, copy=False)
    mixers = np.resize(_MIXERS, rows.shape[1]) + 2 * np.arange(rows.shape[1])
    with np.errstate(over="ignore"):
        hashes = (rows * mixers).sum(axis=1)
    first, which = numbered(hashes)
    if not np.array_equal(rows[first][which], rows):
        first, which = numbered(rows, axis=0)
    return first, which


def numbered(items: np.ndarray[Any, Any], axis: int | None = None) -> tuple[Index, Index]:
    """Where each distinct item stands first, and for each item which one it is, numbered in this order.

    >>> [found.tolist() for found in numbered(np.array([5, 2, 5, 7]))]
    [[0, 1, 3], [0, 1, 0, 2]]
    """
    _, first, which = np.unique(items, return_index=True, return_inverse=True, axis=axis)
    order = np.argsort(first, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return first[order], place[which.ravel()]
