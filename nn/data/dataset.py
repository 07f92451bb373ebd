"""Samples and targets as two sequences of one length; taking some of them by position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.quoting import typed
from nn.data.foreign import each_from_foreign, from_foreign

__all__ = ["read_sequence", "read_pair", "read_samples", "pick"]


def read_pair(X: Any, y: Any, names: tuple[str, str] = ("X", "y")) -> tuple[Sequence[Any], Sequence[Any]]:
    """Read samples and targets as sequences of one length; arrays stay arrays.

    Args:
        X: samples, in a list, tuple, array, any other iterable, or a table or tensor of another library.
        y: targets, one for each sample.
        names: of the arguments, for the messages.

    Raises:
        ValueError: they differ in length, or are empty.
        TypeError: one of them is not iterable, has no order, or is a model.

    >>> read_pair(((0, 1), (1, 0)), range(2))
    ([(0, 1), (1, 0)], [0, 1])
    """
    samples, targets = read_samples(names[0], X), read_samples(names[1], y)
    if len(samples) != len(targets):
        counts = f"{len(samples)} samples, {len(targets)} targets"
        raise ValueError(f"{' and '.join(names)} differ in length: {counts}")
    return samples, targets


def pick(items: Sequence[Any], positions: Iterable[int]) -> Sequence[Any]:
    """Take the items at the given positions: an array from an array, else a list.

    >>> pick(["a", "b", "c"], [2, 0])
    ['c', 'a']
    """
    if isinstance(items, np.ndarray):
        picked: Any = items[list(positions)]
        return picked
    return [items[i] for i in positions]


def read_samples(name: str, items: Any) -> Sequence[Any]:
    """Read data as a sequence that is not empty; an array stays an array.

    Args:
        name: of the argument, for the messages.
        items: as in :func:`read_pair`.

    >>> read_samples("X", (1, 2))
    [1, 2]
    """
    listed = read_sequence(name, items)
    if not len(listed):
        raise ValueError(f"{name} has no samples")
    return listed


def read_sequence(name: str, items: Any) -> Sequence[Any]:
    """Read data as a sequence, which may be empty; an array stays an array.

    >>> read_sequence("outputs", ())
    []
    """
    read = from_foreign(name, items)
    if isinstance(read, np.ndarray):
        return read  # type: ignore[return-value]
    if isinstance(read, (str, bytes, dict)) or not hasattr(read, "__iter__"):
        raise TypeError(f"{name} must be a sequence, got {typed(items)}")
    return each_from_foreign(name, read)
