"""The parts of what a function returns or picks, and whether two of them are the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.jit.choices.arms import is_number
from engine.node.backend import Value
from engine.pytree.statics import equal_statics

__all__ = ["leaves", "same_leaf", "same_side"]


def leaves(output: Any) -> list[Any]:
    """The parts of a result, containers included."""
    found: list[Any] = []
    waiting = [output]
    while waiting:
        item = waiting.pop()
        if isinstance(item, np.ndarray) and item.dtype == object:
            found.append((np.ndarray, item.shape))
            waiting += item.ravel().tolist()[::-1]
        elif isinstance(item, (list, tuple)):
            found.append((type(item), len(item)))
            waiting += reversed(item)
        elif isinstance(item, dict):
            found.append((type(item), tuple(item)))
            waiting += reversed(item.values())
        else:
            found.append(item)
    return found


def same_leaf(image: Any, there: Any) -> bool:
    """Whether a reader reads what was expected."""
    if isinstance(image, Value) or isinstance(there, Value):
        return image is there
    if is_number(image) and is_number(there):
        return same_side(float(image), float(there))
    return equal_statics(image, there)


def same_side(a: Any, b: Any) -> bool:
    """Whether two sides are the same Value, or equal numbers."""
    if isinstance(a, Value) or isinstance(b, Value):
        return a is b
    return bool(a == b or (a != a and b != b))
