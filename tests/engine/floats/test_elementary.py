"""Elementary functions: infinities at poles and overflows, nan outside the domain, exact cube roots."""

import math
import random

import mpmath
import pytest
from mpmath import mpf

from engine import floats

INF, NAN = math.inf, math.nan
TINY, HUGE = 5e-324, 1.7976931348623157e308
PI = math.pi

EDGES = [
    ("exp", (710.0,), INF),
    ("exp", (-745.0,), TINY),
    ("exp", (-746.0,), 0.0),
    ("exp", (-INF,), 0.0),
    ("exp2", (1023.0,), 2.0**1023),
    ("exp2", (1024.0,), INF),
    ("exp2", (-1074.0,), TINY),
    ("exp2", (-1076.0,), 0.0),
    ("expm1", (-40.0,), -1.0),
    ("expm1", (-INF,), -1.0),
    ("expm1", (710.0,), INF),
    ("expm1", (-0.0,), -0.0),
    ("log", (0.0,), -INF),
    ("log", (-0.0,), -INF),
    ("log", (-TINY,), NAN),
    ("log", (-INF,), NAN),
    ("log", (INF,), INF),
    ("log", (TINY,), -744.4400719213812),
    ("log2", (0.0,), -INF),
    ("log2", (TINY,), -1074.0),
    ("log2", (-1.0,), NAN),
    ("log10", (0.0,), -INF),
    ("log10", (1e-5,), -5.0),
    ("log10", (-1.0,), NAN),
    ("log1p", (-1.0,), -INF),
    ("log1p", (-1.1,), NAN),
    ("log1p", (-0.0,), -0.0),
    ("log1p", (TINY,), TINY),
    ("log1p", (INF,), INF),
    ("sqrt", (-TINY,), NAN),
    ("sqrt", (-0.0,), -0.0),
    ("sqrt", (INF,), INF),
    ("sqrt", (TINY,), 2.0**-537),
    ("cbrt", (0.0,), 0.0),
    ("cbrt", (-0.0,), -0.0),
    ("cbrt", (-INF,), -INF),
    ("cbrt", (TINY,), 1.7031839360032603e-108),
    ("cbrt", (HUGE,), 5.643803094122362e102),
    ("sin", (INF,), NAN),
    ("cos", (-INF,), NAN),
    ("tan", (INF,), NAN),
    ("tan", (PI / 2,), 1.633123935319537e16),
    ("asin", (1.0000000000000002,), NAN),
    ("acos", (-1.0000000000000002,), NAN),
    ("acos", (1.0,), 0.0),
    ("atan", (-INF,), -PI / 2),
    ("atan2", (0.0, 0.0), 0.0),
    ("atan2", (0.0, -0.0), PI),
    ("atan2", (-0.0, -1.0), -PI),
    ("atan2", (INF, INF), PI / 4),
    ("atan2", (1e-200, 1e-200), PI / 4),
    ("sinh", (711.0,), INF),
    ("sinh", (-711.0,), -INF),
    ("cosh", (-711.0,), INF),
    ("tanh", (1000.0,), 1.0),
    ("tanh", (-INF,), -1.0),
    ("asinh", (-INF,), -INF),
    ("acosh", (1.0,), 0.0),
    ("acosh", (0.0,), NAN),
    ("acosh", (INF,), INF),
    ("acosh", (-INF,), NAN),
    ("atanh", (1.0,), INF),
    ("atanh", (-1.0,), -INF),
    ("atanh", (1.0000000000000002,), NAN),
    ("atanh", (INF,), NAN),
    ("hypot", (1e200, 1e200), 1.4142135623730951e200),
    ("hypot", (3 * TINY, 4 * TINY), 5 * TINY),
    ("hypot", (HUGE, HUGE), INF),
    ("hypot", (INF, NAN), INF),
    ("hypot", (0.0, -0.0), 0.0),
    ("erf", (INF,), 1.0),
    ("erf", (-6.0,), -1.0),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), EDGES)
def test_edges(name, arguments, expected) -> None:
    assert repr(getattr(floats, name)(*arguments)) == repr(expected)  # repr tells -0.0 and nan


def test_cubes_have_their_exact_roots() -> None:
    draw = random.Random(0)
    whole = [*range(1, 2000), *(draw.randrange(208064) for _ in range(2000)), 208063]
    for root in whole:
        for scale in (0, -300, 300):
            assert floats.cbrt(math.ldexp(float(root**3), 3 * scale)) == math.ldexp(root, scale)
            assert floats.cbrt(-float(root**3)) == -float(root)


def test_cube_roots_are_within_seven_tenths_of_an_ulp() -> None:
    draw = random.Random(0)
    with mpmath.workdps(40):
        for _ in range(3000):
            x = math.ldexp(draw.uniform(1, 8), 3 * draw.randint(-340, 340))
            exact = mpmath.cbrt(mpf(x))
            assert abs(floats.cbrt(x) - exact) <= 0.7 * math.ulp(float(exact))


@pytest.mark.parametrize("name", ["hypot", "atan2"])
def test_functions_of_two_numbers_are_within_an_ulp_of_mpmath(name) -> None:
    draw = random.Random(name)
    for _ in range(1000):
        a = math.copysign(math.ldexp(draw.uniform(1, 2), draw.randint(-1070, 1020)), draw.uniform(-1, 1))
        b = math.copysign(a, draw.uniform(-1, 1)) * math.ldexp(draw.uniform(1, 2), draw.randint(-30, 3))
        with mpmath.workdps(60):
            exact = getattr(mpmath, name)(mpf(a), mpf(b))
            assert abs(getattr(floats, name)(a, b) - exact) <= math.ulp(float(exact)), (a, b)
