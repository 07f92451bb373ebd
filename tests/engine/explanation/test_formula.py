"""Formulas read from the operator table: for every row what they say is what the row computes."""

import math

import pytest

from engine import Value
from engine.explanation.formula import formula, is_one, local_gradient, named, plain
from engine.formulas.symbol import number
from engine.node.backend import apply
from engine.ops import OPERATORS
from tests.engine.formula_reader import computed

POINTS = [(row, point) for row in OPERATORS.values() for point in row.points]
PROSE = {"max", "min", "log_softmax"}
"""Rows whose partials are told in words."""


def at(row, point):
    """The node of a row at a point, with names for its operands; static ones as nodes, and baked in."""
    kept = len(point) - row.static
    for operands in {point, point[:kept]} if row.static else {point}:
        nodes = [Value(x) for x in operands]
        node = apply(row, [*nodes, *point[len(operands) :]])
        names = [f"x{i}" for i in range(len(node._children))]
        yield node, names, {name: child.data for name, child in zip(names, node._children, strict=True)}


@pytest.mark.parametrize(("row", "point"), POINTS, ids=[f"{row.name} {point}" for row, point in POINTS])
def test_formulas_of_a_row_are_what_it_computes(row, point) -> None:
    for node, names, numbers in at(row, point):
        operands = [named(name) for name in names]
        shown = formula(node, operands)
        if "…" not in plain(shown):
            assert computed(shown, numbers) == pytest.approx(node.data, rel=1e-5, abs=1e-300)
        for slot, slope in enumerate(node._local_grads):
            symbol = local_gradient(node, slot, operands, named("y"))
            if row.name in PROSE:
                assert symbol is None
                continue
            assert symbol is not None
            found = computed(symbol, {**numbers, "y": node.data})
            assert found == pytest.approx(slope, rel=1e-4, abs=1e-12), plain(symbol)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda a, b: a + b, "a + b"),
        (lambda a, b: a * 2 - b, "v - b"),
        (lambda a, b: -a, "-a"),
        (lambda a, b: a**2, "a**2"),
        (lambda a, b: a**-0.5, "a**(-0.5)"),
        (lambda a, b: a**b, "a**b"),
        (lambda a, b: 2**a, "2**a"),
        (lambda a, b: a % b, "a % b"),
        (lambda a, b: a // b, "a // b"),
        (lambda a, b: a.relu(), "relu(a)"),
        (lambda a, b: a.leaky_relu(), "leaky_relu(a)"),
        (lambda a, b: a.leaky_relu(0.2), "leaky_relu(a, 0.2)"),
        (lambda a, b: abs(a), "abs(a)"),
        (lambda a, b: Value(1.0, (a,), "thrice"), "thrice(a)"),
        (lambda a, b: Value(1.0, (a, b), "+"), "a + b"),
        (lambda a, b: Value(1.0, (a, b), (1.0, 2.0)), "f(a, b)"),
    ],
)
def test_node_reads_as_it_was_written(make, expected) -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    node = make(a, b)
    names = [named(child.label) if child.label else number(child.data) for child in node._children]
    if expected == "v - b":
        names[0] = named("v")
    assert plain(formula(node, names)) == expected


def test_long_sequences_are_cut() -> None:
    node = OPERATORS["sum"]
    xs = [Value(float(i)) for i in range(20)]
    shown = plain(formula(apply(node, xs), [named(f"x{i}") for i in range(20)]))
    assert shown == "sum(x0, x1, x2, x3, x4, …)"


def test_dot_and_prod_are_spelled_out() -> None:
    a, b, c, d = (Value(x) for x in (1.0, 2.0, 3.0, 4.0))
    names = [named(name) for name in "abcd"]
    dot, prod = apply(OPERATORS["dot"], [a, b, c, d]), apply(OPERATORS["prod"], [a, b, c, d])
    assert plain(formula(dot, names)) == "a·c + b·d"
    assert [plain(local_gradient(dot, i, names, named("y"))) for i in range(4)] == ["c", "d", "a", "b"]
    assert plain(formula(prod, names)) == "a·b·c·d"
    assert plain(local_gradient(prod, 1, names, named("y"))) == "a·c·d"


def test_node_by_hand_has_no_formula_for_its_slopes() -> None:
    a = Value(2.0)
    assert local_gradient(Value(4.0, (a,), (2.0,)), 0, [named("a")], named("y")) is None


@pytest.mark.parametrize(
    ("x", "text"), [(-0.5, "-0.5"), (1e-20, "1e-20"), (math.inf, "inf"), (-math.inf, "-inf")]
)
def test_numbers_are_expressions(x, text) -> None:
    assert plain(number(x)) == text


def test_templates_of_the_table_stay_as_they_are() -> None:
    x = Value(0.5)
    y = x.tanh()
    first = plain(local_gradient(y, 0, [named("a")], named("b")))
    second = plain(local_gradient(y, 0, [named("c")], named("d")))
    assert (first, second) == ("1 - b**2", "1 - d**2")


def test_size_counts_names_numbers_and_operators() -> None:
    x = Value(0.5)
    assert local_gradient(x.tanh(), 0, [named("a")], named("b")).size == 5


def test_one_is_one() -> None:
    x = Value(2.0)
    one = local_gradient(x + 1, 0, [named("x"), number(1.0)], named("y"))
    assert is_one(one)
    assert is_one(number(1.0))
    assert not is_one(named("x"))
