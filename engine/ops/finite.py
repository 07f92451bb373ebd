"""isnan, isinf and isfinite of Values, numbers and arrays of them, as plain booleans.

``v != v``, the way to find nan among floats, asks of a Value whether it is another node than itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.floats.coerce import to_float
from engine.ops.composed import is_finite, is_infinite, is_nan
from engine.ops.ufuncs import elementwise

__all__ = ["isfinite", "isinf", "isnan"]


def isnan(x: Any) -> Any:
    """Whether a Value or number is nan: a plain boolean, which carries no gradient.

    Args:
        x: a Value or a number; or an array of either.

    Returns:
        A bool; for an array, an array of them.

    Raises:
        TypeError: it is none of these.

    >>> from engine import Value, isnan
    >>> isnan(Value(0.0) * float("inf")), isnan(Value(1.0)), isnan(float("nan"))
    (True, False, True)
    """
    return _asked(is_nan, x)


def isinf(x: Any) -> Any:
    """Whether a Value or number is infinite, of either sign; see :func:`isnan`.

    >>> from engine import Value, isinf
    >>> isinf(Value(0.0).log()), isinf(Value(1.0))
    (True, False)
    """
    return _asked(is_infinite, x)


def isfinite(x: Any) -> Any:
    """Whether a Value or number is neither infinite nor nan; see :func:`isnan`.

    >>> from engine import Value, isfinite
    >>> isfinite(np.array([Value(1.0), np.inf, np.nan]))
    array([ True, False, False])
    """
    return _asked(is_finite, x)


def _asked(question: Callable[[Any], bool], x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return elementwise(lambda each: _asked(question, each), (x,)).astype(bool)[()]
    return question(x if hasattr(type(x), "_apply") else to_float(x, "the number"))
