"""Checks of numbers that a person gives as arguments: integers, real numbers, numbers from 0 up."""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from engine.quoting import brief, typed

__all__ = ["integer", "non_negative", "real"]


def integer(name: str, value: Any, least: int = 1) -> int:
    """An integer from a smallest one up, such as a count.

    Args:
        name: what it was given as, for the message.
        value: an integer of any type; True is none.
        least: the smallest one allowed.

    Raises:
        TypeError: it is not an integer.
        ValueError: it is less than ``least``.

    >>> integer("epochs", np.int64(3))
    3
    >>> integer("epochs", 0)
    Traceback (most recent call last):
    ValueError: epochs must be at least 1, got 0
    """
    try:
        number = index(value)
        if isinstance(value, bool):
            raise TypeError
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {typed(value)}") from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {number}")
    return number


def real(name: str, value: Any) -> float:
    """A real number as a float, nan and infinities among them.

    Raises:
        TypeError: it is not a number; True is none.

    >>> real("loss", 1)
    1.0
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
        raise TypeError(f"{name} must be a number, got {typed(value)}")
    return float(value)


def non_negative(name: str, value: Any, below: float = math.inf) -> float:
    """A number as a float: at least 0, and below a limit.

    Raises:
        TypeError: it is not a number.
        ValueError: it is out of range, or nan.

    >>> non_negative("lr", 1)
    1.0
    """
    number = real(name, value)
    if not 0.0 <= number < below:
        limit = "finite" if below == math.inf else f"below {below:g}"
        raise ValueError(f"{name} must be at least 0 and {limit}, got {brief(value)}")
    return number
