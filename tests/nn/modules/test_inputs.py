"""Inputs of neurons, and functions of each of them."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from engine import Value
from nn.modules.inputs import Inputs, elementwise


@pytest.mark.parametrize(
    "x",
    [
        [1, 2.0],
        (1.0, 2.0),
        np.array([1.0, 2.0]),
        np.array([1, 2]),
        np.array([1, 2], dtype=np.float32),
        [np.float32(1.0), np.int64(2)],
        range(1, 3),
        (float(i) for i in (1, 2)),
    ],
    ids=["list", "tuple", "array", "integers", "float32", "scalars", "range", "generator"],
)
def test_numbers_become_labelled_values(x) -> None:
    inputs = Inputs.of(x)
    assert [(type(each), each.data, each.label) for each in inputs] == [
        (Value, 1.0, "x.0"),
        (Value, 2.0, "x.1"),
    ]


@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.float32(0.5), np.array(0.5), Value(0.5)])
def test_single_number_is_one_input(x) -> None:
    assert [each.data for each in Inputs.of(x)] == [0.5]
    assert [each.data for each in Inputs.of(1)] == [1.0]
    assert [each.data for each in Inputs.of(np.int64(1))] == [1.0]


def test_values_stay_themselves() -> None:
    a, b = Value(1.0), Value(2.0, label="mine")
    array = np.array([a, b], dtype=object)
    assert Inputs.of([a, b]) == Inputs.of(array) == [a, b]
    assert (a.label, b.label) == ("", "mine")


def test_inputs_made_ready_are_not_made_again() -> None:
    inputs = Inputs.of([1.0])
    assert Inputs.of(inputs) is inputs


def test_other_numbers_are_left_to_the_engine() -> None:
    assert Inputs.of([Fraction(1, 2), Decimal(1)]) == [Fraction(1, 2), Decimal(1)]


@pytest.mark.parametrize(
    "x", [np.ones((3, 2)), [[1.0, 2.0]], [(1.0,)], [np.ones(2), np.ones(2)], np.array([[1.0]])]
)
def test_several_samples_are_explained(x) -> None:
    with pytest.raises(ValueError, match=r"input 0 is a sequence itself.*\[model\(x\) for x in samples\]"):
        Inputs.of(x)


@pytest.mark.parametrize("x", [None, "ab", b"ab", {"a": 1.0}, object()])
def test_what_is_no_sequence_of_numbers_is_a_type_error(x) -> None:
    with pytest.raises(TypeError, match="inputs must be a sequence of numbers and Values, got"):
        Inputs.of(x)


@pytest.mark.parametrize(
    ("x", "doubled"),
    [
        (1.5, 3.0),
        ([1.0, 2.0], [2.0, 4.0]),
        ((1.0, 2.0), [2.0, 4.0]),
        (np.array([1.0, 2.0]), [2.0, 4.0]),
        ([[1.0], [2.0, 3.0]], [[2.0], [4.0, 6.0]]),
        (np.array(1.5), 3.0),
        ([], []),
    ],
)
def test_structure_is_kept(x, doubled) -> None:
    assert elementwise(lambda each: 2.0 * each, x) == doubled


def test_values_reach_the_function_as_they_are() -> None:
    a, b = Value(1.0), Value(2.0)
    assert elementwise(lambda each: each, [a, b]) == [a, b]
    assert elementwise(lambda each: each, np.array([a, b], dtype=object)) == [a, b]
    assert elementwise(lambda each: each, a) is a
