"""Gradients checked against numerical derivatives that know nothing of the engine.

Central differences in NumPy, refined by Richardson extrapolation, or the complex step of
Squire & Trapp (SIAM Review 40, 1998), which has no cancellation and is exact to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal, overload

import numpy as np

from engine.autograd.differentiating import differentiated
from engine.autograd.grad_mode import enable_grad
from engine.checks.complex_step import complex_step
from engine.checks.derivation.check import DerivationReport, check_derivation
from engine.checks.derivation.setting import bound, must_be_leaves
from engine.checks.finite_differences import central, one_sided
from engine.checks.gradcheck_report import Entry, GradcheckReport
from engine.errors import GradientError
from engine.node.backend import Value
from engine.pytree.maps import copied, flatten, map_numbers, numbers_of_output
from engine.quoting import abridged, brief
from engine.transforms.reverse import gradients
from engine.transforms.variables import check

__all__ = ["GradcheckReport", "gradcheck"]

RTOL = 1e-6
ATOL = 1e-9
"""The largest absolute tolerance that is taken by itself; it is less where the numbers are known better."""


@overload
def gradcheck(
    f: Callable[..., Any],
    *args: Any,
    wrt: Value | Iterable[Value] | None = None,
    method: Literal["central", "complex"] = "central",
    rtol: float = RTOL,
    atol: float | None = None,
    step: float | None = None,
    against: None = None,
) -> GradcheckReport: ...


@overload
def gradcheck(
    f: Callable[..., Any],
    *args: Any,
    wrt: Value | Iterable[Value] | None = None,
    method: Literal["central", "complex"] = "central",
    rtol: float = RTOL,
    atol: float | None = None,
    step: float | None = None,
    against: object,
) -> DerivationReport: ...


def gradcheck(
    f: Callable[..., Any],
    *args: Any,
    wrt: Value | Iterable[Value] | None = None,
    method: Literal["central", "complex"] = "central",
    rtol: float = RTOL,
    atol: float | None = None,
    step: float | None = None,
    against: Any = None,
) -> GradcheckReport | DerivationReport:
    """Check the engine's gradient of f against a numerical one, and a derivation of one's own against both.

    At a kink, such as that of relu at 0 or of max at a tie, a function has no derivative, but one to the left
    and one to the right; whatever lies between them is right, and the report says so.

    Args:
        f: takes ``args`` and returns a Value, or nested lists, tuples, dicts and arrays of Values. It must
            give the same result every time (seed any randomness inside it).
        args: numbers, Values, or nested structures of them: where the gradient is checked.
        wrt: Values that f uses, such as ``model.parameters()``, checked in place of ``args``. They are
            nudged in turn and restored.
        method: ``"central"`` differences, for any f; or the ``"complex"`` step, exact to rounding, for f of
            analytic operators on ``args``.
        rtol: relative tolerance.
        atol: absolute tolerance; when None by how much the numerical derivative is uncertain, at most 1e-9.
        step: of the differences, relative to the size of an operand above 1; chosen when None.
        against: a derivation of one's own: formulas, lines of text or a function, as
            :func:`engine.check_derivation` takes them, which is run once the engine's gradient has passed.
            Or its numbers, in the order of the gradients or by name, which are compared at this point alone.

    Returns:
        The report, which prints as a table; with ``against`` that of the derivation.

    Raises:
        GradientError: some derivative disagrees, or the derivation is wrong; the message is the report.
        ValueError: there is nothing to check, an unknown method, or the complex step with ``wrt``.
            Or the step is too small for the operands.
        TypeError: f does not return numbers, does not take these arguments, or (complex step) uses an
            operator that is not analytic.

    >>> print(gradcheck(lambda x, y: x * y, 2.0, 3.0, method="complex"))
    all 2 derivatives agree (complex step)
    operand                   analytic                 numeric  relative error
    argument 0                       3                       3        0.00e+00
    argument 1                       2                       2        0.00e+00
    >>> w, b = Value(0.5, label="w"), Value(1.0, label="b")
    >>> mine = {"dw": "6*(3*w + b)", "db": "2*(3*w + b)"}
    >>> print(gradcheck(lambda: (w * 3 + b) ** 2, wrt=[w, b], against=mine))
    right: 2 derivatives, the same formulas, at 9 points
    >>> print(gradcheck(lambda x: x.relu(), 0.0))
    the derivative agrees, 1 at a kink (central differences)
    operand                   analytic                 numeric  relative error
    argument 0                       0                     0.5        1.00e+00  kink: 0 lies in [0, 1]
    """
    if method not in ("central", "complex"):
        raise ValueError(f"method must be 'central' or 'complex', got {brief(method)}")
    check(f)
    bound(f, args, "; Values that it captures are checked by gradcheck(f, wrt=[w, b])")
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
        variables = must_be_leaves([wrt] if isinstance(wrt, Value) else wrt)
        names = [abridged(str(variable.label), 60) or f"wrt[{i}]" for i, variable in enumerate(variables)]

        def run() -> Any:
            return f(*copied(args))

    with enable_grad():
        outputs = numbers_of_output(differentiated(run, (), {}, variables), "what f returns")
        analytic = [gradients(output, variables) for output in outputs]
    if not outputs or not variables:
        raise ValueError("nothing to check: give f operands (or wrt=) and let it return a Value")
    if method == "complex":
        numeric = complex_step(f, tree)
        noise = np.zeros_like(numeric)
        largest = np.max([np.abs(analytic), np.abs(numeric)], axis=(0, 2))
        loss = np.repeat(ATOL * largest[:, None], len(variables), axis=1)
    else:
        numeric, noise, loss = central(run, variables, step)
    several = len(outputs) > 1
    entries = [
        Entry(
            f"output {i} by {name}" if several else name,
            analytic[i][j],
            float(numeric[i, j]),
            (min(ATOL, float(loss[i, j])) if atol is None else atol)
            + rtol * max(abs(analytic[i][j]), abs(float(numeric[i, j])))
            + float(noise[i, j]),
        )
        for i in range(len(outputs))
        for j, name in enumerate(names)
    ]
    if method == "central":
        with enable_grad():
            entries = _looked_at_closely(entries, run, variables)
    report = GradcheckReport(tuple(entries), method)
    if not report:
        raise GradientError(str(report))
    if against is None:
        return report
    values = None if wrt is None else variables
    texts = isinstance(against, dict) and any(isinstance(formula, str) for formula in against.values())
    if callable(against) or isinstance(against, str) or texts:
        found = check_derivation(f, against, *args, wrt=values)
    else:
        numbers = against if isinstance(against, dict) else tuple(against)
        found = check_derivation(f, lambda: numbers, *args, wrt=values, points=0)
    if not found:
        raise GradientError(str(found))
    return found


def _looked_at_closely(
    entries: list[Entry], run: Callable[[], Any], variables: Sequence[Value]
) -> list[Entry]:
    """The entries; those that disagree get their one-sided derivatives."""
    count = len(variables)
    sides = {
        j: one_sided(run, variable)
        for j, variable in enumerate(variables)
        if not all(entry.agrees for entry in entries[j::count])
    }
    return [
        entry if entry.agrees else replace(entry, sides=sides[i % count][i // count])
        for i, entry in enumerate(entries)
    ]


def _variables(args: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """The arguments with a new Value for each number, and the names of these."""
    names: list[str] = []

    def variable(number: Any, path: str) -> Value:
        names.append(abridged(path))
        return Value(number.data if isinstance(number, Value) else number)

    return [map_numbers(variable, arg, f"argument {i}") for i, arg in enumerate(args)], names
