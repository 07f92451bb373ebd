"""Every function of the floor: within 2 or 3 ulp of mpmath, and a float for any floats."""

import itertools
import math
import random

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

from engine import floats

INF = math.inf
PUBLIC = sorted(name for name, function in vars(floats).items() if callable(function) and name[0] != "_")
SEQUENCES = {"sum", "prod", "mean", "max", "min", "norm", "logsumexp", "log_softmax_first"}
COMPARISONS = {"minimum", "maximum", "greater", "greater_equal", "equal"}
TWO = {
    "divide",
    "power",
    "mod",
    "floor_divide",
    "atan2",
    "hypot",
    "gaussian",
    "step",
    "leaky_relu",
    "elu",
    *COMPARISONS,
}
THREE = {"clip", "where"}
ONE = set(PUBLIC) - SEQUENCES - TWO - THREE - {"dot"}


def _softplus(x):
    return mpmath.log1p(mpmath.exp(x)) if x < 0 else x + mpmath.log1p(mpmath.exp(-x))


def _ndtr(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


EXACT = {
    "exp2": lambda x: mpf(2) ** x,
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": lambda x: mpmath.log(x) / mpmath.log(10),
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "sech2": lambda x: mpmath.sech(x) ** 2,
    "ndtr": _ndtr,
    "gaussian": lambda x: mpmath.exp(-x * x),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "log_sigmoid": lambda x: -_softplus(-x),
    "softplus": _softplus,
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x * _ndtr(x),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
}
"""The true functions that mpmath does not have under the same name."""

NEAR_UNDERFLOW = (-760, -700)
SWEPT = {
    "exp": [(-1, 1), (-700, 709.7), NEAR_UNDERFLOW],
    "exp2": [(-1, 1), (-1022, 1023.9), (-1080, -1015)],
    "expm1": [(-1e-3, 1e-3), (-1, 1), (-50, 709.7)],
    "log": [(0.9, 1.1), (0, 10)],
    "log2": [(0.9, 1.1), (0, 10)],
    "log10": [(0.9, 1.1), (0, 10)],
    "log1p": [(-0.1, 0.1), (-1, 10), (-1, -0.999)],
    "sqrt": [(0, 10)],
    "cbrt": [(-10, 10), (1, 8)],
    "sin": [(-10, 10), (3.14, 3.15), (-1e5, 1e5)],
    "cos": [(-10, 10), (1.57, 1.58), (-1e5, 1e5)],
    "tan": [(-10, 10), (1.57, 1.58), (3.14, 3.15), (-1e5, 1e5)],
    "asin": [(-1, 1), (0.999, 1)],
    "acos": [(-1, 1), (0.999, 1)],
    "atan": [(-1, 1), (-10, 10)],
    "sinh": [(-1, 1), (-25, 25), (-710.4, 710.4)],
    "cosh": [(-1, 1), (-25, 25), (-710.4, 710.4)],
    "tanh": [(-0.5, 0.5), (-22, 22)],
    "asinh": [(-0.5, 0.5), (-10, 10)],
    "acosh": [(1, 1.001), (1, 1.3), (1, 100)],
    "atanh": [(-0.5, 0.5), (-1, 1), (0.999, 1)],
    "erf": [(-1, 1), (-6, 6)],
    "erfc": [(-6, 6), (0.5, 3), (3, 27.3), (26, 27.3)],
    "ndtr": [(-3, 3), (-37, -3), (-38.6, -37), (3, 9)],
    "gaussian": [(-2, 2), (-28, 28), (26, 27.4)],
    "sech2": [(-2, 2), (-25, 25), (300, 373)],
    "sigmoid": [(-5, 5), (-40, 40), (-700, 0), NEAR_UNDERFLOW],
    "log_sigmoid": [(-5, 5), (-40, 40), (0, 760)],
    "softplus": [(-5, 5), (-40, 40), (-760, 0)],
    "silu": [(-5, 5), (-40, 40), (-700, 0), NEAR_UNDERFLOW],
    "gelu": [(-3, 3), (-37, -3), (-38.7, -37), (3, 9)],
    "elu": [(-1, 1), (-50, 5)],
}
"""Where each function is measured, besides all magnitudes of floats: its tails, roots, poles, and seams."""

UNBOUNDED = {"log", "log2", "log10", "log1p", "sqrt", "cbrt", "sin", "cos", "tan", "atan", "asinh", "acosh"}
"""The functions that still do something new beyond 2000; the others are long at 0, 1, x or inf."""

LOOSE = {"tanh": 2.3, "acosh": 2.3, "silu": 2.3, "erfc": 2.5, "ndtr": 2.5, "gelu": 2.5, "sech2": 2.5}
"""The functions that may be further from the truth than 2 ulp."""

MEASURED_OTHERWISE = {
    *("divide", "power", "mod", "floor_divide", "floor", "ceil", "rint", "sign", "step", "clip", "where"),
    *("atan2", "hypot", "relu", "leaky_relu", "dot"),
    *SEQUENCES,
    *COMPARISONS,
}
"""What the tests of the single files compare with exact results."""

SPECIAL = [0.0, 5e-324, 1e-310, 2.0**-1022, 1e-8, 0.3, 0.5, 1.0, 2.0, 3.0, 37.5, 709.5, 745.5, 1e16, 1.7e308]
SPECIAL += [-x for x in SPECIAL] + [INF, -INF, math.nan]

ANY = st.floats()


def ulps(value: float, exact: mpmath.mpf) -> float:
    """How far a value is from the truth, in units of the last place that a float has there."""
    if exact == 0:
        return 0.0 if value == 0.0 else INF
    return float(abs(mpf(value) - exact) / mpf(2) ** max(int(mpmath.mag(exact)) - 53, -1074))


def points(name: str) -> list[float]:
    """All binary magnitudes of both signs in steps of 11, and 600 numbers of each interval of the sweep."""
    draw = random.Random(name)
    magnitudes = [math.ldexp(draw.uniform(1, 2), power) for power in range(-1074, 1024, 11)]
    inside = [draw.uniform(*interval) for interval in SWEPT[name] for _ in range(600)]
    ends = [end for interval in SWEPT[name] for end in interval]
    neighbours = [math.nextafter(end, side) for end in ends for side in (-INF, INF)]
    return [*magnitudes, *(-x for x in magnitudes), *inside, *neighbours]


def truth(name: str, x: float) -> mpmath.mpf | None:
    """The true value at x; None where it is no real number, or there is none worth computing."""
    if abs(x) > 2000.0 and name not in UNBOUNDED:
        return None
    exact = EXACT.get(name, getattr(mpmath, name, None))(mpf(x))
    return None if isinstance(exact, mpmath.mpc) or not mpmath.isfinite(exact) else exact


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", SWEPT)
def test_values_are_within_two_ulp_of_mpmath_over_the_whole_range(name) -> None:
    function = getattr(floats, name)
    with mpmath.workdps(60):
        pairs = [(x, exact) for x in points(name) if (exact := truth(name, x)) is not None]
        worst, at = max((ulps(function(x), exact), x) for x, exact in pairs)
    assert len(pairs) > 200
    assert worst <= LOOSE.get(name, 2.0), f"{name}({at!r}) = {function(at)!r} is {worst:.2f} ulp off"


def test_no_function_escapes_the_measurement() -> None:
    assert sorted([*SWEPT, *MEASURED_OTHERWISE]) == PUBLIC


@pytest.mark.parametrize(
    ("value", "exact", "expected"),
    [
        (1.0, "1", 0.0),
        (1.0, "1.0000000000000002220446049250313080847263336181640625", 1.0),
        (5e-324, "4.940656458412465441765687928682213723650598026143e-324", 0.0),
        (1e-323, "4.940656458412465441765687928682213723650598026143e-324", 1.0),
        (INF, "1", INF),
        (0.0, "0", 0.0),
        (5e-324, "0", INF),
    ],
)
def test_the_measure_counts_units_in_the_last_place(value, exact, expected) -> None:
    with mpmath.workdps(60):
        assert ulps(value, mpf(exact)) == pytest.approx(expected)


def _arguments(name: str) -> int:
    return 1 if name in ONE else 2 if name in TWO else 3


@pytest.mark.parametrize("name", sorted(ONE | TWO | THREE))
def test_special_numbers_give_a_float_and_never_raise(name) -> None:
    function = getattr(floats, name)
    results = [function(*each) for each in itertools.product(SPECIAL, repeat=_arguments(name))]
    assert {type(result) for result in results} == {float}


@given(ANY, ANY, ANY)
def test_any_floats_give_a_float_and_never_raise(a, b, c) -> None:
    for name in ONE | TWO | THREE:
        result = getattr(floats, name)(*(a, b, c)[: _arguments(name)])
        assert type(result) is float, name


@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=6))
def test_any_sequence_gives_a_float_and_never_raises(pairs) -> None:
    xs, others = map(list, zip(*pairs, strict=True))
    for name in SEQUENCES:
        assert type(getattr(floats, name)(xs)) is float, name
        assert type(getattr(floats, name)(tuple(xs))) is float, name
    assert type(floats.dot(xs, others)) is float


PASSES_NAN = ONE | TWO - {"power", "hypot", "step", "greater", "greater_equal", "equal"}


@pytest.mark.parametrize("name", sorted(PASSES_NAN))
def test_nan_passes_through(name) -> None:
    for others in itertools.product([0.0, 1.0, -2.0], repeat=_arguments(name) - 1):
        assert math.isnan(getattr(floats, name)(math.nan, *others))
