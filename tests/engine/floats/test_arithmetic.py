"""Quotients, powers, remainders, roundings and choices: IEEE's answers at every edge, and exact inside."""

import itertools
import math
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from engine import floats

INF, NAN = math.inf, math.nan
TINY, HUGE = 5e-324, 1.7976931348623157e308
SPECIAL = [*(s * x for x in (0.0, TINY, 0.3, 0.5, 1.0, 2.0, 3.0, 7.5, 1e300, INF) for s in (1.0, -1.0)), NAN]

EDGES = [
    ("divide", (1.0, 0.0), INF),
    ("divide", (1.0, -0.0), -INF),
    ("divide", (-1.0, 0.0), -INF),
    ("divide", (-INF, -0.0), INF),
    ("divide", (0.0, 0.0), NAN),
    ("divide", (NAN, 0.0), NAN),
    ("divide", (INF, INF), NAN),
    ("divide", (1e-200, 1e-200), 1.0),
    ("divide", (HUGE, 0.5), INF),
    ("power", (0.0, 0.0), 1.0),
    ("power", (NAN, 0.0), 1.0),
    ("power", (1.0, NAN), 1.0),
    ("power", (0.0, -1.0), INF),
    ("power", (-0.0, -1.0), -INF),
    ("power", (-0.0, -2.0), INF),
    ("power", (-0.0, -0.5), INF),
    ("power", (-0.0, 3.0), -0.0),
    ("power", (-8.0, 1 / 3), NAN),
    ("power", (-8.0, 3.0), -512.0),
    ("power", (-10.0, 309.0), -INF),
    ("power", (-10.0, 310.0), INF),
    ("power", (-1e-200, -3.0), -INF),
    ("power", (10.0, 309.0), INF),
    ("power", (10.0, -400.0), 0.0),
    ("power", (-1.0, INF), 1.0),
    ("power", (-0.0, 0.5), 0.0),
    ("power", (-INF, 0.5), INF),
    ("mod", (7.0, 3.0), 1.0),
    ("mod", (-7.0, 3.0), 2.0),
    ("mod", (7.0, -3.0), -2.0),
    ("mod", (-7.0, -3.0), -1.0),
    ("mod", (-6.0, 3.0), 0.0),
    ("mod", (6.0, -3.0), -0.0),
    ("mod", (7.0, 0.0), NAN),
    ("mod", (INF, 3.0), NAN),
    ("mod", (1.0, INF), 1.0),
    ("mod", (-1.0, INF), INF),
    ("floor_divide", (7.0, 3.0), 2.0),
    ("floor_divide", (-7.0, 3.0), -3.0),
    ("floor_divide", (7.0, -3.0), -3.0),
    ("floor_divide", (-7.0, -3.0), 2.0),
    ("floor_divide", (1.0, 0.1), 9.0),
    ("floor_divide", (-1.0, 4.0), -1.0),
    ("floor_divide", (-0.0, 4.0), -0.0),
    ("floor_divide", (1.0, 0.0), INF),
    ("floor_divide", (-1.0, 0.0), -INF),
    ("floor_divide", (0.0, 0.0), NAN),
    ("floor_divide", (INF, 3.0), NAN),
    ("floor_divide", (1.0, INF), 0.0),
    ("floor_divide", (-1.0, INF), -1.0),
    ("floor", (-0.0,), -0.0),
    ("floor", (-TINY,), -1.0),
    ("floor", (INF,), INF),
    ("floor", (-INF,), -INF),
    ("floor", (HUGE,), HUGE),
    ("floor", (4503599627370495.5,), 4503599627370495.0),
    ("ceil", (-0.5,), -0.0),
    ("ceil", (TINY,), 1.0),
    ("ceil", (INF,), INF),
    ("ceil", (-INF,), -INF),
    ("ceil", (-HUGE,), -HUGE),
    ("ceil", (4503599627370495.5,), 4503599627370496.0),
    ("sign", (0.0,), 0.0),
    ("sign", (-0.0,), 0.0),
    ("sign", (-TINY,), -1.0),
    ("sign", (INF,), 1.0),
    ("step", (0.0,), 0.0),
    ("step", (TINY,), 1.0),
    ("step", (0.5, 0.5), 0.0),
    ("step", (-0.4, -0.5), 1.0),
    ("step", (NAN, 0.5), NAN),
    ("minimum", (1.0, NAN), NAN),
    ("minimum", (-INF, 1.0), -INF),
    ("maximum", (NAN, 1.0), NAN),
    ("maximum", (1.0, INF), INF),
    ("clip", (NAN, 0.0, 1.0), NAN),
    ("clip", (0.0, 0.0, 1.0), 0.0),
    ("clip", (INF, 0.0, 1.0), 1.0),
    ("clip", (-INF, 0.0, 1.0), 0.0),
    ("clip", (0.5, 2.0, 1.0), 1.0),
    ("where", (0.0, 1.0, 2.0), 2.0),
    ("where", (-0.0, 1.0, 2.0), 2.0),
    ("where", (TINY, 1.0, NAN), 1.0),
    ("greater", (NAN, 1.0), 0.0),
    ("greater", (1.0, 1.0), 0.0),
    ("greater_equal", (1.0, 1.0), 1.0),
    ("greater_equal", (1.0, NAN), 0.0),
    ("equal", (0.0, -0.0), 1.0),
    ("equal", (NAN, NAN), 0.0),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), EDGES)
