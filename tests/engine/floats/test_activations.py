"""Activation functions: their limits and tails, without an overflow on the way."""

import math

import pytest

from engine import floats

INF, NAN = math.inf, math.nan
TINY, HUGE = 5e-324, 1.7976931348623157e308

EDGES = [
    ("sigmoid", (0.0,), 0.5),
    ("sigmoid", (40.0,), 1.0),
    ("sigmoid", (HUGE,), 1.0),
    ("sigmoid", (INF,), 1.0),
    ("sigmoid", (-740.0,), 4.2e-322),
    ("sigmoid", (-1000.0,), 0.0),
    ("sigmoid", (-HUGE,), 0.0),
    ("sigmoid", (-INF,), 0.0),
    ("log_sigmoid", (-1000.0,), -1000.0),
    ("log_sigmoid", (-HUGE,), -HUGE),
    ("log_sigmoid", (-INF,), -INF),
    ("log_sigmoid", (40.0,), -4.248354255291589e-18),
    ("log_sigmoid", (745.0,), -TINY),
    ("softplus", (25.0,), 25.000000000013888),
    ("softplus", (1000.0,), 1000.0),
    ("softplus", (HUGE,), HUGE),
    ("softplus", (INF,), INF),
    ("softplus", (-40.0,), 4.248354255291589e-18),
    ("softplus", (-745.0,), TINY),
    ("softplus", (-INF,), 0.0),
    ("silu", (0.0,), 0.0),
    ("silu", (1000.0,), 1000.0),
    ("silu", (HUGE,), HUGE),
    ("silu", (INF,), INF),
    ("silu", (-INF,), 0.0),
    ("silu", (-HUGE,), 0.0),
    ("relu", (0.0,), 0.0),
    ("relu", (-0.0,), 0.0),
    ("relu", (TINY,), TINY),
    ("relu", (-INF,), 0.0),
    ("relu", (INF,), INF),
    ("relu", (NAN,), NAN),
    ("leaky_relu", (0.0, 0.01), 0.0),
    ("leaky_relu", (-2.0, 0.5), -1.0),
    ("leaky_relu", (3.0, 0.5), 3.0),
    ("leaky_relu", (-INF, 0.01), -INF),
    ("leaky_relu", (NAN, 0.01), NAN),
    ("elu", (3.0, 2.0), 3.0),
    ("elu", (0.0, 2.0), 0.0),
    ("elu", (-INF, 2.0), -2.0),
    ("elu", (-1000.0, 1.0), -1.0),
    ("elu", (HUGE, 1.0), HUGE),
    ("elu", (INF, 1.0), INF),
    ("elu", (-1e-20, 2.0), -2e-20),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), EDGES)
def test_edges(name, arguments, expected) -> None:
    assert repr(getattr(floats, name)(*arguments)) == repr(expected)  # repr tells -0.0 and nan


def test_a_far_silu_is_zero_at_last() -> None:
    assert floats.silu(-750.0) < 0.0
    assert floats.silu(-752.5) == floats.silu(-760.0) == floats.silu(-1000.0) == 0.0


@pytest.mark.parametrize("seam", [-37.0, -708.0])
@pytest.mark.parametrize("name", ["sigmoid", "silu"])
def test_seams_do_not_show(name, seam) -> None:
    function = getattr(floats, name)
    beside = math.nextafter(seam, -INF)
    assert function(beside) == pytest.approx(function(seam), rel=3e-13)


@pytest.mark.parametrize("x", [-30.0, -1.5, -0.01, 0.0, 0.7, 12.0, 300.0])
def test_log_sigmoid_mirrors_softplus(x) -> None:
    assert floats.log_sigmoid(x) == -floats.softplus(-x)
