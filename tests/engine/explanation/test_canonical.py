"""Canonical forms: equal functions are brought to one form, different ones never."""

import math

import numpy as np
import pytest

from engine import (
    Value,
    cos,
    cosh,
    dot,
    exp,
    log,
    mean,
    prod,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    tanh,
    where,
)
from engine import sum as total
from engine.explanation.canonical import canonical
from engine.explanation.quotients import same
from engine.transforms.reverse import gradients

EQUAL = [
    lambda x, y: ((x + y) ** 2, x * x + 2 * x * y + y**2),
    lambda x, y: ((x * x - y * y) / (x - y), x + y),
    lambda x, y: (sigmoid(x) * (1 - sigmoid(x)), exp(-x) / (1 + exp(-x)) ** 2),
    lambda x, y: (sigmoid(-x), 1 / (1 + exp(x))),
    lambda x, y: (1 - tanh(x) ** 2, 4 / (exp(x) + exp(-x)) ** 2),
    lambda x, y: (tanh(x / 2), 2 * sigmoid(x) - 1),
    lambda x, y: (exp(x + y), exp(x) * exp(y)),
    lambda x, y: (exp(2 * x), exp(x) ** 2),
    lambda x, y: (cosh(x * y) * 2, exp(x * y) + exp(-x * y)),
    lambda x, y: (x / y / y, x * y**-2),
    lambda x, y: (sin(x + y) * 3, sin(y + x) + 2 * sin(x + y)),
    lambda x, y: (softplus(x), log(1 + exp(x))),
    lambda x, y: (sqrt(x * y) * 2, sqrt(y * x) + sqrt(x * y)),
    lambda x, y: (gradients(log(sigmoid(x)), [x], create_graph=True)[0], 1 - sigmoid(x)),
    lambda x, y: (gradients(sin(x * y), [y], create_graph=True)[0], x * cos(y * x)),
    lambda x, y: (exp(1.0) * x, x * math.e),
    lambda x, y: (x - x + 0 * y, Value(0.0)),
    lambda x, y: (total([x, y, x]), y + 2 * x),
    lambda x, y: (mean([x, y, x]), (2 * x + y) / 3),
    lambda x, y: (dot([x, y], [y, x]), 2 * x * y),
    lambda x, y: (prod([x, y, x]), x**2 * y),
    lambda x, y: (x ** Value(2.0), x * x),
    lambda x, y: ((x + y) ** y * 2, (y + x) ** y + (x + y) ** y),
]  # fmt: skip

DIFFERENT = [
    lambda x, y: (x * y, x + y),
    lambda x, y: (sigmoid(x), sigmoid(y)),
    lambda x, y: (exp(x * 0.5), exp(x)),
    lambda x, y: (exp(x), exp(-x)),
    lambda x, y: (sin(x), cos(x)),
    lambda x, y: (x**2, x**3),
    lambda x, y: (sin(x) * 1.000001, sin(x)),
    lambda x, y: (x / y, y / x),
    lambda x, y: (x**y, y**x),
    lambda x, y: (dot([x, y], [x, y]), dot([x, y], [y, x])),
    lambda x, y: (mean([x, y]), total([x, y])),
    lambda x, y: (exp(x / y), exp(y / x)),
    lambda x, y: (exp(x / (x + y)), exp(x / (x - y))),
    lambda x, y: (2 * x + 1e-11 * y, 2 * x),
    lambda x, y: (2e12 * x + y, 2e12 * x),
]  # fmt: skip


def forms(pair, x, y):
    both = [each if isinstance(each, Value) else Value(each) for each in pair(x, y)]
    found = canonical(both, {x: "x", y: "y"})
    assert found is not None
    return both, found


def test_equal_functions_have_equal_forms_and_different_ones_have_not() -> None:
    for expected, pairs in ((True, EQUAL), (False, DIFFERENT)):
        for i, pair in enumerate(pairs):
            (a, b), found = forms(pair, Value(0.7), Value(1.9))
            assert same(*found) is expected, (expected, i)
            assert np.isclose(a.data, b.data, rtol=1e-9) or not expected, i


def test_where_a_graph_chooses_there_is_no_form() -> None:
    x = Value(0.5)
    for node in (relu(x), where(x > 0, x, -x)):
        assert canonical([node], {x: "x"}) is None


def test_a_graph_that_grows_too_large_has_no_form() -> None:
    xs = [Value(0.1 * i) for i in range(1, 13)]
    product = Value(1.0)
    for i, x in enumerate(xs):
        product = product * (x + xs[i - 1] * 2 + 1)
    assert canonical([product], {x: f"x{i}" for i, x in enumerate(xs)}) is None


@pytest.mark.parametrize("count", [2, 5])
def test_nodes_on_the_way_may_stand_for_themselves(count) -> None:
    x = Value(0.3)
    z = x
    for _ in range(count):
        z = tanh(z) + x
    (form,) = canonical([z * z], {z: "z"}) or [None]
    assert form == ({(("z", 2),): 1.0}, {(): 1.0})


def test_what_is_undefined_or_built_by_hand_has_no_form() -> None:
    x = Value(0.5)
    by_hand = Value(1.0, (x,), (2.0,))
    long = x
    for _ in range(1600):
        long = long + 1.0
    for node in (x / (x - x), x + math.inf, by_hand, by_hand * 2.0, long):
        assert canonical([node], {x: "x"}) is None
