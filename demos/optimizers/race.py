"""All variants from one point of one surface: where each goes, and how long it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.optimizers.variants import VARIANTS, Variant
from engine import Value

__all__ = ["CLOSE", "START", "STEPS", "Way", "race", "ravine", "walk"]

START = (-8.0, 2.5)
STEPS = 80
CLOSE = 0.01
"""A way has arrived where the surface is this low."""


def ravine(x: Any, y: Any) -> Any:
    """A valley 20 times as steep across as along: x²/20 + y², lowest at (0, 0).

    >>> ravine(2.0, 1.0)
    1.2
    """
    return x * x / 20 + y * y


@dataclass(frozen=True)
class Way:
    """Where a variant went.

    Attributes:
        variant: which one.
        points: the start and the point after each step, shape (steps + 1, 2).
        heights: of the surface there.
    """

    variant: Variant
    points: np.ndarray
    heights: np.ndarray

    @property
    def arrived(self) -> int | None:
        """After how many steps it was low enough for good, None if it was not at the end."""
        high = np.flatnonzero(self.heights >= CLOSE)
        after = int(high[-1]) + 1 if high.size else 0
        return after if after < len(self.heights) else None


def walk(variant: Variant, surface: Callable[[Any, Any], Any] = ravine, steps: int = STEPS) -> Way:
    """The way of a variant down a surface.

    >>> walk(VARIANTS[0], steps=1).points.round(4).tolist()
    [[-8.0, 2.5], [-7.28, -2.0]]
    """
    place = [Value(number) for number in START]
    optimizer = variant(place, **variant.race)

    def closure() -> Value:
        optimizer.zero_grad()
        height: Value = surface(*place)
        height.backward()
        return height

    points = [[value.data for value in place]]
    for _ in range(steps):
        optimizer.step(closure)
        points.append([value.data for value in place])
    way = np.array(points)
    return Way(variant, way, surface(*way.T))


def race() -> list[Way]:
    """The ways of all variants.

    >>> len(race()) == len(VARIANTS)
    True
    """
    return [walk(variant) for variant in VARIANTS]
