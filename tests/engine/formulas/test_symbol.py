"""Symbols: rules run on them leave their formula, operation for operation; texts are read as formulas."""

import math

import pytest

from engine.formulas.symbol import SYMBOLS, Symbol, as_symbol, name, number, parse

X, Y = name("x"), name("y")


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (lambda m: X + 1, "x + 1.0"),
        (lambda m: 1 - X, "1.0 - x"),
        (lambda m: X * Y / 2, "x * y / 2.0"),
        (lambda m: 2 ** (X % 3) // Y, "2.0 ** (x % 3.0) // y"),
        (lambda m: -X, "-x"),
        (lambda m: m.exp(X) + m.hypot(X, 2), "exp(x) + hypot(x, 2.0)"),
        (lambda m: m.max([X, Y]), "max(x, y)"),
        (lambda m: m.where(X, Y, 0), "y if x else 0.0"),
    ],
)
def test_arithmetic_and_rows_are_written_down(rule, text) -> None:
    assert rule(SYMBOLS) == parse(text)


def test_nothing_is_simplified() -> None:
    assert (X * 1 + 0).size == 5


def test_equal_formulas_are_equal_and_hash_alike() -> None:
    first, second = SYMBOLS.exp(X) * 2, SYMBOLS.exp(name("x")) * 2
    assert first == second
    assert len({first, second, X, name("x"), Y}) == 3
    assert X != "x"


@pytest.mark.parametrize(("a", "b", "same"), [(0.0, -0.0, False), (math.nan, math.nan, True), (1, 1.0, True)])
def test_numbers_are_told_apart_by_their_bits(a, b, same) -> None:
    assert (number(a) == number(b)) is same


def test_a_rule_that_branches_is_told_of_where() -> None:
    with pytest.raises(TypeError, match=r"rules do not branch, they use m\.where"):
        1.0 if X else 0.0  # noqa: B018 - deciding is the claim


def test_size_counts_names_numbers_and_operators() -> None:
    assert [each.size for each in (X, X + 1, SYMBOLS.exp(X), parse("1 - y**2"))] == [1, 3, 3, 5]


def test_names_are_replaced_within_and_the_formula_stays() -> None:
    formula = SYMBOLS.where(X, X + Y, 2)
    assert formula.put({"x": Y}) == SYMBOLS.where(Y, Y + Y, 2)
    assert formula == SYMBOLS.where(X, X + Y, 2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a // b", "//"),
        ("-x", "neg"),
        ("1 if low <= x <= high else 0", "where"),
        ("low <= x", "compare"),
        ("hypot(a, 1)", "call"),
        ("a % b, with the sign of b", "%"),
        ("step(x), 0 at 0", "call"),
        ("xi / y, 0 at 0", "/"),
    ],
)
def test_texts_are_read_up_to_a_remark(text, kind) -> None:
    assert parse(text).kind == kind


@pytest.mark.parametrize(
    "text", ["|x|", "the largest", "x1 + … + xn", "x.y", "f(x=1)", "[x]", "x @ y", "'x'", "x is y", "", "1j"]
)
def test_what_is_no_formula_is_none(text) -> None:
    assert parse(text) is None


def test_numbers_become_symbols() -> None:
    assert as_symbol(2) == number(2.0)
    assert as_symbol(X) is X
    assert repr(X + 1) == "Symbol('+', Symbol('name', 'x'), Symbol('number', 1.0))"
    assert isinstance(X, Symbol)
