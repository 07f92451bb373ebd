"""E-5: a gradient does not point to the global minimum, or to any; shown on the saddle z = x² - y².

The lowest points of the saddle, of the part drawn here, are in the middle of two of its sides. The gradient,
even reversed, does not point there: it knows one point and what is next to it.
"""

import math
from typing import Any

import numpy as np

from engine import Value
from viz import plot_loss_surface

__all__ = [
    "LIMIT",
    "LOWEST",
    "START",
    "STARTS",
    "descend",
    "draw",
    "gradient",
    "less_steep",
    "saddle",
    "derivative_along",
]

LIMIT = 2.0
"""Half the side of the square that is looked at."""

START = (1.5, 0.1)
STARTS = (START, (-1.5, 0.0))
"""Of ways downhill; where a slip is measured is the first."""

LOWEST = (0.0, LIMIT)
"""The lowest point of the square above the x axis; there is one below, too."""

DIRECTIONS = 3600

Point = tuple[float, float]


def saddle(x: Any, y: Any) -> Any:
    """x² - y²: a valley along x, a ridge along y.

    >>> saddle(2.0, 1.0)
    3.0
    """
    return x**2 - y**2


def gradient(at: Point) -> Point:
    """The gradient of the saddle at a point, as the engine finds it.

    >>> gradient((1.0, 2.0))
    (2.0, -4.0)
    """
    x, y = Value(at[0]), Value(at[1])
    saddle(x, y).backward()
    return x.grad, y.grad


def derivative_along(at: Point, direction: Point) -> float:
    """The derivative of the saddle at a point in a direction, by central differences.

    >>> round(derivative_along((1.0, 0.0), (5.0, 0.0)), 9)  # only where to, not how far
    2.0
    """
    length = math.hypot(*direction)
    h = 1e-3  # exact for a quadratic function but for rounding
    dx, dy = (h * part / length for part in direction)
    return float(saddle(at[0] + dx, at[1] + dy) - saddle(at[0] - dx, at[1] - dy)) / (2 * h)


def steepest_fall(at: Point) -> float:
    """The steepest fall at a point, by finite differences in many directions.

    >>> round(steepest_fall((1.0, 0.0)), 9)
    -2.0
    """
    angles = np.linspace(0, 2 * math.pi, DIRECTIONS, endpoint=False)
    return min(derivative_along(at, (math.cos(angle), math.sin(angle))) for angle in angles)


def descend(start: Point, steps: int = 60, eta: float = 0.05) -> list[Point]:
    """The path of gradient descent, until it leaves the square.

    >>> abs(descend((1.0, 0.0))[-1][0]) < 0.01  # ends on the saddle, which is no minimum
    True
    """
    way = [start]
    for _ in range(steps):
        dx, dy = gradient(way[-1])
        way.append((way[-1][0] - eta * dx, way[-1][1] - eta * dy))
        if max(map(abs, way[-1])) > LIMIT:
            break
    return way


def less_steep() -> dict[str, float]:
    """How much less steep than the steepest way down two ways are: to the minimum, and against the gradient.

    >>> {way: round(share, 2) for way, share in less_steep().items()}
    {'to the minimum': 0.33, 'against the gradient': 0.0}
    """
    dx, dy = gradient(START)
    against = derivative_along(START, (-dx, -dy))
    to_minimum = derivative_along(START, (LOWEST[0] - START[0], LOWEST[1] - START[1]))
    steepest = min(steepest_fall(START), against)
    return {"to the minimum": 1 - to_minimum / steepest, "against the gradient": 1 - against / steepest}


def draw(ax: Any) -> None:
    """The saddle from above, with gradients, ways downhill, and the lowest points of the square."""
    ways = {f"down from {start}": descend(start) for start in STARTS}
    square = (-LIMIT, LIMIT)
    title = "The saddle, its gradients, and two ways down"
    plot_loss_surface(saddle, square, square, ax, trajectories=ways, arrows=7, colorbar="z", xlabel="x",
                      ylabel="y")
    lowest = [LOWEST, (LOWEST[0], -LOWEST[1])]
    ax.plot(*zip(*lowest, strict=True), "*", color="black", markersize=14, clip_on=False,
            label="lowest of the square")  # fmt: skip
    ax.set_title(title, pad=14)  # clear of the star
    ax.legend(loc="lower left")
