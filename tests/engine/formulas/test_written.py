"""The writer of formulas: parentheses where they are needed, and nowhere else."""

import ast
import math

import pytest

from engine.formulas.symbol import name, number, parse
from engine.formulas.written import PRODUCT, PYTHON, TEXT, digits, written
from tests.engine.formula_reader import computed

FORMULAS = [
    "a + b - c",
    "a - (b - c)",
    "(a + b) * c",
    "a * (b * c)",
    "a / (b / c)",
    "a / b / c",
    "a * -b",
    "-(a + b)",
    "-a * b",
    "-a**2",
    "(-a)**2",
    "(a + b)**2",
    "a**b**2",
    "(a**b)**2",
    "2**(-a)",
    "a % b // c",
    "1 if a > b else 0",
    "(1 if a > b else 0) * c",
    "a if b < c <= 3 else b if a > c else c",
    "exp(a + b) * hypot(a, b)",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_python_reads_back_what_was_written(text) -> None:
    """Once by our own reader, once by Python's."""
    shown = written(parse(text), PYTHON)
    assert parse(shown) == parse(text)
    assert ast.dump(ast.parse(shown)) == ast.dump(ast.parse(text))
    assert len(shown) <= len(text)
    assert math.isfinite(computed(parse(shown), {"a": 1.5, "b": 0.5, "c": 2.0}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a * b * c", "a·b·c"), ("2 * (a + b)", "2·(a + b)"), ("a / b**-0.5", "a / b**(-0.5)")],
)
def test_text_has_points_for_products(text, expected) -> None:
    assert written(parse(text), TEXT) == expected


def test_a_place_asks_for_parentheses() -> None:
    assert written(parse("a + b"), TEXT, PRODUCT) == "(a + b)"
    assert written(parse("a * b"), TEXT, PRODUCT) == "a·b"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(2.0, "2"), (-0.0, "0"), (1 / 3, "0.333333"), (1e-20, "1e-20"), (math.inf, "inf"), (math.nan, "nan")],
)
def test_numbers_have_six_digits(value, expected) -> None:
    assert digits(value) == expected


def test_a_negative_number_is_a_negation() -> None:
    assert written(number(-2.0) ** name("x"), PYTHON) == "(-2)**x"
    assert written(name("x") ** number(-2.0), PYTHON) == "x**(-2)"
    assert written(number(-2.0) * name("x"), PYTHON) == "-2 * x"
