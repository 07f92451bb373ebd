"""Random points of two classes in the plane."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nn import Module, predict

__all__ = ["Points", "blobs", "circles", "moons", "right", "spiral"]

Points = tuple[Any, list[int]]
"""Points, shape (n, 2), and the class of each, 0 or 1."""


def blobs(count: int, rng: np.random.Generator, noise: float = 1.0) -> Points:
    """Two clouds of ``count`` points each, which a straight line parts as well as anything can."""
    return _two(lambda t, side: (2.4 * side - 1.2 + 0 * t, 1.6 * side - 0.8), count, rng, noise)


def moons(count: int, rng: np.random.Generator, noise: float = 0.15) -> Points:
    """Two half circles, each reaching into the other."""

    def place(t: Any, side: Any) -> tuple[Any, Any]:
        x, y = np.cos(np.pi * t), np.sin(np.pi * t)
        return np.where(side, 1.0 - x, x), np.where(side, 0.5 - y, y)

    return _two(place, count, rng, noise)


def circles(count: int, rng: np.random.Generator, noise: float = 0.1) -> Points:
    """A ring, and a smaller one within."""
    return _two(lambda t, side: _turned(np.where(side, 0.4, 1.0), 2 * np.pi * t), count, rng, noise)


def spiral(count: int, rng: np.random.Generator, noise: float = 0.1) -> Points:
    """Two arms that wind around each other once."""
    return _two(lambda t, side: _turned(0.3 + 2.7 * t, 2 * np.pi * t + np.pi * side), count, rng, noise)


def right(model: Module, points: Points) -> float:
    """The fraction of points that a model puts on the right side, where an output above 0 stands for class 1.

    >>> from nn import MLP
    >>> right(MLP(2, [1], init="ones"), (np.array([[1.0, 1.0], [2.0, 0.0]]), [1, 0]))
    0.5
    """
    X, y = points
    return float(np.mean((np.ravel(predict(model, X)) > 0) == np.array(y, dtype=bool)))


def _turned(radius: Any, angle: Any) -> tuple[Any, Any]:
    return radius * np.cos(angle), radius * np.sin(angle)


def _two(place: Callable[[Any, Any], Any], count: int, rng: np.random.Generator, noise: float) -> Points:
    """As many points of class 0 as of class 1, each somewhere along its curve and off it by noise."""
    sides = np.repeat([0, 1], count)
    exact = np.stack(place(rng.random(2 * count), sides), axis=1)
    return exact + noise * rng.standard_normal((2 * count, 2)), sides.tolist()
