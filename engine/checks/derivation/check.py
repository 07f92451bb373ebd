"""check_derivation: a backward pass written by hand, compared with the engine's own, line by line.

Numbers decide: each line is computed at the given point and at random ones, and compared with the derivative
that the engine finds there. Where a line is wrong, those after it are computed once more as if it were right,
so that each answers for itself alone. Then the slip is looked for: ``slips/``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.checks.derivation.compare import Difference, as_array
from engine.checks.derivation.diagnose import Diagnosis
from engine.checks.derivation.formulas import Formulas
from engine.checks.derivation.report import (
    FOLLOWS,
    NUMBERS,
    RIGHT,
    SYMBOLS,
    UNKNOWN,
    WRONG,
    DerivationReport,
    Finding,
)
from engine.checks.derivation.trial import Trial
from engine.checks.derivation.written.naming import LOSSES, Claim
from engine.node.backend import Value

__all__ = ["DerivationReport", "check_derivation"]

POINTS = 8
"""Random points, besides the given one."""


def check_derivation(
    f: Callable[..., Any] | str,
    backward: Mapping[str, str] | Callable[..., Any] | str,
    *args: Any,
    wrt: Sequence[str | Value] | str | Value | None = None,
    points: int = POINTS,
    seed: int = 0,
) -> DerivationReport:
    """Check a derivation of one's own against the engine's derivative, line by line.

    Args:
        f: a function of ``args`` that returns one number, the loss; or lines of text whose last one is the
            loss, such as ``"y = sigmoid(w*x + b); E = (y - t)**2/2"``.
        backward: the derivation. A dict of formulas, which may use the arguments of f, its local variables
            and the formulas before; lines of text in the style of NumPy; or a function of numbers that
            returns the gradients: a dict by name, or a tuple in the order of the arguments, of the first ones
            where it is shorter. It takes the arguments of f in order, or any quantities of f by their names.
            None in place of a formula or a gradient says that there is none.
            The name of a line says what it is: ``dw``, ``d_w``, ``dE_dw``, ``grad_w`` and ``w_grad`` are
            derivatives of the loss, ``dy_dz`` is that of one quantity of f by another, and lines of other
            names are steps on the way.
        args: the point: numbers, lists or arrays.
        wrt: the names of the arguments whose gradients must be there; when None those that ``backward``
            names. Or the Values that f uses besides its arguments.
        points: at how many random points it is tried besides. Targets (t, y, …) that are 0 and 1, or
            probabilities, stay so.
        seed: of the random points.

    Returns:
        The report: true if all gradients are right. Printed, it names the first line that is wrong, what is
        missing or too much in it, the slip, and the simplest point that shows it.

    Raises:
        DerivationError: a line cannot be read; a ValueError.
        ValueError: f has no finite value at the point, or another one each time it is run.
        TypeError: f does not return one number, or does not take these arguments.

    >>> from engine import sigmoid
    >>> def f(w, b, x, t):
    ...     y = sigmoid(w * x + b)
    ...     return (y - t) ** 2 / 2
    >>> check_derivation(f, {"dw": "(y - t)*y*(1 - y)*x", "db": "(y - t)*y*(1 - y)"}, 0.5, 0.1, 2.0, 1.0).ok
    True
    """
    return Check(Trial(f, backward, args, wrt, points, seed)).report()


class Check:
    """What is found of a derivation that was tried."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.lines, self.claims = trial, trial.lines, trial.claims
        self.formulas = Formulas(trial)
        self.kinks: set[int] = set()

    def report(self) -> DerivationReport:
        """The findings of all lines."""
        finals = self.trial.by_hand.finals
        missing = [name for name in self.trial.wanted or () if name not in finals]
        wrong = {i: k for i in finals.values() if (k := self.trial.first_difference(i)) is not None}
        self.kinks = {i for i, k in wrong.items() if k == 0 and self.trial.at_kink(i)}
        wrong = {i: k for i, k in wrong.items() if i not in self.kinks}
        kept = ", ".join(self.trial.kept)
        remarks = [f"targets that were kept to 0 and 1, or to probabilities: {kept}"] * bool(kept)
        for i in self.kinks:
            remarks.append(
                f"{self._is_of(self.claims[i])} at the given point: it is a kink, where the derivatives to "
                "both sides differ, and yours lies between them"
            )
        found = Diagnosis(self.trial, wrong) if wrong else None
        findings = [self._finding(i, found) for i in range(len(self.lines))]
        if found is not None and 0 not in {*wrong.values()}:
            remarks.append("it is right at the given point, and not in general")
        for name in missing:
            slip = "missing bias" if name.casefold().startswith("b") else "missing gradient"
            message = "wrt asks for it, and no line gives it"
            findings.append(Finding(f"d{name}", 0, "", status=WRONG, slip=slip, message=message))
        remarks += [
            f"{self._is_of(self.claims[i])} is not finite at the given point, and was compared elsewhere"
            for i in finals.values()
            if not np.isfinite(as_array(self.trial.expected(i, self.trial.runs[0][1]))).all()
        ]
        if not wrong:
            remarks += [
                f"it holds for these lengths: with {size + 1} in place of {size} it is wrong"
                for size in self.trial.wrong_lengths()
            ]
        if len(self.trial.runs) == 1:
            remarks.append("compared at the given point alone")
        return DerivationReport(
            not wrong and not missing,
            tuple(findings),
            len(self.trial.runs),
            tuple(remarks),
            self.trial.by_hand.program.unit,
        )

    def _finding(self, i: int, found: Diagnosis | None) -> Finding:
        line, claim = self.lines[i], self.claims[i]
        name = line.name
        if found is not None and i in found.own:
            is_of = "" if i in found.convention else self._is_of(claim)
            return Finding(name, line.number, line.text, is_of, WRONG, **self._details(i, found))
        status = UNKNOWN
        if claim is not None and self.trial.expected(i, self.trial.runs[0][1]) is not None:
            if self.trial.first_difference(i) is None or i in self.kinks:
                status = RIGHT
            elif found is not None and i not in found.convention:
                status = FOLLOWS
        is_of = "" if status == UNKNOWN else self._is_of(claim)
        proof = ""
        if status == RIGHT and i not in self.kinks:
            proof = SYMBOLS if self.formulas.same(i) else NUMBERS
        return Finding(name, line.number, line.text, is_of, status, proof=proof)

    def _is_of(self, claim: Claim | None) -> str:
        if claim is None:
            return ""
        forward = self.trial.runs[0][1]
        free = [name for name in LOSSES if name not in forward.values]
        loss = [*forward.loss_names, *free, "f(…)"][0]
        if claim.kind == "value":
            return claim.by
        return f"d{claim.of or loss}/d{claim.by}"

    def _details(self, i: int, found: Diagnosis) -> dict[str, Any]:
        """What a finding says of a wrong line."""
        details: dict[str, Any] = {}
        apart = None
        if (shown := found.simplest_point(i)) is not None:
            point, target, apart = shown
            details = {"point": point, "shown": self._is_of(self.claims[target]), **apart._asdict()}
        details["slip"], details["message"] = self._slip(i, found, apart)
        change = found.slips.get(i)
        if change and self.trial.by_hand.is_read and change.expression is not self.lines[i].expression:
            repair = ast.unparse(ast.fix_missing_locations(change.expression))
            written_so = "_prime(" in self.lines[i].text
            details["repair"] = repair if written_so else repair.replace("_prime(", "'(")
        return details

    def _slip(self, i: int, found: Diagnosis, apart: Difference | None) -> tuple[str, str]:
        """The name of the slip and what is wrong in words, as far as they are known."""
        if (change := found.slips.get(i)) is not None:
            return change.slip, change.message
        if (error := found.errors.get(i)) is not None:
            slip = "wrong shape" if isinstance(error, ValueError) else "undefined"
            return slip, f"it cannot be computed: {str(error).strip()}"
        claim = self.claims[i]
        if apart is not None and apart.shapes is not None:
            mine, right = apart.shapes
            if mine == right:
                return "undefined", "it gives no numbers"
            of = "the derivative" if claim is None else claim.by
            return "wrong shape", f"the shape is {mine}, and that of {of} is {right}"
        if apart is not None and not math.isfinite(apart.yours):
            return "undefined", f"it gives {apart.yours} where the derivative is {apart.engines:.6g}"
        forward = self.trial.runs[0][1]
        value = found.trace(forward, found.own[: found.own.index(i)]).values[i]
        if self.trial.differs(i, value, forward) and (formula := self.formulas.formula(i)):
            return "", f"{self._is_of(claim)} is {formula}"
        return "", ""
