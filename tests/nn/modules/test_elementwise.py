"""A function for each of a layer's outputs."""

import numpy as np
import pytest

from engine import Value
from nn.modules.elementwise import elementwise


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
