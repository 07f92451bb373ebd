"""Joins results of samples, or of groups of them: their mean, or an array over all samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.errors import TraceError
from engine.node.backend import Value
from engine.node.functions import FUNCTIONS
from engine.pytree.spec import object_array, sequence_of
from engine.pytree.statics import equal_statics
from engine.quoting import brief

__all__ = ["mean_of", "scattered", "stacked"]

_dot, _mean = FUNCTIONS["dot"], FUNCTIONS["mean"]
_NUMBERS = (Value, bool, int, float, np.generic)

Join = Callable[[list[Any]], Any]


def mean_of(results: list[Any], counts: Sequence[int] | None = None) -> Any:
    """The mean of results, nested as each is; of a number that is the same in all, that number.

    Args:
        results: what a function gave for each sample, or its mean over each group of samples.
        counts: how many samples there are in each group.

    Raises:
        TraceError: the results are nested differently, or differ in what is not a number.

    >>> mean_of([(Value(1.0), "a"), (Value(2.0), "a")])
    (Value(data=1.5, grad=0.0), 'a')
    """
    weights = None if counts is None else [count / sum(counts) for count in counts]

    def join(items: list[Any]) -> Any:
        if not any(isinstance(item, Value) for item in items) and all(item == items[0] for item in items):
            return items[0]
        return _mean(items) if weights is None else _dot(weights, items)

    return _joined(results, _NUMBERS, join)


def stacked(results: list[Any], as_graph: bool) -> Any:
    """Results of samples as arrays over them: of Values where a graph is wanted, else of numbers.

    >>> stacked([Value(1.0), Value(2.0)], False)
    array([1., 2.])
    """

    def join(items: list[Any]) -> Any:
        if not any(isinstance(item, Value) for item in items):
            return np.array(items)
        if not as_graph:
            return np.array([getattr(item, "_data", item) for item in items], dtype=float)
        return object_array(items)

    return _joined(results, _NUMBERS, join, stack=True)


def scattered(results: list[Any], places: Sequence[Any]) -> Any:
    """Arrays over groups of samples as arrays over all of them.

    Args:
        results: nested alike, with arrays over the samples of a group in them.
        places: of each group the positions of its samples; or all, which later groups overwrite.
    """

    def join(items: list[Any]) -> Any:
        count = max(
            len(item) if isinstance(at, slice) else at.max() + 1
            for at, item in zip(places, items, strict=True)
        )
        whole = np.empty((count, *items[0].shape[1:]), dtype=np.result_type(*items))
        for at, item in zip(places, items, strict=True):
            whole[at] = item
        return whole

    return _joined(results, np.ndarray, join)


def _joined(items: list[Any], kinds: Any, join: Join, stack: bool = False) -> Any:
    """Results as one that is nested as they are, with ``join`` of what is of these kinds in it."""
    first = items[0]
    if all(isinstance(item, kinds) for item in items):
        return join(items)
    others = [item for item in items if _form(item) != _form(first)]
    if not others and isinstance(first, dict):
        return {key: _joined([item[key] for item in items], kinds, join, stack) for key in first}
    if not others and isinstance(first, (list, tuple)):
        columns = [list(column) for column in zip(*items, strict=True)]
        return sequence_of(type(first), [_joined(column, kinds, join, stack) for column in columns])
    if not others and isinstance(first, np.ndarray):
        return _joined_arrays(items, kinds, join, stack)
    others = others or [item for item in items if not equal_statics(first, item)]
    if others:
        raise TraceError(
            "what the function returns differs from sample to sample in what is not a number: "
            f"{brief(first)} of one, {brief(others[0])} of another"
        )
    return first


def _form(item: Any) -> Any:
    """What containers that can be joined have in common."""
    if isinstance(item, dict):
        return type(item), list(item)
    if isinstance(item, (list, tuple)):
        return type(item), len(item)
    return type(item), item.shape if isinstance(item, np.ndarray) else None


def _joined_arrays(items: list[Any], kinds: Any, join: Join, stack: bool) -> Any:
    shape = items[0].shape
    columns = zip(*(item.ravel().tolist() for item in items), strict=True)
    parts = [_joined(list(column), kinds, join, stack) for column in columns]
    if stack:
        whole = (len(items), *shape)
        return np.stack(parts, axis=-1).reshape(whole) if parts else np.zeros(whole)
    array = object_array(parts)
    if not any(isinstance(part, Value) for part in parts):
        array = array.astype(items[0].dtype if items[0].dtype != object else float)
    return array.reshape(shape)
