"""L-BFGS, a quasi-Newton method for small problems, with PyTorch's line search."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np

from engine.autograd.context_decorator import and_put_back
from engine.floats.validate import integer, real
from engine.frames.user_frame import levels_to_user
from engine.quoting import brief
from nn.checks import Count, NonNegative, settings_among
from nn.optim.arithmetic import Closure, Parameters, Settings, Vector
from nn.optim.line_search import Trial, strong_wolfe
from nn.optim.objective import NotFiniteError, Objective
from nn.optim.optimizer import Optimizer

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

    >>> from engine import Value
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
        search = Objective(closure, [parameter for parameter in group["params"] if parameter.requires_grad])

        def minimize() -> None:
            try:
                search(search.start)
                if search.start.size:
                    with np.errstate(all="ignore"):
                        _iterate(search, self._curvature, group)
                search.finished = True
            except NotFiniteError:
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


def _iterate(search: Objective, kept: _Curvature, group: Settings) -> None:
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


def _warn_of_no_step(search: Objective) -> None:
    """Warn, at the caller's line, that the parameters did not move."""
    where = "wherever the line search looked" if search.begun else "where the step began"
    what = "did not move the parameters"
    if search.keep_best:
        what, where = "went back to the best point", 'where a step of length lr led; take "strong_wolfe"'
    warnings.warn(
        f"LBFGS {what}: loss or gradient are inf or nan {where}. Begin elsewhere, "
        "scale inputs or loss down, or take some steps of Adam first",
        RuntimeWarning,
        stacklevel=levels_to_user(),
    )
