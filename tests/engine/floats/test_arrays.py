"""Rows on arrays: known values in the tails, sequences along the first axis, and the same of numbers."""

import math

import numpy as np
import pytest

from engine.floats.arrays import ARRAY_FUNCTIONS, PARTIALS_OF_NUMBERS
from engine.ops import OPERATORS
from tests.engine.jit.emit.test_support import close


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("sigmoid", (-740.0,), 4.2e-322),
        ("sigmoid", (40.0,), 1.0),
        ("silu", (-40.0,), -1.6993417021166355e-16),
        ("silu", (-740.0,), -3.10503e-319),
        ("sech2", (20.0,), 1.6993417021166355e-17),
        ("sech2", (360.0,), 4.0 * math.exp(-500.0) * math.exp(-220.0)),
        ("tanh_partial", (1.0, 20.0), 1.6993417021166355e-17),
        ("tanh_partial", (-1.0, -20.0), 1.6993417021166355e-17),
        ("tanh_partial", (1.0, 1000.0), 0.0),
        ("sigmoid_partial", (1.0, 40.0), 4.248354255291589e-18),
        ("sigmoid_partial", (4.2e-322, -740.0), 4.2e-322),
        ("power_partial", (0.0, 1e-120, 3.0), 3e-240),
        ("power_partial", (0.0, 0.0, 3.0), 0.0),
        ("erfc", (10.0,), 2.088487583762545e-45),
        ("ndtr", (-12.0,), 1.7764821120776787e-33),
        ("erf", (0.5,), 0.5204998778130465),
    ],
)
def test_known_values(name, arguments, expected) -> None:
    numbers = [np.array([0.5, x]) if i < 2 else x for i, x in enumerate(arguments)]
    with np.errstate(all="ignore"):
        assert close(float(ARRAY_FUNCTIONS[name](*numbers)[1]), expected)


def test_a_product_of_which_a_part_leaves_the_range() -> None:
    xs = np.array([[1e-200, 1e200, 2.0], [1e-200, 1e200, 3.0], [1e250, 1e-250, 0.0], [1e200, 1e-100, 5.0]])
    with np.errstate(all="ignore"):
        found = np.empty(3)
        ARRAY_FUNCTIONS["prod"](xs, found)
        slopes = ARRAY_FUNCTIONS["gradients_of_prod"](xs, None, 1.0)
    np.testing.assert_allclose(found, [1e50, 1e50, 0.0], rtol=1e-14)
    np.testing.assert_array_equal(slopes[:, 2], [0.0, 0.0, 30.0, 0.0])


def test_the_sum_of_the_others_counts_ties_and_keeps_small_ones() -> None:
    xs = np.array([[1.0, 0.0, -40.0], [1.0, -40.0, 0.0]])
    found = ARRAY_FUNCTIONS["others"](np.exp(xs - xs.max(axis=0)), xs)
    np.testing.assert_allclose(found, [1.0, math.exp(-40.0), math.exp(-40.0)], rtol=1e-14)


SEQUENCES = [name for name, row in OPERATORS.items() if row.along is not None]
COLUMNS = np.array([[1.0, -2.0, 0.5, 3.0], [1.0, 4.0, 0.25, -30.0], [0.5, 1.0, -2.0, 30.0]])


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_row_along_the_first_axis_is_the_row_of_each_column(name) -> None:
    row = OPERATORS[name]
    value, gradients, keeps = row.along
    kept = (np.empty((4, 4)),) if keeps else ()
    y, g = np.empty(4), np.array([1.0, -2.0, 0.5, 3.0])
    if isinstance(value, str):
        getattr(np, value).reduce(COLUMNS, axis=0, out=y)
    else:
        value(COLUMNS, y, *kept)
    expected = [row.forward(column) for column in COLUMNS.T.tolist()]
    np.testing.assert_allclose(y, expected, rtol=1e-13)
    if gradients is not None:
        found = gradients(COLUMNS, y, g, *kept)
        for i, column in enumerate(COLUMNS.T.tolist()):
            local = row.local_gradients(expected[i], column)
            np.testing.assert_allclose(found[:, i], g[i] * np.array(local), rtol=1e-12, atol=1e-15)


class _Numbers:
    """The rows on floats, and the choices of programs."""

    def choose(self, condition, usual, other):
        return usual if condition else other

    def between(self, low, y, high):
        return low < y < high

    def __getattr__(self, name):
        return OPERATORS[name].forward


@pytest.mark.parametrize("x", [-800.0, -20.0, -1.0, -1e-9, 0.3, 1.0, 3.0, 25.0, 700.0])
@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_partials_of_numbers_are_those_of_the_row(name, x) -> None:
    row = OPERATORS[name]
    y = row.forward(x)
    (expected,) = row.local_gradients(y, (x,))
    assert close(PARTIALS_OF_NUMBERS[f"{name}_partial"](_Numbers(), y, x), expected)


@pytest.mark.parametrize(("x", "n"), [(2.0, 3.0), (1e-120, 3.0), (-2.0, -3.0), (0.3, 0.5), (1e-200, 2.5)])
def test_the_partial_of_a_power_has_its_digits_where_the_power_underflows(x, n) -> None:
    found = PARTIALS_OF_NUMBERS["power_partial"](_Numbers(), math.pow(x, n), x, n)
    assert close(found, n * math.pow(x, n - 1.0))
