"""Partials of rows as formulas: from the texts where they are given, else read from the rules."""

from dataclasses import replace

import pytest

from engine.formulas.partials import partial_formula, partial_texts
from engine.formulas.written import PYTHON, written
from engine.ops import OPERATORS

WHOLLY_READ = {name: replace(row, partial_text=()) for name, row in OPERATORS.items()}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("exp", ("y",)),
        ("exp2", ("y * log(2)",)),
        ("log", ("1 / x",)),
        ("sqrt", ("1 / (2 * y)",)),
        ("cbrt", ("1 / (3 * y**2)",)),
        ("tan", ("1 + y**2",)),
        ("asin", ("1 / sqrt((1 - x) * (1 + x))",)),
        ("hypot", ("a / y", "b / y")),
        ("div", ("1 / b", "-y / b")),
        ("gaussian", ("-2 * k * x * y", "-x**2 * y")),
        ("where", ("0", "1 if condition else 0", "0 if condition else 1")),
        ("leaky_relu", ("1 if x > 0 else alpha", "minimum(x, 0)")),
        ("floor", ("0",)),
        ("sum", ("1",)),
        ("tanh", ("sech2(x)",)),
    ],
)
def test_rules_are_read_without_their_guards(row, expected) -> None:
    assert partial_texts(WHOLLY_READ[row]) == expected


def test_texts_of_the_row_come_before_its_rules_one_by_one() -> None:
    assert partial_texts(OPERATORS["tanh"]) == ("1 - y**2",)
    assert partial_texts(replace(OPERATORS["div"], partial_text=("", "-a / b**2"))) == ("1 / b", "-a / b**2")


@pytest.mark.parametrize("n", [0.0, 1.0, 2.0, 3.0, -1.0, 0.5])
def test_a_constant_exponent_stands_in_the_formula(n) -> None:
    expected = {0.0: "0", 1.0: "1", 2.0: "2 * x", 3.0: "3 * x**2", -1.0: "-x**(-2)", 0.5: "0.5 * x**(-0.5)"}
    assert partial_texts(OPERATORS["pow"].bind(n)) == (expected[n],)


@pytest.mark.parametrize(
    ("row", "i", "count", "expected"),
    [
        ("dot", 0, 6, "b[0]"),
        ("dot", 4, 6, "a[1]"),
        ("dot", 999, 1000, "a[499]"),
        ("prod", 1, 3, "xs[0] * xs[2]"),
        ("prod", 0, 1, "1"),
        ("prod", 0, 2000, None),  # too long to be shown
        ("norm", 0, 3, "xi / y"),
        ("logsumexp", 2, 3, "exp(xi - y)"),
        ("max", 0, 3, None),  # described in words
        ("mod", 1, 2, "-floor(a / b)"),
    ],
)
def test_formula_by_one_operand(row, i, count, expected) -> None:
    found = partial_formula(OPERATORS[row], i, count)
    assert (found if found is None else written(found, PYTHON)) == expected


def test_a_row_without_rules_has_no_formula() -> None:
    assert partial_formula(replace(OPERATORS["tanh"], partials=(), partial_text=()), 0, 1) is None
    assert partial_formula(replace(OPERATORS["tanh"], partial_text=("the derivative by x",)), 0, 1) is None
