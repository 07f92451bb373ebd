"""The loss and its gradient as a function of the parameters, as L-BFGS asks for them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import Value, enable_grad
from engine.node.bulk import read_data, read_grad, write_data, write_grad
from engine.quoting import brief
from nn.optim.arithmetic import Closure, Vector

__all__ = ["NotFiniteError", "Objective"]


class NotFiniteError(Exception):
    """Loss or gradient are inf or nan at the start of a step, so there is no point to return to."""


class Objective:
    """The loss and its gradient as a function of the parameters; remembers the best point.

    Attributes:
        finished: whether the iterations came to their end.
        keep_best: whether to end at the best point, not where the iterations ended.
        turned: whether the loss at the last point was not finite, and the answer a stand-in.
    """

    def __init__(self, closure: Closure, parameters: list[Value]) -> None:
        self.closure = closure
        self.parameters = parameters
        self.first_loss: Any = None
        self.lowest = math.inf
        self.scale = 1.0
        self.begun = False  # loss and gradient at the start are finite
        self.went_on = False  # so they are at another point
        self.reflected = False  # at some point they were not
        self.turned = False
        self.keep_best = False
        self.finished = False
        self.stand_ins: list[Vector] = []
        self.start = self.theta()
        self.best = self.start, self.gradient()
        self.end: tuple[Vector, Vector | None] | None = None

    def theta(self) -> Vector:
        """The numbers of the parameters."""
        numbers = np.empty(len(self.parameters))
        read_data(self.parameters, numbers)
        return numbers

    def gradient(self) -> Vector:
        """Their gradients."""
        numbers = np.empty(len(self.parameters))
        read_grad(self.parameters, numbers)
        return numbers

    def __call__(self, theta: Vector) -> tuple[float, Vector]:
        write_data(self.parameters, np.ascontiguousarray(theta))
        with enable_grad():
            loss = self.closure()
        if self.first_loss is None:
            self.first_loss = loss
        try:
            number = loss.data if isinstance(loss, Value) else Value(loss).data
        except TypeError:
            raise TypeError(f"the closure must return the loss, a Value, got {brief(loss)}") from None
        g = self.gradient()
        self.turned = not (math.isfinite(number) and np.isfinite(g).all())
        if self.turned:
            self.reflected = True
            if not self.begun:
                raise NotFiniteError
            return self._reflected(theta)
        if not self.begun:  # fourth powers are taken, which must not overflow
            self.scale = 2.0 ** max(0, math.frexp(float(np.abs(g).max(initial=0.0)))[1] - 200)
        self.begun, self.went_on = True, self.went_on or not np.array_equal(theta, self.start)
        if number <= self.lowest:
            self.lowest, self.best = number, (np.array(theta), g)
        return number / self.scale, g / self.scale

    def _reflected(self, theta: Vector) -> tuple[float, Vector]:
        """A stand-in for a loss that is not finite, at which the line search turns back.

        The loss rises there from the best point as steeply as it falls from it in truth: the search, which
        interpolates, tries half the way, and never takes the point for a good one.
        """
        best, g = self.best[0], self.best[1] / self.scale
        low = self.lowest / self.scale
        rise = min(max(abs(float(g @ (theta - best))), 1e-6 * abs(low)), 1e300)
        self.stand_ins.append(-g)
        return low + rise, self.stand_ins[-1]

    def is_stand_in(self, gradient: Vector) -> bool:
        """Whether a gradient is that of a stand-in."""
        return any(gradient is each for each in self.stand_ins)

    def move(self, theta: Vector, gradient: Vector | None = None) -> Vector:
        """Note where the iterations are, with the gradient there if it is known; returns the point."""
        self.end = theta, None if gradient is None else gradient * self.scale
        return theta

    def settle(self) -> None:
        """Set the parameters to the last point of the iterations, or to the best where these were cut off."""
        numbers, gradients = self.best
        if self.finished and self.end is not None and not self.keep_best:
            numbers, known = self.end
            gradients = self.gradient() if known is None else known
        write_data(self.parameters, numbers)
        write_grad(self.parameters, gradients)
