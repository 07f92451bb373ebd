"""One function for each of the numbers that a layer gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["elementwise"]


def elementwise(function: Callable[[Any], Any], x: Any) -> Any:
    """A function of one number for each number of a layer's output, which may be a single one.

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
