"""Bell curves and their integrals: their digits far out, their limits, no overflow on the way."""

import math
import random

import mpmath
import pytest
from mpmath import mpf

from engine import floats

INF = math.inf
HUGE = 1.7976931348623157e308

EDGES = [
    ("gaussian", (0.0,), 1.0),
    ("gaussian", (-0.0, 0.5), 1.0),
    ("gaussian", (5e-324,), 1.0),
    ("gaussian", (INF,), 0.0),
    ("gaussian", (-HUGE,), 0.0),
    ("gaussian", (1e305, 0.5), 0.0),
    ("gaussian", (30.0, -1.0), INF),
    ("sech2", (0.0,), 1.0),
    ("sech2", (5e-324,), 1.0),
    ("sech2", (20.0,), 1.6993417021166355e-17),
    ("sech2", (-20.0,), 1.6993417021166355e-17),
    ("sech2", (1000.0,), 0.0),
    ("sech2", (-HUGE,), 0.0),
    ("sech2", (INF,), 0.0),
    ("erfc", (0.0,), 1.0),
    ("erfc", (INF,), 0.0),
    ("erfc", (HUGE,), 0.0),
    ("erfc", (28.0,), 0.0),
    ("erfc", (-INF,), 2.0),
    ("erfc", (-7.0,), 2.0),
    ("ndtr", (0.0,), 0.5),
    ("ndtr", (INF,), 1.0),
    ("ndtr", (-INF,), 0.0),
    ("ndtr", (-HUGE,), 0.0),
    ("ndtr", (-40.0,), 0.0),
    ("ndtr", (9.0,), 1.0),
    ("gelu", (0.0,), 0.0),
    ("gelu", (-0.0,), -0.0),
    ("gelu", (1000.0,), 1000.0),
    ("gelu", (HUGE,), HUGE),
    ("gelu", (INF,), INF),
    ("gelu", (-INF,), 0.0),
    ("gelu", (-HUGE,), 0.0),
    ("gelu", (5e-324,), 0.0),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), EDGES)
def test_edges(name, arguments, expected) -> None:
    assert repr(getattr(floats, name)(*arguments)) == repr(expected)  # repr tells -0.0 and nan


TRUTH = {
    "erfc": mpmath.erfc,
    "ndtr": lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "gelu": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "sech2": lambda x: mpmath.sech(x) ** 2,
    "gaussian": lambda x: mpmath.exp(-x * x),
}


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("gelu", -12.0),
        ("ndtr", -12.0),
        ("ndtr", -0.6840904899577653),  # here and at the next a single rounding more shows
        ("erfc", 1.8926351626463136),
        ("erfc", 1.2208852339177443),  # 3.4 ulp off in the C library
        ("erfc", 10.0),
        ("erfc", 27.1),
        ("sech2", 20.0),
        ("sech2", 354.9),
        ("gaussian", 26.0),
    ],
)
def test_tails_keep_their_digits(name, x) -> None:
    value = getattr(floats, name)(x)
    with mpmath.workdps(50):
        assert abs(value - TRUTH[name](mpf(x))) <= 2 * math.ulp(value)


@pytest.mark.parametrize("k", [2.0**-20, 0.25, 0.5, 1.0, 2.0, 1024.0])
def test_bell_curves_of_any_width_keep_their_digits(k) -> None:
    draw = random.Random(0)
    with mpmath.workdps(60):
        for _ in range(500):
            x = draw.uniform(-1, 1) * math.sqrt(750.0 / k)
            exact = mpmath.exp(-mpf(k) * mpf(x) ** 2)
            assert abs(floats.gaussian(x, k) - exact) <= 1.5 * math.ulp(float(exact)), x


@pytest.mark.parametrize("name", ["erfc", "ndtr", "gelu"])
@pytest.mark.parametrize("seam", [0.5, -0.5, 1.00068, -1.00068, 28.0, 40.0, -40.0])
def test_seams_do_not_show(name, seam) -> None:
    function = getattr(floats, name)
    left, right = math.nextafter(seam, -INF), math.nextafter(seam, INF)
    at = function(seam)
    assert function(left) == pytest.approx(at, rel=2e-15 * max(1.0, seam * seam))
    assert function(right) == pytest.approx(at, rel=2e-15 * max(1.0, seam * seam))


def test_the_two_sides_of_the_normal_distribution_make_up_one() -> None:
    draw = random.Random(0)
    for _ in range(1000):
        x = draw.uniform(-9, 9)
        assert abs(floats.ndtr(x) + floats.ndtr(-x) - 1.0) <= 2.0**-52
        assert abs(floats.erfc(x) + floats.erf(x) - 1.0) <= 2.0**-52
