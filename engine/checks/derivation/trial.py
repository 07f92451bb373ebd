"""A derivation tried: at the given point and at random ones, each line beside what it should give."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.checks.derivation.byhand import ByHand
from engine.checks.derivation.compare import ATOL, Difference, as_array, difference, fitted
from engine.checks.derivation.forward import Forward, shape_of
from engine.checks.derivation.points import finite_run, kept_discrete, longer, sampled, with_number
from engine.checks.derivation.setting import setting_of
from engine.checks.derivation.written.evaluate import names_in
from engine.checks.derivation.written.naming import Claim
from engine.node.backend import Value
from engine.pytree.maps import flatten
from engine.quoting import brief

__all__ = ["Trial"]


class Trial:
    """A derivation run at several points.

    Args:
        f: what is differentiated.
        backward: the derivation.
        args: the point that was given.
        wrt: the names of the arguments, or the Values, whose gradients must be there.
        points: how many random points there are.
        seed: of these.

    Attributes:
        by_hand: the derivation.
        lines: its lines.
        claims: what each of them is said to be, or None.
        runs: the points, the given one first, each with the run of f; its ``beside`` is what the lines gave.
        wanted: the names whose gradients must be there; None if nobody said.
        kept: the targets that are 0 and 1, or probabilities, at all points.
        typical: by line the size of what it should give.
    """

    def __init__(
        self, f: Any, backward: Any, args: tuple[Any, ...], wrt: Any, points: int, seed: int
    ) -> None:
        names, values = _wanted(wrt)
        self.setting = setting_of(f, args, values)
        if names is not None and (unknown := [n for n in names if n not in self.setting.names]):
            raise ValueError(
                f"wrt names {', '.join(unknown)}, and f has {', '.join(self.setting.names)}; give their names"
            )
        self.wanted = self.setting.names if values is not None else names
        first = self.setting.run(self.setting.base)
        if not math.isfinite(first.loss.data):
            raise ValueError(
                f"f is {first.loss.data} at the given point: there is nothing to compare; give a point at "
                "which it is finite"
            )
        again = self.setting.run(self.setting.base)
        if again.loss.data != first.loss.data:
            raise ValueError(
                f"f gives {first.loss.data!r} and then {again.loss.data!r} at the same point: seed the "
                "random numbers within it"
            )
        # while captured Values have the numbers of this run
        self.setting.beside = lambda forward: ByHand(backward, self.setting, forward, self.wanted)
        self.by_hand: ByHand = self.setting.run(self.setting.base).beside
        self.setting.beside = self.by_hand.results
        asked = self.wanted if self.wanted is not None else [*self.by_hand.finals]
        rng = np.random.default_rng(seed)
        self.runs = [(self.setting.base, self.setting.run(self.setting.base))]
        self.runs += sampled(self.setting, asked, rng, points)
        self.kept = kept_discrete(self.setting, asked)
        self.lines = self.by_hand.program.lines
        self.claims = self.by_hand.claims
        self._reread_names()
        self.typical = [self._typical(i) for i in range(len(self.lines))]

    def _reread_names(self) -> None:
        """Steps that seem to be the gradient of data, and are that of another quantity, as dy of y_hat."""
        if self.by_hand.program.returned or self.by_hand.program.unit == "formula" or self.wanted is not None:
            return
        used = {name for line in self.lines for name in names_in(line.expression)}

        def is_gradient(i: int, name: str) -> list[bool]:
            values = [(forward.beside.values[i], forward) for _, forward in self.runs]
            return [v is not None and difference(v, run.adjoint(name), 1.0) is None for v, run in values]

        for name, i in [*self.by_hand.finals.items()]:
            if self.lines[i].name not in used or len(self.by_hand.finals) == 1:
                continue
            if name in self.setting.names and not any(is_gradient(i, name)):
                for other in self.runs[0][1].values:
                    if other not in self.setting.names and all(is_gradient(i, other)):
                        self.claims[i] = Claim("gradient", other)
                        del self.by_hand.finals[name]
                        break

    # -- what is right -----------------------------------------------------------------------------------

    def expected(self, i: int, forward: Forward) -> Any:
        """What a line should give; None where its name does not say, or it is of no number."""
        claim = self.claims[i]
        if claim is None:
            return None
        if claim.kind == "gradient":
            return forward.adjoint(claim.by)
        if claim.kind == "partial":
            return forward.partial(claim.of, claim.by)
        return forward.numbers[claim.by]

    def _typical(self, i: int) -> float:
        """The size of what a line should give, at all points."""
        rights = (self.expected(i, forward) for _, forward in self.runs)
        sizes = np.concatenate([np.zeros(1), *(as_array(x).ravel() for x in rights if x is not None)])
        return float(np.abs(sizes[np.isfinite(sizes)]).max())

    def differs(self, i: int, value: Any, forward: Forward) -> Difference | None:
        """How a result of a line differs from what it should be; None where it does not, or nobody knows."""
        right = self.expected(i, forward)
        if right is None or not np.isfinite(as_array(right)).all():
            return None
        if value is None:
            return Difference("", math.nan, float(as_array(right).ravel()[0]))
        claim = self.claims[i]
        slack = forward.rounding(claim.by) if claim is not None and claim.kind == "gradient" else 0.0
        return difference(value, right, max(self.typical[i], slack / ATOL))

    def first_difference(self, i: int) -> int | None:
        """The number of the first run at which a line is wrong."""
        found = (self.differs(i, forward.beside.values[i], forward) for _, forward in self.runs)
        return next((k for k, apart in enumerate(found) if apart is not None), None)

    def wrong_lengths(self) -> list[int]:
        """Lengths of axes such that the derivation, right as it is, is wrong where these axes are longer.

        So is the factor of a mean over two outputs that was taken for ½. Targets that are probabilities keep
        their lengths.
        """
        point = self.runs[-1][0]
        fixed = {n for name in self.kept for n in shape_of(point[name])}
        sizes = {n for tree in point.values() if isinstance(tree, np.ndarray) for n in tree.shape if n > 1}
        found = []
        for size in sorted(sizes - fixed):
            forward = finite_run(self.setting, longer(point, size))
            if forward is None or forward.beside.error is not None:
                continue
            values = [(i, forward.beside.values[i]) for i in self.by_hand.finals.values()]
            apart = [self.differs(i, value, forward) for i, value in values if value is not None]
            if any(each is not None and each.shapes is None for each in apart):
                found.append(size)
        return found

    def at_kink(self, i: int) -> bool:
        """Whether a gradient, wrong at the given point alone, is one of those that a kink there may have."""
        claim = self.claims[i]
        if claim is None or claim.by not in self.setting.names:
            return False
        (_, here), *others = self.runs
        if any(self.differs(i, forward.beside.values[i], forward) for _, forward in others):
            return False
        right = as_array(self.expected(i, here))
        yours = fitted(as_array(here.beside.values[i]), right)
        if yours is None:
            return False
        for position, (mine, engines) in enumerate(zip(yours.ravel(), right.ravel(), strict=True)):
            if abs(mine - engines) <= 1e-6 * max(abs(mine), abs(engines), self.typical[i]):
                continue
            left, to_right = (self._one_sided(claim.by, position, sign) for sign in (-1, 1))
            slack = 1e-3 * max(abs(left), abs(to_right), abs(mine))
            if not min(left, to_right) - slack <= mine <= max(left, to_right) + slack:
                return False
            if abs(left - to_right) <= slack:
                return False
        return True

    def _one_sided(self, name: str, position: int, sign: int) -> float:
        """The derivative of the loss by one number to one side, from a step and half of it."""
        here = self.runs[0][1].loss.data
        x = flatten(self.setting.base[name])[position]
        found = []
        for h in (1e-4, 5e-5):
            step = sign * h * max(1.0, abs(x))
            point = {**self.setting.base, name: with_number(self.setting.base[name], position, x + step)}
            found.append((self.setting.run(point).loss.data - here) / step)
        return float(2 * found[1] - found[0])


def _wanted(wrt: Any) -> tuple[list[str] | None, list[Value] | None]:
    """The names of ``wrt``, or its Values."""
    if wrt is None:
        return None, None
    items: list[Any] = [wrt] if isinstance(wrt, (str, Value)) else [*wrt]
    if items and all(isinstance(x, str) for x in items):
        return items, None
    if items and all(isinstance(x, Value) for x in items):
        return None, items
    raise TypeError(f"wrt must be names of arguments of f, or Values that it uses; got {brief(wrt)}")
