"""Maps over nested structures of numbers, and compares their forms."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from engine.floats.coerce import to_float
from engine.node.backend import Value
from engine.pytree.spec import object_array, sequence_of
from engine.quoting import brief, typed

__all__ = ["copied", "flatten", "map_leaves", "map_numbers", "map_values", "matching", "numbers_of_output"]


def map_numbers(function: Callable[[Any, str], Any], tree: Any, path: str = "argument") -> Any:
    """The same nested structure with a function applied to every number or Value in it.

    Args:
        function: takes a number and its place, for messages (``argument[0]['w']``).
        tree: a number, a Value, or lists, tuples, dicts and arrays of them, nested at will.
        path: what to call the tree.

    Returns:
        Lists for lists, tuples for tuples (named ones too), dicts for dicts, and for an array
        an array of the same shape. None is an empty part, as in JAX, and stays.

    Raises:
        TypeError: something in the tree is neither.

    >>> map_numbers(lambda x, path: x + 1, {"w": [1.0, 2.0], "b": 3.0})
    {'w': [2.0, 3.0], 'b': 4.0}
    """
    if isinstance(tree, dict):
        return {key: map_numbers(function, item, f"{path}[{brief(key)}]") for key, item in tree.items()}
    if isinstance(tree, (list, tuple)):
        items = [map_numbers(function, item, f"{path}[{i}]") for i, item in enumerate(tree)]
        return sequence_of(type(tree), items)
    if isinstance(tree, np.ndarray):
        results = []
        for index, item in zip(np.ndindex(tree.shape), tree.ravel().tolist(), strict=True):
            place = f"{path}[{', '.join(map(str, index))}]" if index else path
            if not isinstance(item, Value):
                to_float(item, place)
            results.append(function(item, place))
        array = object_array(results)
        if all(isinstance(result, float) for result in results):
            array = array.astype(float)
        return array.reshape(tree.shape)
    if tree is None:
        return None
    if not isinstance(tree, Value):
        to_float(tree, path)
    return function(tree, path)


def flatten(tree: Any, path: str = "argument") -> list[Any]:
    """The numbers and Values of a nested structure, in order; None has none.

    >>> flatten({"w": [1.0, 2.0], "b": 3.0})
    [1.0, 2.0, 3.0]
    """
    found: list[Any] = []

    def collect(item: Any, path: str) -> Any:
        found.append(item)
        return item

    map_numbers(collect, tree, path)
    return found


def numbers_of_output(output: Any, place: str = "what the function returns") -> list[Any]:
    """The numbers and Values of what a function returned, in order; None in it has none.

    Raises:
        TypeError: it is None, as where a ``return`` is missing; or something in it is not a number.

    >>> numbers_of_output({"y": [2.0, None]})
    [2.0]
    """
    if output is None:
        to_float(output, place)
    return flatten(output, place)


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same nested structure with a function applied to its numbers, and to its arrays as a whole.

    >>> map_leaves(np.shape, {"w": np.zeros((2, 3)), "b": 1.0})
    {'w': (2, 3), 'b': ()}
    """
    if isinstance(tree, dict):
        return {key: map_leaves(function, item) for key, item in tree.items()}
    if isinstance(tree, (list, tuple)):
        items = [map_leaves(function, item) for item in tree]
        return sequence_of(type(tree), items)
    return None if tree is None else function(tree)


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
        return sequence_of(type(tree), map(copied, tree))
    return tree.copy() if isinstance(tree, np.ndarray) else tree


