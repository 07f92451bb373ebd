"""Random points of two classes in the plane."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from nn import Module, accuracy, predict

__all__ = ["Points", "blobs", "circles", "moons", "right", "spiral"]

Points = tuple[npt.NDArray[np.float64], list[int]]
"""Points, shape (n, 2), and the class of each, 0 or 1."""


def blobs(count: int, rng: np.random.Generator, noise: float = 1.0) -> Points:
    """Two clouds beside each other, which a straight line parts as well as anything can.

    Args:
        count: of points in each class.
        rng: draws them.
        noise: the standard deviation of each coordinate.

    >>> X, y = blobs(3, np.random.default_rng(0))
    >>> X.shape, y
    ((6, 2), [0, 0, 0, 1, 1, 1])
    """
    return _two(lambda t, side: (2.4 * side - 1.2, 1.6 * side - 0.8), count, rng, noise)


def moons(count: int, rng: np.random.Generator, noise: float = 0.15) -> Points:
    """Two half circles, each reaching into the other. The arguments are those of :func:`blobs`.

    >>> X, y = moons(2, np.random.default_rng(0), noise=0.0)
    >>> bool((X[:2, 1] > 0).all()), bool((X[2:, 1] < 0.5).all())
    (True, True)
    """

    def place(t: float, side: int) -> tuple[float, float]:
        x, y = math.cos(math.pi * t), math.sin(math.pi * t)
        return (1.0 - x, 0.5 - y) if side else (x, y)

    return _two(place, count, rng, noise)


def circles(count: int, rng: np.random.Generator, noise: float = 0.1) -> Points:
    """A ring, and a disc's edge of half its size within. The arguments are those of :func:`blobs`.

    >>> X, _ = circles(2, np.random.default_rng(0), noise=0.0)
    >>> np.hypot(*X.T).round(9).tolist()
    [1.0, 1.0, 0.4, 0.4]
    """

    def place(t: float, side: int) -> tuple[float, float]:
        radius = 0.4 if side else 1.0
        return radius * math.cos(2 * math.pi * t), radius * math.sin(2 * math.pi * t)

    return _two(place, count, rng, noise)


def spiral(count: int, rng: np.random.Generator, noise: float = 0.1, turns: float = 1.0) -> Points:
    """Two arms that wind around each other. The arguments are those of :func:`blobs`, and one more.

    Args:
        count, rng, noise: as there.
        turns: of each arm.

    >>> X, y = spiral(2, np.random.default_rng(0), noise=0.0)
    >>> bool((np.hypot(*X.T) <= 3.0).all())
    True
    """

    def place(t: float, side: int) -> tuple[float, float]:
        radius, angle = 0.3 + 2.7 * t, 2 * math.pi * turns * t + math.pi * side
        return radius * math.cos(angle), radius * math.sin(angle)

    return _two(place, count, rng, noise)


def right(model: Module, points: Points) -> float:
    """The fraction of points that a model puts on the right side, where an output above 0 stands for class 1.

    >>> from nn import MLP
    >>> right(MLP(2, [1], init="ones"), (np.array([[1.0, 1.0], [2.0, 0.0]]), [1, 0]))
    0.5
    """
    X, y = points
    return accuracy(y, predict(model, X), threshold=0.0)


def _two(
    place: Callable[[float, int], tuple[float, float]], count: int, rng: np.random.Generator, noise: float
) -> Points:
    """As many points of class 0 as of class 1, each somewhere along its curve and off it by noise."""
    sides = [0] * count + [1] * count
    exact = [place(t, side) for t, side in zip(rng.random(2 * count).tolist(), sides, strict=True)]
    return np.array(exact) + noise * rng.standard_normal((2 * count, 2)), sides
