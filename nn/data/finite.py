"""Check that data hold no nan or inf, and name the first one that is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine import Value
from engine.floats.coerce import is_real, to_float
from engine.quoting import brief
from nn.data.foreign import each_from_foreign

__all__ = ["check_finite"]


def check_finite(name: str, items: Any, part: str = "feature") -> None:
    """Raise if a number in samples or targets is nan or inf.

    Other things than numbers pass, such as text for a model that reads it.

    Args:
        name: of the argument, for the messages.
        items: a list or array of them.
        part: what one of the numbers of a sample is called.

    Raises:
        ValueError: a number is not finite. The message names the sample and the place in it.
        TypeError: a sample is a generator or another iterator, which can be gone through only once.

    >>> check_finite("X", [[0.5, 1.0], [2.0, float("nan")]])
    Traceback (most recent call last):
    ...
    ValueError: X[1][1] is nan: sample 1, feature 1, counted from 0; leave such samples out, or ...
    """
    found = _not_finite(name, items)
    if found is None:
        return
    number, (sample, *inside) = found
    where = f", {part} {', '.join(map(str, inside))}" if inside else ""
    place = "".join(f"[{i}]" for i in (sample, *inside))
    raise ValueError(
        f"{name}{place} is {number}: sample {sample}{where}, counted from 0; leave such samples out, or fill "
        "in a number"
    )


def _not_finite(name: str, items: Any) -> tuple[float, list[int]] | None:
    """The first number that is not finite, with its positions, outermost first."""
    numbers = _numbers(items)
    if numbers is not None:
        wrong = np.argwhere(~np.isfinite(numbers))
        return (numbers[tuple(wrong[0])].item(), wrong[0].tolist()) if len(wrong) else None
    if isinstance(items, Iterator):
        raise TypeError(
            f"{name} is {brief(items)}, which can be gone through only once; give lists: [list(x) for x in X]"
        )
    if isinstance(items, (list, tuple)) or (isinstance(items, np.ndarray) and items.dtype == object):
        for i, item in enumerate(each_from_foreign(name, items)):
            found = _not_finite(f"{name}[{i}]", item)
            if found is not None:
                return found[0], [i, *found[1]]
    return None


def _numbers(items: Any) -> Any:
    """Data as an array of numbers; None where they are not rectangular or not all numbers."""
    if isinstance(items, Value):
        return np.asarray(items.data)
    if isinstance(items, Iterator):
        return None
    try:
        array = np.asarray(items)
    except Exception:  # rows of different lengths; whatever the objects of others raise
        return None
    if array.dtype.kind in "fciub":
        return array
    return np.asarray(to_float(items)) if is_real(items) else None
