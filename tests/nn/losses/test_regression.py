"""Losses of differences: each factor, and each gradient by hand."""

import math

import numpy as np
import pytest

from engine import Value
from nn import LOSSES, absolute_error, error, half_squared_error, mse, quadratic_cost, squared_error
from tests.nn.losses import as_values, gradients

Y = [[1.0, 2.0], [0.0, -1.0], [0.5, 0.5]]
T = [[3.0, 5.0], [1.0, -3.0], [0.5, 0.0]]
D = np.array(T) - np.array(Y)
SAMPLES, ELEMENTS = 3, 6


@pytest.mark.parametrize(
    ("loss", "value", "gradient"),
    [
        (error, D.sum() / ELEMENTS, -np.ones_like(D) / ELEMENTS),
        (absolute_error, np.abs(D).sum() / ELEMENTS, -np.sign(D) / ELEMENTS),
        (squared_error, (D**2).sum(), -2.0 * D),
        (mse, (D**2).sum() / ELEMENTS, -2.0 * D / ELEMENTS),
        (half_squared_error, 0.5 * (D**2).sum(), -D),
        (quadratic_cost, (D**2).sum() / (2.0 * SAMPLES), -D / SAMPLES),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_value_and_gradient_have_the_factor_that_is_documented(loss, value, gradient) -> None:
    predictions = as_values(Y)
    result = loss(predictions, T)
    result.backward()
    assert result.data == pytest.approx(value, rel=1e-15)
    assert np.array(gradients(predictions)) == pytest.approx(gradient, rel=1e-15, abs=0.0)


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        (error, -2.0),
        (absolute_error, 2.0),
        (squared_error, 4.0),
        (mse, 4.0),
        (half_squared_error, 2.0),
        (quadratic_cost, 2.0),
    ],
)
def test_single_pair_is_the_definition_itself(loss, value) -> None:
    assert loss(3.0, 1.0) == loss([3.0], [1.0]) == value
    assert loss(Value(3.0), 1.0).data == value


def test_errors_cancel_and_their_sizes_do_not() -> None:
    assert error([1.0, -1.0], [0.0, 0.0]) == 0.0
    assert absolute_error([1.0, -1.0], [0.0, 0.0]) == 1.0


def test_conventions_of_the_quadratic_cost_differ_by_their_factors_alone() -> None:
    total = squared_error(Y, T)
    assert mse(Y, T) == pytest.approx(total / ELEMENTS, rel=1e-15)
    assert half_squared_error(Y, T) == pytest.approx(total / 2.0, rel=1e-15)
    assert quadratic_cost(Y, T) == pytest.approx(total / (2 * SAMPLES), rel=1e-15)


def test_quadratic_cost_counts_samples_of_any_sequence() -> None:
    expected = quadratic_cost(Y, T)
    assert quadratic_cost(np.array(Y), np.array(T)) == expected
    assert quadratic_cost((row for row in Y), T) == expected
    assert quadratic_cost([[y] for y in (1.0, 2.0)], [3.0, 5.0]) == quadratic_cost([1.0, 2.0], [3.0, 5.0])


def test_derivative_of_the_absolute_error_at_the_kink_is_0() -> None:
    y = Value(1.0)
    absolute_error(y, 1.0).backward()
    assert y.grad == 0.0


@pytest.mark.parametrize("name", ["squared_error", "mse", "half_squared_error", "quadratic_cost"])
def test_overflow_is_infinite(name) -> None:
    assert LOSSES[name]([Value(1e200)], [0.0]).data == math.inf
