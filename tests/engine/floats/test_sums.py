"""Operators over sequences: a C loop's order, no overflow on the way, digits kept next to a large number."""

import math
import random
from fractions import Fraction

import mpmath
import pytest
from mpmath import mpf

from engine import floats

INF, NAN = math.inf, math.nan
TINY, HUGE = 5e-324, 1.7976931348623157e308

EDGES = [
    ("sum", (), 0.0),
    ("sum", (1e308, 1e308, -1e308), 1e308),
    ("sum", (-1e308, -1e308), -INF),
    ("sum", (HUGE, HUGE, -HUGE, -HUGE), 0.0),
    ("sum", (1e308, 1e308, -INF), -INF),
    ("sum", (INF, -INF), NAN),
    ("sum", (NAN, 1.0), NAN),
    ("sum", (INF, 1e308), INF),
    ("prod", (), 1.0),
    ("prod", (1e200, 1e200, 1e-200, 1e-100), 1e100),
    ("prod", (1e-200, 1e-120, 1e200), 1e-120),
    ("prod", (1e200, 1e200, 0.0), 0.0),
    ("prod", (1e200, -1e200, 0.0), -0.0),
    ("prod", (1e-200, 1e-200, INF), INF),
    ("prod", (0.0, INF), NAN),
    ("prod", (0.0, NAN), NAN),
    ("prod", (1e200, -1e200), -INF),
    ("prod", (1e-200, 1e-200), 0.0),
    ("prod", (TINY, 0.5, 2.0), TINY),
    ("prod", (2.0, 3.0, 0.5), 3.0),
    ("mean", (1e308, 1e308), 1e308),
    ("mean", (HUGE, HUGE, HUGE), HUGE),
    ("mean", (-HUGE, -HUGE), -HUGE),
    ("mean", (TINY, TINY), TINY),
    ("mean", (INF, 1.0), INF),
    ("mean", (INF, -INF), NAN),
    ("mean", (1e308, 1e308, -INF), -INF),
    ("mean", (INF, 1e308, 1e308, -INF), NAN),
    ("mean", (2.5,), 2.5),
    ("max", (NAN, 1.0), NAN),
    ("max", (1.0, NAN), NAN),
    ("max", (INF, NAN), NAN),
    ("max", (-INF, -INF), -INF),
    ("max", (-3.0, -2.0), -2.0),
    ("min", (NAN, 1.0), NAN),
    ("min", (1.0, NAN), NAN),
    ("min", (-INF, 3.0), -INF),
    ("min", (-3.0, -2.0), -3.0),
    ("norm", (), 0.0),
    ("norm", (-3.0,), 3.0),
    ("norm", (0.0, -0.0, 0.0), 0.0),
    ("norm", (3 * 2.0**600, -4 * 2.0**600), 5 * 2.0**600),
    ("norm", (3 * 2.0**-600, 4 * 2.0**-600, 0.0), 5 * 2.0**-600),
    ("norm", (HUGE, HUGE), INF),
    ("norm", (-INF, 1.0), INF),
    ("norm", (NAN, 1.0), NAN),
    ("logsumexp", (-INF, 0.0), 0.0),
    ("logsumexp", (-INF, -INF), -INF),
    ("logsumexp", (INF, 0.0), INF),
    ("logsumexp", (INF, INF), INF),
    ("logsumexp", (INF, -INF), INF),
    ("logsumexp", (NAN, 0.0), NAN),
    ("logsumexp", (0.0, NAN), NAN),
    ("logsumexp", (INF, NAN), NAN),
    ("logsumexp", (-INF, NAN), NAN),
    ("logsumexp", (3.5,), 3.5),
    ("logsumexp", (-INF,), -INF),
    ("logsumexp", (1000.0, 1000.0), 1000.6931471805599),
    ("logsumexp", (-1000.0, -1000.0), -999.3068528194401),
    ("logsumexp", (0.0, -40.0), 4.248354255291589e-18),
    ("logsumexp", (-745.0, 0.0), TINY),
    ("logsumexp", (0.0, -40.0, -INF), 4.248354255291589e-18),
    ("logsumexp", (-40.0, 0.0, -HUGE), 4.248354255291589e-18),
    ("logsumexp", (HUGE, -HUGE), HUGE),
    ("log_softmax_first", (0.0,), 0.0),
    ("log_softmax_first", (0.0, 0.0), -0.6931471805599453),
    ("log_softmax_first", (1000.0, 0.0), 0.0),
    ("log_softmax_first", (0.0, 1000.0), -1000.0),
    ("log_softmax_first", (40.0, 0.0), -4.248354255291589e-18),
    ("log_softmax_first", (0.0, -INF), 0.0),
    ("log_softmax_first", (-INF, 0.0), -INF),
    ("log_softmax_first", (-INF, -INF), NAN),
    ("log_softmax_first", (INF, 0.0), NAN),
    ("log_softmax_first", (0.0, INF), NAN),
    ("log_softmax_first", (0.0, NAN), NAN),
    ("log_softmax_first", (NAN, 0.0), NAN),
    ("log_softmax_first", (HUGE, -HUGE), 0.0),
    ("log_softmax_first", (-HUGE, HUGE), -INF),
]


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize(("name", "xs", "expected"), EDGES)
def test_edges(name, xs, expected, kind) -> None:
    assert repr(getattr(floats, name)(kind(xs))) == repr(expected)  # repr tells -0.0 and nan


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((), (), 0.0),
        ((1.0, 2.0), (3.0, 0.5), 4.0),
        ((1e200, 1e200), (1e200, -1e200), 0.0),
        ((1e200, 1.0), (1e200, 1.0), INF),
        ((1e200, 1e200, 3.0), (-1e200, 1e200, 2.0), 6.0),
        ((INF, 1.0), (0.0, 1.0), NAN),
        ((1e200, INF), (-1e200, 1.0), INF),
        ((1e200, 1.0), (1e200, -INF), -INF),
        ((0.0, 1.0), (INF, NAN), NAN),
        ((1.0,), (NAN,), NAN),
    ],
)
def test_dot_edges(a, b, expected) -> None:
    assert repr(floats.dot(a, b)) == repr(expected)
    assert repr(floats.dot(list(b), list(a))) == repr(expected)


