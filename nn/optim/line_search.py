"""A line search for the strong Wolfe conditions, by cubic interpolation: that of PyTorch's L-BFGS."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Trial", "cubic_minimum", "strong_wolfe"]

Vector = npt.NDArray[np.float64]

DECREASE = 1e-4
CURVATURE = 0.9


@dataclass
class Trial:
    """A point on the line: how far it is, the loss there, its gradient, and the derivative along the line."""

    t: float
    loss: float
    gradient: Vector
    along: float


def cubic_minimum(a: Trial, b: Trial, low: float, high: float) -> float:
    """Where the cubic through two points and their derivatives is lowest, between limits.

    Nocedal & Wright, "Numerical optimization", equation 3.59. The middle of the limits where it has none.

    >>> v = np.zeros(1)
    >>> cubic_minimum(Trial(0.0, 1.0, v, -2.0), Trial(3.0, 4.0, v, 4.0), 0.0, 3.0)  # of (t - 1)²
    1.0
    """
    if a.t > b.t:
        a, b = b, a
    if a.t == b.t:
        return (low + high) / 2.0
    d1 = a.along + b.along - 3.0 * (a.loss - b.loss) / (a.t - b.t)
    square = d1 * d1 - a.along * b.along
    if not square >= 0.0:
        return (low + high) / 2.0
    d2 = math.sqrt(square)
    below = b.along - a.along + 2.0 * d2
    lowest = b.t - (b.t - a.t) * ((b.along + d2 - d1) / below) if below else math.nan
    return min(max(lowest, low), high) if math.isfinite(lowest) else (low + high) / 2.0


def strong_wolfe(
    at: Callable[[float], Trial], start: Trial, t: float, longest: float, tolerance: float, calls: int
) -> tuple[Trial, int]:
    """Find a step with loss(t) ≤ loss(0) + 1e-4·t·loss'(0) and |loss'(t)| ≤ 0.9·|loss'(0)|.

    First it goes on until such a step lies between the last two points, then it narrows them down: Nocedal &
    Wright, algorithms 3.5 and 3.6.

    Args:
        at: the point at a step; of a loss that is not finite a stand-in at which the search turns back.
        start: that at 0.
        t: the first step to try.
        longest: the largest component of the direction.
        tolerance: how close the ends may come, as a distance.
        calls: how often ``at`` is called at most, but for the first time.

    Returns:
        The best point found, and how often ``at`` was called.
    """
    new, last, used = at(t), start, 1
    tries = 0
    ends, done = [start, new], False
    while tries < calls:
        ends = [last, new]
        rises = new.loss > start.loss + DECREASE * new.t * start.along
        if rises or (tries > 1 and new.loss >= last.loss):
            break
        if abs(new.along) <= -CURVATURE * start.along:
            ends, done = [new], True
            break
        if new.along >= 0.0:
            break
        t = cubic_minimum(last, new, new.t + 0.01 * (new.t - last.t), new.t * 10.0)
        last, new = new, at(t)
        used, tries = used + 1, tries + 1
    if tries == calls:
        ends = [start, new]
    low, high = (0, -1) if ends[0].loss <= ends[-1].loss else (-1, 0)
    stuck = False
    while not done and tries < calls:
        near, far = sorted((ends[0].t, ends[1].t))
        if (far - near) * longest < tolerance:
            break
        t = cubic_minimum(ends[0], ends[1], near, far)
        margin = 0.1 * (far - near)
        if min(far - t, t - near) < margin:  # too close to an end, twice or at it
            if stuck or t >= far or t <= near:
                t, stuck = (far - margin if abs(t - far) < abs(t - near) else near + margin), False
            else:
                stuck = True
        else:
            stuck = False
        new = at(t)
        used, tries = used + 1, tries + 1
        if new.loss > start.loss + DECREASE * t * start.along or new.loss >= ends[low].loss:
            ends[high] = new
            low, high = (0, -1) if ends[0].loss <= ends[-1].loss else (-1, 0)
        else:
            if abs(new.along) <= -CURVATURE * start.along:
                done = True
            elif new.along * (ends[high].t - ends[low].t) >= 0.0:
                ends[high] = ends[low]
            ends[low] = new
    return ends[low], used
