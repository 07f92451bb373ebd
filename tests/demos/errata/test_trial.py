"""A gradient computed by hand is put to the engine's check."""

import math

import pytest

from demos.errata.trial import CLOSE, Trial, as_value, finding, off_by
from engine import GradientError, Value, gradcheck


def cube(factor: float):
    return lambda xs: (xs[0] ** 3 + xs[1], [factor * 3 * xs[0] ** 2, 1.0])


def test_right_gradient_passes_at_1e_7() -> None:
    assert CLOSE == 1e-7
    assert off_by(cube(1.0), [0.7, 2.0]) < CLOSE
    gradcheck(as_value(cube(1.0)), [0.7, 2.0], rtol=CLOSE, atol=0.0)


@pytest.mark.parametrize("factor", [1 + 1e-6, 1.01, -1.0, 0.0, math.inf])
def test_wrong_gradient_fails_by_as_much_as_it_is_wrong(factor) -> None:
    if math.isfinite(factor):
        largest = max(abs(factor), 1.0)
        assert off_by(cube(factor), [0.7, 2.0]) == pytest.approx(abs(factor - 1) / largest, rel=1e-3)
    with pytest.raises(GradientError):
        gradcheck(as_value(cube(factor)), [0.7, 2.0], rtol=CLOSE, atol=0.0)


@pytest.mark.parametrize(
    ("factor", "says"), [(1.0, "all 2 derivatives agree"), (1 + 1e-6, "1 of 2 derivatives")]
)
def test_finding_is_that_of_a_check_that_allows_1e_7(factor, says) -> None:
    assert finding(cube(factor), [0.7, 2.0]).startswith(says)


def test_operator_has_the_cost_and_the_gradient_it_was_given() -> None:
    x, y = Value(2.0), Value(5.0)
    cost = as_value(cube(2.0))([x, y])
    cost.backward()
    assert (cost.data, x.grad, y.grad) == (13.0, 24.0, 1.0)


@pytest.mark.parametrize(
    ("slip_off", "right_off", "exposed"),
    [(0.5, 1e-9, True), (1e-9, 1e-9, False), (0.5, 1e-3, False), (math.nan, 0.0, False)],
)
def test_exposed_is_a_slip_that_fails_where_the_right_form_passes(slip_off, right_off, exposed) -> None:
    assert Trial("E-0", "slip", "right", slip_off, right_off).exposed is exposed
