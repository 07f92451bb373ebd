"""erf, erfc and the normal distribution on arrays: against mpmath, far into the tails, and at the edges."""

import math

import mpmath
import numpy as np
import pytest

import engine
from engine import Value, jit
from engine.floats import array_tails, tails
from tests.engine.jit.forms import forced

EXACT = {"erf": mpmath.erf, "erfc": mpmath.erfc, "ndtr": lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2}
EXACT["gaussian"] = lambda x: mpmath.exp(-x * x / 2)
EDGES = [0.0, -0.0, 1e300, -1e300, math.inf, -math.inf, math.nan]
FAR = {"erf": 7.0, "erfc": 26.0, "ndtr": 37.0, "gaussian": 37.0}

FUNCTIONS = {name: getattr(array_tails, name) for name in EXACT}
FUNCTIONS["gaussian"] = lambda x: array_tails.gaussian(x, 0.5)


def points(name: str) -> np.ndarray:
    rng = np.random.default_rng(0)
    far = FAR[name]
    near = [0.5, -0.5, math.nextafter(0.5, 1.0), math.nextafter(-0.5, -1.0), 5e-324, -1e-300]
    parts = (rng.uniform(-far, far, 400), rng.uniform(-0.8, 0.8, 300), 10.0 ** rng.uniform(-300, 0, 50), near)
    return np.concatenate(parts)


@pytest.mark.parametrize("name", EXACT)
def test_values_are_within_three_ulp(name) -> None:
    xs = points(name)
    found = FUNCTIONS[name](xs)
    with mpmath.workdps(50):
        for x, y in zip(xs.tolist(), found.tolist(), strict=True):
            exact = EXACT[name](mpmath.mpf(x))
            assert abs(mpmath.mpf(y) - exact) <= 3.0 * math.ulp(float(exact)), (x, y)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("erf", [0.0, -0.0, 1.0, -1.0, 1.0, -1.0]),
        ("erfc", [1.0, 1.0, 0.0, 2.0, 0.0, 2.0]),
        ("ndtr", [0.5, 0.5, 1.0, 0.0, 1.0, 0.0]),
        ("gaussian", [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_edges(name, expected) -> None:
    with np.errstate(all="ignore"):
        found = FUNCTIONS[name](np.array(EDGES))
    assert found[:-1].tolist() == expected
    assert np.signbit(found[:2]).tolist() == np.signbit(expected[:2]).tolist()
    assert math.isnan(found[-1])


def test_a_subnormal_tail_is_that_of_numbers() -> None:
    xs = np.array([26.9, 27.1])
    np.testing.assert_allclose(array_tails.erfc(xs), [tails.erfc(x) for x in xs], rtol=1e-5)
    xs = np.array([-37.9, -38.3])
    np.testing.assert_allclose(array_tails.ndtr(xs), [tails.ndtr(x) for x in xs], rtol=1e-1)


@pytest.mark.parametrize("name", EXACT)
def test_any_shape(name) -> None:
    x = np.linspace(-2.0, 2.0, 6).reshape(2, 3)
    function = FUNCTIONS[name]
    assert np.array_equal(function(x), [[float(function(each)) for each in row] for row in x])


DERIVATIVES = {
    "erf": lambda x: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x),
    "erfc": lambda x: -2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x),
    "ndtr": lambda x: mpmath.npdf(x),
    "gelu": lambda x: EXACT["ndtr"](x) + x * mpmath.npdf(x),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives_of_array_programs_keep_the_tails(name) -> None:
    """To some ulp, of the larger of its two terms for that of gelu, which has a root."""
    f = getattr(engine, name)
    numbers = [-25.0, -12.3, -5.1, -0.7, -0.1, 0.3, 1.7, 8.9, 25.5]
    xs = [Value(x) for x in numbers]
    with forced("arrays"):
        lifted = jit(lambda: engine.sum([f(x) for x in xs]))
        lifted().backward()
    with mpmath.workdps(50):
        for x in xs:
            at = mpmath.mpf(x.data)
            exact = DERIVATIVES[name](at)
            size = abs(exact) if name != "gelu" else abs(exact) + abs(at * mpmath.npdf(at))
            assert abs(mpmath.mpf(x.grad) - exact) <= 6.0 * math.ulp(float(size)), x
