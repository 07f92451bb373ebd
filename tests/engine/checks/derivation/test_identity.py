"""Formulas: equal functions are found equal, however they are written, and different ones never."""

import math

import numpy as np

from engine import (
    Value,
    asin,
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
from engine.checks.derivation.identity import Draws
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


def test_equal_functions_are_the_same_formulas_and_different_ones_are_not() -> None:
    for expected, pairs in ((True, EQUAL), (False, DIFFERENT)):
        for i, pair in enumerate(pairs):
            x, y = Value(0.7), Value(1.9)
            a, b = (each if isinstance(each, Value) else Value(each) for each in pair(x, y))
            assert Draws({x, y}).same([a], [b]) is expected, (expected, i)
            assert np.isclose(a.data, b.data, rtol=1e-9) or not expected, i


def test_what_is_chosen_stands_for_itself() -> None:
    x = Value(0.5)
    for node in (relu(x), where(x > 0, x, -x), x // 0.3):
        assert Draws({x}).same([(node + x) ** 2], [node * node + 2 * node * x + x * x])
        assert not Draws({x}).same([node], [x])
    # the same choice made twice may be another one elsewhere
    assert not Draws({x}).same([relu(x)], [relu(x)])


def test_what_is_undefined_or_too_large_is_not_told() -> None:
    x = Value(0.5)
    long = x
    for _ in range(1600):
        long = long + 1.0
    for node in (x / (x - x), x + math.inf, sqrt(-x * x - 1.0), long):
        assert not Draws({x}).same([node], [node])


def test_what_is_built_by_hand_is_any_number() -> None:
    x = Value(0.5)
    by_hand = Value(1.0, (x,), (2.0,))
    assert Draws({x}).same([by_hand * 2.0], [by_hand + by_hand])
    assert not Draws({x}).same([by_hand], [x * 2.0])


def test_a_narrow_domain_is_enough() -> None:
    x = Value(0.0003)
    derivative = gradients(asin(1000.0 * x), [x], create_graph=True)
    assert Draws({x}).same(derivative, [1000.0 / sqrt(1.0 - (1000.0 * x) ** 2)])
    assert not Draws({x}).same(derivative, [1000.0 / sqrt(1.0 - (999.0 * x) ** 2)])


def test_figures_that_cancel_are_rounding_and_not_a_difference() -> None:
    x, y = Value(0.7), Value(1.9)
    assert Draws({x, y}).same([(x + 1e7) ** 2 - x * x - 2e7 * x], [x * 0.0 + 1e14])
    assert Draws({x, y}).same([((1.0 + x) ** 12).log()], [12.0 * (1.0 + x).log()])
    assert not Draws({x, y}).same([(1.0 + x) ** 12], [(1.0 + x) ** 12 + 1e-9 * y])


def test_what_drowns_in_rounding_is_not_told() -> None:
    x, y = Value(50.0), Value(2.0)
    for a, b in (
        (sigmoid(x) * (1 - sigmoid(x)) * sqrt(x - 40), (1 - sigmoid(x)) ** 2 * sqrt(x - 40)),
        (exp(-x) * sqrt(x - 40) + y, exp(-x) / sqrt(x - 40) + y),
        (y + exp(-1e7 * y * y), y),
        (y + 1e-20, y),
        (y + 1e-18 * y * y, y),
        (sqrt(1 - (y / 3e8) ** 2), Value(1.0)),
    ):
        assert not Draws({x, y}).same([a], [b])
    assert Draws({x, y}).same([sigmoid(x) * (1 - sigmoid(x))], [exp(-x) / (1 + exp(-x)) ** 2])
    assert Draws({x, y}).same([(x - x) * y + 1], [Value(1.0)])
