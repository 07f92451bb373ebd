"""Arguments and results taken apart and put together."""

import numpy as np
import pytest

from engine import vmap
from engine.jit.tree import equal_statics
from tests.engine.jit.forms import FORMS, forced

NAN = float("nan")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 1.0, True),
        (1.0, 2.0, False),
        (NAN, float("nan"), True),
        (None, None, True),
        ("a", "b", False),
        (np.array([1.0, 2.0]), np.array([1.0, 2.0]), True),
        (np.array([1.0, NAN]), np.array([1.0, NAN]), True),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0]), False),
        (np.array([1.0, 2.0]), np.array([1.0]), False),
        (np.array(["a"]), np.array(["a"]), True),
        (np.array([1, 2]), None, False),
    ],
)
def test_what_is_no_value_is_compared_as_it_is(a, b, expected) -> None:
    assert equal_statics(a, b) is expected


@pytest.mark.parametrize("form", FORMS)
def test_arrays_of_plain_numbers_in_results_gain_the_axis_of_samples(form) -> None:
    with forced(form):
        squares, same = vmap(lambda x: (x * x, np.array([1.0, 2.0])))([1.0, 2.0, 3.0])
    assert squares.tolist() == [1.0, 4.0, 9.0]
    assert same.tolist() == [[1.0, 2.0]] * 3
