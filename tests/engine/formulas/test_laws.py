"""Laws by which formulas are simplified for reading; each is held against the numbers, too."""

import math

import pytest

import engine  # noqa: F401 - the table fills in the notations
from engine.formulas.laws import NOTATIONS, simplified
from engine.formulas.symbol import SYMBOLS, name, parse
from engine.formulas.written import PYTHON, written
from tests.engine.formula_reader import computed

M, X, Y = SYMBOLS, name("x"), name("y")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (X + 0, "x"),
        (X - 0, "x"),
        (1 * X, "x"),
        (X * 1, "x"),
        (X / 1, "x"),
        (X**1, "x"),
        (-1 * X, "-x"),
        (-1 * (-1 * X), "x"),
        (X * X, "x**2"),
        (-X * X * Y, "-x**2 * y"),
        (3 * Y * Y, "3 * y**2"),
        (X * (Y * 2), "x * y * 2"),
        (0.5 / Y, "1 / (2 * y)"),
        (1 / math.log(2.0) / X, "1 / (log(2) * x)"),
        (Y * math.log(10.0), "y * log(10)"),
        (M.pow(X, 2), "x**2"),
        (M.neg(M.add(X, Y)), "-(x + y)"),
        (M.floor_divide(X, Y), "x // y"),
        (M.exp(X) * 1, "exp(x)"),
        # guards, which are there for floats
        (M.where(M.greater_equal(X, 0), 1 / (X + 0.0), math.nan), "1 / x"),
        (M.where(M.equal(Y, Y), 0.0, math.nan), "0"),
        (M.where(M.equal(Y, Y), X, Y), "x"),
        (X / M.maximum(Y, 5e-324), "x / y"),
        (M.minimum(X, 1e300) * 2, "x * 2"),
        # choices
        (M.where(M.greater(X, Y), 1, 2), "1 if x > y else 2"),
        (M.where(M.step(X), 1, 2), "1 if x > 0 else 2"),
        (M.where(M.step(X, 3), 1, 2), "1 if x > 3 else 2"),
        (M.where(X, 1, 0), "1 if x else 0"),
    ],
)
def test_law(formula, expected) -> None:
    found = simplified(formula)
    assert written(found, PYTHON) == expected
    names = {"x": 1.5, "y": 0.25}
    assert computed(found, names) == pytest.approx(computed(formula, names), rel=1e-15)


@pytest.mark.parametrize(
    "text", ["1 + x", "x * y", "x / y", "exp(x)", "maximum(x, 1)", "x - y", "1 if x < y else b"]
)
def test_what_no_law_is_about_stays(text) -> None:
    assert simplified(parse(text)) == parse(text)


def test_a_simplified_formula_stays_as_it_is() -> None:
    once = simplified(-X * X * Y + 0.5 / Y)
    assert simplified(once) == once


@pytest.mark.parametrize(
    ("row", "arithmetic"),
    [("add", True), ("neg", True), ("pow", True), ("floor_divide", True), ("abs", False), ("sqrt", False)],
)
def test_arithmetic_is_what_a_row_writes_of_its_operands_in_order(row, arithmetic) -> None:
    assert NOTATIONS[row].is_arithmetic() is arithmetic
