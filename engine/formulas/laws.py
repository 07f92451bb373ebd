"""Simplifies a formula for reading: what keeps floats from harm is left out, and known constants get names.

Each law stands in the comment above the line that applies it. They hold in mathematics, not in floats: what
is simplified is read by people and never computed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from engine.formulas.symbol import BINARY, Symbol, number, parse

__all__ = ["NOTATIONS", "Notation", "simplified"]

_TINIEST, _HUGE = 5e-324, 1e300

_LOG_2, _LOG_10 = (Symbol("call", "log", number(base)) for base in (2.0, 10.0))

_CONSTANTS = {
    math.log(2.0): _LOG_2,
    math.log(10.0): _LOG_10,
    1.0 / math.log(2.0): 1 / _LOG_2,
    1.0 / math.log(10.0): 1 / _LOG_10,
}


class Notation(NamedTuple):
    """How a row is written.

    Attributes:
        operands: their names.
        text: its value, as a formula of them.
        latex: its name or form in LaTeX.
        defaults: the values of the last operands, where they are left out.
    """

    operands: tuple[str, ...]
    text: str
    latex: str = ""
    defaults: tuple[float, ...] = ()

    def reading(self) -> Symbol | None:
        """The value as a formula; None where the text is prose."""
        return parse(self.text)

    def is_arithmetic(self) -> bool:
        """Whether the row is one of Python's operators on numbers, written as such: ``a + b``, ``-x``."""
        found = self.reading()
        if found is None or found.kind not in (*BINARY, "neg"):
            return False
        return [part.parts[0] for part in found.operands] == [*self.operands]


NOTATIONS: dict[str, Notation] = {}
"""How the rows of the table are written, by name; the table fills it in."""


def simplified(formula: Symbol) -> Symbol:
    """A formula as a person would write it.

    >>> simplified(parse("1.0 / (3.0 * y * y)")) == parse("1 / (3 * y**2)")
    True
    """
    if not formula.operands:
        value = formula.parts[0]
        return _CONSTANTS.get(value, formula) if formula.kind == "number" else formula
    formula = formula.with_parts(simplified)
    if formula.kind == "where":
        return _choice(*formula.operands)
    if formula.kind == "call":
        return _call(formula)
    if formula.kind == "neg":
        return _negated(*formula.operands)
    return _arithmetic(formula) if formula.kind in BINARY else formula


def _is(x: Symbol, value: float) -> bool:
    return x.kind == "number" and bool(x.parts[0] == value)


def _negated(x: Symbol) -> Symbol:
    if x.kind == "number":  # -(2) -> -2
        return number(-x.parts[0])
    return x.operands[0] if x.kind == "neg" else -x  # --x -> x


def _choice(condition: Symbol, a: Symbol, b: Symbol) -> Symbol:
    if condition.kind == "call" and condition.parts[0] in NOTATIONS:
        test = _written_out(condition)
        # where(greater(a, b), …) -> where(a > b, …), of every row whose text is "1 if … else 0"
        if test.kind == "where" and _is(test.operands[1], 1.0) and _is(test.operands[2], 0.0):
            condition = test.operands[0]
    # where(x == x, a, b) -> a
    if (
        condition.kind == "compare"
        and condition.parts[1] == "=="
        and condition.parts[0] == condition.parts[2]
    ):
        return a
    # where(in the domain, a, nan) -> a
    if b.kind == "number" and math.isnan(b.parts[0]):
        return a
    return Symbol("where", condition, a, b)


def _written_out(call: Symbol) -> Symbol:
    """A call of a row as the formula that its text is; the call where it is prose."""
    name, *operands = call.parts
    notation = NOTATIONS[name]
    formula = notation.reading()
    missing = len(notation.operands) - len(operands)
    operands += map(number, notation.defaults[len(notation.defaults) - missing :])
    return call if formula is None else formula.put(dict(zip(notation.operands, operands, strict=True)))


def _call(call: Symbol) -> Symbol:
    name, *operands = call.parts
    # max(h, the smallest number) -> h; min(h, the largest) -> h
    for bound, which in ((_TINIEST, "maximum"), (_HUGE, "minimum")):
        if name == which and _is(operands[1], bound):
            return operands[0]  # type: ignore[no-any-return]
    # pow(x, n) -> x**n, of every row that Python has a sign for
    if name in NOTATIONS and NOTATIONS[name].is_arithmetic():
        return simplified(_written_out(call))
    return call


def _arithmetic(formula: Symbol) -> Symbol:
    a, b = formula.operands
    match formula.kind:
        case "+" | "-" if _is(b, 0.0):  # x + 0 -> x; x - 0 -> x
            return a
        case "*" if _is(a, 1.0):  # 1 * x -> x
            return b
        case "*" | "/" | "**" if _is(b, 1.0):  # x * 1 -> x; x / 1 -> x; x**1 -> x
            return a
        case "*" if _is(a, -1.0):  # -1 * x -> -x
            return _negated(b)
        case "*" if b.kind == "*":  # a * (b * c) -> a * b * c
            return a * b.operands[0] * b.operands[1]
        case "*" if a == b:  # x * x -> x**2
            return a**2
        case "*" if a.kind == "neg" and a.operands[0] == b:  # -x * x -> -x**2
            return -(b**2)
        case "*" if a.kind == "*" and a.operands[1] == b:  # c * x * x -> c * x**2
            return a.operands[0] * b**2
        case "/" if _is(a, 0.5):  # 0.5 / x -> 1 / (2 * x)
            return 1 / (2 * b)
        case "/" if a.kind == "/" and _is(a.operands[0], 1.0):  # 1 / a / x -> 1 / (a * x)
            return 1 / (a.operands[1] * b)
    return formula
