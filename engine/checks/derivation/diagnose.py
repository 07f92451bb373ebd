"""Finds the lines that are wrong by themselves, and the slip in each of them."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from engine.checks.derivation.byhand import Trace
from engine.checks.derivation.compare import as_array, difference
from engine.checks.derivation.forward import Forward, shape_of
from engine.checks.derivation.points import finite_run, simplest
from engine.checks.derivation.setting import Point
from engine.checks.derivation.slips.changes import changes
from engine.checks.derivation.slips.paths import path_at_fault
from engine.checks.derivation.slips.table import Change
from engine.checks.derivation.surroundings import Relations, is_number
from engine.checks.derivation.trial import Trial
from engine.checks.derivation.written.arrays import arrayed
from engine.checks.derivation.written.evaluate import Scope, evaluate, names_in
from engine.checks.derivation.written.reading import DerivationError, Line
from engine.pytree.maps import flatten

__all__ = ["Diagnosis"]

YOURS = "…"
MOST_CHANGES = 4000


class Diagnosis:
    """What is wrong in a derivation whose gradients are not all right.

    Args:
        check: the trial that found it wrong.
        wrong: the wrong gradients, by line, with the first run that shows it.

    Attributes:
        own: the lines that are wrong by themselves, in order.
        slips: by line the change that would make it right, where one was found.
        convention: lines that differ from what their names say and do no harm.
    """

    def __init__(self, check: Trial, wrong: Mapping[int, int]) -> None:
        self.check, self.wrong = check, wrong
        self.by_hand, self.runs = check.by_hand, check.runs
        self.own: list[int] = []
        self.slips: dict[int, Change] = {}
        self.errors: dict[int, Exception] = {}
        self.convention: set[int] = set()
        self.relations = Relations(check)
        self._scopes: dict[tuple[int, int, tuple[int, ...]], Scope] = {}
        if self.by_hand.is_read:
            self._one_by_one()
        else:
            self._as_they_are()
        self._look_for_slips()
        self.own.sort()

    # -- which lines ---------------------------------------------------------------------------------------

    def _as_they_are(self) -> None:
        """The first wrong line of those that cannot be computed one by one."""
        self.own = [
            next(
                i
                for i, claim in enumerate(self.check.claims)
                if claim is not None and claim.sure and claim.kind != "value"
                and self.check.first_difference(i) is not None and (i in self.wrong or not self._harmless(i))
            )
        ]  # fmt: skip

    def _one_by_one(self) -> None:
        for i, claim in enumerate(self.check.claims):
            if claim is not None and not claim.sure and self.check.first_difference(i) is not None:
                if self._fixed_by(i):
                    self.own.append(i)
                else:
                    self.convention.add(i)
        for i, claim in enumerate(self.check.claims):
            if claim is None or i in self.own or i in self.convention:
                if claim is None and (error := self._error_at(i)) is not None:
                    self.own.append(i)
                    self.errors[i] = error
                    return
                continue
            if self._is_wrong(i):
                if i not in self.wrong and self._harmless(i):
                    self.convention.add(i)
                else:
                    if (error := self._error_at(i)) is not None:
                        self.errors[i] = error
                    self.own.append(i)

    def _harmless(self, i: int) -> bool:
        """Whether some gradient made of this line is right, and would not be if the line were what its name
        says: a convention then. One that is right in any case, as the 0 of a bias before a norm, tells
        nothing.
        """
        made_of_it = [
            j for j in self.by_hand.finals.values() if j not in self.wrong and i in self._cone(j) and j != i
        ]
        if not made_of_it:
            return False
        instead = [(self.trace(forward, [i]).values, forward) for _, forward in self.runs]
        return any(
            self.check.differs(j, values[j], forward) for values, forward in instead for j in made_of_it
        )

    def _cone(self, i: int) -> set[int]:
        """The lines that a line is made of, itself among them; of lines that cannot be read none else."""
        lines, found, waiting = self.check.lines, {i}, [i]
        while waiting:
            j = waiting.pop()
            used = names_in(lines[j].expression)
            for k in range(j):
                if k not in found and used & set(lines[k].targets):
                    found.add(k)
                    waiting.append(k)
        return found

    def _fixed_by(self, i: int) -> bool:
        """Whether a gradient becomes right once this line is what its name says."""
        forward = self.runs[-1][1]
        before = self.trace(forward, self.own)
        after = self.trace(forward, [*self.own, i])
        return any(
            self.check.differs(j, before.values[j], forward) is not None
            and self.check.differs(j, after.values[j], forward) is None
            for j in self.by_hand.finals.values()
            if j != i
        )

    def trace(self, forward: Forward, right: Sequence[int], lines: Sequence[Line] | None = None) -> Trace:
        """What the lines give where some of them are taken to be right."""
        if not self.by_hand.is_read:
            return forward.beside  # type: ignore[no-any-return]
        instead = {}
        for j in right:
            value = self.check.expected(j, forward)
            mine = forward.beside.values[j] if isinstance(forward.beside, Trace) else None
            instead[j] = _in_shape_of(mine, value)
        return self.by_hand.run(forward, instead, lines)

    def _is_wrong(self, i: int) -> bool:
        before = [j for j in self.own if j < i]
        return any(
            self.check.differs(i, self.trace(forward, before).values[i], forward) for _, forward in self.runs
        )

    def _error_at(self, i: int) -> Exception | None:
        for _, forward in self.runs:
            error = self.trace(forward, [j for j in self.own if j < i]).error
            if error is not None and error[0] == i:
                return error[1]
        return None

    # -- which slip ----------------------------------------------------------------------------------------

    def _look_for_slips(self) -> None:
        self._swapped()
        if self.by_hand.is_read:
            self._blame_shared_steps()
        for i in [*self.own]:
            if i in self.slips:
                continue
            change = self._change(i, *self._shown_by(i))
            if change is None and self.by_hand.is_read:
                for j in sorted(self._cone(i) - {i}, reverse=True):  # the nearest first
                    if (self.check.claims[j] is None or j in self.convention) and (
                        change := self._change(j, i)
                    ) is not None:
                        self.own[self.own.index(i)] = j
                        i = j
                        break
            if change is None and i not in self.errors:
                change = self._path(i)
            if change is not None:
                self.slips[i] = change

    def _swapped(self) -> None:
        """Two gradients of which each is the other one."""
        wrong = [i for i in self.own if i in self.by_hand.finals.values()]
        for i in wrong:
            for j in wrong:
                a, b = self.check.claims[i], self.check.claims[j]
                if i < j and a is not None and b is not None and self._each_other(i, a.by, j, b.by):
                    for k, other, mine in ((i, b, a), (j, a, b)):
                        message = f"it is the gradient by {other.by}, and that by {mine.by} stands there"
                        self.slips[k] = Change("wrong gradient", message, self.check.lines[k].expression)

    def _each_other(self, i: int, of_i: str, j: int, of_j: str) -> bool:
        def is_gradient(k: int, name: str) -> bool:
            sizes = self.check.typical[i] + self.check.typical[j]
            return all(
                difference(forward.beside.values[k], forward.adjoint(name), sizes) is None
                for _, forward in self.runs
            )

        return is_gradient(i, of_j) and is_gradient(j, of_i)

    def _blame_shared_steps(self) -> None:
        """Where a change of one step makes several wrong lines right, it is that step that is wrong."""
        if len(self.own) < 2:
            return
        cones = [self._cone(i) - {i} for i in self.own]
        steps = sorted(
            {j for cone in cones for j in cone if self.check.claims[j] is None or j in self.convention}
        )
        # what explains most comes first, and of several the nearest
        for j in sorted(steps, key=lambda j: (-sum(j in cone for cone in cones), -j)):
            made = [i for i, cone in zip(self.own, cones, strict=True) if j in cone]
            if len(made) > 1 and (change := self._change(j, *made)) is not None:
                self.own = [j, *(i for i in self.own if i not in made)]
                self.slips[j] = change
                return

    def _shown_by(self, i: int) -> list[int]:
        """What says whether a line is right: itself, or of a step without a name what it leads to."""
        if self.check.claims[i] is not None and i not in self.convention:
            return [i]
        return [j for j in sorted(self.wrong) if i in self._cone(j)] or [min(self.wrong)]

    def _change(self, j: int, *wrong: int) -> Change | None:
        """A change of a line that makes others right at all points; None if none is found."""
        line = self.check.lines[j]
        expression: ast.expr = line.expression if self.by_hand.is_read else ast.Name(YOURS, ast.Load())
        forward = self.runs[0][1]
        scope = self._scope_before(j, forward) if self.by_hand.is_read else self._scope(forward)
        near = self.relations.around(j, scope.names)
        for change in islice(changes(expression, near), MOST_CHANGES):
            runs = (*self.runs[1:], self.runs[0])
            if all(self._right_with(j, change.expression, wrong, run) for _, run in runs):
                return change
        return None

    def _right_with(self, j: int, expression: ast.expr, wrong: Sequence[int], forward: Forward) -> bool:
        try:
            if not self.by_hand.is_read:
                scope = self._scope(forward)
                self.relations.let_partials_be_found(scope, forward)
                scope.names[YOURS] = forward.beside.values[j]
                values = {j: evaluate(expression, scope)}
            elif wrong == (j,):
                scope = self._scope_before(j, forward)
                values = {j: evaluate(expression, scope)}
            else:
                lines = [*self.check.lines]
                lines[j] = lines[j].with_expression(expression, "")
                trace = self.trace(forward, [i for i in self.own if i < j], lines)
                values = {i: trace.values[i] for i in wrong}
        except Exception:  # a change may run into anything, and is no repair then
            return False
        return all(
            values[i] is not None and self.check.differs(i, values[i], forward) is None for i in wrong
        )

    def _scope(self, forward: Forward) -> Scope:
        names = {**forward.numbers, **{k: v for k, v in forward.beside.names.items() if is_number(v)}}
        return Scope(names, self.by_hand.program.functions, self.by_hand.outside)

    def _scope_before(self, j: int, forward: Forward) -> Scope:
        """The names as they are before a line, those before it being right; kept for each run."""
        key = (j, id(forward), tuple(self.own))
        kept = self._scopes
        if key not in kept:
            trace = self.trace(forward, [i for i in self.own if i < j], self.check.lines[:j])
            names = {**forward.numbers, **trace.names}
            kept[key] = Scope(names, self.by_hand.program.functions, self.by_hand.outside)
            self.relations.let_partials_be_found(kept[key], forward)
        return kept[key]

    def _path(self, i: int) -> Change | None:
        claim = self.check.claims[i]
        if claim is None or claim.kind != "gradient":
            return None
        before = [j for j in self.own if j < i]
        runs = [(forward, self.trace(forward, before).values[i]) for _, forward in self.runs]
        return path_at_fault(claim.by, self.check.lines[i].expression, runs, self.check.setting.names)

    # -- where it shows ------------------------------------------------------------------------------------

    def simplest_point(self, i: int) -> tuple[Point, int, Any] | None:
        """The simplest point found at which a line is wrong, the line that shows it, and how it differs."""
        before = [j for j in self.own if j < i]
        target = self._shown_by(i)[0]

        def value(forward: Forward) -> Any:
            return self.trace(forward, before).values[target]

        def shows(point: Point) -> bool:
            forward = finite_run(self.check.setting, point)
            if forward is None:
                return False
            try:
                found = self.check.differs(target, value(forward), forward)
            except DerivationError:
                return False
            if found is None or not math.isfinite(found.engines):
                return False
            if found.shapes is not None:
                return True
            if not math.isfinite(found.yours):
                return i in self.errors
            return abs(found.yours - found.engines) > 1e-3 * max(abs(found.yours), abs(found.engines))

        for point, forward in self.runs:
            if self.check.differs(target, value(forward), forward) is not None:
                if len(self.runs) > 1 and shows(point):
                    point, _ = simplest(point, shows, self.check.kept if len(flatten(point)) > 60 else ())
                forward = self.check.setting.run(point)
                return point, target, self.check.differs(target, value(forward), forward)
        return None


def _in_shape_of(mine: Any, right: Any) -> Any:
    """What is right, in the shape that the line gives it, so that the lines after it go on working."""
    right = arrayed(right)
    if mine is None:
        return right
    shape, array = shape_of(mine), as_array(right)
    fits = array.ndim > 0 and array.shape != shape and array.size == math.prod(shape)
    return array.reshape(shape) if fits else right