@pytest.mark.parametrize("name", ["mean", "max", "min", "logsumexp", "log_softmax_first"])
def test_no_numbers_are_an_error_that_names_the_operator(name) -> None:
    with pytest.raises(ValueError, match=rf"{name.removesuffix('_first')}\(\) of no numbers"):
        getattr(floats, name)([])


def numbers(seed: int, count: int = 200) -> list[float]:
    """Numbers of both signs over sixteen magnitudes."""
    draw = random.Random(seed)
    return [draw.uniform(-1, 1) * 10.0 ** draw.randint(-8, 8) for _ in range(count)]


@pytest.mark.parametrize("seed", range(20))
def test_sums_have_the_bits_of_a_plain_loop(seed) -> None:
    xs, weights = numbers(seed), numbers(seed + 100)
    total = weighted = 0.0
    for x, weight in zip(xs, weights, strict=True):
        total += x
        weighted += weight * x
    assert floats.sum(xs) == total
    assert floats.mean(xs) == total / len(xs)
    assert floats.dot(weights, xs) == weighted


def test_sums_are_not_compensated() -> None:
    assert floats.sum([0.1] * 10) == 0.9999999999999999
    assert floats.sum([1.0, 1e100, 1.0, -1e100]) == 0.0
    assert floats.dot([0.1] * 10, [1.0] * 10) == 0.9999999999999999


