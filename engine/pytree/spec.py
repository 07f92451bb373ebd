"""Describes nestings as data: equal nestings have equal specs.

A spec is a tuple: one of the kinds below, then the type and the specs of the parts, or the shape of an array.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "ARRAY",
    "DICT",
    "LIST",
    "NUMBER",
    "STATIC",
    "TABLE",
    "TUPLE",
    "Spec",
    "build",
    "dict_of",
    "has_numbers",
    "list_of",
    "object_array",
    "sequence_of",
    "shape_of",
]

Spec = tuple[Any, ...]

NUMBER, ARRAY, LIST, TUPLE, DICT, STATIC, TABLE = range(7)
"""TABLE is a list or tuple of numbers, or of lists or tuples of as many numbers each."""

ArrayBuilder = Callable[[Spec, Iterator[Any], Iterator[Any]], Any]


def list_of(kind: type) -> int:
    """LIST or TUPLE, for the type of a sequence."""
    return LIST if issubclass(kind, list) else TUPLE


class _WithDefault(NamedTuple):
    """Makes a ``defaultdict`` of a dict; equal for equal factories, as specs must be."""

    factory: Callable[[], Any] | None

    def __call__(self, items: dict[Any, Any]) -> defaultdict[Any, Any]:
        return defaultdict(self.factory, items)


def dict_of(item: dict[Any, Any]) -> Any:
    """What makes a dict of the same class of a plain one; None for classes that are not Python's.

    >>> dict_of(OrderedDict(a=1.0))({"b": 2.0})
    OrderedDict([('b', 2.0)])
    >>> dict_of(defaultdict(list))({"b": 2.0})
    defaultdict(<class 'list'>, {'b': 2.0})
    """
    kind = type(item)
    if isinstance(item, defaultdict) and kind is defaultdict:
        return _WithDefault(item.default_factory)
    return kind if kind in (dict, OrderedDict, Counter) else None


def sequence_of(kind: type, items: Iterable[Any]) -> Any:
    """A list for lists, a tuple for tuples; a named tuple keeps its fields.

    >>> sequence_of(list, (1.0, 2.0)), sequence_of(tuple, [1.0, 2.0])
    ([1.0, 2.0], (1.0, 2.0))
    """
    if issubclass(kind, list):
        return list(items)
    return kind(*items) if hasattr(kind, "_fields") else tuple(items)


def object_array(items: list[Any]) -> np.ndarray[Any, Any]:
    """A line of objects as an array, also where each is a sequence.

    >>> object_array([[1.0, 2.0], [3.0]]).shape
    (2,)
    """
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array


def shape_of(spec: Spec) -> tuple[int, ...] | None:
    """The shape of what could be one array; None for anything else.

    >>> shape_of((LIST, list, ((NUMBER,), (NUMBER,)))), shape_of((LIST, list, ((NUMBER,), (ARRAY, (2,)))))
    ((2,), None)
    """
    kind = spec[0]
    if kind in (NUMBER, ARRAY, TABLE):
        return () if kind == NUMBER else tuple(spec[1])
    if kind in (STATIC, DICT):
        return None
    shapes = {shape_of(part) for part in spec[2]}
    inner = shapes.pop() if shapes else ()
    return None if shapes or inner is None else (len(spec[2]), *inner)


def has_numbers(spec: Spec) -> bool:
    """Whether there is anything but statics in a nesting.

    >>> has_numbers((LIST, list, ((STATIC, str),))), has_numbers((DICT, dict, (("a", (NUMBER,)),)))
    (False, True)
    """
    if spec[0] in (LIST, TUPLE):
        return any(map(has_numbers, spec[2]))
    return any(has_numbers(part) for _, part in spec[2]) if spec[0] == DICT else spec[0] != STATIC


def build(spec: Spec, feed: Iterator[Any], statics: Iterator[Any], array: ArrayBuilder | None = None) -> Any:
    """What is nested as a spec says, with the next numbers and statics in it.

    Args:
        spec: the nesting.
        feed: what stands in the place of numbers.
        statics: what stands in the place of the rest.
        array: builds arrays; left out, an array of objects, or of numbers where all are.

    >>> build((LIST, list, ((NUMBER,), (STATIC, str))), iter([2.0]), iter(["a"]))
    [2.0, 'a']
    """
    kind = spec[0]
    if kind == NUMBER:
        return next(feed)
    if kind == STATIC:
        return next(statics)
    if kind == TABLE:
        shape = spec[1]
        if len(shape) == 1:
            return spec[2](next(feed) for _ in range(shape[0]))
        return spec[2](spec[3](next(feed) for _ in range(shape[1])) for _ in range(shape[0]))
    if kind == ARRAY:
        return (array or _array)(spec, feed, statics)
    if kind == DICT:
        found = {key: build(part, feed, statics, array) for key, part in spec[2]}
        return found if spec[1] is dict else spec[1](found)
    return sequence_of(spec[1], [build(part, feed, statics, array) for part in spec[2]])


def _array(spec: Spec, feed: Iterator[Any], statics: Iterator[Any]) -> np.ndarray[Any, Any]:
    flags = spec[2] if len(spec) > 2 else (True,) * int(np.prod(spec[1]))
    array = object_array([next(feed) if flag else next(statics) for flag in flags])
    kinds = set(map(type, array))
    if kinds and kinds <= {int, float}:
        array = array.astype(float if float in kinds else int)
    return array.reshape(spec[1])
