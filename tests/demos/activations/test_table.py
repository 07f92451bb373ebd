"""S-ACT: the activation functions, as functions and as neurons, and their derivatives."""

import math

import numpy as np
import pytest

from demos.activations.table import LEAK, as_neuron, derivative_of, gallery, learn_leak, rows
from engine import Value

POINTS = np.concatenate([np.linspace(-6, 6, 25) + 0.01, [0.49, 0.51]])

FORMULAS = {
    "step": lambda x: np.where(x > 0.5, 1.0, 0.0),
    "sign": np.sign,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "ReLU": lambda x: np.maximum(0, x),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "leaky ReLU": lambda x: np.where(x > 0, x, 0.01 * x),
    "parametric ReLU": lambda x: np.where(x > 0, x, LEAK * x),
    "ELU": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "noisy ReLU": lambda x: np.maximum(
        0, x + np.random.default_rng(0).normal() * np.sqrt(1 / (1 + np.exp(-x)))
    ),
}


def test_s_act_the_functions_of_the_lectures_are_all_there() -> None:
    assert set(rows()) == set(FORMULAS)
    assert {name.split(" of ")[0] for name in gallery(0)} == {*FORMULAS, "softmax"}


@pytest.mark.parametrize("name", FORMULAS)
def test_s_act_function_and_neuron_are_the_formula(name) -> None:
    expected = FORMULAS[name](POINTS)
    row = rows()[name]
    np.testing.assert_allclose([float(row.function(x)) for x in POINTS], expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(
        [row.function(Value(x)).data for x in POINTS], expected, rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose([as_neuron(name, x) for x in POINTS], expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", FORMULAS)
def test_s_act_derivative_is_that_by_pencil_and_paper_and_that_measured(name) -> None:
    row = rows()[name]
    found = [derivative_of(row.function, x) for x in POINTS]
    np.testing.assert_allclose(found, [row.derivative(x) for x in POINTS], rtol=1e-9, atol=1e-12)
    h = 1e-6
    measured = (FORMULAS[name](POINTS + h) - FORMULAS[name](POINTS - h)) / (2 * h)
    np.testing.assert_allclose(found, measured, atol=1e-8)


def test_s_act_sigmoids_derivative_is_g_times_1_minus_g() -> None:
    row = rows()["sigmoid"]
    for x in POINTS:
        g = row.function(x)
        assert derivative_of(row.function, x) == pytest.approx(g * (1 - g), rel=1e-9)


@pytest.mark.parametrize(
    ("name", "at", "left", "used", "right"),
    [
        ("step", 0.5, 0.0, 0.0, 0.0),
        ("sign", 0.0, 0.0, 0.0, 0.0),
        ("ReLU", 0.0, 0.0, 0.0, 1.0),
        ("leaky ReLU", 0.0, 0.01, 0.01, 1.0),
        ("parametric ReLU", 0.0, LEAK, LEAK, 1.0),
    ],
)
def test_s_act_at_a_kink_the_derivative_of_the_left_is_used(name, at, left, used, right) -> None:
    row = rows()[name]
    assert row.kink == at
    assert [derivative_of(row.function, x) for x in (at - 1e-9, at, at + 1e-9)] == [left, used, right]


def test_elu_has_no_kink() -> None:
    elu = rows()["ELU"].function
    assert [derivative_of(elu, x) for x in (-1e-9, 0.0, 1e-9)] == pytest.approx([1, 1, 1], abs=2e-9)


def test_noise_of_the_gallery_is_normal_with_variance_sigmoid() -> None:
    noisy = gallery(np.random.default_rng(1))["noisy ReLU"]
    x = 8.0  # where nothing is cut off
    drawn = np.array([noisy(x) for _ in range(4000)])
    assert drawn.mean() == pytest.approx(x, abs=0.06)
    assert drawn.std() == pytest.approx(math.sqrt(1 / (1 + math.exp(-x))), rel=0.05)


def test_s_act_leak_is_learned_with_the_weight() -> None:
    before, after = learn_leak(0), learn_leak(200)
    assert (before.activation.alpha.data, before.w[0].data) == (LEAK, 1.0)
    assert after.activation.alpha.data == pytest.approx(0.5, abs=1e-3)
    assert after.w[0].data == pytest.approx(2.0, abs=1e-3)
