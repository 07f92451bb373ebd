"""Numerical derivatives: central ones, one-sided ones, and what they cannot know."""

import math

import numpy as np
import pytest

import engine
from engine import Value
from engine.checks.finite_differences import Sides, central, one_sided

SMOOTH = [
    (engine.exp, math.exp),
    (lambda x: x**3 - 2.0 * x, lambda x: 3.0 * x * x - 2.0),
    (lambda x: engine.sin(x) / (1.0 + x * x), None),
]


@pytest.mark.parametrize(("f", "slope"), SMOOTH)
@pytest.mark.parametrize("point", [-2.0, 0.3, 1.0, 40.0])
def test_of_a_smooth_function_all_three_are_the_derivative(f, slope, point) -> None:
    x = Value(point)
    expected = slope(point) if slope else engine.grad(f)(point)
    numeric, noise, loss = central(lambda: f(x), [x], None)
    assert numeric[0, 0] == pytest.approx(expected, rel=1e-8, abs=1e-12)
    assert abs(numeric[0, 0] - expected) <= noise[0, 0] + loss[0, 0]
    (sides,) = one_sided(lambda: f(x), x)
    assert (sides.left, sides.right) == (pytest.approx(expected, rel=1e-5), pytest.approx(expected, rel=1e-5))
    assert abs(sides.left - expected) <= sides.slack
    assert abs(sides.right - expected) <= sides.slack
    assert not sides.are_apart
    assert x.data == point


@pytest.mark.parametrize("point", [-1e6, -1.0, 0.0, 1e-9, 1.0, 1e6])
@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
@pytest.mark.parametrize("height", [0.0, 3.0])
def test_at_a_kink_the_two_sides_are_apart(point, scale, height) -> None:
    x = Value(point)
    (sides,) = one_sided(lambda: height * scale + scale * ((x - point).relu() + 0.25 * (x - point)), x)
    assert sides.left == pytest.approx(0.25 * scale, rel=1e-4)
    assert sides.right == pytest.approx(1.25 * scale, rel=1e-4)
    assert sides.are_apart


@pytest.mark.parametrize("f", [engine.sqrt, lambda x: engine.sign(x), lambda x: engine.log(x), engine.cbrt])
def test_where_differences_do_not_settle_there_is_no_derivative(f) -> None:
    x = Value(0.0)
    (sides,) = one_sided(lambda: f(x), x)
    assert math.isnan(sides.left)
    assert math.isnan(sides.right)
    assert not sides.are_apart


def test_outputs_and_variables_have_rows_and_columns() -> None:
    x, y = Value(2.0), Value(3.0)
    numeric, noise, loss = central(lambda: [x * y, x, 7.0], [x, y], None)
    np.testing.assert_allclose(numeric, [[3.0, 2.0], [1.0, 0.0], [0.0, 0.0]], rtol=1e-9, atol=1e-9)
    assert noise.shape == loss.shape == (3, 2)
    assert [type(side) for side in one_sided(lambda: [x * y, x], x)] == [Sides, Sides]


def test_numbers_are_put_back_where_the_function_raises() -> None:
    x = Value(2.0)

    def fails():
        if x.data != 2.0:
            raise KeyError("inside")
        return x

    for look in (lambda: central(fails, [x], None), lambda: one_sided(fails, x)):
        with pytest.raises(KeyError, match="inside"):
            look()
        assert x.data == 2.0
