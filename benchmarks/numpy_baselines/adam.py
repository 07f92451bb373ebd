"""Adam (Kingma & Ba 2014) in place, with both bias corrections folded into two numbers."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

__all__ = ["adam"]

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def adam(parameters: Any, rate: float) -> Callable[[Any], None]:
    """Make a function that moves the parameters by a gradient.

    Args:
        parameters: an array, changed in place.
        rate: the step size.

    >>> w = np.array([1.0, -1.0])
    >>> step = adam(w, rate=0.1)
    >>> step(np.array([2.0, 0.5]))
    >>> w.round(6).tolist()
    [0.9, -1.1]
    """
    m, v, change = (np.zeros_like(parameters) for _ in range(3))
    power1 = power2 = 1.0

    def step(gradient: Any) -> None:
        nonlocal power1, power2
        power1, power2 = power1 * BETA1, power2 * BETA2
        correction = sqrt(1.0 - power2)
        np.multiply(m, BETA1, out=m)
        np.multiply(gradient, 1.0 - BETA1, out=change)
        np.add(m, change, out=m)
        np.multiply(v, BETA2, out=v)
        np.multiply(gradient, gradient, out=change)
        np.multiply(change, 1.0 - BETA2, out=change)
        np.add(v, change, out=v)
        np.sqrt(v, out=change)
        np.add(change, EPSILON * correction, out=change)
        np.divide(m, change, out=change)
        np.multiply(change, rate * correction / (1.0 - power1), out=change)
        np.subtract(parameters, change, out=parameters)

    return step
