"""How explanations read as text."""

import math
from types import SimpleNamespace

import pytest

from engine import Value, explain, relu, sqrt, tanh
from engine.explanation.render import whole
from engine.formulas.symbol import parse
from tests.engine.explanation.test_explain import lecture


def test_s_chain_reads_as_the_lecture_writes_it() -> None:
    text = str(explain(*lecture()))
    assert text == (
        "dy/dx = 0.843631 at x = 1.2\n"
        "\n"
        "  v = x**2    = 1.44      dv/dx = 2·x     = 2.4\n"
        "  u = sin(v)  = 0.991458  du/dv = cos(v)  = 0.130424\n"
        "  y = exp(u)  = 2.69516   dy/du = y       = 2.69516\n"
        "\n"
        "  dy/dx = dy/du · du/dv · dv/dx\n"
        "        = y · cos(v) · 2·x\n"
        "        = exp(sin(x**2)) · cos(x**2) · 2·x\n"
        "        = 2.69516 · 0.130424 · 2.4\n"
        "        = 0.843631"
    )


def two_paths() -> tuple[Value, Value]:
    w = Value(0.5, label="w")
    h = tanh(w * 2.0)
    h.label = "h"
    cost = h * 3.0 - w * 0.25
    cost.label = "C"
    return cost, w


def test_several_paths_are_said_to_be_and_added_up() -> None:
    text = str(explain(*two_paths()))
    assert text.startswith("dC/dw = 2.26985 at w = 0.5, the sum of 2 paths:\n")
    assert "path 1 = dC/dv2 · dv2/dh · dh/dv1 · dv1/dw\n         = 3 · (1 - h**2) · 2\n" in text
    assert "         = 3 · (1 - tanh(w·2)**2) · 2\n         = 3 · 0.419974 · 2\n         = 2.51985\n" in text
    assert "path 2 = dC/dv3 · dv3/dw\n         = (-1) · 0.25\n         = -0.25\n" in text
    assert "  dC/dw = 2.51985 - 0.25 = 2.26985\n" in text
    assert text.endswith("\nFactors of 1 are left out of the products.")


def test_paths_not_shown_are_counted_and_their_part_named() -> None:
    text = str(explain(*two_paths(), k=1))
    assert "the sum of 2 paths; the largest:" in text
    assert "dC/dw = 2.51985 - 0.25 (the other path) = 2.26985" in text


def test_operand_used_twice_is_told_apart_by_its_place() -> None:
    x = Value(3.0, label="x")
    text = str(explain(x * x, x))
    assert "dy/dx[1] = x  = 3\n" in text
    assert "dy/dx[2] = x  = 3\n" in text
    assert "dy/dx = 3 + 3 = 6" in text


def test_long_chain_is_abridged_and_says_so() -> None:
    root = x = Value(3.0, label="x")
    for _ in range(100):
        root = tanh(root)
    text = str(explain(root, x))
    assert "… 92 more nodes …" in text
    assert "… 92 more …" in text
    smallest = 1 - math.tanh(3.0) ** 2
    assert f"Abridged: the path has 100 factors; the smallest is {smallest:.6g} at tanh." in text


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda x: relu(x - 5.0) * 3.0, "A factor of 0 kills the path: dv2/dv1 = step(v1) = 0."),
        (lambda x: sqrt(x - 2.0) * 3.0, "The factor that makes it infinite: dv2/dv1 = 1 / (2·v2) = inf."),
        (lambda x: sqrt(x - 3.0) * 3.0, "The factor that makes it nan: dv2/dv1 = 1 / (2·v2) = nan."),
        (lambda x: x * 2.0 - x * 2.0, "It is 0 because positive and negative products cancel."),
    ],
)
def test_zero_infinity_and_nan_are_traced_to_what_makes_them(make, said) -> None:
    x = Value(2.0, label="x")
    assert str(explain(make(x), x)).splitlines()[-1] == said


def test_what_does_not_depend_on_the_variable_is_said_to() -> None:
    x = Value(2.0, label="x")
    explained = explain(Value(1.0, label="c").exp(), x)
    assert str(explained) == "∂y/∂x = 0 at x = 2: y was not made of x"


def test_variable_itself_has_derivative_one() -> None:
    x = Value(2.0, label="x")
    assert str(explain(x, x)) == "dx/dx = 1 at x = 2"


def test_formula_too_long_to_be_read_is_left_out() -> None:
    x = Value(0.5, label="x")
    y = x
    for _ in range(8):
        y = tanh(y * 1.5 + 0.1)
    assert "tanh(x·1.5" not in "\n".join(str(explain(y, x)).splitlines()[12:])


def test_nothing_printed_depends_on_the_order_of_memory() -> None:
    assert str(explain(*two_paths())) == str(explain(*two_paths()))


def test_formula_of_many_long_names_is_cut() -> None:
    weights = [Value(1.0, label=f"layers.0.neurons.0.w.{i}") for i in range(3)]
    x = Value(0.5, label="x")
    lines = str(explain(weights[0] * x + weights[1] * 2.0, x)).splitlines()
    assert lines[2].startswith("  v1 = layers.0.neurons.0.w.0·x")
    long = Value(1.0, label="a" * 40) * Value(2.0, label="b" * 40)
    (row,) = [
        line for line in str(explain(long, long._children[0])).splitlines() if line.startswith("  y = ")
    ]
    assert f"  y = {'a' * 40}·{'b' * 4}…  = 2" in row


@pytest.mark.parametrize(
    ("wholes", "expected"),
    [(["2 * x"], True), (["x"] * 12, True), (["x"] * 13, False), (["x", None], False), (["x" * 101], False)],
)
def test_a_product_is_whole_if_short_and_known_throughout(wholes, expected) -> None:
    formulas = [text and parse(text) for text in wholes]
    product = [SimpleNamespace(whole=each, longest=each, is_one=False) for each in formulas]
    assert bool(whole(product)) is expected


def test_paths_beside_an_infinite_one_are_named_without_a_number() -> None:
    a = Value(2.0, label="a")
    explained = explain((a * 1e308) * 10 + a * a + a, a)
    assert "dy/da = inf + 2 + 2 + the other path = inf" in str(explained)
    assert r"\infty + 2 + 2 + \cdots = \infty" in explained.to_latex()
