"""Samples and their targets: two sequences of one length, and parts of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.quoting import brief
from nn.data.foreign import readable, readable_items

__all__ = ["listed_items", "paired", "sequence_of", "taken"]


def paired(X: Any, y: Any) -> tuple[Sequence[Any], Sequence[Any]]:
    """Samples and targets as sequences that can be picked from by position: arrays stay arrays.

    Args:
        X: samples, in a list, tuple, array, any other iterable, or a table or tensor of another library.
        y: as many targets.

    Raises:
        ValueError: there are more or fewer samples than targets, or none.
        TypeError: one of them is no iterable, has no order, or is a model.

    >>> paired(((0, 1), (1, 0)), range(2))
    ([(0, 1), (1, 0)], [0, 1])
    """
    samples, targets = sequence_of("X", X), sequence_of("y", y)
    if len(samples) != len(targets):
        raise ValueError(f"X and y differ in length: {len(samples)} samples and {len(targets)} targets")
    return samples, targets


def taken(items: Sequence[Any], positions: Iterable[int]) -> Sequence[Any]:
    """Those at the given positions: of an array an array, else a list.

    >>> taken(["a", "b", "c"], [2, 0])
    ['c', 'a']
    """
    if isinstance(items, np.ndarray):
        picked: Any = items[list(positions)]
        return picked
    return [items[i] for i in positions]


def sequence_of(name: str, items: Any) -> Sequence[Any]:
    """What was given as a sequence that can be picked from by position; an array stays one.

    Args:
        name: what it was given as, for the messages.
        items: as in :func:`paired`.

    >>> sequence_of("X", (1, 2))
    [1, 2]
    """
    listed = listed_items(name, items)
    if not len(listed):
        raise ValueError(f"{name} has no samples")
    return listed


def listed_items(name: str, items: Any) -> Sequence[Any]:
    """As :func:`sequence_of`, and it may be empty.

    >>> listed_items("outputs", ())
    []
    """
    read = readable(name, items)
    if isinstance(read, np.ndarray):
        return read  # type: ignore[return-value]
    if isinstance(read, (str, bytes, dict)) or not hasattr(read, "__iter__"):
        raise TypeError(f"{name} must be a sequence, got {brief(items)} of type {type(items).__name__}")
    return readable_items(name, read)
