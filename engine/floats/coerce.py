"""Converts real numbers to float and rejects everything else."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

from engine.quoting import abridged, brief

__all__ = ["bare", "check_values", "check_vector", "is_real", "plain_list", "to_float"]


def to_float(value: Any, role: str = "data") -> float:
    """A real number of any kind as a float.

    Takes Python and NumPy numbers, booleans, fractions, decimals and arrays of one element;
    integers and fractions too large for a float become infinite.

    Args:
        value: the number.
        role: what it was given as, for the message.

    Raises:
        TypeError: anything else (strings, None, complex numbers, lists, larger arrays, Values).

    >>> to_float(3), to_float(10**400)
    (3.0, inf)
    """
    if type(value) is float:
        return value
    if isinstance(value, (int, float)):  # booleans and numpy.float64 too
        return _limited(value)
    if isinstance(value, (np.floating, np.integer, np.bool_)) and not isinstance(value, np.timedelta64):
        return float(value)
    if isinstance(value, np.ndarray) and value is not np.ma.masked:  # whose item is 0.0
        if value.size != 1:
            raise TypeError(
                f"{role} must be one number, got an array of shape {value.shape}; "
                "make a Value of each element, for example [Value(x) for x in array]"
            )
        return to_float(value.item(), role)
    if hasattr(type(value), "_apply"):
        raise TypeError(f"{role} must be a number, got {_shown(value)}; use its .data, or the Value itself")
    unfit = isinstance(value, (str, bytes, bytearray, complex, np.generic, np.ndarray)) or value is None
    if not unfit and hasattr(type(value), "__float__"):
        return _limited(value)
    raise TypeError(
        f"{role} must be a real number, got {_shown(value)} of type {type(value).__name__}{_advice(value)}"
    )


def _advice(value: Any) -> str:
    """A hint for a message, where text was given for a number."""
    if not isinstance(value, str):
        return ""
    try:
        float(value)
    except ValueError:
        return "; give each name a number"
    return "; try float(...)"


def bare(x: Any) -> Any:
    """The item of an array without dimensions; anything else as it is.

    Raises:
        TypeError: it is ``numpy.ma.masked``, which is no number.

    >>> bare(np.array(2.0)), bare(3)
    (2.0, 3)
    """
    if not isinstance(x, np.ndarray) or x.ndim:
        return x
    return to_float(x, "operand") if x is np.ma.masked else x.item()


def check_values(values: Any) -> None:
    """Raise unless this is a list or tuple of Values.

    Raises:
        TypeError: it is not, or it holds something that is not a Value.

    >>> check_values([0.5])
    Traceback (most recent call last):
    TypeError: item 0 must be a Value, got 0.5 of type float
    """
    if not isinstance(values, (list, tuple)):
        raise TypeError(f"expected a list or tuple of Values, got {_shown(values)}")
    for i, value in enumerate(values):
        if not hasattr(type(value), "_fill"):
            raise TypeError(f"item {i} must be a Value, got {_shown(value)} of type {type(value).__name__}")


def plain_list(values: Any) -> Any:
    """A list or tuple as it is; a subclass, which may lie about its length, as a plain list.

    >>> class Lying(list):
    ...     def __len__(self):
    ...         return 10**6
    >>> plain_list(Lying([0.5]))
    [0.5]
    """
    if type(values) is list or type(values) is tuple or not isinstance(values, (list, tuple)):
        return values
    return [*iter(values)]  # list(values) asks for the length


def check_vector(vector: Any, count: int, writable: bool) -> None:
    """Raise unless this is a contiguous vector of ``count`` numbers of type float64.

    Raises:
        TypeError: it is something else.
        ValueError: it has another length, or it is to be written to and is read-only.

    >>> check_vector(np.zeros(3), 2, False)
    Traceback (most recent call last):
    ValueError: 2 Values need a vector of as many numbers, got 3
    """
    if not isinstance(vector, np.ndarray):
        raise TypeError(f"expected a NumPy array of float64, got {_shown(vector)}")
    if vector.dtype != np.float64 or vector.ndim != 1 or not vector.flags.c_contiguous:
        raise TypeError(
            f"expected a contiguous vector of float64, got shape {vector.shape}, strides {vector.strides}, "
            f"type {vector.dtype}"
        )
    if len(vector) != count:
        raise ValueError(f"{count} Values need a vector of as many numbers, got {len(vector)}")
    if writable and not vector.flags.writeable:
        raise ValueError("the vector is read-only, but must be writable")


def is_real(value: Any) -> bool:
    """Whether this is a real number that Python can order: a Decimal is, a Value is not.

    >>> is_real(0.5), is_real(1j), is_real("1")
    (True, False, False)
    """
    if isinstance(value, (numbers.Real, np.bool_)):
        return True
    # decimals declare themselves numbers, and nothing more
    return isinstance(value, numbers.Number) and not isinstance(value, numbers.Complex)


def _limited(value: Any) -> float:
    """A number as a float, infinite where it is beyond the largest one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _shown(value: Any) -> str:
    return abridged(brief(value), 60)
