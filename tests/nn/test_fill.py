"""Weights set in place: their spread is the papers', and what they refuse."""

from math import sqrt

import numpy as np
import pytest

import nn
from engine import Value
from nn import fill, init
from nn.modules.layers.axes import flattened

FORMULAS = {
    "xavier_uniform_": ({"gain": 2.0}, 2.0 * sqrt(2.0 / 90.0)),
    "xavier_normal_": ({}, sqrt(2.0 / 90.0)),
    "kaiming_uniform_": ({"a": sqrt(5.0)}, sqrt(1.0 / 3.0 / 30.0)),
    "kaiming_normal_": ({"mode": "fan_out", "nonlinearity": "relu"}, sqrt(2.0 / 60.0)),
    "normal_": ({"std": 3.0}, 3.0),
    "uniform_": ({"a": -1.0}, 2.0 / sqrt(12.0)),
    "trunc_normal_": ({"std": 2.0, "a": -2.0, "b": 2.0}, 2.0 * sqrt(0.29112509)),  # cut at one deviation
    "orthogonal_": ({"gain": 3.0}, 3.0 / sqrt(60.0)),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_spread_is_that_of_the_formula(name) -> None:
    settings, deviation = FORMULAS[name]
    linear = nn.Linear(30, 60)
    assert getattr(init, name)(linear.weight, **settings, rng=0) is linear.weight
    numbers = np.array([[w.data for w in row] for row in linear.weight])
    assert numbers.std() == pytest.approx(deviation, rel=0.06)
    assert numbers.mean() == pytest.approx(0.0, abs=0.1 * deviation)


def test_kernels_count_all_their_numbers_and_constants_are_exact() -> None:
    conv = nn.Conv2d(2, 40, 3)
    init.kaiming_uniform_(conv.weight, nonlinearity="relu", rng=0)
    numbers = np.abs(np.array([p.data for p in conv.parameters()[:-40]]))
    assert 0.95 * sqrt(6.0 / 18.0) < numbers.max() <= sqrt(6.0 / 18.0)
    init.ones_(conv.bias)
    assert {b.data for b in conv.bias} == {1.0}
    assert init.calculate_gain("tanh") == 5.0 / 3.0


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (6, 2), (4, 2, 3)])
def test_orthogonal_weights_stand_at_right_angles(shape) -> None:
    weights = nn.Parameter(np.zeros(shape))
    assert fill.orthogonal_(weights, 2.0, rng=0) is weights
    matrix = np.array([[w.data for w in flattened(row)] for row in weights])
    product = matrix @ matrix.T if len(matrix) <= matrix.shape[1] else matrix.T @ matrix
    assert product == pytest.approx(4.0 * np.eye(len(product)), abs=1e-12)


def test_cut_off_numbers_stay_within_their_limits() -> None:
    weights = [Value(0.0) for _ in range(999)]
    numbers = {w.data for w in fill.trunc_normal_(weights, 1.0, 1.0, 0.5, 4.0, rng=0)}
    assert (min(numbers) >= 0.5, max(numbers) <= 4.0, len(numbers)) == (True, True, 999)


def test_what_is_refused() -> None:
    leaf = Value(1.0)
    for call, error, message in (
        (lambda: init.xavier_uniform_([leaf]), ValueError, r"rows of Values, .* got shape \(1,\)"),
        (lambda: init.zeros_([leaf * 2.0]), TypeError, r"values\[0\] must be a Value that is a leaf"),
        (lambda: init.zeros_([1.0]), TypeError, "must be a Value that is a leaf"),
        (lambda: init.kaiming_normal_([[leaf]], mode="in"), ValueError, "mode must be one of"),
        (lambda: fill.calculate_gain("swish"), ValueError, "nonlinearity must be one of"),
        (lambda: init.sparse_, AttributeError, "no attribute 'sparse_'"),
        (lambda: init.trunc_normal_([leaf], 0.0, 1.0, 30.0, 31.0), ValueError, "hardly any number"),
        (lambda: init.eye_([leaf]), ValueError, r"rows of Values, .* got shape \(1,\)"),
    ):
        with pytest.raises(error, match=message):
            call()
    assert leaf.data == 1.0
