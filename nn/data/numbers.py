"""Items of sequences, and floats in place of Values."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import Value
from nn.data.foreign import each_from_foreign, from_foreign

__all__ = ["number_of", "items_of", "numbers_of"]


def items_of(x: Any, name: str = "data") -> list[Any] | None:
    """The items of a sequence as a list; None for a single number. The name is for the messages.

    >>> items_of((1.0, 2.0)), items_of(3.0)
    ([1.0, 2.0], None)
    """
    x = from_foreign(name, x)
    if isinstance(x, np.ndarray):
        return list(x.tolist()) if x.ndim else None
    if isinstance(x, (str, bytes, dict)) or not hasattr(x, "__iter__"):
        return None
    return each_from_foreign(name, x)


def number_of(x: Any) -> float:
    """A number or Value as a float; anything else is a TypeError.

    >>> number_of(Value(2.0)), number_of(1)
    (2.0, 1.0)
    """
    return x.data if isinstance(x, Value) else Value(x).data


def numbers_of(output: Any) -> Any:
    """A model's output without Values: a float, or a nested list of floats.

    >>> numbers_of(Value(1.0)), numbers_of([Value(1.0), 2])
    (1.0, [1.0, 2.0])
    """
    if isinstance(output, Value):
        return output.data
    several = items_of(output)
    return number_of(output) if several is None else [numbers_of(each) for each in several]
