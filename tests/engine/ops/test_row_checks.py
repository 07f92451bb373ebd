"""Rows that are wrong are refused when they are made, with a message that says what to write."""

import math
from dataclasses import replace

import pytest

from engine import floats
from engine.ops import OPERATORS
from engine.ops.fields import Masks
from engine.ops.op import Op
from engine.ops.row_checks import check_numbers, check_parts


def row(**changes) -> Op:
    """A sound row, softsign, but for some changes."""
    parts = {
        "name": "softsign",
        "operands": ("x",),
        "forward": lambda x: floats.divide(x, 1.0 + abs(x)),
        "partials": (lambda m, y, x: 1.0 / ((1.0 + m.abs(x)) * (1.0 + m.abs(x))),),
        "numpy": lambda np, x: x / (1.0 + np.abs(x)),
        "text": "x / (1 + abs(x))",
        "points": ((-2.0,), (0.5,)),
    }
    return Op(**{**parts, **changes})


def test_sound_row_is_made() -> None:
    assert row().partial_formulas == ("1 / (1 + abs(x))**2",)


@pytest.mark.parametrize("each", OPERATORS.values(), ids=OPERATORS)
def test_rows_of_the_table_are_sound(each) -> None:
    check_parts(each)
    check_numbers(each)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"partials": ()}, None),  # as of nodes built by hand
        ({"partials": (lambda m, y, x: 1.0,) * 2}, "partials must be one for each of x, got 2"),
        ({"array_partials": (lambda m, y, x: 1.0,) * 2}, "array_partials must be one for each of x, got 2"),
        ({"partial_text": ("1", "2")}, "partial_text must be one for each of x, got 2"),
        ({"operands": ("*xs",), "partials": (None,) * 2}, "must be one rule for all operands, got 2"),
        ({"static": 2}, "static speaks of 2 operands, there are 1"),
        ({"defaults": (1.0, 2.0)}, "defaults speaks of 2 operands, there are 1"),
        ({"points": ((1.0, 2.0),)}, r"a point is a tuple of 1 numbers, for x, got \(1.0, 2.0\)"),
        ({"partial_text": ("1 / (1 + |x|)**2",)}, r"partial_text '1 / .*' is neither .*abs\(x\) for \|x\|"),
        ({"partial_text": ("|x|",)}, r"partial_text '\|x\|' is neither a formula .* nor words"),
        ({"partial_text": ("x²",)}, "partial_text 'x²' is neither"),
        ({"partial_text": ("1 + z",)}, "partial_text '1 [+] z' names z, which is not an operand; .* are x"),
        ({"partial_text": ("xi",)}, "names xi"),
        ({"text": "a / (1 + abs(b))"}, "text .* names a and b, which is not an operand"),
        ({"text": "y + 1"}, "names y"),
        ({"partial_text": ("1 - y**2",)}, None),
        ({"partial_text": ("2 / sqrt(pi), 0 at 0",)}, None),
        ({"partial_text": ("the derivative by x",)}, None),
        ({"text": "x moved towards 0"}, None),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, dict) else str(given),
)
def test_parts_that_do_not_fit_are_named(changes, message) -> None:
    if message is None:
        row(**changes)
    else:
        with pytest.raises(ValueError, match=rf"^operator softsign: .*{message}"):
            row(**changes)


def cube(x: float) -> float:
    return x**3  # which overflows


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"forward": cube}, r"forward raises OverflowError at x=1e\+308: .*; rows follow IEEE 754"),
        ({"forward": lambda x: math.log(abs(x))}, "forward raises ValueError at x=0.0"),
        ({"forward": lambda x: 1 / x}, "forward raises ZeroDivisionError at x=0.0"),
        ({"forward": lambda x: 1}, "forward raises TypeError at x=-2.0: the result is not a float but 1"),
        ({"forward": lambda x: math.inf * x}, "forward is -inf at its point x=-2.0"),
        ({"partials": (lambda m, y, x: math.exp(x),)}, r"a rule .* raises OverflowError at x=1e\+308"),
        ({"partials": (lambda m, y, x: m.softplos(x),)}, "a rule .* raises AttributeError .*softplos"),
        ({"partials": (lambda m, y, x: m.log(x - 0.5),)}, "the partial by x is nan at its point x=-2.0"),
        ({"partials": (lambda m, y, x: 1 / (x - 0.5),)}, "the partial by x is inf at its point x=0.5"),
        ({"partials": (lambda m, y, x: 1,)}, "a rule|the partial by x raises TypeError"),
        ({"partials": (lambda m, y, x: 1.0 / x,)}, None),  # divided once more, by IEEE 754
        ({"points": ()}, None),
    ],
)
def test_numbers_that_do_not_follow_ieee_are_named(changes, message) -> None:
    if message is None:
        row(**changes)
    else:
        with pytest.raises(ValueError, match=rf"^operator softsign: .*({message})"):
            row(**changes)


def test_points_of_sequences_and_of_several_operands_are_named_by_their_roles() -> None:
    with pytest.raises(ValueError, match=r"at its point xs\[0\]=2.0, xs\[1\]=-3.5"):
        replace(OPERATORS["sum"], forward=lambda xs: math.nan if cube(xs[0]) else 1)
    with pytest.raises(ValueError, match=r"raises OverflowError at a=2.0, b=1e\+308"):
        replace(OPERATORS["mul"], forward=lambda a, b: a * cube(b))


def test_rows_with_operands_baked_in_are_not_checked_again() -> None:
    assert OPERATORS["gaussian"].bind(0.25).masks is Masks.NEVER
