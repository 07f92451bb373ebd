"""Read data of other libraries (tables, tensors, sparse matrices) as arrays, and reject what is not data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine import Value
from engine.quoting import brief

__all__ = ["from_foreign", "each_from_foreign"]

_OWN = frozenset((list, tuple, float, int, bool, str, type(None), np.float64, np.int64, range, Value))
"""Types that need no conversion: most of what is given."""

_ARRAYS = ("to_numpy", "toarray", "__array__", "tolist")
"""Methods that give an array: of pandas and polars, sparse matrices, tensors, and anything with lists."""


def from_foreign(name: str, given: Any) -> Any:
    """Read data of another library as an array; sequences, arrays, numbers and Values stay as they are.

    Tables of pandas and polars, whose own order is by columns, tensors of PyTorch and JAX, sparse matrices of
    SciPy and whatever has ``to_numpy()``, ``toarray()``, ``__array__()`` or ``tolist()`` become NumPy arrays.

    Args:
        name: of the argument, for the messages.
        given: anything.

    Raises:
        TypeError: it is a model, or a set, which has no order; or it cannot be read as an array.
        ValueError: entries of it are masked.

    >>> from_foreign("X", [1.0, 2.0])
    [1.0, 2.0]
    >>> from_foreign("X", memoryview(np.ones(2)))
    array([1., 1.])
    """
    kind = type(given)
    if kind in _OWN:
        return given
    if kind is np.ndarray:
        return given if given.ndim else given.item()
    if isinstance(given, (Value, list, tuple, np.generic)):
        return given
    if isinstance(given, (set, frozenset)):
        raise TypeError(f"{name} must have an order, got a set: {brief(given)}; give a list")
    if callable(getattr(given, "parameters", None)):
        raise TypeError(
            f"{name} must be numbers, got a model: {type(given).__name__}; give what it answers, "
            "[model(x) for x in X] or nn.predict(model, X)"
        )
    if np.ma.is_masked(given):
        raise ValueError(f"entries of {name} are masked; fill them, {name}.filled(...), or leave them out")
    try:
        array = _array(given)
    except Exception as error:
        raise TypeError(
            f"{name} of type {kind.__name__} cannot be read as an array: {error}; "
            "give a NumPy array, or lists of numbers"
        ) from error
    return array if array is given or array.ndim else array.item()


def each_from_foreign(name: str, items: Iterable[Any]) -> list[Any]:
    """Read each item of a sequence: a list of tensors, or the rows of a table.

    >>> each_from_foreign("X", (1.0, memoryview(np.ones(2))))
    [1.0, array([1., 1.])]
    """
    listed = list(items)
    if _OWN.issuperset(map(type, listed)):  # a name for each of a million samples takes a second
        return listed
    return [from_foreign(f"{name}[{i}]", item) for i, item in enumerate(listed)]


def _array(given: Any) -> Any:
    if isinstance(given, (np.ndarray, memoryview)):
        return np.asarray(given)
    for method in _ARRAYS:
        if callable(getattr(type(given), method, None)):
            return np.asarray(given if method == "__array__" else getattr(given, method)())
    return given
