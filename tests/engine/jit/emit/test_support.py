"""Array forms keep the digits of the tails: every row, lifted in each form, is the engine's to 1e-12."""

import math

import numpy as np
import pytest

import engine
from engine import Value, jit, vmap
from engine.jit.emit.support import SPECIAL
from engine.ops import OPERATORS
from tests.engine.jit.forms import forced
from tests.engine.jit.test_random_programs import call

TAILS = [0.0, 5e-324, 1e-310, 1e-200, 1e-8, 0.01, 0.3, 0.9, 0.999, 1.0 - 2**-53, 1.0, 1.0 + 2**-52, 1.5, 2.0]
TAILS += [3.5, 5.0, 9.0, 12.0, 18.7, 19.1, 20.0, 25.0, 36.0, 37.5, 40.0, 100.0, 340.0, 355.0, 372.0, 700.0]
TAILS += [709.0, 710.0, 740.0, 745.0, 750.0, 1000.0, 1e8, 1e154, 1e200, 1e300, 1.7e308, math.inf]
NUMBERS = [*TAILS, *(-x for x in TAILS), math.nan]
SOME = [0.0, 1e-310, 1e-200, 0.5, 1.0, 3.0, 20.0, 40.0, 720.0, 1e200, math.inf]
SOME += [-x for x in SOME]

ROWS = {name: row for name, row in OPERATORS.items() if row.arity != 3}
POWERS = (-3.0, -2.0, -1.0, -0.5, 0.5, 1.0 / 3.0, 1.5, 2.0, 2.5, 3.0, 4.0, 11.0)


def points(row) -> list[tuple[float, ...]]:
    if row.arity == 1:
        return [(x,) for x in NUMBERS]
    return [(x, y) for x in SOME for y in SOME]


def close(found: float, expected: float) -> bool:
    """Equal to 1e-12, or, below the range of normal floats, to 1e-320."""
    if not math.isfinite(expected) or not math.isfinite(found):
        return found == expected or (math.isnan(found) and math.isnan(expected))
    return abs(found - expected) <= max(1e-12 * abs(expected), 1e-320)


def agree(f, lifted, values) -> None:
    results = []
    for each in (f, lifted):
        engine.zero_grad(values)
        result = each(*values)
        result.backward()
        results.append([result.data, *(v.grad for v in values)])
    for expected, found in zip(*results, strict=True):
        assert close(found, expected), ([v.data for v in values], results)


@pytest.mark.parametrize("form", ["arrays", "scalars"])
@pytest.mark.parametrize("name", ROWS)
def test_every_row_at_its_tails(name, form) -> None:
    row = ROWS[name]
    values = [Value(0.5) for _ in points(row)[0]]
    with forced(form):
        lifted = jit(lambda *xs: call(row, xs))
        for point in points(row):
            for value, number in zip(values, point, strict=True):
                value.data = number
            agree(lambda *xs: call(row, xs), lifted, values)


@pytest.mark.parametrize("name", ROWS)
def test_every_row_mapped_over_its_tails(name) -> None:
    row = ROWS[name]
    table = np.array(points(row))
    for point, found in zip(table.tolist(), vmap(lambda *xs: call(row, xs))(*table.T).tolist(), strict=True):
        assert close(found, call(row, [Value(x) for x in point]).data), point


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.arity == 1])
def test_every_row_at_many_tails_at_once(name) -> None:
    """Numbers in tails beside others, in one array."""
    row = ROWS[name]
    numbers = [x for x in NUMBERS if math.isfinite(x)]
    numbers = [x for x in numbers if _is_finite_at(row, x)]
    values = [Value(x) for x in numbers]
    weight = Value(1.0)
    scales = np.linspace(0.5, 1.5, len(values)).tolist()

    def f(*xs):
        return engine.sum([s * call(row, (weight * x,)) for s, x in zip(scales, xs, strict=True)])

    with forced("arrays"):
        lifted = jit(f)
        found = []
        for each in (f, lifted):
            engine.zero_grad(values)
            each(*values).backward()
            found.append([v.grad for v in values])
    for x, right, got in zip(numbers, *found, strict=True):
        assert close(got, right), (x, right, got)


def _is_finite_at(row, number: float) -> bool:
    x, w = Value(number), Value(1.0)
    y = call(row, (w * x,))
    y.backward()
    return all(map(math.isfinite, (y.data, x.grad, w.grad))) and max(abs(y.data), abs(w.grad)) < 1e150


