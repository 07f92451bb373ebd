"""S-ACT: the activation functions, as functions and as neurons, and their derivatives."""

import math
import re

import numpy as np
import pytest

from demos.neurons import activations, vanishing
from demos.neurons.activations import LEAK, as_neuron, derivative_of, gallery, learn_leak, rows
from engine import Value, sigmoid, softmax
from tests.demos.running import assert_plot, in_process, numbers, recorded, written_by

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
    np.testing.assert_allclose([as_neuron(rows()[name], x) for x in POINTS], expected, rtol=1e-12, atol=1e-15)


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
    assert (before.activation.weight[0].data, before.w[0].data) == (LEAK, 1.0)
    assert after.activation.weight[0].data == pytest.approx(0.5, abs=1e-3)
    assert after.w[0].data == pytest.approx(2.0, abs=1e-3)


def test_s_act_softmax_of_the_lecture() -> None:
    shares = softmax(list(activations.SCORES))
    assert list(activations.SCORES) == [1.2, 0.9, 0.4]
    assert shares == pytest.approx([0.46, 0.34, 0.20], abs=0.006)
    total = math.exp(1.2) + math.exp(0.9) + math.exp(0.4)
    assert shares == pytest.approx([math.exp(score) / total for score in (1.2, 0.9, 0.4)], rel=1e-14)
    assert sum(shares) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize(("a", "b"), [(1.2, 0.9), (-3.0, 2.5), (0.0, 0.0), (700.0, -700.0)])
def test_s_act_softmax_of_two_classes_is_the_sigmoid_of_the_difference(a, b) -> None:
    assert softmax([a, b])[0] == pytest.approx(sigmoid(a - b), rel=1e-13)
    x, y = Value(a), Value(b)
    softmax([x, y])[0].backward()
    z = Value(a - b)
    sigmoid(z).backward()
    assert (x.grad, y.grad) == pytest.approx((z.grad, -z.grad), rel=1e-12, abs=1e-300)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run: the folder it wrote to, what it came to, and the sizes of the gradients it measured."""
    with recorded(vanishing, "sizes") as made:
        return *written_by(tmp_path_factory, "activations", "--seed", 4), made


def test_s_act_account_has_value_and_derivative_of_each_function(written) -> None:
    outcome = written[1]
    assert (outcome.status, outcome.err) == (0, "")
    for name, row in rows(4).items():
        (line,) = (line for line in outcome.out.splitlines() if line.startswith(f"{name} ") and ", " in line)
        shown = [float(number) for number in re.findall(r"-?\d+\.\d{3}\b", line)]
        expected = [number for x in activations.POINTS for number in (row.function(x), row.derivative(x))]
        np.testing.assert_allclose(shown, [float(number) for number in expected], atol=5.1e-4)
    assert "is 0.46, 0.34, 0.21; the lecture has 0.46, 0.34, 0.20" in outcome.out


def test_s_act_account_says_which_derivative_is_used_at_a_kink(written) -> None:
    outcome = written[1]
    lines = outcome.out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("function") and "left" in line)
    shown = {re.split(r"  +", line)[0]: numbers(line) for line in lines[start + 1 : start + 6]}
    assert shown == {
        "step": [0.5, 0, 0, 0],
        "sign": [0, 0, 0, 0],
        "ReLU": [0, 0, 0, 1],
        "leaky ReLU": [0, 0.01, 0.01, 1],
        "parametric ReLU": [0, 0.25, 0.25, 1],
    }


def test_s_vanish_table_has_every_layer(written) -> None:
    _, outcome, sizes = written
    lines = outcome.out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("layer"))
    assert lines[start].split() == ["layer", "sigmoid", "tanh", "relu"]
    table = np.array([numbers(line) for line in lines[start + 1 : start + vanishing.DEPTH + 2]])
    assert table[:, 0].tolist() == list(range(1, vanishing.DEPTH + 2))
    np.testing.assert_allclose(table[:, 1:].T, sizes, rtol=0.06)


def test_s_vanish_account_names_the_cause(written) -> None:
    outcome = written[1]
    lines = [line.strip() for line in outcome.out.splitlines()]
    assert any(line.startswith("The gradient vanishes: from layers.10 back to layers.0") for line in lines)
    assert any("by the local gradients of sigmoid" in line for line in lines)


def test_pictures_are_there(written) -> None:
    folder = written[0]
    assert sorted(path.name for path in folder.iterdir()) == ["activations.png", "activations_vanishing.png"]
    for path in folder.iterdir():
        assert_plot(path)


def test_a_wrong_derivative_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    right = activations.derivative_of
    monkeypatch.setattr(activations, "show_vanishing", lambda page: None)  # which takes long
    monkeypatch.setattr(activations, "derivative_of", lambda function, x: right(function, x) + 1e-9)
    outcome = in_process(capsys, "activations", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.startswith("NOT SO: The derivatives are the engine's")
