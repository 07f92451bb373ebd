"""Surfaces z = f(x, y), where they are level, and whether their gradients point uphill."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from engine import value_and_grad

__all__ = ["LANDSCAPES", "Landscape", "Survey", "survey"]

STEP = 1e-4
"""How far a step along the gradient goes, to see whether it leads uphill."""

RANGE = 1.5


@dataclass(frozen=True)
class Landscape:
    """A surface.

    Attributes:
        name: what it is.
        formula: its equation.
        height: z by x and y, floats or Values.
        level: the points where its gradient is 0, each with what it is.
        convex: whether a straight line between two of its points never lies below it.
    """

    name: str
    formula: str
    height: Callable[[Any, Any], Any]
    level: tuple[tuple[float, float, str], ...]
    convex: bool


LANDSCAPES = (
    Landscape("bowl", "z = x² + y²", lambda x, y: x**2 + y**2, ((0.0, 0.0, "minimum"),), True),
    Landscape("hill", "z = −(x² + y²)", lambda x, y: -(x**2 + y**2), ((0.0, 0.0, "maximum"),), False),
    Landscape("saddle", "z = x² − y²", lambda x, y: x**2 - y**2, ((0.0, 0.0, "saddle"),), False),
    Landscape(
        "two valleys",
        "z = (x² − 1)² + y²",
        lambda x, y: (x**2 - 1) ** 2 + y**2,
        ((-1.0, 0.0, "minimum"), (0.0, 0.0, "saddle"), (1.0, 0.0, "minimum")),
        False,
    ),
)


@dataclass(frozen=True)
class Survey:
    """What was found out about a surface at random places.

    Attributes:
        landscape: the surface.
        derivatives: the gradients at its level points.
        kinds: what the heights around its level points say these are.
        places: how many random places were looked at.
        uphill: at how many of them a small step along the gradient led up, and one against it down.
        below: for how many pairs of them the middle of the surface lay above the middle of the line between
            them, which on a convex surface it never does.
    """

    landscape: Landscape
    derivatives: list[tuple[float, float]]
    kinds: list[str]
    places: int
    uphill: int
    below: int

    @property
    def right(self) -> bool:
        """Whether all is as the landscape says."""
        level = all(derivative == (0.0, 0.0) for derivative in self.derivatives)
        kinds = self.kinds == [kind for _, _, kind in self.landscape.level]
        return level and kinds and self.uphill == self.places and (self.below == 0) is self.landscape.convex


def survey(landscape: Landscape, rng: np.random.Generator, places: int = 100) -> Survey:
    """Look at the level points of a surface and at random places.

    >>> found = survey(LANDSCAPES[2], np.random.default_rng(0), places=10)
    >>> found.kinds, found.derivatives, found.uphill
    (['saddle'], [(0.0, 0.0)], 10)
    """
    derivative = value_and_grad(landscape.height, argnums=(0, 1))
    derivatives = [tuple(map(float, derivative(x, y)[1])) for x, y, _ in landscape.level]
    kinds = [_kind(landscape.height, x, y) for x, y, _ in landscape.level]
    spots = rng.uniform(-RANGE, RANGE, (places, 2)).tolist()
    uphill = 0
    for x, y in spots:
        height, (dx, dy) = derivative(x, y)
        step = STEP / float(np.hypot(dx, dy))
        ahead, behind = (landscape.height(x + way * step * dx, y + way * step * dy) for way in (1, -1))
        uphill += ahead > height > behind
    pairs = pairwise(spots)
    below = sum(_middle_is_high(landscape.height, *first, *second) for first, second in pairs)
    return Survey(landscape, derivatives, kinds, places, uphill, below)


def _kind(height: Callable[[Any, Any], Any], x: float, y: float) -> str:
    """Whether a level point is a minimum, a maximum or a saddle, by the heights on a small circle around."""
    angles = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    around = [height(x + 0.01 * np.cos(angle), y + 0.01 * np.sin(angle)) - height(x, y) for angle in angles]
    if min(around) > 0:
        return "minimum"
    return "maximum" if max(around) < 0 else "saddle"


def _middle_is_high(
    height: Callable[[Any, Any], Any], x: float, y: float, other_x: float, other_y: float
) -> bool:
    middle = height((x + other_x) / 2, (y + other_y) / 2)
    return bool(middle > (height(x, y) + height(other_x, other_y)) / 2)
