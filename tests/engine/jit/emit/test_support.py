"""Array forms keep the digits of the tails: every row, lifted in each form, is the engine's to 1e-12."""

import math

import numpy as np
import pytest

import engine
from engine import Value, jit, vmap
from engine.jit.emit.expression import NUMPY
from engine.jit.emit.statements import Assign, Procedure
from engine.jit.emit.support import functions_in, pick, view
from engine.jit.emit.views import Array, View
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


# -- what programs are given --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "shape", "strides", "cells"),
    [
        (2, (3,), (1,), [2, 3, 4]),
        (0, (2, 3), (3, 1), [[0, 1, 2], [3, 4, 5]]),
        (1, (3, 2), (1, 3), [[1, 4], [2, 5], [3, 6]]),
        (4, (2, 2), (0, 1), [[4, 5], [4, 5]]),
    ],
)
def test_a_view_reads_and_writes_cells_by_start_and_strides(start, shape, strides, cells) -> None:
    fixed = np.arange(8.0)
    assert view(fixed, start, shape, strides).tolist() == cells
    work = np.stack([fixed, fixed + 100.0], axis=1)  # a row of two samples for each cell
    seen = view(work, start, shape, strides)
    assert seen[..., 0].tolist() == cells
    assert (seen[..., 1] - seen[..., 0] == 100.0).all()
    seen[...] = -1.0
    assert set(work[np.ravel(cells)].ravel()) == {-1.0}


@pytest.mark.parametrize(
    ("index", "expected"),
    [(0.0, [3, 5]), ([1.0, -1.0], [4, 8]), ([[2.0, 0.0], [1.0, -3.0]], [[7, 3], [6, 5]])],
)
def test_pick_reads_each_column_of_positions_by_its_index(index, expected) -> None:
    table = np.array([[3, 5], [4, 6], [7, 8]])
    assert pick(table, index).tolist() == expected


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        ([0.5, 1.0], TypeError, "integers as indices, got 0.5"),
        ([0.0, 3.0], IndexError, "index 3 is out of range for a sequence of 3"),
        ([-4.0, 0.0], IndexError, "index -4 is out of range"),
    ],
)
def test_pick_refuses_other_indices(index, error, message) -> None:
    with pytest.raises(error, match=message):
        pick(np.zeros((3, 2), int), index)


X, V = (View.whole(Array(name, shape=(3,))) for name in ("x1", "v1"))


@pytest.mark.parametrize(
    ("statements", "functions"),
    [
        ([Assign(V, X * 2.0)], []),
        ([Assign(V, NUMPY.sigmoid(X)), Assign(V, NUMPY.silu(NUMPY.sigmoid(X)))], ["sigmoid", "silu"]),
        ([Procedure("logsumexp", X, V)], ["others", "logsumexp"]),  # which it calls
        ([Assign(V, 0.5 * NUMPY.erf(X), adds=True)], ["_k_rest", "erf_near_zero", "erf"]),
        ([Assign(V, NUMPY.prodigal(X))], []),
    ],
)
def test_functions_are_found_with_those_that_they_call(statements, functions) -> None:
    assert functions_in(statements) == functions
