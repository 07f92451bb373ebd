"""Which axes of arguments and results hold the samples: ``in_axes`` and ``out_axes``, as in JAX's vmap."""

from __future__ import annotations

from collections.abc import Callable
from operator import index
from typing import Any

import numpy as np

from engine.pytree.spec import sequence_of
from engine.quoting import brief, typed

__all__ = ["checked_axes", "in_axes_of_call", "is_one_axis", "moved", "parts_of_axes", "position_of_axis"]


def checked_axes(name: str, axes: Any, inner: bool = False) -> Any:
    """Axes as given: an integer, None, or tuples, lists and dicts of these; integers as ``int``.

    Args:
        name: of the argument, for messages.
        axes: what was given.
        inner: whether it stands within such a container.

    Raises:
        TypeError: it is something else.

    >>> checked_axes("in_axes", (0, {"w": None}))
    (0, {'w': None})
    """
    if axes is None:
        return None
    if isinstance(axes, dict):
        return {key: checked_axes(name, each, True) for key, each in axes.items()}
    if isinstance(axes, (list, tuple)):
        return sequence_of(type(axes), [checked_axes(name, each, True) for each in axes])
    try:
        if isinstance(axes, (bool, np.bool_)):
            raise TypeError
        return index(axes)
    except TypeError:
        where = f"{name} holds" if inner else f"{name} is"
        raise TypeError(
            f"{name} must be an integer, None, or a tuple of these for the positional arguments, with nested "
            f"tuples, lists and dicts for nested ones; {where} {typed(axes)}"
        ) from None


def is_one_axis(axes: Any) -> bool:
    """Whether axes are one for all that they stand for: an integer or None."""
    return axes is None or isinstance(axes, int)


def in_axes_of_call(in_axes: Any, count: int) -> tuple[Any, ...]:
    """The axes of each of so many positional arguments.

    Raises:
        ValueError: there are axes for more arguments or for fewer; or all are None.

    >>> in_axes_of_call(0, 2), in_axes_of_call((None, 1), 2)
    ((0, 0), (None, 1))
    """
    if isinstance(in_axes, int):
        return (in_axes,) * count
    if isinstance(in_axes, (tuple, list)) and len(in_axes) != count:
        raise ValueError(
            f"in_axes={brief(in_axes)} has {len(in_axes)} entries, but the function was called with {count} "
            "positional arguments; an entry is for one of them, and one for a tuple of them is written "
            "in_axes=((0, None),)"
        )
    return tuple(in_axes)


def position_of_axis(axis: int, ndim: int) -> int | None:
    """An axis counted from the first, where there are so many; None if there is no such axis.

    >>> position_of_axis(-1, 3), position_of_axis(3, 3)
    (2, None)
    """
    return axis % ndim if -ndim <= axis < ndim else None


def parts_of_axes(axes: Any, keys: list[Any] | int, name: str, place: str) -> list[Any]:
    """Of axes for a container those for each of its parts.

    Args:
        axes: an integer or None, for all parts; or a container of as many.
        keys: those of a dict, or the length of a list or tuple.
        name: ``in_axes`` or ``out_axes``.
        place: what the container is called.

    Raises:
        ValueError: they have not the form of the container.

    >>> parts_of_axes({"w": 0, "b": None}, ["b", "w"], "in_axes", "argument 0")
    [None, 0]
    """
    if is_one_axis(axes):
        return [axes] * (keys if isinstance(keys, int) else len(keys))
    if isinstance(keys, int):
        if isinstance(axes, (list, tuple)) and len(axes) == keys:
            return list(axes)
        what = f"a sequence of {keys}"
    else:
        if isinstance(axes, dict) and set(axes) == set(keys):
            return [axes[key] for key in keys]
        what = f"a dict with the keys {brief(keys)}"
    raise ValueError(f"{name} has {brief(axes)} for {place}, which is {what}")


def moved(result: Any, axes: Any, first: Callable[[Any, str], Any], place: str = "the result") -> Any:
    """Arrays over samples with the axis of the samples where ``out_axes`` says.

    Args:
        result: nested, with arrays in it whose first axis is that of the samples.
        axes: the axes.
        first: what makes of such an array, and its place, what all samples share; for None.
        place: what the result is called.

    Raises:
        ValueError: an array has no such axis, or the nesting differs.

    >>> moved(np.zeros((3, 2)), 1, None).shape
    (2, 3)
    """
    if isinstance(result, dict):
        axes = parts_of_axes(axes, list(result), "out_axes", place)
        parts = zip(result.items(), axes, strict=True)
        return {key: moved(item, each, first, f"{place}[{brief(key)}]") for (key, item), each in parts}
    if isinstance(result, (list, tuple)):
        axes = parts_of_axes(axes, len(result), "out_axes", place)
        pairs = enumerate(zip(result, axes, strict=True))
        return sequence_of(
            type(result), [moved(item, each, first, f"{place}[{i}]") for i, (item, each) in pairs]
        )
    if not is_one_axis(axes):
        raise ValueError(f"out_axes has {brief(axes)} for {place}, which is not nested")
    if not isinstance(result, np.ndarray):
        return result
    if axes is None:
        return first(result, place)
    position = position_of_axis(axes, result.ndim)
    if position is None:
        raise ValueError(
            f"out_axes={axes}, but {place} of one sample has {result.ndim - 1} axes; with that of the "
            f"samples there are {result.ndim}, counted from 0"
        )
    return np.moveaxis(result, 0, position)
