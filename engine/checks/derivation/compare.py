"""Compares what a line gives with what the engine gives: shapes, and numbers at several points."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.pytree.maps import flatten, map_numbers

__all__ = ["ATOL", "Difference", "as_array", "close", "difference"]

RTOL = 1e-6
ATOL = 1e-9
"""Relative to the size of the derivative, at all points together."""

Array = npt.NDArray[np.float64]


class Difference(NamedTuple):
    """How a line differs from the engine's at one point.

    Attributes:
        place: the index of the entry that differs most, as text; empty of a single number.
        yours: the number of the line.
        engines: the number of the engine.
        shapes: both shapes, where they do not fit.
    """

    place: str
    yours: float
    engines: float
    shapes: tuple[tuple[int, ...], tuple[int, ...]] | None = None


def as_array(tree: Any) -> Array:
    """A nest of numbers as one array; one that has no shape as a row.

    >>> as_array([[1.0, 2.0]]).shape, as_array([[1.0], [2.0, 3.0]]).shape
    ((1, 2), (3,))
    """
    if isinstance(tree, np.ndarray):
        return tree.astype(float)
    try:
        return np.array(tree, dtype=float)
    except (ValueError, TypeError):
        return np.array(flatten(tree), dtype=float)


def fitted(yours: Array, engines: Array) -> Array | None:
    """The result of a line, reshaped as the engine's; None where the shapes differ by more than axes of 1.

    A shape fits that can be added to the other one without making a larger array.
    """
    if yours.shape == engines.shape:
        return yours
    if yours.size != engines.size:
        return None
    try:
        together = np.broadcast_shapes(yours.shape, engines.shape)
    except ValueError:
        return None
    return yours.reshape(engines.shape) if np.prod(together) == engines.size else None


def close(yours: Array, engines: Array, typical: float) -> npt.NDArray[np.bool_]:
    """Which entries agree; equal infinities do, nan never does."""
    with np.errstate(invalid="ignore"):
        near = np.abs(yours - engines) <= RTOL * np.maximum(np.abs(yours), np.abs(engines)) + ATOL * typical
    agree: npt.NDArray[np.bool_] = (near & np.isfinite(yours) & np.isfinite(engines)) | (yours == engines)
    return agree


def difference(yours: Any, engines: Any, typical: float = 0.0) -> Difference | None:
    """The largest difference between a line's result and the engine's; None where they agree.

    >>> difference([1.0, 2.0], [1.0, 3.0])
    Difference(place='[1]', yours=2.0, engines=3.0, shapes=None)
    """
    try:
        own, right = as_array(yours), as_array(engines)
    except (TypeError, ValueError):  # not numbers
        return Difference("", np.nan, float(np.ravel(as_array(engines))[0]), ((), as_array(engines).shape))
    shaped = fitted(own, right)
    if shaped is None:
        first = float(own.ravel()[0]) if own.size else np.nan
        return Difference("", first, float(right.ravel()[0]), (own.shape, right.shape))
    agree = close(shaped, right, typical)
    if agree.all():
        return None
    with np.errstate(invalid="ignore"):
        apart = np.where(agree, -1.0, np.nan_to_num(np.abs(shaped - right), nan=np.inf))
    index = np.unravel_index(int(np.argmax(apart)), right.shape) if right.ndim else ()
    place = f"[{', '.join(map(str, index))}]" if index else ""
    if isinstance(engines, (list, tuple)):  # of lists, which may differ in length
        places: list[str] = []

        def note(x: Any, path: str) -> Any:
            places.append(path)
            return x

        map_numbers(note, engines, "")
        place = places[int(np.ravel_multi_index(index, right.shape))]
    return Difference(place, float(shaped[index]), float(right[index]))
