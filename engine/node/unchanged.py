"""Compares lists, attributes and numbers with what they were: until they change, a model's cache is valid.

The compiled node has its own forms (``compiled/bulk.pxi``), which make no Python objects.
"""

from __future__ import annotations

from itertools import chain
from operator import is_
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.floats.coerce import check_vector
from engine.node.backend import PLAIN, offered

__all__ = ["attributes_of", "contents_of", "same_attributes", "same_items", "same_objects", "taken_anew"]


@offered
def same_items(items: list[Any], others: list[Any]) -> bool:
    """Whether two lists hold the same objects, by identity, in the same order.

    Raises:
        TypeError: something is not a list.

    >>> from engine import Value
    >>> x = Value(1.0)
    >>> same_items([x, x], [x, x]), same_items([x], [Value(1.0)]), same_items([x], [1.0])
    (True, False, False)
    """
    if not isinstance(items, list) or not isinstance(others, list):
        raise TypeError(f"expected two lists, got {type(items).__name__} and {type(others).__name__}")
    return list.__len__(items) == list.__len__(others) and all(map(is_, items, others))


def contents_of(container: Any) -> tuple[Any, ...]:
    """What a list or tuple holds; of a dict, or what shows that of a class, its keys and values in turn.

    >>> contents_of(["a"]), contents_of({"a": 1})
    (('a',), ('a', 1))
    """
    is_ordered = type(container) in (list, tuple)
    return tuple(container if is_ordered else chain.from_iterable(container.items()))


@offered
def same_objects(
    containers: list[Any],
    were: list[tuple[Any, ...]],
    versions: NDArray[np.float64] | None = None,
    exactly: bool = False,
) -> bool:
    """Whether lists, tuples and dicts hold the same objects as before, in the same order.

    Args:
        containers: exactly lists, tuples, dicts, and what shows the dicts of classes.
        were: what each held: its :func:`contents_of`.
        versions: a contiguous array of float64, of shape ``(len(containers),)``, of zeros at first, in which
            is noted what need not be gone through again; None where all are to be gone through in any case.
        exactly: False where numbers, texts, booleans and None may have changed into others such: nothing
            leads on from them.

    Raises:
        TypeError: a container is of another type, or what it held is not a tuple.

    >>> from engine import Value
    >>> x, y = Value(1.0), Value(1.0)
    >>> same_objects([[x, 1], {"a": y}], [(x, 2), ("a", y)]), same_objects([[x]], [(y,)])
    (True, False)
    >>> same_objects([[x, 1]], [(x, 2)], exactly=True)
    False
    """
    if versions is not None:
        check_vector(versions, len(containers), True)
    if len(containers) != len(were):
        return False
    for container, was in zip(containers, were, strict=True):
        if type(was) is not tuple:
            raise TypeError(f"what was there must be a tuple, got {type(was)}")
        if type(container) not in (list, tuple, dict, MappingProxyType):
            raise TypeError(f"expected a list, tuple or dict, got {type(container)}")
        now = contents_of(container)
        if len(now) != len(was):
            return False
        if not all(map(is_, now, was)) and (exactly or not all(map(_same_object, now, was))):
            return False
    return True


@offered
def same_attributes(items: list[Any], dicts: tuple[Any, ...], kinds: tuple[type, ...]) -> bool:
    """Whether objects have the ``__dict__`` and the class that they had before, by identity.

    Args:
        items: the objects.
        dicts, kinds: what each had: its :func:`attributes_of` and its class. A dict that is None is not
            looked at.

    >>> class Part:
    ...     pass
    >>> part = Part()
    >>> before = [part], (vars(part),), (Part,)
    >>> part.w = 1.0
    >>> same_attributes(*before)
    True
    >>> part.__dict__ = {}
    >>> same_attributes(*before)
    False
    """
    if not len(items) == len(dicts) == len(kinds):
        return False
    return all(map(is_, map(type, items), kinds)) and all(
        was is None or attributes_of(item) is was for item, was in zip(items, dicts, strict=True)
    )


def attributes_of(item: Any) -> Any:
    """The ``__dict__`` of an object, None if it has none; of a class its ``__mro__``.

    >>> attributes_of(bool) == (bool, int, object), attributes_of(1.0)
    (True, None)
    """
    return item.__mro__ if isinstance(item, type) else getattr(item, "__dict__", None)


_PLAIN_TYPES = frozenset((float, int, bool, str, type(None)))


def _same_object(now: Any, was: Any) -> bool:
    return now is was or (type(now) in _PLAIN_TYPES and type(was) in _PLAIN_TYPES)


@offered
def taken_anew(numbers: NDArray[np.float64], before: NDArray[np.float64]) -> bool:
    """Whether numbers differ from those before, bit by bit; if so, they are copied over them.

    Args:
        numbers, before: contiguous arrays of float64, of shape ``(n,)``.

    Raises:
        TypeError: one is not such an array.
        ValueError: the lengths differ, or ``before`` is read-only.

    >>> import numpy as np
    >>> before = np.zeros(1)
    >>> taken_anew(np.ones(1), before), taken_anew(np.ones(1), before), before
    (True, False, array([1.]))
    """
    check_vector(numbers, len(numbers), False)
    check_vector(before, len(numbers), True)
    if numbers.tobytes() == before.tobytes():
        return False
    before[:] = numbers
    return True


__test__ = {name: PLAIN[name] for name in __all__ if name in PLAIN}
