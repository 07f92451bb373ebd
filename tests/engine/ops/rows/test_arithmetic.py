"""Powers at nasty points: an exponent that is a Value gives what a constant one gives, in every mode."""

import math

import pytest
from mpmath import mp, mpf

import engine
from engine import Value, derivatives, grad, gradients, hessian, jvp, vjp
from tests.engine.jit.forms import FORMS, forced
from tests.engine.nodes import compiled_module, reference
from tests.sampling import THOROUGH

INF, NAN = math.inf, math.nan
BASES = (
    *(0.0, -0.0, 1.0, -1.0, 3.0, -3.0, 0.5, -0.5, 1.0 + 2.0**-52, 1e-300, -1e-300, 5e-324, 1e300, -1e300),
    *(INF, -INF, NAN),
)
EXPONENTS = (
    *(0.0, 1.0, -1.0, 2.0, -2.0, 3.0, 0.5, -0.5, 1.5, 0.1, -0.1, 700.0, 1e-17, -1e-17, 5e-324),
    *(2.0**53 - 1, 2.0**53, 2.0**53 + 2, 1e17, -1e17, 1e300, -1e300, INF, -INF),
)


def as_graph(f, x):
    variable = Value(x)
    (slope,) = gradients(f(variable), [variable], create_graph=True)
    return getattr(slope, "data", slope)


def lifted(f, x):
    variable = Value(x)
    engine.jit(f)(variable).backward()
    return variable.grad


def lifted_batch(f, x):
    variable = Value(x)
    engine.jit(f, batch=True)([variable, 2.0, 3.0, 4.0]).backward()
    return 4.0 * variable.grad


FIRST = {
    "backward": lambda f, x: grad(f)(x),
    "as a graph": as_graph,
    "forward": lambda f, x: jvp(f, (x,), (1.0,))[1],
    "vjp": lambda f, x: vjp(f, x)[1](1.0)[0],
    "series": lambda f, x: derivatives(f, x, 1)[1],
    "lifted": lifted,
    "lifted for a batch": lifted_batch,
}
SECOND = {
    "hessian": lambda f, x: hessian(f)(x),
    "gradient of a gradient": lambda f, x: grad(grad(f))(x),
    "series": lambda f, x: derivatives(f, x, 2)[2],
}


def agree(a: float, b: float, rel: float = 1e-12) -> bool:
    """Equal to rounding, and to the smallest float: infinities and nan too."""
    return a == b or (a != a and b != b) or math.isclose(a, b, rel_tol=rel, abs_tol=5e-324)


@pytest.mark.unmeasured
@pytest.mark.parametrize("n", EXPONENTS)
@pytest.mark.parametrize("mode", FIRST)
def test_an_exponent_that_is_a_value_gives_the_slope_of_a_constant_one(mode, n) -> None:
    traced = mode.startswith("lifted") and not THOROUGH  # a third of the bases, in turn
    for x in BASES[EXPONENTS.index(n) % 3 :: 3] if traced else BASES:
        if mode == "series" and (x == 5e-324 or (x == 0.0 and abs(n) != 1.0)):
            continue  # it divides by x: there it may have infinities of its own
        one, other = FIRST[mode](lambda v: v**n, x), FIRST[mode](lambda v: v ** Value(n), x)
        assert agree(one, other), (x, n, one, other)


@pytest.mark.unmeasured
@pytest.mark.parametrize("n", EXPONENTS)
@pytest.mark.parametrize("mode", SECOND)
def test_and_the_second_derivative_or_something_that_is_not_finite(mode, n) -> None:
    for x in BASES:
        one, other = SECOND[mode](lambda v: v**n, x), SECOND[mode](lambda v: v ** Value(n), x)
        assert agree(one, other) or not math.isfinite(other), (x, n, one, other)


@pytest.mark.parametrize("n", EXPONENTS)
@pytest.mark.parametrize("node", ["compiled", "pure"])
def test_value_and_slopes_on_both_nodes(node, n) -> None:
    V = (compiled_module() if node == "compiled" else reference).Value
    for x in BASES:
        by_constant, by_value, exponent = V(x), V(x), V(n)
        one, other = by_constant**n, by_value**exponent
        one.backward()
        other.backward()
        assert agree(one.data, other.data, rel=0.0)
        assert agree(by_constant.grad, by_value.grad), (x, n, by_constant.grad, by_value.grad)
        pure = reference.Value(x)
        (pure**n).backward()
        assert agree(by_constant.grad, pure.grad, rel=0.0)


