"""to_float: what may become a number in a graph, and how everything else is refused."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import engine
from engine import Value
from engine.floats.coerce import to_float


class Temperature:
    """A number of somebody else's: it says how to become a float."""

    def __float__(self) -> float:
        return 36.6

    def __repr__(self) -> str:
        return "Temperature()"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (2.5, 2.5),
        (3, 3.0),
        (True, 1.0),
        (-0.0, -0.0),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        (Fraction(10**400), math.inf),
        (Fraction(-(10**400), 3), -math.inf),
        (Fraction(1, 4), 0.25),
        (Fraction(10**400, 10**399), 10.0),
        (Decimal("0.1"), 0.1),
        (Decimal("1e400"), math.inf),
        (np.float16(0.5), 0.5),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.float64(0.1), 0.1),
        (np.longdouble(2.5), 2.5),
        (np.int8(-3), -3.0),
        (np.uint64(2**63), 2.0**63),
        (np.bool_(True), 1.0),
        (np.array(2.5), 2.5),
        (np.array([2.5]), 2.5),
        (np.array([[3]]), 3.0),
        (np.array([Fraction(1, 2)], dtype=object), 0.5),
        (Temperature(), 36.6),
    ],
    ids=repr,
)
def test_real_numbers_become_floats(given, expected) -> None:
    found = to_float(given)
    assert type(found) is float
    assert str(found) == str(expected)


def test_a_float_is_handed_on_as_it_is() -> None:
    x = 0.1
    assert to_float(x) is x
    assert math.isnan(to_float(math.nan))


@pytest.mark.parametrize(
    "given",
    [
        "1.5",
        b"1.5",
        bytearray(b"1"),
        None,
        1j,
        np.complex128(1.0),
        np.str_("1"),
        np.timedelta64(3, "s"),
        np.datetime64("2020-01-01"),
        np.array(1j),
        np.array(["1"]),
        np.array([None]),
        np.array(np.timedelta64(3, "s")),
        np.ma.masked,
        [1.0],
        (1.0,),
        {1.0},
        {},
        float,
        len,
        range(1),
        slice(1),
    ],
    ids=repr,
)
def test_everything_else_is_refused_with_its_type(given) -> None:
    with pytest.raises(TypeError, match=r"data must be a real number, got .* of type"):
        to_float(given)


def test_a_masked_entry_is_no_operand_either() -> None:
    x = Value(1.0)
    for use in (engine.exp, x.maximum, lambda m: engine.sum([x, m]), lambda m: engine.dot([m], [x])):
        with pytest.raises(TypeError, match="must be a real number, got masked of type MaskedConstant"):
            use(np.ma.masked)


def test_the_message_says_what_the_number_was_for() -> None:
    with pytest.raises(TypeError, match=r"^learning rate must be a real number, got None of type NoneType$"):
        to_float(None, "learning rate")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("a", "give each name a number"),
        (np.str_("red"), "give each name a number"),
        ("1", r"try float\(\.\.\.\)"),
        (np.str_("1e3"), r"try float\(\.\.\.\)"),
    ],
)
def test_the_message_for_text_says_how_it_becomes_a_number(text, advice) -> None:
    with pytest.raises(TypeError, match=rf"^data must be a real number, got .* of type str_?; {advice}$"):
        to_float(text)


@pytest.mark.parametrize("shape", [(2,), (0,), (2, 3)])
def test_an_array_of_several_is_refused_with_its_shape_and_advice(shape) -> None:
    with pytest.raises(TypeError) as caught:
        to_float(np.zeros(shape))
    assert f"got an array of shape {shape}" in str(caught.value)
    assert "[Value(x) for x in array]" in str(caught.value)


@pytest.mark.parametrize("given", [Value(1.0), np.array(Value(1.0)), np.array([Value(1.0)])], ids=repr)
def test_a_value_is_refused_with_advice(given) -> None:
    with pytest.raises(
        TypeError, match=r"got Value\(data=1.0, grad=0.0\); use its \.data, or the Value itself"
    ):
        to_float(given)


def test_a_long_text_is_cut_in_the_message() -> None:
    with pytest.raises(TypeError) as caught:
        to_float("a" * 1000)
    assert len(str(caught.value)) < 140
    assert "..." in str(caught.value)
