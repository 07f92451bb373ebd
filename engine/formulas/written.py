"""Formulas as text: one writer, to which Python, plain text and LaTeX are dialects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from engine.formulas.symbol import BINARY, Symbol

__all__ = ["CHOICE", "COMPARISON", "PRODUCT", "PYTHON", "TEXT", "Dialect", "Form", "digits", "written"]

CHOICE, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(7)
"""How tightly parts hold together; what holds less than its place asks for gets parentheses."""


class Form(NamedTuple):
    """How one kind of node is written.

    Attributes:
        text: with a pair of braces for each operand.
        holds: how tightly the whole holds together.
        places: what the places of the operands ask for.
    """

    text: str
    holds: int
    places: tuple[int, ...]


class Dialect(NamedTuple):
    """How formulas are written.

    Attributes:
        forms: by kind of node.
        parentheses: around what holds less than its place asks for, and around operands of a call.
        name: a name, or a number that stands as one.
        call: a call, of its name and its operands: text and how tightly it holds.
        choice: a choice of the operands, where it is not by its form.
        signs: the signs of comparisons that are written in another way.
    """

    forms: dict[str, Form]
    parentheses: str
    name: Callable[[str], str]
    call: Callable[[str, list[str]], tuple[str, int]]
    choice: Callable[[Symbol], tuple[str, int] | None] = lambda formula: None
    signs: Mapping[str, str] = {}


def written(formula: Symbol, dialect: Dialect, place: int = CHOICE) -> str:
    """A formula as text, in parentheses where its place asks for them.

    >>> from engine.formulas.symbol import parse
    >>> written(parse("(1 - y) * y**2"), TEXT), written(parse("2 ** -x"), PYTHON)
    ('(1 - y)·y**2', '2**(-x)')
    """
    text, holds = _written(formula, dialect)
    return dialect.parentheses.format(text) if holds < place else text


def _written(formula: Symbol, dialect: Dialect) -> tuple[str, int]:
    match formula.kind:
        case "name":
            return dialect.name(formula.parts[0]), ATOM
        case "number":
            text = digits(formula.parts[0])
            size = dialect.name(text.removeprefix("-"))
            return (f"-{size}", dialect.forms["neg"].holds) if text.startswith("-") else (size, ATOM)
        case "call":
            called, *operands = formula.parts
            return dialect.call(called, [written(x, dialect) for x in operands])
        case "compare":
            signs = dialect.signs
            parts = [
                signs.get(p, p) if isinstance(p, str) else written(p, dialect, SUM) for p in formula.parts
            ]
            return " ".join(parts), COMPARISON
    if formula.kind == "where" and (found := dialect.choice(formula)):
        return found
    form = dialect.forms[formula.kind]
    operands = [written(x, dialect, at) for x, at in zip(formula.operands, form.places, strict=True)]
    return form.text.format(*operands), form.holds


def digits(value: float) -> str:
    """A number to six digits.

    >>> digits(2.0), digits(0.1), digits(1 / 3)
    ('2', '0.1', '0.333333')
    """
    return f"{value + 0.0:.6g}"  # + 0.0 makes a negative zero a plain one


def _call(name: str, operands: list[str]) -> tuple[str, int]:
    return f"{name}({', '.join(operands)})", ATOM


def _of_python(times: str) -> Dialect:
    forms = {sign: Form(f"{{}} {sign} {{}}", PRODUCT, (PRODUCT, SIGN)) for sign in BINARY}
    forms |= {sign: Form(f"{{}} {sign} {{}}", SUM, (SUM, PRODUCT)) for sign in "+-"}
    forms |= {
        "*": Form(f"{{}}{times}{{}}", PRODUCT, (PRODUCT, SIGN)),
        "**": Form("{}**{}", POWER, (ATOM, POWER)),
        "neg": Form("-{}", SIGN, (SIGN,)),
        "where": Form("{1} if {0} else {2}", CHOICE, (COMPARISON, COMPARISON, CHOICE)),
    }
    return Dialect(forms, "({})", str, _call)


PYTHON = _of_python(" * ")
"""As in a program."""

TEXT = _of_python("·")
"""As in the explanation of a gradient."""
