"""L-BFGS, a quasi-Newton method for small problems, by SciPy."""

from __future__ import annotations

import math
import warnings
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from engine import Value, enable_grad
from engine.autograd.context_decorator import and_put_back
from engine.floats.validate import integer
from engine.frames.user_frame import line_of, user_spot
from engine.node.bulk import read_data, read_grad, write_data, write_grad
from engine.quoting import brief
from nn.checks import Count, NonNegative, Rules, rules_of, settings_among
from nn.optim.optimizer import Closure, Optimizer, Parameters, Settings, Vector

__all__ = ["LBFGS"]


class LBFGS(Optimizer):
    """L-BFGS (Liu & Nocedal 1989): steps by a curvature estimate from the last few gradients.

    ``step(closure)`` runs several iterations of ``scipy.optimize.minimize``, each with a line search that
    calls the closure, which therefore must compute the same loss each time: all data at once, no dropout.
    For very small models and data sets, where it reaches the minimum to many digits.

    Where loss or gradient are inf or nan, as beyond the pole of a logarithm, the line search turns back to
    shorter steps. If that does not help, or they are so at the start, the parameters stay and a
    RuntimeWarning says so.

    Afterwards the parameters are at the best point tried, even if the closure raised or Ctrl-C was pressed.

    It has PyTorch's form, with these differences: the step sizes are SciPy's line search's, so there is no
    ``lr`` and no ``line_search_fn``; curvature is not kept from one ``step`` to the next;
    ``tolerance_change`` is on the change of the loss alone, in proportion to the loss where that is above 1.

    Args:
        params: the parameters; one group.
        max_iter: iterations in a step.
        max_eval: calls of the closure after which no new iteration begins; None is 1.25 times ``max_iter``.
        tolerance_grad: the step ends when no component of the gradient is larger.
        tolerance_change: the step ends when an iteration changes the loss by less.
        history_size: how many past gradients the estimate is made from.

    Raises:
        ImportError: SciPy is not installed.
        ValueError: there are several groups, a setting is out of range, or see :class:`Optimizer`.
        TypeError: a setting is of a wrong type, or see :class:`Optimizer`.

    >>> x, y = Value(-1.0), Value(2.0)
    >>> optimizer = LBFGS([x, y], max_iter=100)
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure).data
    104.0
    >>> round(x.data, 4), round(y.data, 4)
    (1.0, 1.0)
    """

    needs_closure = True

    def __init__(
        self,
        params: Parameters,
        max_iter: Count = 20,
        max_eval: Count | None = None,
        tolerance_grad: NonNegative = 1e-7,
        tolerance_change: NonNegative = 1e-9,
        history_size: Count = 100,
    ) -> None:
        _scipy_optimize()
        if max_eval is None:
            max_eval = integer("max_iter", max_iter) * 5 // 4
        super().__init__(params, **settings_among(locals()))

    rules: ClassVar[Rules] = rules_of(__init__)

    def add_param_group(self, param_group: Settings) -> None:
        """Add the only group; see :meth:`Optimizer.add_param_group`.

        Raises:
            ValueError: there is one already.
        """
        if self.param_groups:
            raise ValueError("LBFGS takes one group: its settings hold for all parameters together")
        super().add_param_group(param_group)

    def step(self, closure: Closure | None = None) -> Any:
        """Change the parameters by up to ``max_iter`` iterations.

        Args:
            closure: a function that clears the gradients, computes the loss, calls its ``backward()`` and
                returns it. It is called at many points.

        Returns:
            The loss before the step, as in PyTorch: what the closure returned first.

        Raises:
            TypeError: there is no closure, or it does not return a number.

        Warns:
            RuntimeWarning: the parameters did not move, as loss or gradient are inf or nan wherever the line
                search looked.
        """
        if closure is None:
            raise TypeError("LBFGS computes the loss at several points in a step and needs step(closure)")
        (group,) = self.param_groups
        search = _Search(closure, [parameter for parameter in group["params"] if parameter.requires_grad])
        options = {
            "maxiter": group["max_iter"],
            "maxfun": group["max_eval"],
            "maxcor": group["history_size"],
            "gtol": group["tolerance_grad"],
            "ftol": group["tolerance_change"],
        }

        def minimize() -> None:
            try:
                if search.start.size:
                    _scipy_optimize().minimize(
                        search, search.start, jac=True, method="L-BFGS-B", options=options
                    )
                else:
                    search(search.start)
            except _NotFiniteError:
                pass

        and_put_back(minimize, search.settle)
        if search.reflected and not search.went_on:
            _warn_of_no_step(search)
        return search.first_loss


_WARNED: dict[Any, Any] = {}
"""Where Python notes what it has warned of, once a line."""


class _NotFiniteError(Exception):
    """Loss or gradient are inf or nan at the start of a step, so there is no point to return to."""


def _warn_of_no_step(search: _Search) -> None:
    """Warn, at the caller's line, that the parameters did not move."""
    where = "wherever the line search looked" if search.begun else "where the step began"
    place = line_of(user_spot())
    warnings.warn_explicit(
        f"LBFGS did not move the parameters: loss or gradient are inf or nan {where}. Begin elsewhere, "
        "scale inputs or loss down, or take some steps of Adam first",
        RuntimeWarning,
        place.file if place else __file__,
        place.line if place else 1,
        registry=_WARNED,
    )


class _Search:
    """The loss and its gradient as a function of the parameters; remembers the best point."""

    def __init__(self, closure: Closure, parameters: list[Value]) -> None:
        self.closure = closure
        self.parameters = parameters
        self.first_loss: Any = None
        self.lowest = math.inf
        self.scale = 1.0
        self.begun = False  # loss and gradient at the start are finite
        self.went_on = False  # so they are at another point
        self.reflected = False  # at some point they were not
        self.start = self.theta()
        self.best = self.start, self.gradient()

    def theta(self) -> Vector:
        numbers = np.empty(len(self.parameters))
        read_data(self.parameters, numbers)
        return numbers

    def gradient(self) -> Vector:
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
        if not (math.isfinite(number) and np.isfinite(g).all()):
            self.reflected = True
            if not self.begun:
                raise _NotFiniteError
            return self._reflected(theta)
        if not self.begun:  # SciPy takes squares of the gradient, which must not overflow
            self.scale = 2.0 ** max(0, math.frexp(float(np.abs(g).max(initial=0.0)))[1] - 300)
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
        return low + rise, -g

    def settle(self) -> None:
        """Set the parameters to the best point, with their gradients there."""
        numbers, gradients = self.best
        write_data(self.parameters, numbers)
        write_grad(self.parameters, gradients)


def _scipy_optimize() -> Any:
    """scipy.optimize, loaded only when used: it takes longer to load than the rest of nn."""
    try:
        return import_module("scipy.optimize")
    except ImportError as error:
        raise ImportError('LBFGS needs SciPy: pip install "chainrule[demos]"') from error
