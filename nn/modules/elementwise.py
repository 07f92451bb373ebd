"""Apply a function to each number of a nested sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["elementwise"]


def elementwise(function: Callable[[Any], Any], x: Any) -> Any:
    """Apply a function of one number to a number, or to each number of a nested sequence.

    Args:
        function: of one Value or number.
        x: a Value or number; or a list, tuple or array of them.

    Returns:
        The function's result; for a sequence, a list of its results.

    >>> elementwise(abs, -2.0), elementwise(abs, [-2.0, 3.0])
    (2.0, [2.0, 3.0])
    """
    if isinstance(x, np.ndarray) and x.ndim:
        x = x.tolist()
    if isinstance(x, (list, tuple)):
        return [elementwise(function, item) for item in x]
    return function(x)
