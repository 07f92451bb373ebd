"""Parameters as a person gives them: lists of Values, looked through for what is not."""

from __future__ import annotations

from typing import Any

from engine import Value
from engine.quoting import brief

__all__ = ["listed", "listed_values"]


def listed(name: str, given: Any) -> list[Any]:
    """What a list, tuple, generator or other iterable holds.

    Raises:
        TypeError: it is something else: a Value, a dict, a model, whose ``parameters()`` are meant.

    >>> listed("params", (1, 2))
    [1, 2]
    """
    one = isinstance(given, (Value, dict, str)) or hasattr(given, "parameters")
    if one or not hasattr(given, "__iter__"):
        raise TypeError(f"{name} must be a list of Values, such as model.parameters(), got {brief(given)}")
    return list(given)


def listed_values(name: str, given: Any) -> list[Value]:
    """The Values in a list or other iterable.

    Raises:
        TypeError: it is none, or holds something that is not a Value.

    >>> listed_values("params", [Value(1.0)])
    [Value(data=1.0, grad=0.0)]
    """
    items = listed(name, given)
    for i, item in enumerate(items):
        if not isinstance(item, Value):
            kind = type(item).__name__
            raise TypeError(f"{name}[{i}] must be a Value, got {brief(item)} of type {kind}")
    return items
