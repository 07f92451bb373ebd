"""Items of sequences, and floats in place of Values."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import Value
from nn.data.foreign import readable, readable_items

__all__ = ["bare", "items_of", "numbers_of"]


def items_of(x: Any, name: str = "data") -> list[Any] | None:
    """The items of a sequence as a list; None for a single number. The name is for the messages.

    >>> items_of((1.0, 2.0)), items_of(3.0)
    ([1.0, 2.0], None)
    """
    x = readable(name, x)
    if isinstance(x, np.ndarray):
        return list(x.tolist()) if x.ndim else None
    if isinstance(x, (str, bytes, dict)) or not hasattr(x, "__iter__"):
        return None
    return readable_items(name, x)


def bare(x: Any) -> float:
    """A number or Value as a float; anything else is a TypeError.

    >>> bare(Value(2.0)), bare(1)
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
    return bare(output) if several is None else [numbers_of(each) for each in several]
