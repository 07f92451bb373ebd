"""nan and infinity found in Values, numbers and arrays."""

import math
from fractions import Fraction

import numpy as np
import pytest

import engine
from engine import Value

FUNCTIONS = ["isnan", "isinf", "isfinite"]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("number", [0.0, -1.5, 5e-324, 1e308, math.inf, -math.inf, math.nan])
def test_values_and_numbers_are_asked_alike(name, number) -> None:
    expected = getattr(math, name)(number)
    for x in (number, np.float64(number), np.array(number), Value(number), np.array(Value(number))):
        assert bool(getattr(engine, name)(x)) is expected
    assert type(getattr(engine, name)(Value(number))) is bool
    assert bool(getattr(np, name)(Value(number))) is expected


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arrays_are_asked_element_by_element(name) -> None:
    numbers = np.array([[0.0, math.nan], [math.inf, -math.inf]])
    values = np.array([[Value(x) for x in row] for row in numbers])
    expected = getattr(np, name)(numbers)
    for array in (numbers, values):
        found = getattr(engine, name)(array)
        assert found.dtype == bool
        assert found.tolist() == expected.tolist()


def test_integers_and_fractions_are_finite() -> None:
    assert engine.isfinite(3)
    assert engine.isfinite(Fraction(1, 3))
    assert engine.isinf(10**400), "as everywhere in the engine"


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("wrong", ["nan", None, [1.0], 1j])
def test_other_things_are_refused(name, wrong) -> None:
    with pytest.raises(TypeError, match="the number must be a real number"):
        getattr(engine, name)(wrong)


@pytest.mark.parametrize("module", [engine, np])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_lifted_function_asks_again_at_each_call(module, name) -> None:
    w = Value(2.0)
    lifted = engine.jit(lambda x: w * 5.0 if getattr(module, name)(x) else w * 7.0)
    for number in (1.0, math.nan, math.inf, 2.0, -math.inf):
        assert lifted(number).data == (10.0 if getattr(math, name)(number) else 14.0)