def matching(form: Any, given: Any, of: str, place: str) -> list[Any]:
    """The numbers of a nested structure that must be of the form of another one, in the order of that one.

    Lists, tuples and arrays may stand for each other where they have the same lengths.

    Args:
        form: a number, or lists, tuples, dicts and arrays of numbers.
        given: the same, of other numbers.
        of: what to call the form, in messages.
        place: what to call what is given.

    Raises:
        ValueError: keys, lengths, shapes or nesting differ.
        TypeError: something in it is not a number.

    >>> matching({"a": 1.0, "b": [2.0]}, {"b": [20.0], "a": 10.0}, "primal", "tangent")
    [10.0, 20.0]
    >>> matching([1.0, 2.0], [1.0], "primal", "tangent")
    Traceback (most recent call last):
    ValueError: primal has 2 entries, but tangent has 1
    """
    if isinstance(form, dict):
        if not isinstance(given, dict):
            raise _mismatch(form, given, of, place)
        for key in form:
            if key not in given:
                raise ValueError(f"{place} has no {brief(key)}, which {of} has")
        for key in given:
            if key not in form:
                raise ValueError(f"{place} has {brief(key)}, which {of} has not")
        parts = [(form[key], given[key], f"[{brief(key)}]") for key in form]
    elif _is_sequence(form):
        if isinstance(form, np.ndarray) and isinstance(given, np.ndarray):
            if form.shape != given.shape:
                raise ValueError(f"{of} has the shape {form.shape}, but {place} has {given.shape}")
            return flatten(given, place)
        if not _is_sequence(given):
            raise _mismatch(form, given, of, place)
        if len(form) != len(given):
            raise ValueError(f"{of} has {len(form)} entries, but {place} has {len(given)}")
        parts = [(one, other, f"[{i}]") for i, (one, other) in enumerate(zip(form, given, strict=True))]
    else:
        if isinstance(given, dict) or _is_sequence(given) or (form is None and given is not None):
            raise _mismatch(form, given, of, place)
        if given is None and form is not None:
            to_float(given, place)
        return flatten(given, place)
    return [
        number for one, other, key in parts for number in matching(one, other, f"{of}{key}", f"{place}{key}")
    ]


def _is_sequence(tree: Any) -> bool:
    return isinstance(tree, (list, tuple)) or (isinstance(tree, np.ndarray) and tree.ndim > 0)


def _mismatch(form: Any, given: Any, of: str, place: str) -> Exception:
    """The error of a place that holds another kind of structure, or nothing of the kind."""
    kinds = [
        "a dict"
        if isinstance(tree, dict)
        else f"a {type(tree).__name__} of {len(tree)}"
        if _is_sequence(tree)
        else "None"
        if tree is None
        else typed(tree)
        for tree in (form, given)
    ]
    kind = TypeError if given is None else ValueError
    return kind(f"{of} is {kinds[0]}, but {place} is {kinds[1]}")


def map_values(function: Callable[[Value], Any], tree: Any) -> Any:
    """A nested structure of anything, with a function applied to the Values in it.

    It looks into lists, tuples, dicts, sets, dataclasses, deques and object arrays. What holds no Value
    is the same object as before.

    >>> map_values(lambda x: x.data, {"loss": [Value(1.0)], "step": 3, "note": "sound"})
    {'loss': [1.0], 'step': 3, 'note': 'sound'}
    """
    twin: Any
    if isinstance(tree, Value):
        return function(tree)
    if isinstance(tree, dict):
        twin = copy(tree)
        twin.update({key: map_values(function, item) for key, item in tree.items()})
        return _if_changed(tree, twin, tree.values(), twin.values())
    if isinstance(tree, (list, tuple, set, frozenset, deque)):
        items = [map_values(function, item) for item in tree]
        if isinstance(tree, list):
            twin = copy(tree)
            twin[:] = items
        elif isinstance(tree, deque):
            twin = type(tree)(items, tree.maxlen)
        else:
            twin = type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
        return _if_changed(tree, twin, tree, items)
    if isinstance(tree, np.ndarray) and tree.dtype == object:
        items = [map_values(function, item) for item in tree.ravel()]
        twin = np.empty(len(items), dtype=float if all(type(item) is float for item in items) else object)
        twin[:] = items
        return _if_changed(tree, twin.reshape(tree.shape), tree.ravel(), items)
    if is_dataclass(tree) and not isinstance(tree, type):
        before = [getattr(tree, field.name) for field in fields(tree)]
        after = [map_values(function, item) for item in before]
        twin = copy(tree)
        for field, item in zip(fields(tree), after, strict=True):
            object.__setattr__(twin, field.name, item)
        return _if_changed(tree, twin, before, after)
    return tree


def _if_changed(tree: Any, twin: Any, before: Iterable[Any], after: Iterable[Any]) -> Any:
    """The twin if one of its items is another one, else the tree."""
    return twin if any(a is not b for a, b in zip(before, after, strict=True)) else tree
