"""Graphs that are arrays, node by node: which nodes are equal, and how deep each is.

Nodes come with operands before results. The compiled core has the same functions, which take some nanoseconds
a number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.node.backend import offered

__all__ = ["first_equal", "levels_of"]

Integers = np.ndarray[Any, np.dtype[np.intp]]


@offered
def first_equal(offsets: Integers, words: Integers, names: Any) -> Integers:
    """Of each node the first one that is equal to it; itself where it is the first.

    Args:
        offsets, words: node i is described by ``words[offsets[i]:offsets[i + 1]]``.
        names: of each word whether it names a node that stands before. Such words are equal where these nodes
            are, others where they are the same number.

    Raises:
        ValueError: a word names a node that does not stand before.

    >>> words = np.array([5, 5, 7, 0, 7, 1, 7, 2])
    >>> first_equal(np.array([0, 1, 2, 4, 6, 8]), words, [0, 0, 0, 1, 0, 1, 0, 1]).tolist()
    [0, 0, 2, 2, 4]
    """
    bounds, each, flags = np.asarray(offsets).tolist(), np.asarray(words).tolist(), list(map(bool, names))
    first: list[int] = []
    known: dict[Any, int] = {}
    for i in range(len(bounds) - 1):
        key = []
        for word, is_name in zip(
            each[bounds[i] : bounds[i + 1]], flags[bounds[i] : bounds[i + 1]], strict=True
        ):
            if is_name and not 0 <= word < i:
                raise ValueError(f"node {i} names one that does not stand before it")
            key.append((first[word], True) if is_name else word)
        first.append(known.setdefault(tuple(key), i))
    return np.array(first, np.intp)


@offered
def levels_of(offsets: Integers, operands: Integers, flags: Any) -> tuple[Integers, Integers]:
    """Of each node how deep it is, 0 without operands; and its flags with those of all that it is made of.

    Args:
        offsets, operands: node i reads ``operands[offsets[i]:offsets[i + 1]]``.
        flags: of each node a number whose bits are flags.

    Raises:
        ValueError: a node reads one that does not stand before.

    >>> levels, flags = levels_of(np.array([0, 0, 0, 2, 3]), np.array([0, 1, 2]), [1, 2, 0, 4])
    >>> levels.tolist(), flags.tolist()
    ([0, 0, 1, 2], [1, 2, 3, 7])
    """
    bounds, read = np.asarray(offsets).tolist(), np.asarray(operands).tolist()
    levels: list[int] = []
    found = np.array(flags, np.intp).tolist()
    for i in range(len(bounds) - 1):
        level = 0
        for x in read[bounds[i] : bounds[i + 1]]:
            if not 0 <= x < i:
                raise ValueError(f"node {i} reads one that does not stand before it")
            level = max(level, levels[x] + 1)
            found[i] |= found[x]
        levels.append(level)
    return np.array(levels, np.intp), np.array(found, np.intp)
