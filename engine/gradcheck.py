"""Gradients checked against numerical derivatives that know nothing of the engine.

Central differences in NumPy, refined by Richardson extrapolation, or the complex step of
Squire & Trapp (SIAM Review 40, 1998), which has no cancellation and is exact to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engine.blocks import and_put_back
from engine.bulk import write_data
from engine.complexstep import ComplexNumber
from engine.derive import gradients
from engine.differentiating import differentiating
from engine.errors import GradientError
from engine.grad_mode import enable_grad
from engine.node import Value
from engine.structure import copied, flatten, map_numbers

__all__ = ["GradcheckReport", "gradcheck"]

RTOL = 1e-6
ATOL = 1e-9
_STEP = 1e-3
"""Relative step of the coarser of two differences. The refined estimate errs by step**4 for the formula and
by epsilon/step for rounding; they balance near epsilon**(1/5)."""

_SMALLEST_COMPLEX_STEP = 1e-305
"""Below it the imaginary parts would lose digits to underflow, or vanish."""


@dataclass(frozen=True)
class Entry:
    """One derivative: what it is called, what the engine says and what the numbers say."""

    operand: str
    analytic: float
    numeric: float
    tolerance: float

    @property
    def error(self) -> float:
        """The difference relative to the larger of the two."""
        return relative_error(self.analytic, self.numeric)

    @property
    def ok(self) -> bool:
        """Whether the two agree within the tolerance; equal infinities do, nan never does."""
        difference = abs(self.analytic - self.numeric)
        return self.analytic == self.numeric or (math.isfinite(difference) and difference <= self.tolerance)

    @property
    def mirrored(self) -> bool:
        """Whether the engine's derivative is the numerical one with the wrong sign."""
        if self.ok or not math.isfinite(self.tolerance):
            return False
        return abs(self.analytic + self.numeric) <= self.tolerance


def relative_error(a: float, b: float) -> float:
    """|a - b| over the larger of |a| and |b|; 0 where they are equal.

    >>> relative_error(1.0, 1.1) < 0.1
    True
    """
    return 0.0 if a == b else abs(a - b) / max(abs(a), abs(b))


@dataclass(frozen=True)
class GradcheckReport:
    """What a gradient check found: true if all agree, and a table when printed.

    Attributes:
        entries: one per derivative, with ``operand``, ``analytic``, ``numeric``, ``error`` and ``ok``.
        method: ``"central"`` or ``"complex"``.
    """

    entries: tuple[Entry, ...]
    method: str

    def __bool__(self) -> bool:
        return all(entry.ok for entry in self.entries)

    @property
    def max_error(self) -> float:
        """The largest relative error."""
        return max((entry.error for entry in self.entries), default=0.0)

    def __str__(self) -> str:
        wrong = sum(not entry.ok for entry in self.entries)
        count = len(self.entries)
        verdict = f"{wrong} of {count} derivatives disagree" if wrong else f"all {count} derivatives agree"
        method = "central differences" if self.method == "central" else "complex step"
        width = max([len("operand"), *(len(entry.operand) for entry in self.entries)])
        heading = f"{'operand':<{width}}  {'analytic':>22}  {'numeric':>22}  {'relative error':>14}"
        lines = [f"{verdict} ({method})", heading]
        for entry in self.entries:
            mark = "" if entry.ok else "  <- wrong sign" if entry.mirrored else "  <- wrong"
            figures = f"{entry.analytic:>22.15g}  {entry.numeric:>22.15g}  {entry.error:>14.2e}"
            lines.append(f"{entry.operand:<{width}}  {figures}{mark}")
        return "\n".join(lines)


def gradcheck(
    f: Callable[..., Any],
    *args: Any,
    wrt: Value | Iterable[Value] | None = None,
    method: Literal["central", "complex"] = "central",
    rtol: float = RTOL,
    atol: float = ATOL,
    step: float | None = None,
) -> GradcheckReport:
    """Check the engine's gradient of f against a numerical one.

    Args:
        f: takes ``args`` and returns a Value, or nested lists, tuples, dicts and arrays of Values. It must
            give the same result every time (seed any randomness inside it).
        args: numbers, Values, or nested structures of them: where the gradient is checked.
        wrt: Values that f uses, such as ``model.parameters()``, checked in place of ``args``. They are
            nudged in turn and restored.
        method: ``"central"`` differences, for any f; or the ``"complex"`` step, exact to rounding, for f of
            analytic operators on ``args``.
        rtol: relative tolerance.
        atol: absolute tolerance.
        step: of the differences, relative to the size of an operand above 1; chosen when None.

    Returns:
        The report, which prints as a table.

    Raises:
        GradientError: some derivative disagrees; the message is the report.
        ValueError: there is nothing to check, an unknown method, or the complex step with ``wrt``.
        TypeError: f does not return numbers, or (complex step) uses an operator that is not analytic.

    >>> print(gradcheck(lambda x, y: x * y, 2.0, 3.0, method="complex"))
    all 2 derivatives agree (complex step)
    operand                   analytic                 numeric  relative error
    argument 0                       3                       3        0.00e+00
    argument 1                       2                       2        0.00e+00
    """
    if method not in ("central", "complex"):
        raise ValueError(f"method must be 'central' or 'complex', got {method!r}")
    if wrt is None:
        tree, names = _variables(args)
        variables = flatten(tree)

        def run() -> Any:
            return f(*copied(tree))  # f may change what it is given

    else:
        if method == "complex":
            raise ValueError(
                "the complex step needs the operands as arguments of f: gradcheck(f, *args), without wrt"
            )
        variables = [wrt] if isinstance(wrt, Value) else list(wrt)
        for variable in variables:
            if not isinstance(variable, Value) or variable._children:
                raise TypeError(f"wrt must be leaves (Values that no operator made), got {variable!r}")
        names = [variable.label or f"wrt[{i}]" for i, variable in enumerate(variables)]

        def run() -> Any:
            return f(*copied(args))

    with enable_grad(), differentiating(variables):
        outputs = flatten(run(), "what f returns")
        analytic = [gradients(output, variables) for output in outputs]
    if not outputs or not variables:
        raise ValueError("nothing to check: give f operands (or wrt=) and let it return a Value")
    if method == "complex":
        numeric = _complex_step(f, tree, len(variables))
        noise = np.zeros_like(numeric)
    else:
        numeric, noise = _central(run, variables, step)
    several = len(outputs) > 1
    entries = tuple(
        Entry(
            f"output {i} by {name}" if several else name,
            analytic[i][j],
            float(numeric[i, j]),
            atol + rtol * max(abs(analytic[i][j]), abs(float(numeric[i, j]))) + float(noise[i, j]),
        )
        for i in range(len(outputs))
        for j, name in enumerate(names)
    )
    report = GradcheckReport(entries, method)
    if not report:
        raise GradientError(str(report))
    return report


