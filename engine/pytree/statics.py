"""Compares the parts of arguments and results that are not numbers."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["counts_by_identity", "equal_statics", "is_series", "is_type_of_series", "static_key"]

_PLAIN = (str, bytes, bool, int, complex, type(None))
_DEEPEST = 20  # levels of containers that are compared by what they hold


def static_key(item: Any, depth: int = 0) -> Any:
    """A key that is equal for static arguments that are the same.

    Plain data is compared by what it is, other objects by identity.
    So a list, a set or an array of booleans that is changed in place is another one.

    >>> static_key([1, "a"]) == static_key([1, "a"]), static_key(1) == static_key(1.0)
    (True, False)
    """
    kind = type(item)
    if kind in _PLAIN:
        return kind, item
    if kind is float:
        return kind, item.hex()
    if isinstance(item, (np.ndarray, np.generic)) and item.dtype != object:
        return kind, item.dtype.str, item.shape, item.tobytes()
    if depth < _DEEPEST:
        if kind in (list, tuple, deque):
            return kind, tuple(static_key(part, depth + 1) for part in item)
        if kind in (set, frozenset):
            return kind, frozenset(static_key(part, depth + 1) for part in item)
        if kind in (dict, OrderedDict, defaultdict):
            return kind, tuple((static_key(k, depth + 1), static_key(v, depth + 1)) for k, v in item.items())
    return kind, id(item)


def counts_by_identity(item: Any) -> bool:
    """Whether a static argument may be compared by identity: not if it can change in place.

    >>> counts_by_identity("a"), counts_by_identity(len), counts_by_identity(["a"])
    (True, True, False)
    """
    kind = type(item)
    if kind in (*_PLAIN, float) or isinstance(item, np.generic):
        return True
    return bool(static_key(item) == (kind, id(item)))


def is_series(item: Any) -> bool:
    """Whether something without numbers looks like one item for each sample: it has a length and items."""
    return is_type_of_series(type(item))


def is_type_of_series(kind: type) -> bool:
    """The same of something of this type.

    >>> is_type_of_series(list), is_type_of_series(str)
    (True, False)
    """
    if issubclass(kind, (str, bytes, dict, Callable)):  # type: ignore[arg-type]
        return False
    return hasattr(kind, "__len__") and hasattr(kind, "__getitem__")


def equal_statics(a: Any, b: Any) -> bool:
    """Whether two things in results that are not Values are the same."""
    if a is b:
        return True
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f")
    return bool(a == b or (a != a and b != b))
