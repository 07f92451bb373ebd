"""Nested arguments: numbers within lists, tuples, dicts and NumPy arrays (JAX calls them pytrees)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.convert import to_float
from engine.node import Value

__all__ = ["copied", "flatten", "map_leaves", "map_numbers"]


def map_numbers(function: Callable[[Any, str], Any], tree: Any, path: str = "argument") -> Any:
    """The same nested structure with a function applied to every number or Value in it.

    Args:
        function: takes a number and its place, for messages (``argument[0]['w']``).
        tree: a number, a Value, or lists, tuples, dicts and arrays of them, nested at will.
        path: what to call the tree.

    Returns:
        Lists for lists, tuples for tuples (named ones too), dicts for dicts, and for an array
        an array of the same shape.

    Raises:
        TypeError: something in the tree is neither.

    >>> map_numbers(lambda x, path: x + 1, {"w": [1.0, 2.0], "b": 3.0})
    {'w': [2.0, 3.0], 'b': 4.0}
    """
    if isinstance(tree, dict):
        return {key: map_numbers(function, item, f"{path}[{key!r}]") for key, item in tree.items()}
    if isinstance(tree, (list, tuple)):
        items = [map_numbers(function, item, f"{path}[{i}]") for i, item in enumerate(tree)]
        if isinstance(tree, list):
            return items
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    if isinstance(tree, np.ndarray):
        results = []
        for index, item in zip(np.ndindex(tree.shape), tree.ravel().tolist(), strict=True):
            place = f"{path}[{', '.join(map(str, index))}]" if index else path
            if not isinstance(item, Value):
                to_float(item, place)
            results.append(function(item, place))
        array = np.empty(len(results), dtype=object)
        array[:] = results
        if all(isinstance(result, float) for result in results):
            array = array.astype(float)
        return array.reshape(tree.shape)
    if not isinstance(tree, Value):
        to_float(tree, path)
    return function(tree, path)


def flatten(tree: Any, path: str = "argument") -> list[Any]:
    """The numbers and Values of a nested structure, in order.

    >>> flatten({"w": [1.0, 2.0], "b": 3.0})
    [1.0, 2.0, 3.0]
    """
    found: list[Any] = []

    def collect(item: Any, path: str) -> Any:
        found.append(item)
        return item

    map_numbers(collect, tree, path)
    return found


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same nested structure with a function applied to its numbers, and to its arrays as a whole.

    >>> map_leaves(np.shape, {"w": np.zeros((2, 3)), "b": 1.0})
    {'w': (2, 3), 'b': ()}
    """
    if isinstance(tree, dict):
        return {key: map_leaves(function, item) for key, item in tree.items()}
    if isinstance(tree, (list, tuple)):
        items = [map_leaves(function, item) for item in tree]
        if isinstance(tree, list):
            return items
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    return function(tree)


def copied(tree: Any) -> Any:
    """The same nested structure in lists, dicts and arrays of its own; what they hold is shared.

    A list or dict of a subclass is shared too: nobody knows how to make another one.

    >>> outer = [[1.0], {"w": np.zeros(2)}]
    >>> twin = copied(outer)
    >>> twin[0] += [2.0]
    >>> outer[0], twin[0]
    ([1.0], [1.0, 2.0])
    """
    if type(tree) is dict:
        return {key: copied(item) for key, item in tree.items()}
    if type(tree) is list:
        return [copied(item) for item in tree]
    if isinstance(tree, tuple):
        items = [copied(item) for item in tree]
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    return tree.copy() if isinstance(tree, np.ndarray) else tree
