"""Power series, a number type for the rules of the table, computed a coefficient at a time.

The chain rule gives a coefficient of y from those of the row's partial derivatives below it, and these take
those of y below them: so a rule may speak of y itself (exp), or of a row whose rule speaks of y again (sin
and cos, tanh and sech2). Coefficients are worked out when they are asked for, and the same row of the same
operands is one series, so that such a circle closes; n coefficients of an operator then cost O(n²).
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import Any

from engine.autograd.masking import NOTHING, is_nothing
from engine.node.functions import call, call_on_sequence
from engine.ops import OPERATORS
from engine.ops.op import LEAF, Op
from engine.ops.overloads import Ordered
from engine.transforms.power_series_rules import Coefficient, recurrence

__all__ = ["Series", "Tape"]

_NEG = OPERATORS["neg"]


class Tape:
    """The series that one computation made so far, by row and operands.

    Args:
        numeric: whether coefficients are floats; else they may be Values.
    """

    def __init__(self, numeric: bool = True) -> None:
        self.numeric = numeric
        self.made: dict[tuple[int, ...], Series] = {}
        self.constants: dict[float, Series] = {}

    def constant(self, number: Any, is_literal_zero: bool = False) -> Series:
        """The series of a number that does not depend on anything; the literal 0 has one of its own."""
        if is_literal_zero or number.__class__ is not float:
            return Series(self, [number], is_constant=True, is_literal_zero=is_literal_zero)
        if number not in self.constants:
            self.constants[number] = Series(self, [number], is_constant=True)
        return self.constants[number]

    def apply(self, row: Op, operands: Sequence[Series], value: Any = None) -> Series:
        """The series of a row of the table on series.

        Args:
            row: the operator, its static operands baked in.
            operands: the series.
            value: the first coefficient, if it is known already.
        """
        key = (id(row), *map(id, operands))
        found = self.made.get(key)
        if found is None:
            found = self.made[key] = Series(self, [] if value is None else [value], row, operands)
            if row is _NEG:
                self.made[id(row), id(found)] = operands[0]  # --x is x, and closes the circle of sigmoid
        return found

    def convolve(self, a: Sequence[Any], b: Sequence[Any], k: int, start: int) -> Any:
        """Σ a_j·b_(k-j) for j from start to k."""
        left, right = a[start : k + 1], b[k - start :: -1] if k >= start else ()
        if self.numeric:
            total = sum(map(mul, left, right))
            if total and total - total == 0.0:  # a zero may be nothing, and nothing may have met infinity
                return total
        total = NOTHING
        for x, y in zip(left, right, strict=True):
            if not (is_nothing(x) or is_nothing(y)):
                total = total + x * y
        return total


class Series(Ordered["Series"]):
    """A power series: a row of the table on other series, or known coefficients.

    Args:
        tape: what it belongs to.
        known: coefficients, as many as are known.
        row: the operator that made it, and ``operands``, its operands; else there is nothing from there on.
        is_constant: whether all coefficients but the first are nothing.
        is_literal_zero: whether it is the number 0, written as a number.

    >>> from engine import exp
    >>> tape = Tape()
    >>> x = Series(tape, [0.0, 1.0])
    >>> [exp(x).coefficient(k) for k in range(4)]
    [1.0, 1.0, 0.5, 0.16666666666666666]
    """

    __slots__ = ("_next", "is_constant", "is_literal_zero", "known", "operands", "row", "tape", "weighted")

    def __init__(
        self,
        tape: Tape,
        known: list[Any],
        row: Op = LEAF,
        operands: Sequence[Series] = (),
        is_constant: bool = False,
        is_literal_zero: bool = False,
    ) -> None:
        self.tape = tape
        self.known = known
        self.row = row
        self.operands = operands
        self.is_constant = is_constant
        self.is_literal_zero = is_literal_zero
        self.weighted: list[Any] = []
        self._next: Coefficient | None = None

    def __repr__(self) -> str:
        return f"Series({self.known})"

    def _number(self) -> float:
        first = self.coefficient(0)
        return float(getattr(first, "data", first))

    def _apply(self, row: Op, operands: Sequence[Any]) -> Series:
        row, operands = row.bind_plain(operands, Series)
        return self.tape.apply(
            row, [x if isinstance(x, Series) else self.tape.constant(float(x)) for x in operands]
        )

    def coefficient(self, k: int) -> Any:
        """The coefficient of order k; those below are worked out first."""
        known = self.known
        while len(known) <= k:
            if self.row is LEAF:
                known.append(NOTHING)
            elif not known:
                values = [x.coefficient(0) for x in self.operands]
                over_sequence = self.row.arity is None
                known.append(
                    call_on_sequence(self.row, values) if over_sequence else call(self.row, tuple(values))
                )
            else:
                if self._next is None:
                    self._next = recurrence(self)
                known.append(self._next(len(known)))
        return known[k]

    def derivative(self, k: int) -> list[Any]:
        """The numbers j·x_j for j = 0 … k: the coefficients of the derivative, moved up by one."""
        self.coefficient(k)
        weighted = self.weighted
        for j in range(len(weighted), k + 1):
            weighted.append(j * self.known[j] if j else NOTHING)
        return weighted
