"""S-ACT and S-VANISH: the account of the activation functions; each is tested beside it."""

import math
import re

import numpy as np
import pytest

from demos.activations import demo as activations
from demos.activations.table import rows
from demos.activations.vanishing import DEPTH
from engine import Value, sigmoid, softmax
from tests.demos.running import assert_plot, in_process, numbers, recorded, written_by


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
    with recorded(activations, "sizes") as made:
        return *written_by(tmp_path_factory, "activations", "--seed", 4), made


def test_s_act_account_has_value_and_derivative_of_each_function(written) -> None:
    outcome = written[1]
    assert (outcome.status, outcome.err) == (0, "")
    for name, row in rows(4).items():
        (line,) = (line for line in outcome.out.splitlines() if line.startswith(f"{name} ") and ", " in line)
        shown = [float(number) for number in re.findall(r"-?\d+\.\d{3}\b", line)]
        expected = [number for x in activations.POINTS for number in (row.function(x), row.derivative(x))]
        np.testing.assert_allclose(shown, [float(number) for number in expected], atol=5.1e-4)
    assert "is 0.46, 0.34, 0.21, in the lecture 0.46, 0.34, 0.20" in outcome.out


def test_s_act_account_says_which_derivative_is_used_at_a_kink(written) -> None:
    outcome = written[1]
    lines = outcome.out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("function") and "derivative" in line)
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
    table = np.array([numbers(line) for line in lines[start + 1 : start + DEPTH + 2]])
    assert table[:, 0].tolist() == list(range(1, DEPTH + 2))
    np.testing.assert_allclose(table[:, 1:].T, sizes, rtol=0.06)


def test_s_vanish_account_names_the_cause(written) -> None:
    outcome = written[1]
    lines = outcome.out.splitlines()
    assert any(line.startswith("The gradient vanishes: from layers.10 back to layers.0") for line in lines)
    assert any("by the local gradients of sigmoid" in line for line in lines)


def test_pictures_are_there(written) -> None:
    folder = written[0]
    assert sorted(path.name for path in folder.iterdir()) == ["activations.png", "activations_vanishing.png"]
    for path in folder.iterdir():
        assert_plot(path)


def test_a_wrong_derivative_fails_the_run(out_dir, capsys, monkeypatch) -> None:
    right = activations.derivative_of
    monkeypatch.setattr(activations, "ACTIVATIONS", {"tanh": "xavier_normal"})  # the rest takes long
    monkeypatch.setattr(activations, "derivative_of", lambda function, x: right(function, x) + 1e-9)
    outcome = in_process(capsys, "activations", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.startswith("The engine's derivatives and those by pencil and paper")