@pytest.mark.parametrize("form", ["arrays", "scalars"])
@pytest.mark.parametrize("exponent", POWERS)
def test_every_power_at_its_tails(exponent, form) -> None:
    x = Value(0.5)
    with forced(form):
        lifted = jit(lambda x: x**exponent)
        for x.data in NUMBERS:
            agree(lambda x: x**exponent, lifted, [x])


NUMBERS_AS_OPERANDS = (0.0, -0.0, 1e-310, 1e200, math.inf, -math.inf, math.nan)


@pytest.mark.parametrize("form", ["arrays", "scalars"])
@pytest.mark.parametrize("number", NUMBERS_AS_OPERANDS)
@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.arity == 2])
def test_every_row_beside_a_number(name, number, form) -> None:
    """Also where a number of the program is a pole: v / 0.0."""
    row = ROWS[name]
    x = Value(0.5)
    functions = [lambda x: call(row, (x, number)), lambda x: call(row, (number, x))]
    if row.static and math.isnan(number):  # it is part of the operator, and nan is no nan: refused
        functions.pop(0)
    for f in functions:
        with forced(form):
            lifted = jit(f)
            for x.data in SOME:
                agree(f, lifted, [x])


@pytest.mark.parametrize("form", ["arrays", "scalars", "eager"])
@pytest.mark.parametrize("batch", [False, True])
def test_division_by_zero_is_infinite(form, batch) -> None:
    x = Value(2.0)
    with forced(form):
        for zero, sign in ((0.0, 1.0), (-0.0, -1.0)):
            result = jit(lambda v, zero=zero: v / zero, batch=batch)([x] if batch else x)
            x.grad = 0.0
            result.backward()
            assert (result.data, x.grad) == (sign * math.inf, sign * math.inf)


# -- the functions alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("sigmoid", (-740.0,), 4.2e-322),
        ("sigmoid", (40.0,), 1.0),
        ("silu", (-40.0,), -1.6993417021166355e-16),
        ("silu", (-740.0,), -3.10503e-319),
        ("sech2", (20.0,), 1.6993417021166355e-17),
        ("sech2", (360.0,), 4.0 * math.exp(-500.0) * math.exp(-220.0)),
        ("tanh_partial", (1.0, 20.0), 1.6993417021166355e-17),
        ("tanh_partial", (-1.0, -20.0), 1.6993417021166355e-17),
        ("tanh_partial", (1.0, 1000.0), 0.0),
        ("sigmoid_partial", (1.0, 40.0), 4.248354255291589e-18),
        ("sigmoid_partial", (4.2e-322, -740.0), 4.2e-322),
        ("power_partial", (0.0, 1e-120, 3.0), 3e-240),
        ("power_partial", (0.0, 0.0, 3.0), 0.0),
        ("erfc", (10.0,), 2.088487583762545e-45),
        ("ndtr", (-12.0,), 1.7764821120776787e-33),
        ("erf", (0.5,), 0.5204998778130465),
    ],
)
def test_known_values(name, arguments, expected) -> None:
    numbers = [np.array([0.5, x]) if i < 2 else x for i, x in enumerate(arguments)]
    with np.errstate(all="ignore"):
        assert close(float(SPECIAL[name](*numbers)[1]), expected)


def test_a_product_of_which_a_part_leaves_the_range() -> None:
    xs = np.array([[1e-200, 1e200, 2.0], [1e-200, 1e200, 3.0], [1e250, 1e-250, 0.0], [1e200, 1e-100, 5.0]])
    with np.errstate(all="ignore"):
        found = SPECIAL["prod"](xs)
        slopes = SPECIAL["products_of_the_others"](xs)
    np.testing.assert_allclose(found, [1e50, 1e50, 0.0], rtol=1e-14)
    np.testing.assert_array_equal(slopes[:, 2], [0.0, 0.0, 30.0, 0.0])


def test_the_sum_of_the_others_counts_ties_and_keeps_small_ones() -> None:
    xs = np.array([[1.0, 0.0, -40.0], [1.0, -40.0, 0.0]])
    found = SPECIAL["others"](np.exp(xs - xs.max(axis=0)), xs)
    np.testing.assert_allclose(found, [1.0, math.exp(-40.0), math.exp(-40.0)], rtol=1e-14)
