"""Templates of NumPy: what is written of arithmetic and of rows, and that it computes the same."""

import math
from typing import Any

import numpy as np
import pytest

from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.jit.emit.expression import (
    FORMS,
    NUMPY,
    forward_expression,
    is_closed,
    partial_expressions,
)
from engine.jit.emit.statements import Assign
from engine.jit.emit.trees import Name, as_expression
from engine.jit.emit.views import Array, View
from engine.ops import OPERATORS, find

A, B, T = (View.whole(Array(name, shape=(2,))) for name in "abt")


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (A + B, "a + b"),
        (A - B * 2.0, "a - b * 2.0"),
        ((A + 1.0) * B, "(a + 1.0) * b"),
        (1.0 * A, "a"),
        (A * 1.0, "a"),
        (-1.0 * A, "-a"),
        (A / 1.0, "a"),
        (A - 0.0, "a"),
        (A + 0.0, "a + 0.0"),  # of -0.0 that is 0.0
        (A + -0.0, "a"),
        (0.0 * A, "0.0 * a"),  # of nan that is nan
        (-(A * B), "-(a * b)"),
        (+A, "a"),
        (abs(A), "abs(a)"),
        (A > 0.0, "(a > 0.0)"),
        (A > 0.5, "(a > 0.5)"),
        (A**2.0, "np.square(a)"),
        (A**-1.0, "1.0 / a"),
        (A**0.5, "np.sqrt(a) + 0.0"),
        (A**3.0, "np.power(a, 3.0)"),
        (as_expression(2.0) * as_expression(3.0), "6.0"),
        (as_expression(1.0) / as_expression(0.0), "np.inf"),
        (as_expression(-math.inf), "-np.inf"),
        (as_expression(math.nan), "np.nan"),
        (A * as_expression(-2.0), "a * -2.0"),
        (NUMPY.where(A > B, 1.0, B), "np.where((a > b), 1.0, b)"),
        (NUMPY.sigmoid(A), "sigmoid(a)"),
    ],
)
def test_what_is_written(found, text) -> None:
    assert found.text == text


@pytest.mark.parametrize(
    ("value", "into", "onto"),
    [
        (A + B, "np.add(a, b, out=t)", "np.add(t, a + b, out=t)"),
        (-A, "np.negative(a, out=t)", "np.subtract(t, a, out=t)"),
        (A, "t[...] = a", "np.add(t, a, out=t)"),
        (NUMPY.exp(A), "np.exp(a, out=t)", "np.add(t, np.exp(a), out=t)"),
        (
            NUMPY.where(A > B, A, B),
            "t[...] = np.where((a > b), a, b)",
            "np.add(t, np.where((a > b), a, b), out=t)",
        ),
        (NUMPY.silu(A), "t[...] = silu(a)", "np.add(t, silu(a), out=t)"),
    ],
)
def test_a_ufunc_writes_where_it_is_to(value, into, onto) -> None:
    assert (str(Assign(T, value)), str(Assign(T, value, adds=True))) == (into, onto)


@pytest.mark.parametrize(("value", "scalar"), [(as_expression(2.0), True), (A, False), (A * 2.0, False)])
def test_numbers_are_scalar_and_what_holds_an_array_is_not(value, scalar) -> None:
    assert value.scalar is scalar


ELEMENTWISE = [
    (row, point) for row in OPERATORS.values() if row.arity is not None for point in row.points[:3]
]


def evaluated(value: Any, names: dict[str, Any]) -> Any:
    """A template of this package, or the number that it is."""
    text = as_expression(value).text
    with np.errstate(all="ignore"):
        return eval(text, {"np": np, **ARRAY_FUNCTIONS, **names})  # noqa: S307  # written by the templates


@pytest.mark.parametrize(("row", "point"), ELEMENTWISE, ids=[f"{r.name}{p}" for r, p in ELEMENTWISE])
def test_a_row_on_templates_computes_what_it_computes_on_floats(row, point) -> None:
    """Value and partials, on arrays of two numbers each."""
    names = {name: np.array([x, x]) for name, x in zip(row.operands, point, strict=True)}
    xs = [Name(name) for name in row.operands]
    y = row.forward(*point)
    found = evaluated(forward_expression(row, xs), names)
    assert found[1] == pytest.approx(y, rel=1e-13, nan_ok=True)
    partials = partial_expressions(row, Name("y"), xs)
    for partial, expected in zip(partials, row.local_gradients(y, point), strict=True):
        value = evaluated(partial, {**names, "y": np.array([y, y])})
        assert np.ravel(value)[-1] == pytest.approx(expected, rel=1e-12, abs=1e-300, nan_ok=True)


def test_a_number_may_be_divided_by_although_it_is_zero() -> None:
    (by_a, by_b) = partial_expressions(find("div"), Name("y"), [A, 0.0])
    assert as_expression(by_a).text == "np.inf"
    assert as_expression(by_b).text == "-y / 0.0"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (FORMS.sum([A, B, A]), "a + b + a"),
        (FORMS.tanh(A), "np.tanh(a)"),
        (FORMS.leaky_relu(A), "np.where((a > 0.0), a, 0.01 * a)"),
        (FORMS.tanh_partial(A, B), "tanh_partial(a, b)"),
    ],
)
def test_rules_find_the_rows(found, text) -> None:
    assert found.text == text


def test_a_row_of_numbers_is_a_number() -> None:
    assert FORMS.exp(0.0) == 1.0
    assert FORMS.sum([]) == 0.0


def test_an_unknown_row_is_named() -> None:
    with pytest.raises(AttributeError, match="no operator named 'wiggle' in the table"):
        FORMS.wiggle  # noqa: B018 - reading it is the claim


@pytest.mark.parametrize(
    ("row", "partial", "closed"),
    [
        ("step", 0.0, True),
        ("where", 0.0, True),
        ("step", A, False),
        ("maximum", 1.0, False),
        ("sin", 0.0, False),  # a computed zero: 0 · inf is nan
        ("mul", 0.0, False),
    ],
)
def test_a_way_is_closed_where_a_row_that_masks_is_flat(row, partial, closed) -> None:
    assert is_closed(find(row), partial) is closed