def _variables(args: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """The arguments with a fresh Value for each number, and the names of these."""
    names: list[str] = []

    def variable(number: Any, path: str) -> Value:
        names.append(path)
        return Value(number.data if isinstance(number, Value) else number)

    return [map_numbers(variable, arg, f"argument {i}") for i, arg in enumerate(args)], names


def _numbers(result: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([x.data if isinstance(x, Value) else float(x) for x in flatten(result, "what f returns")])


def _central(run: Callable[[], Any], variables: Sequence[Value], step: float | None) -> tuple[Any, Any]:
    """Central differences of every output by every variable, and how far rounding may have moved them."""
    numbers = np.array([variable.data for variable in variables])

    def estimates() -> list[tuple[Any, Any]]:
        found = []
        for variable, x in zip(variables, numbers.tolist(), strict=True):
            found.append(_estimate(run, variable, x, step))
            variable.data = x
        return found

    found = and_put_back(estimates, lambda: write_data(variables, numbers))
    numeric, noise = zip(*found, strict=True)
    return np.stack(numeric, axis=1), np.stack(noise, axis=1)


def _estimate(run: Callable[[], Any], variable: Value, x: float, step: float | None) -> tuple[Any, Any]:
    """The derivatives by one variable, from the step that loses least to curvature and rounding.

    A step in proportion to the variable comes first and is nearly always good. Where the function
    bends within it (sin at 10**6) or rounding drowns it, other steps are tried, and each output
    takes its best.
    """
    if step is not None:
        estimate, noise, _ = _richardson(run, variable, x, step * max(abs(x), 1.0))
        return estimate, noise
    size = abs(x) or 1.0
    estimate, noise, loss = _richardson(run, variable, x, _STEP * size)
    if np.all(loss <= 1e-5 * np.abs(estimate)):
        return estimate, noise
    for other in (_STEP * max(size, 1.0), _STEP, 1e-2 * _STEP * size, 1e-4 * _STEP * size):
        other_estimate, other_noise, other_loss = _richardson(run, variable, x, other)
        better = other_loss < loss
        estimate = np.where(better, other_estimate, estimate)
        noise = np.where(better, other_noise, noise)
        loss = np.where(better, other_loss, loss)
    return estimate, noise


def _richardson(run: Callable[[], Any], variable: Value, x: float, size: float) -> tuple[Any, Any, Any]:
    """Two central differences combined so that their error of second order cancels.

    Returns the estimate, the rounding noise in it, and what the step loses: that noise, and how far
    the two differences are apart; infinite where they are no numbers.
    """

    def difference(h: float) -> tuple[Any, Any]:
        variable.data = x + h
        above, upper = _numbers(run()), variable.data
        variable.data = x - h
        below, lower = _numbers(run()), variable.data
        width = upper - lower  # what was really stepped, after rounding
        largest = np.maximum(np.abs(above), np.abs(below))
        return (above - below) / width, 4.0 * np.finfo(float).eps * largest / width

    with np.errstate(all="ignore"):
        coarse, _ = difference(size)
        fine, noise = difference(size / 2.0)
        loss = np.abs(fine - coarse) + noise
        sound = np.isfinite(loss)
        return (4.0 * fine - coarse) / 3.0, np.where(sound, noise, 0.0), np.where(sound, loss, np.inf)


def _complex_step(f: Callable[..., Any], tree: Any, count: int) -> Any:
    """Imaginary parts of f at x + ih, over h: derivatives without cancellation."""
    columns = []
    for chosen in range(count):
        position = iter(range(count))
        h = max(1e-30 * min(abs(flatten(tree)[chosen].data) or 1.0, 1.0), _SMALLEST_COMPLEX_STEP)

        def probe(
            x: Value, path: str, chosen: int = chosen, position: Any = position, h: float = h
        ) -> ComplexNumber:
            return ComplexNumber(complex(x.data, h if next(position) == chosen else 0.0))

        outputs = _complex_outputs(f(*map_numbers(probe, tree)))
        columns.append(np.array(outputs).imag / h)
    return np.stack(columns, axis=1)


def _complex_outputs(result: Any) -> list[complex]:
    if isinstance(result, dict):
        return [number for item in result.values() for number in _complex_outputs(item)]
    if isinstance(result, (list, tuple, np.ndarray)):
        return [
            number for item in np.ravel(np.asarray(result, dtype=object)) for number in _complex_outputs(item)
        ]
    return [complex(getattr(result, "data", result))]
