"""Numbers out of what is given."""

from fractions import Fraction

import numpy as np
import pytest

from engine import Value
from nn.data.numbers import items_of, number_of, numbers_of


@pytest.mark.parametrize("single", [1.0, Value(1.0), np.array(1.0), "text", b"text", {1: 2}, None])
def test_what_is_no_sequence_has_no_items(single) -> None:
    assert items_of(single) is None


@pytest.mark.parametrize("number", [2, Value(2.0), np.float32(2.0), Fraction(2)])
def test_bare_number(number) -> None:
    assert number_of(number) == 2.0
    assert type(number_of(number)) is float


@pytest.mark.parametrize(
    ("output", "numbers"),
    [
        (Value(1.0), 1.0),
        (2, 2.0),
        ([Value(1.0), 2.0], [1.0, 2.0]),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
        ([[Value(1.0)], 2.0], [[1.0], 2.0]),
    ],
)
def test_numbers_of_an_output(output, numbers) -> None:
    assert numbers_of(output) == numbers
