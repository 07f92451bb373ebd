"""Power series that run through the rules of the table, a coefficient at a time.

By the chain rule y' = p·x', where p is the partial derivative that the operator's rule makes of y and x. With
series for numbers that is k·y_k = Σ j·x_j·p_(k-j), summed over j = 1 … k. A coefficient of y takes only those
of p below it, and these take those of y below them: so a rule may speak of y itself (exp), or of a row whose
rule speaks of y again (sin and cos, tanh and sech2). Coefficients are worked out when they are asked for, and
the same row of the same operands is one series, so that such a circle closes; n coefficients of an operator
then cost O(n²). Rows whose rule leads to ever new series, as powers and quotients, have recurrences of their
own (Griewank and Walther, "Evaluating Derivatives", chapter 13; Knuth, TAOCP volume 2, section 4.7).

Glossary: ``a``, ``b``, ``x`` operands, ``y`` the result, ``k`` the order of the coefficient at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import mul
from typing import Any

from engine.derive import ROWS
from engine.floats import divide
from engine.forward import vanishes
from engine.functions import call, call_on_sequence
from engine.node import Value
from engine.op import LEAF, Op
from engine.ops import OPERATORS
from engine.overloads import Overloads

__all__ = ["Series", "Tape"]

Coefficient = Callable[[int], Any]
"""The coefficient of an order, where those of all orders below are known."""

_LARGEST_PRODUCT = 1024
"""Whole powers up to this one are products; a recurrence would divide by the base."""


class Tape:
    """The series that one computation made so far, by row and operands.

    Args:
        numeric: whether coefficients are floats; else they may be Values.
    """

    def __init__(self, numeric: bool = True) -> None:
        self.numeric = numeric
        self.made: dict[tuple[int, ...], Series] = {}
        self.constants: dict[float, Series] = {}

    def constant(self, number: Any) -> Series:
        """The series of a number that does not depend on anything."""
        found = self.constants.get(number) if number.__class__ is float else None
        if found is None:
            found = Series(self, [number], is_constant=True)
            if number.__class__ is float:
                self.constants[number] = found
        return found

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
            if total - total == 0.0:  # finite; else by the zero rule
                return total
        total = 0.0
        for x, y in zip(left, right, strict=True):
            if not (vanishes(x, y) or vanishes(y, x)):
                total = total + x * y
        return total


class Series(Overloads):
    """A power series: a row of the table on other series, or known coefficients.

    Args:
        tape: what it belongs to.
        known: coefficients, as many as are known.
        row: the operator that made it, and ``operands``, its operands; else it is zero from there on.
        is_constant: whether all coefficients but the first are zero.

    >>> tape = Tape()
    >>> x = Series(tape, [0.0, 1.0])
    >>> [ROWS.exp(x).coefficient(k) for k in range(4)]
    [1.0, 1.0, 0.5, 0.16666666666666666]
    """

    __slots__ = ("_next", "is_constant", "known", "operands", "row", "tape", "weighted")

    def __init__(
        self,
        tape: Tape,
        known: list[Any],
        row: Op = LEAF,
        operands: Sequence[Series] = (),
        is_constant: bool = False,
    ) -> None:
        self.tape = tape
        self.known = known
        self.row = row
        self.operands = operands
        self.is_constant = is_constant
        self.weighted: list[Any] = []
        self._next: Coefficient | None = None

    def __repr__(self) -> str:
        return f"Series({self.known})"

    def _apply(self, row: Op, operands: Sequence[Any]) -> Series:
        if row.static and not any(isinstance(x, Series) for x in operands[-row.static :]):
            baked = map(float, operands[-row.static :])
            row, operands = row.bind(*baked), operands[: -row.static]
        return self.tape.apply(
            row, [x if isinstance(x, Series) else self.tape.constant(float(x)) for x in operands]
        )

    def coefficient(self, k: int) -> Any:
        """The coefficient of order k; those below are worked out first."""
        known = self.known
        while len(known) <= k:
            if self.row is LEAF:
                known.append(0.0)
            elif not known:
                values = [x.coefficient(0) for x in self.operands]
                over_sequence = self.row.arity is None
                known.append(
                    call_on_sequence(self.row, values) if over_sequence else call(self.row, tuple(values))
                )
            else:
                if self._next is None:
                    self._next = _RECURRENCES.get(self.row.name, _by_rule)(self)
                known.append(self._next(len(known)))
        return known[k]

    def derivative(self, k: int) -> list[Any]:
        """The numbers j·x_j for j = 0 … k: the coefficients of the derivative, moved up by one."""
        self.coefficient(k)
        weighted = self.weighted
        for j in range(len(weighted), k + 1):
            weighted.append(j * self.known[j] if j else 0.0)
        return weighted


def _by_rule(y: Series) -> Coefficient:
    """y' = Σ p·x' over the operands."""
    terms = list(zip(y.operands, y.row.slopes(ROWS, y, y.operands), strict=True))
    constant = [(x, p) for x, p in terms if not isinstance(p, Series)]
    varying = [(x, p) for x, p in terms if isinstance(p, Series) and not x.is_constant]

    def coefficient(k: int) -> Any:
        total: Any = 0.0
        for x, p in varying:
            p.coefficient(k - 1)
            total = total + y.tape.convolve(x.derivative(k), p.known, k, 1)
        total = total / k
        for x, p in constant:
            of_x = x.coefficient(k)
            if not (vanishes(p, of_x) or vanishes(of_x, p)):
                total = total + p * of_x
        return total

    return coefficient


def _product(y: Series) -> Coefficient:
    a, b = y.operands

    def coefficient(k: int) -> Any:
        a.coefficient(k)
        b.coefficient(k)
        return y.tape.convolve(a.known, b.known, k, 0)

    return coefficient


def _dot(y: Series) -> Coefficient:
    half = len(y.operands) // 2
    products = [_pair(y.tape, a, b) for a, b in zip(y.operands[:half], y.operands[half:], strict=True)]
    return lambda k: _sum(product.coefficient(k) for product in products)


def _prod(y: Series) -> Coefficient:
    """A product after the other; each is told to go on in turn, so that many of them do not recurse."""
    products = [*y.operands[:1]]
    for x in y.operands[1:]:
        products.append(_pair(y.tape, products[-1], x))
    return lambda k: [product.coefficient(k) for product in products][-1]


def _quotient(y: Series) -> Coefficient:
    """From y·b = a."""
    a, b = y.operands

    def coefficient(k: int) -> Any:
        b.coefficient(k)
        rest = a.coefficient(k) - y.tape.convolve(b.known, y.known, k, 1)
        if rest.__class__ is float:
            if rest == 0.0:
                return 0.0  # the zero rule
            if b.known[0].__class__ is float:
                return divide(rest, b.known[0])
        return rest / b.known[0]

    return coefficient


def _power(y: Series) -> Coefficient:
    """x^r of a constant r: a whole power as products; else from x·y' = r·y·x', unless x begins with 0."""
    if not y.row.baked:
        return _by_rule(y)
    ((r,), (x,)) = y.row.baked, y.operands
    if 2.0 <= r <= _LARGEST_PRODUCT and r.is_integer():
        return _whole_power(x, int(r)).coefficient
    first = _number(x.coefficient(0))
    size = abs(_number(y.coefficient(0)))
    if r in (0.0, 1.0) or first == 0.0 or not 1e-290 < size < 1e290:
        return _by_rule(y)

    def coefficient(k: int) -> Any:
        x.coefficient(k)
        weighted = [0.0, *map(mul, x.known[1 : k + 1], ((r + 1.0) * j - k for j in range(1, k + 1)))]
        return y.tape.convolve(weighted, y.known, k, 1) / (k * x.known[0])

    return coefficient


def _whole_power(x: Series, n: int) -> Series:
    """x^n by squaring."""
    square, result = x, None
    while True:
        if n & 1:
            result = square if result is None else result * square
        n >>= 1
        if not n:
            return result  # type: ignore[return-value]
        square = square * square


def _choice(y: Series) -> Coefficient:
    condition, a, b = y.operands
    return (a if condition.coefficient(0) else b).coefficient


def _pair(tape: Tape, a: Series, b: Series) -> Series:
    return tape.apply(_MUL, (a, b))


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else x


def _sum(numbers: Any) -> Any:
    total: Any = 0.0
    for number in numbers:
        total = total + number
    return total


_MUL, _NEG = OPERATORS["mul"], OPERATORS["neg"]

_RECURRENCES: dict[str, Callable[[Series], Coefficient]] = {
    "mul": _product,
    "dot": _dot,
    "prod": _prod,
    "div": _quotient,
    "pow": _power,
    "where": _choice,
}
"""The rows that do not go by their rule."""