@pytest.mark.parametrize("seed", range(50))
def test_overflowing_sums_are_the_exact_ones_rounded(seed) -> None:
    draw = random.Random(seed)
    xs = [HUGE, HUGE, *(HUGE * draw.uniform(-1, 1) for _ in range(5)), -HUGE, -HUGE]
    exact = sum(map(Fraction, xs))
    if abs(exact) < Fraction(HUGE):
        assert floats.sum(xs) == float(exact)
        assert floats.dot(xs, [1.0] * len(xs)) == float(exact)
    assert floats.mean(xs) == float(exact / len(xs))


@pytest.mark.parametrize("seed", range(50))
def test_products_keep_their_digits_whatever_the_order(seed) -> None:
    draw = random.Random(seed)
    powers = [draw.randint(-1000, 1000) for _ in range(6)]
    powers.append(max(-1070, min(1020, -sum(powers))))
    xs = [math.ldexp(draw.uniform(-2, 2), power) for power in powers]
    exact = math.prod(map(Fraction, xs))
    if abs(exact) <= Fraction(HUGE):
        assert abs(Fraction(floats.prod(xs)) - exact) <= 7 * Fraction(math.ulp(float(exact)))


def test_products_of_very_many_numbers_neither_overflow_nor_vanish() -> None:
    assert floats.prod([1e-3, 1e3] * 5000) == pytest.approx(1.0, rel=1e-12)
    assert floats.prod([1e-3] * 5000 + [1e3] * 5000) == pytest.approx(1.0, rel=1e-12)


def test_norm_is_within_an_ulp_at_any_size() -> None:
    draw = random.Random(0)
    for _ in range(400):
        size = 10.0 ** draw.uniform(-300, 300)
        xs = [size * draw.uniform(-1, 1) for _ in range(draw.randint(1, 6))]
        with mpmath.workdps(60):
            exact = mpmath.sqrt(sum(mpf(x) ** 2 for x in xs))
            assert abs(floats.norm(xs) - exact) <= math.ulp(float(exact)), xs


def test_log_softmax_keeps_its_digits_next_to_a_dominant_number() -> None:
    draw = random.Random(0)
    for trial in range(400):
        spread = 10.0 ** draw.uniform(-1, 2.3)
        xs = [draw.uniform(-spread, spread) for _ in range(draw.randint(2, 6))]
        if trial % 2:
            xs.sort(reverse=True)
        with mpmath.workdps(400):
            exact = mpf(xs[0]) - mpmath.log(sum(mpmath.exp(mpf(x)) for x in xs))
            assert abs(floats.log_softmax_first(xs) - exact) <= 2 * math.ulp(float(exact)), xs


def test_log_softmax_loses_nothing_to_rounded_differences() -> None:
    draw = random.Random(0)
    for _ in range(2000):
        xs = [draw.uniform(2.5, 9), draw.uniform(0, 1)]
        with mpmath.workdps(60):
            exact = -mpmath.log1p(mpmath.exp(mpf(xs[1]) - mpf(xs[0])))
            assert abs(floats.log_softmax_first(xs) - exact) <= 2 * math.ulp(float(exact)), xs


def test_logsumexp_of_positive_numbers_is_within_two_ulp() -> None:
    draw = random.Random(0)
    for _ in range(400):
        spread = 10.0 ** draw.uniform(-3, 2.3)
        xs = [draw.uniform(0, spread) for _ in range(draw.randint(1, 6))]
        with mpmath.workdps(200):
            exact = mpmath.log(sum(mpmath.exp(mpf(x)) for x in xs))
            assert abs(floats.logsumexp(xs) - exact) <= 2 * math.ulp(float(exact)), xs


@pytest.mark.parametrize("x", [-1e-3, -30.3, -40.7, -100.1, -700.9])
def test_logsumexp_with_zero_is_softplus(x) -> None:
    for xs in ((0.0, x), (x, 0.0)):
        assert floats.logsumexp(xs) == pytest.approx(floats.softplus(x), rel=4e-16, abs=0.0)