@pytest.mark.unmeasured
@pytest.mark.parametrize("n", [n for n in EXPONENTS if math.isfinite(n)])
def test_slopes_are_the_true_ones_wherever_these_are_floats(n) -> None:
    for x in BASES:
        if not math.isfinite(x) or (x < 0.0 and n != math.floor(n)) or (x == 0.0 and n < 2.0):
            continue
        with mp.workdps(400):
            even = abs(n) >= 2.0**53  # so are all floats from there on, and n - 1 is odd
            exact = mpf(n) * mpf(abs(x)) ** (mpf(n) - 1) if x else mpf(0)
            expected = float(-exact if x < 0.0 and (even or n % 2.0 == 0.0) else exact)
        if math.isfinite(expected):
            for f in (lambda v: v**n, lambda v: v ** Value(n)):
                found = grad(f)(x)
                assert agree(found, expected, rel=1e-13) or x == 5e-324, (x, n, found, expected)


@pytest.mark.parametrize(
    ("x", "n", "slope"),
    [
        *((3.0, 1e17, INF), (-3.0, 1e17, -INF), (-1.0, 1e17, -1e17), (-1.0, -1e17, 1e17), (0.0, 1e17, 0.0)),
        *((NAN, 0.0, 0.0), (NAN, 1.0, 1.0), (INF, 0.0, 0.0), (5e-324, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ],
)
def test_known_slopes(x, n, slope) -> None:
    for f in (lambda v: v**n, lambda v: v ** Value(n)):
        assert grad(f)(x) == slope


@pytest.mark.parametrize("n", [1.5, 3.0, 2.5, 7.0])
def test_a_lifted_slope_keeps_its_digits_where_the_value_underflows(n) -> None:
    x = 10.0 ** (-330 / n)
    for mode in ("lifted", "lifted for a batch"):
        assert math.isclose(FIRST[mode](lambda v: v**n, x), n * x ** (n - 1.0), rel_tol=1e-12)


@pytest.mark.parametrize("n", [1e-17, -1e-17, 0.3])
def test_series_of_a_power_with_a_tiny_exponent(n) -> None:
    """r + 1 rounds to 1: the recurrence must not lose the whole exponent by it."""
    _, first, second = derivatives(lambda v: v**n, 3.0, 2)
    assert math.isclose(first, n * 3.0 ** (n - 1.0), rel_tol=1e-14)
    assert math.isclose(second, n * (n - 1.0) * 3.0 ** (n - 2.0), rel_tol=1e-14)


@pytest.mark.parametrize("n", [1e-17, -1e-17, 0.5, 2.5, 1e-300])
def test_a_power_that_is_nan_has_no_slope(n) -> None:
    for f in (lambda v: v**n, lambda v: v ** Value(n)):
        assert math.isnan(grad(f)(-3.0))


@pytest.mark.parametrize("n", [-0.1, -1e-17, -0.5, -1.0, -2.0, -1e17, 0.1, 0.5, 1.5])
@pytest.mark.parametrize("mode", SECOND)
def test_the_second_derivative_at_a_pole_is_infinite_or_nan_and_never_a_number(mode, n) -> None:
    for f in (lambda v: v**n, lambda v: v ** Value(n)):
        assert not math.isfinite(SECOND[mode](f, 0.0))


@pytest.mark.parametrize("form", [each for each in FORMS if each != "eager"])
def test_lifted_slopes_of_roots_and_their_inverses(form) -> None:
    """Arrays take them from the results."""
    bases = [x for x in (*BASES, 1e-210, 1e210, 0.7, 4e-309) if x != -INF]
    for n in (-1.0, -0.5, 0.5):
        variables = [Value(x) for x in bases]
        with forced(form):
            powers = engine.jit(lambda n=n, variables=variables: [v**n for v in variables])()
        for x, variable, power in zip(bases, variables, powers, strict=True):
            power.backward()
            assert agree(variable.grad, grad(lambda v, n=n: v**n)(x)), (n, x)
