"""Finite differences: central ones, and one-sided ones where a function may have a kink.

They run a function on variables whose numbers are nudged, and put these back. Every difference is divided by
the width that was really stepped, which rounding makes another one than the step that was asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.autograd.context_decorator import and_put_back
from engine.node.backend import Value
from engine.node.bulk import write_data
from engine.pytree.maps import numbers_of_output

__all__ = ["Sides", "central", "one_sided"]

_STEP = 1e-3
"""Relative step of the coarser of two differences. The refined estimate errs by step**4 for the formula and
by epsilon/step for rounding; they balance near epsilon**(1/5)."""

_EPSILON = float(np.finfo(float).eps)
_SMALLEST = 5e-324


def _numbers(result: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    found = numbers_of_output(result, "what f returns")
    return np.array([x.data if isinstance(x, Value) else float(x) for x in found])


def central(run: Callable[[], Any], variables: Sequence[Value], step: float | None) -> tuple[Any, Any, Any]:
    """Central differences of every output by every variable.

    Returns:
        Three matrices: the differences, how far rounding may have moved them, and what the step lost besides.

    Raises:
        ValueError: the step is so small that no float lies within it.

    >>> x = Value(3.0)
    >>> derivative, _, _ = central(lambda: x * x, [x], None)
    >>> bool(abs(derivative[0, 0] - 6.0) < 1e-9)
    True
    """
    numbers = np.array([variable.data for variable in variables])

    def estimates() -> list[tuple[Any, Any, Any]]:
        found = []
        for variable, x in zip(variables, numbers.tolist(), strict=True):
            found.append(_estimate(run, variable, x, step))
            variable.data = x
        return found

    found = and_put_back(estimates, lambda: write_data(variables, numbers))
    numeric, noise, loss = (np.stack(each, axis=1) for each in zip(*found, strict=True))
    return numeric, noise, loss


def _estimate(run: Callable[[], Any], variable: Value, x: float, step: float | None) -> tuple[Any, Any, Any]:
    """The derivatives by one variable, from the step that loses least to curvature and rounding.

    A step in proportion to the variable comes first and is nearly always good. Where the function
    bends within it (sin at 10**6) or rounding drowns it, other steps are tried, and each output
    takes its best.
    """
    if step is not None:
        size = step * max(abs(x), 1.0)
        if x - size / 2.0 == x + size / 2.0:
            raise ValueError(f"a step of {size!r} is too small: no float lies that close to {x!r}")
        return _richardson(run, variable, x, size)
    size = abs(x) or 1.0
    estimate, noise, loss = _richardson(run, variable, x, _STEP * size)
    if np.all(loss <= 1e-5 * np.abs(estimate)):
        return estimate, noise, loss
    # no step tells more of a function than some twelve digits of what it is at a distance
    known = 1e3 * noise
    for other in (_STEP * max(size, 1.0), _STEP, 1e-2 * _STEP * size, 1e-4 * _STEP * size):
        other_estimate, other_noise, other_loss = _richardson(run, variable, x, other)
        better = other_loss < loss
        estimate = np.where(better, other_estimate, estimate)
        noise = np.where(better, other_noise, noise)
        loss = np.where(better, other_loss, loss)
    return estimate, noise, np.maximum(loss, known)


def _richardson(run: Callable[[], Any], variable: Value, x: float, size: float) -> tuple[Any, Any, Any]:
    """Two central differences combined so that their error of second order cancels.

    Returns the estimate, the rounding noise in it, and what the step loses: that noise, and how far
    the two differences are apart; infinite where they are not finite.
    """

    def difference(h: float) -> tuple[Any, Any, Any]:
        above, upper = _nudged(run, variable, x + h)
        below, lower = _nudged(run, variable, x - h)
        width = np.float64(upper - lower)
        return (above - below) / width, _rounding(above, below) / width, width

    with np.errstate(all="ignore"):
        coarse, _, wide = difference(size)
        fine, noise, narrow = difference(size / 2.0)
        loss = np.abs(fine - coarse) + noise
        sound = np.isfinite(loss)
        ratio = (wide / narrow) ** 2  # 4, but for rounding
        refined = fine + (fine - coarse) / (ratio - 1.0) if ratio > 1.0 else fine
        return refined, np.where(sound, noise, 0.0), np.where(sound, loss, np.inf)


def _rounding(one: Any, other: Any) -> Any:
    """How much rounding may be in the difference of two outputs."""
    return 4.0 * np.maximum(_EPSILON * np.maximum(np.abs(one), np.abs(other)), _SMALLEST)


def _nudged(run: Callable[[], Any], variable: Value, x: float) -> tuple[Any, float]:
    """The outputs with another number for a variable, and that number."""
    variable.data = x
    return _numbers(run()), variable.data


@dataclass(frozen=True)
class Sides:
    """The derivatives of a function to the left and to the right of a point.

    Attributes:
        left: the derivative to the left; nan where there is none to be found.
        right: likewise to the right.
        slack: how uncertain the two are.
    """

    left: float
    right: float
    slack: float

    @property
    def are_apart(self) -> bool:
        """Whether the two differ by much more than they are uncertain: the function has a kink."""
        return abs(self.right - self.left) > 10.0 * self.slack

    def judge(self, derivative: float, tolerance: float) -> tuple[bool, str]:
        """Whether a number is a valid derivative here, and the remark that says so.

        It is if it lies between the two of a kink, or is one of them where the other is not to be found.

        >>> Sides(0.0, 1.0, 1e-12).judge(0.5, 1e-9)
        (True, 'kink: 0.5 lies in [0, 1]')
        >>> Sides(-1.0, 1.0, 1e-12).judge(3.0, 1e-9)
        (False, 'kink: 3 does not lie in [-1, 1]')
        """
        slack = tolerance + self.slack
        if self.are_apart:
            low, high = sorted((self.left, self.right))
            lies = math.isfinite(derivative) and low - slack <= derivative <= high + slack
            shown = [0.0 if abs(side) <= self.slack else side for side in (low, high)]
            verb = "lies" if lies else "does not lie"
            return lies, f"kink: {derivative:.6g} {verb} in [{shown[0]:.6g}, {shown[1]:.6g}]"
        for name, side, other in (("left", self.left, self.right), ("right", self.right, self.left)):
            if math.isnan(other) and abs(side - derivative) <= slack:
                return True, f"one-sided: {derivative:.6g} is the derivative to the {name}"
        return False, ""


def one_sided(run: Callable[[], Any], variable: Value) -> list[Sides]:
    """The derivatives of every output to both sides of a variable's number.

    >>> x = Value(0.0)
    >>> (found,) = one_sided(lambda: x.relu(), x)
    >>> found.are_apart, found.left, found.right
    (True, 0.0, 1.0)
    """
    number = np.array([variable.data])

    def both() -> list[tuple[Any, Any]]:
        here = _numbers(run())
        return [_side(run, variable, float(number[0]), here, sign) for sign in (-1.0, 1.0)]

    sides = and_put_back(both, lambda: write_data([variable], number))
    derivatives, errors = (np.stack(each) for each in zip(*sides, strict=True))  # rows: left and right
    with np.errstate(invalid="ignore"):
        sizes = np.abs(derivatives)
        largest = np.where(errors <= 1e-3 * sizes + 1e-9, sizes, 0.0).max(axis=0)
        settled = errors <= 1e-3 * np.maximum(sizes, largest) + 1e-9
    left, right = np.where(settled, derivatives, np.nan)
    slack = np.where(settled, errors, 0.0).max(axis=0)
    return [Sides(*map(float, each)) for each in zip(left, right, slack, strict=True)]


def _side(run: Callable[[], Any], variable: Value, x: float, here: Any, sign: float) -> tuple[Any, Any]:
    """The derivatives to one side, by the step whose differences settle best, and how uncertain they are."""
    best, least = np.full(len(here), np.nan), np.full(len(here), np.inf)
    sizes = {abs(x) or 1.0, max(abs(x), 1.0)}
    for step in (size * share for size in sizes for share in (_STEP, 1e-2 * _STEP, 1e-4 * _STEP)):
        steps, derivatives, noise = [], [], np.zeros(len(here))
        with np.errstate(all="ignore"):
            for h in (step, step / 2.0, step / 4.0):
                there, reached = _nudged(run, variable, x + sign * h)
                width = np.float64(reached - x)
                steps.append(width)
                derivatives.append((there - here) / width)
                noise = _rounding(there, here) / abs(width)
            # the line through two differences, at a step of zero
            coarse, fine = (
                derivatives[i + 1]
                + (derivatives[i + 1] - derivatives[i]) * steps[i + 1] / (steps[i] - steps[i + 1])
                for i in (0, 1)
            )
            error = np.abs(fine - coarse) + 4.0 * noise
            better = error < least
            best, least = np.where(better, fine, best), np.where(better, error, least)
    return best, least
