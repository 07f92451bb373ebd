"""L-BFGS, a quasi-Newton method for small problems, with PyTorch's line search."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np

from engine import Value, enable_grad
from engine.autograd.context_decorator import and_put_back
from engine.floats.validate import integer, real
from engine.frames.user_frame import line_of, user_spot
from engine.node.bulk import read_data, read_grad, write_data, write_grad
from engine.quoting import brief
from nn.checks import Count, NonNegative, settings_among
from nn.optim.line_search import Trial, strong_wolfe
from nn.optim.optimizer import Closure, Optimizer, Parameters, Settings, Vector

__all__ = ["LBFGS"]

_ENDS = 1e-10
"""Products of change and step below which they say nothing of the curvature; PyTorch's."""


def _search_name(name: str, value: Any) -> str | None:
    if value not in ("strong_wolfe", None):
        raise ValueError(f"{name} must be 'strong_wolfe' or None, got {brief(value)}")
    return value  # type: ignore[no-any-return]


SearchName = Annotated[str, _search_name]


class LBFGS(Optimizer):
    """L-BFGS (Liu & Nocedal 1989): steps by a curvature estimate from the last few gradients.

    ``step(closure)`` runs several iterations, each with a line search that calls the closure, which therefore
    must compute the same loss each time: all data at once, no dropout. For very small models and data sets,
    where it reaches the minimum to many digits.

    It takes PyTorch's iterations, number for number. The default of ``line_search_fn`` there is None, which
    takes steps of length ``lr`` untested.

    Where loss or gradient are inf or nan, as beyond the pole of a logarithm, the line search turns back to
    shorter steps. If that does not help, or they are so at the start, the parameters stay and a
    RuntimeWarning says so. If the closure raises or Ctrl-C is pressed, the parameters are at the best point
    tried.

    Args:
        params: the parameters; one group.
        lr: the step to try first in each iteration; without a line search the step itself. The very first is
            lr / Σ|g| if that is shorter.
        max_iter: iterations in a step.
        max_eval: calls of the closure after which no new iteration begins; None is 1.25 times ``max_iter``.
        tolerance_grad: the step ends when no component of the gradient is larger.
        tolerance_change: the step ends when an iteration changes the loss, or every parameter, by less.
        history_size: how many past gradients the estimate is made from; they are kept from one ``step`` to
            the next.
        line_search_fn: ``"strong_wolfe"``, or None for steps of length ``lr``.

    Raises:
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
        lr: NonNegative = 1.0,
        max_iter: Count = 20,
        max_eval: Count | None = None,
        tolerance_grad: NonNegative = 1e-7,
        tolerance_change: NonNegative = 1e-9,
        history_size: Count = 100,
        line_search_fn: SearchName | None = "strong_wolfe",
    ) -> None:
        if max_eval is None:
            max_eval = integer("max_iter", max_iter) * 5 // 4
        super().__init__(params, **settings_among(locals()))
        self._curvature = _Curvature()

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
            RuntimeWarning: the parameters did not move, or stopped, as loss or gradient are inf or nan.
        """
        if closure is None:
            raise TypeError("LBFGS computes the loss at several points in a step and needs step(closure)")
        (group,) = self.param_groups
        search = _Search(closure, [parameter for parameter in group["params"] if parameter.requires_grad])

        def minimize() -> None:
            try:
                search(search.start)
                if search.start.size:
                    with np.errstate(all="ignore"):
                        _iterate(search, self._curvature, group)
                search.finished = True
            except _NotFiniteError:
                pass

        and_put_back(minimize, search.settle)
        if (search.reflected and not search.went_on) or search.keep_best:
            _warn_of_no_step(search)
        return search.first_loss

    def state_dict(self) -> dict[str, Any]:
        """As :meth:`Optimizer.state_dict`, with the curvature found so far."""
        return {**super().state_dict(), "state": [self._curvature.as_dict()]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore what :meth:`state_dict` returned; see :meth:`Optimizer.load_state_dict`."""
        if not isinstance(state_dict, Mapping) or "state" not in state_dict:
            raise ValueError("an optimiser's state_dict has the entries 'param_groups' and 'state'")
        states = state_dict["state"]
        count = len(self.param_groups[0]["params"])
        curvature = _Curvature.from_dict(states[0] if states else None, count)
        super().load_state_dict({**state_dict, "state": [{}] * len(states)})
        self._curvature = curvature


class _Curvature:
    """What is kept from iteration to iteration: the last steps and the changes of the gradient in them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.iterations = 0
        self.t = self.scale = 1.0
        self.diagonal = 1.0
        self.direction = self.gradient = np.zeros(0)
        self.changes: list[Vector] = []
        self.steps: list[Vector] = []

    def next_direction(self, g: Vector, history_size: int) -> Vector:
        """Minus the gradient times the estimate of the inverse Hessian: two loops over the last steps."""
        self.iterations += 1
        if self.iterations == 1:
            self.direction = -g
            return self.direction
        change, step = g - self.gradient, self.direction * self.t
        product = float(change @ step)
        if product > _ENDS:
            if len(self.changes) >= history_size:
                del self.changes[0], self.steps[0]
            self.changes.append(change)
            self.steps.append(step)
            self.diagonal = product / float(change @ change)
        pairs = [(y, s, 1.0 / float(y @ s)) for y, s in zip(self.changes, self.steps, strict=True)]
        q, shares = -g, []
        for y, s, ro in reversed(pairs):
            shares.append(float(s @ q) * ro)
            q = q - shares[-1] * y
        d = q * self.diagonal
        for y, s, ro in pairs:
            d = d + s * (shares.pop() - float(y @ d) * ro)
        self.direction = d
        return d

    def as_dict(self) -> dict[str, Any]:
        """The numbers, as arrays by name."""
        vectors = [self.direction, self.gradient, *self.changes, *self.steps]
        numbers = [float(self.iterations), self.t, self.diagonal, self.scale]
        return {"numbers": np.array(numbers), "vectors": np.array(vectors)}

    @classmethod
    def from_dict(cls, given: Any, count: int) -> _Curvature:
        """The curvature of a saved state, of at most so many parameters."""
        if not isinstance(given, Mapping) or set(given) != {"numbers", "vectors"}:
            raise ValueError("the state of an LBFGS has the entries 'numbers' and 'vectors'")
        numbers, vectors = np.asarray(given["numbers"]), np.asarray(given["vectors"])
        if numbers.shape != (4,) or numbers.dtype.kind != "f" or not np.isfinite(numbers).all():
            raise ValueError(f"numbers must be four finite numbers, got {brief(given['numbers'])}")
        if vectors.ndim != 2 or vectors.dtype.kind != "f" or len(vectors) < 2 or len(vectors) % 2:
            raise ValueError(f"vectors must be rows of numbers, got {brief(given['vectors'])}")
        if vectors.shape[1] > count:
            raise ValueError(f"the state_dict is for {vectors.shape[1]} parameters, got {count} here")
        if numbers[0] < 0.0 or numbers[0] != np.floor(numbers[0]):
            raise ValueError(f"numbers[0] must be a count, got {numbers[0]}")
        made = cls()
        made.iterations = int(numbers[0])
        made.t, made.diagonal, made.scale = (real("numbers", number) for number in numbers[1:])
        made.direction, made.gradient, *rest = (np.array(row, dtype=np.float64) for row in vectors)
        made.changes, made.steps = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        return made


def _iterate(search: _Search, kept: _Curvature, group: Settings) -> None:
    """The iterations of one step, from the point where the search has computed the loss."""
    loss, g, theta, evaluations = search.lowest / search.scale, search.best[1] / search.scale, search.start, 1
    if kept.iterations and (kept.gradient.shape != g.shape or kept.scale != search.scale):
        kept.forget()  # other parameters learn now
    kept.scale = search.scale
    tolerance_grad, tolerance = group["tolerance_grad"] / search.scale, group["tolerance_change"]
    if np.abs(g).max() <= tolerance_grad:
        return
    for iteration in range(1, group["max_iter"] + 1):
        d = kept.next_direction(g, group["history_size"])
        kept.gradient, before = g, loss
        first = min(1.0, 1.0 / float(np.abs(g).sum())) if kept.iterations == 1 else 1.0
        kept.t = t = first * group["lr"]
        along = float(g @ d)
        if not along <= -tolerance / search.scale:
            return
        if group["line_search_fn"] is None:
            theta = search.move(theta + t * d)
            if iteration == group["max_iter"]:
                return
            loss, g = search(theta)
            evaluations += 1
            if search.turned:  # steps are not tested, so there is no shorter one
                search.keep_best = True
                kept.forget()
                return
        else:

            def at(t: float, theta: Vector = theta, d: Vector = d) -> Trial:
                loss, g = search(theta + t * d)
                return Trial(t, loss, g, float(g @ d))

            longest, calls = float(np.abs(d).max()), group["max_eval"] - evaluations
            found, used = strong_wolfe(at, Trial(0.0, loss, g, along), t, longest, tolerance, calls)
            evaluations += used
            if not found.t or search.is_stand_in(found.gradient):
                kept.t = 0.0
                return
            loss, g, kept.t = found.loss, found.gradient, found.t
            theta = search.move(theta + found.t * d, g)
        if evaluations >= group["max_eval"] or np.abs(g).max() <= tolerance_grad:
            return
        if np.abs(d * kept.t).max() <= tolerance or abs(loss - before) < tolerance / search.scale:
            return


_WARNED: dict[Any, Any] = {}
"""Where Python notes what it has warned of, once a line."""


class _NotFiniteError(Exception):
    """Loss or gradient are inf or nan at the start of a step, so there is no point to return to."""


def _warn_of_no_step(search: _Search) -> None:
    """Warn, at the caller's line, that the parameters did not move."""
    where = "wherever the line search looked" if search.begun else "where the step began"
    what = "did not move the parameters"
    if search.keep_best:
        what, where = "went back to the best point", 'where a step of length lr led; take "strong_wolfe"'
    place = line_of(user_spot())
    warnings.warn_explicit(
        f"LBFGS {what}: loss or gradient are inf or nan {where}. Begin elsewhere, "
        "scale inputs or loss down, or take some steps of Adam first",
        RuntimeWarning,
        place.file if place else __file__,
        place.line if place else 1,
        registry=_WARNED,
    )


class _Search:
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
        self.turned = not (math.isfinite(number) and np.isfinite(g).all())
        if self.turned:
            self.reflected = True
            if not self.begun:
                raise _NotFiniteError
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
