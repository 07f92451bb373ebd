"""The rows outside of the table: what is picked, and an operand as it is."""

import math

import numpy as np
import pytest

from engine.ops.indexing import SAME, TAKE, to_position, within
from engine.ops.namespaces import FLOATS


@pytest.mark.parametrize("point", TAKE.points)
def test_the_array_form_of_take_is_that_on_floats(point) -> None:
    batch = np.array([point, (*point[:-1], 0.0)])
    assert TAKE.numpy(np, batch).tolist() == [TAKE.forward(list(row)) for row in batch]


@pytest.mark.parametrize("point", TAKE.points)
def test_the_partial_of_take_is_1_for_what_is_picked(point) -> None:
    *xs, index = point
    expected = [float(i == int(index) % len(xs)) for i in range(len(xs))]
    assert [*TAKE.partials[0](FLOATS, TAKE.forward(list(point)), list(point))] == [*expected, 0.0]


@pytest.mark.parametrize(("number", "position"), [(2.0, 2), (-1.0, -1), (0.0, 0), (-0.0, 0)])
def test_a_position_is_an_integer(number, position) -> None:
    assert (to_position(number), type(to_position(number))) == (position, int)


@pytest.mark.parametrize("number", [0.5, math.inf, math.nan])
def test_what_is_not_an_integer_is_no_position(number) -> None:
    with pytest.raises(TypeError, match=r"take\(\) needs an integer as index, got "):
        to_position(number)


@pytest.mark.parametrize(("position", "length"), [(3, 3), (-4, 3), (0, 0)])
def test_a_position_lies_within_its_sequence(position, length) -> None:
    with pytest.raises(IndexError, match=f"index {position} is out of range .* of length {length}"):
        within(position, length)


def test_same_is_the_number_itself() -> None:
    assert (SAME.forward(2.5), SAME.partials[0](FLOATS, 2.5, 2.5)) == (2.5, 1.0)