def test_edges(name, arguments, expected) -> None:
    assert repr(getattr(floats, name)(*arguments)) == repr(expected)  # repr tells -0.0 and nan


NUMPY = {
    "divide": np.divide,
    "power": np.power,
    "mod": np.remainder,
    "floor_divide": np.floor_divide,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "equal": np.equal,
}


@pytest.mark.parametrize("name", NUMPY)
def test_numpy_gives_the_same_for_special_numbers(name) -> None:
    for a, b in itertools.product(SPECIAL, repeat=2):
        if name == "power" and b == 0.5:
            continue  # NumPy takes the square root instead, which differs at -0.0 and -inf
        with np.errstate(all="ignore"):
            expected = float(NUMPY[name](np.float64(a), np.float64(b)))
        result = getattr(floats, name)(a, b)
        assert result == pytest.approx(expected, rel=1e-15, abs=0.0, nan_ok=True), (a, b)
        if name in {"minimum", "maximum"} and a == b == 0.0:
            continue  # which of two zeros NumPy takes depends on the machine
        assert math.isnan(result) or math.copysign(1.0, result) == math.copysign(1.0, expected), (a, b)


@pytest.mark.parametrize("name", ["floor", "ceil", "rint"])
@pytest.mark.parametrize(
    "x",
    [
        *SPECIAL,
        -2.5,
        2.5,
        1.5,
        0.49999999999999994,
        4503599627370494.5,
        0.9999999999999999,
        4503599627370495.5,
        -1e17,
    ],
)
def test_numpy_rounds_the_same(name, x) -> None:
    assert repr(getattr(floats, name)(x)) == repr(float(getattr(np, name)(x)))


def test_power_is_within_an_ulp_of_mpmath() -> None:
    draw = random.Random(0)
    for _ in range(1000):
        x = math.ldexp(draw.uniform(1, 2), draw.randint(-1060, 1020))
        y = draw.uniform(-1000, 1000) / max(abs(math.log2(x)), 1.0)
        with mpmath.workdps(60):
            exact = mpf(x) ** mpf(y)
            assert abs(floats.power(x, y) - exact) <= math.ulp(float(exact)), (x, y)


def test_remainder_is_the_exact_one_rounded() -> None:
    draw = random.Random(0)
    for _ in range(1000):
        a = math.copysign(math.ldexp(draw.uniform(1, 2), draw.randint(-1060, 1000)), draw.uniform(-1, 1))
        b = math.copysign(math.ldexp(draw.uniform(1, 2), draw.randint(-1060, 1000)), draw.uniform(-1, 1))
        for divisor in (b, a * draw.uniform(-1, 1)):
            whole = Fraction(a) // Fraction(divisor)
            if abs(whole) < 2**53:  # beyond, Python rounds on the way
                assert floats.floor_divide(a, divisor) == whole
            assert floats.mod(a, divisor) == float(Fraction(a) % Fraction(divisor)), (a, divisor)
