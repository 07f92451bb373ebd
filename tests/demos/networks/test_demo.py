"""The seven networks: what is printed and learned, against NumPy that knows nothing of the engine."""

import ast
import functools
import inspect

import numpy as np
import pytest

from demos.data.truth_tables import INPUTS
from demos.networks import demo as networks
from demos.networks import salary
from demos.runner.page import Page
from nn import Neuron
from tests.demos.oracle import complex_gradient, sigmoid, state_arrays
from tests.demos.running import assert_plot, in_process, numbers, svg_texts, written_by

PICTURES = ["networks_252_cost.png", "networks_352.svg", "networks_531_cost.png"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run with seed 4, and what each training started from, was given and came to."""
    trained, right = [], networks.train

    def train(model, X, t, *choices, **more):
        start = state_arrays(model)
        history = right(model, X, t, *choices, **more)
        trained.append((start, np.array(X), np.array(t), history["loss"], state_arrays(model)))
        return history

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(networks, "train", train)
        return *written_by(tmp_path_factory, "networks", "--seed", 4), trained


def rows_after(out: str, first: str, count: int) -> list[str]:
    lines = out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(first))
    return lines[start + 1 : start + 1 + count]


def test_all_seven_are_there_and_agree(written) -> None:
    folder, outcome, _ = written
    assert (outcome.status, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    found = [lines[i - 1] for i, line in enumerate(lines) if line and set(line) == {"-"}]
    expected = ["5-3-1", "3-5-2", "2-5-2", "2-3-1", "One sigmoid neuron", "3-4-2", "L hidden layers"]
    assert [heading.startswith(start) for heading, start in zip(found, expected, strict=True)] == [True] * 7
    assert sorted(path.name for path in folder.iterdir()) == PICTURES
    assert_plot(folder / PICTURES[0])
    assert_plot(folder / PICTURES[2])


def test_s_531_one_neuron_at_a_time_is_w_x_plus_b_and_training_ends_at_least_squares(written) -> None:
    _, outcome, trained = written
    ((W1, W2), (b1, b2)), X, t, costs, _ = trained[0]
    assert (W1.shape, W2.shape, X.shape) == ((3, 5), (1, 3), (20, 5))
    assert all([*b1, *b2]), "the biases are random too"
    hidden = [sum(W1[i, j] * X[0, j] for j in range(5)) + b1[i] for i in range(3)]
    output = sum(W2[0, i] * hidden[i] for i in range(3)) + b2[0]
    rows = [numbers(line.split(", neuron")[1]) for line in rows_after(outcome.out, "neuron ", 4)]
    np.testing.assert_allclose([row[1:] for row in rows], np.array([*hidden, output])[:, None] @ [[1, 1]],
                               atol=6e-16)  # fmt: skip
    expected = []
    for _ in range(400):
        h = X @ W1.T + b1
        error = (h @ W2.T + b2)[:, 0] - t
        expected.append((error**2).sum() / len(t))
        dy = 2 * error[:, None] / len(t)
        dh = dy @ W2
        W2, b2 = W2 - 0.05 * dy.T @ h, b2 - 0.05 * dy.sum(0)
        W1, b1 = W1 - 0.05 * dh.T @ X, b1 - 0.05 * dh.sum(0)
    np.testing.assert_allclose(costs, expected, rtol=1e-9)
    ones = np.column_stack([X, np.ones(len(t))])
    best = np.mean((t - ones @ np.linalg.pinv(ones) @ t) ** 2)
    assert best <= costs[-1] < 1.01 * best


def test_s_352_says_32_and_draws_every_weight(written) -> None:
    folder, outcome, _ = written
    assert "(3*5 + 5*2) + (5 + 2) = 32. The network says 32." in " ".join(outcome.out.split())
    texts = svg_texts(folder / "networks_352.svg")
    assert texts.count("sigmoid") == 5
    assert {"x0", "x1", "x2"} <= set(texts)


def test_s_252_cost_of_5000_iterations_with_alpha_0_01_is_that_of_matrices(written) -> None:
    ((W1, W2), (b1, b2)), X, Y, costs, _ = written[2][1]
    assert X.tolist() == INPUTS
    assert Y.tolist() == [[0, 0], [0, 1], [0, 1], [1, 1]]
    expected = []
    for _ in range(5000):
        h = sigmoid(X @ W1.T + b1)
        y = sigmoid(h @ W2.T + b2)
        expected.append(((y - Y) ** 2).sum() / 2)
        dz2 = (y - Y) * y * (1 - y)
        dz1 = dz2 @ W2 * h * (1 - h)
        W2, b2 = W2 - 0.01 * dz2.T @ h, b2 - 0.01 * dz2.sum(0)
        W1, b1 = W1 - 0.01 * dz1.T @ X, b1 - 0.01 * dz1.sum(0)
    assert len(W1) == 5
    np.testing.assert_allclose(costs, expected, rtol=1e-9)
    assert (np.diff(costs) < 0).all()
    assert costs[-1] < costs[0] / 3


X, T = np.split(salary.PEOPLE / salary.SCALES, [2], axis=1)


def by_loops(iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """The same training, example by example, from the numbers that NumPy's global generator gives."""
    np.random.seed(1)  # noqa: NPY002  # what the lecture does
    W1, W2 = np.random.randn(2, 3), np.random.randn(3, 1)  # noqa: NPY002
    for _ in range(iterations):
        dW1, dW2 = np.zeros_like(W1), np.zeros_like(W2)
        for x, t in zip(X, T[:, 0], strict=True):
            h = 1 / (1 + np.exp(-(x @ W1)))
            y = float((1 / (1 + np.exp(-(h @ W2))))[0])
            delta = (y - t) * y * (1 - y)
            dW2 += delta * h[:, None]
            dW1 += np.outer(x, delta * W2[:, 0] * h * (1 - h))
        W1, W2 = W1 - dW1, W2 - dW2
    return W1, W2


def test_s_231_eight_lines_of_1000_iterations_are_reproduced_to_1e_12_by_the_engine(written) -> None:
    expected = by_loops(1000)
    (hidden, output), _ = written[2][2][-1]
    for found in (salary.eight_lines(X, T, *salary.start(), 1000), (hidden.T, output.T)):
        for ours, theirs in zip(found, expected, strict=True):
            assert ours.shape == theirs.shape
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
    assert np.abs(expected[0] - salary.start()[0]).max() > 0.1, "something was learned"
    answers = 100 / (1 + np.exp(-(1 / (1 + np.exp(-(X @ expected[0])))) @ expected[1]))
    rows = np.array([numbers(line) for line in rows_after(written[1].out, "age ", 6)])
    np.testing.assert_allclose(rows[:, :3], salary.PEOPLE)
    np.testing.assert_allclose(rows[:, 3], answers[:, 0], atol=0.0051)


def test_s_231_start_is_that_of_numpys_seed_1_and_the_loop_has_eight_lines() -> None:
    for ours, theirs in zip(salary.start(), by_loops(0), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.random.seed(5)  # noqa: NPY002
    before = np.random.rand()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    salary.start()
    assert np.random.rand() == before  # noqa: NPY002  # the global generator is left alone
    (function,) = ast.parse(inspect.getsource(salary.eight_lines)).body
    (loop,) = (node for node in function.body if isinstance(node, ast.For))
    assert [line.end_lineno - line.lineno for line in loop.body] == [0] * 8


@pytest.mark.parametrize("seed", range(3))
def test_s_neuron_rule_and_engine_are_the_derivative_of_the_error(seed, capsys) -> None:
    assert networks.delta_rule(Page(seed))
    rows = [numbers(line.replace("+", "")) for line in rows_after(capsys.readouterr().out, "weight ", 3)]
    w = np.array([each.data for each in Neuron(3, activation="sigmoid", rng=seed, bias=False).w])
    x = np.array([1.0, -0.5, 2.0])
    expected = complex_gradient(lambda w: (0.9 - sigmoid(w @ x)) ** 2 / 2, w)
    np.testing.assert_allclose(np.array(rows), np.column_stack([x, expected, expected]), atol=1e-12)


def test_s_3layer_and_s_l_are_compared_with_the_engine(written) -> None:
    out = " ".join(written[1].out.split())
    assert "For each of the 12 + 8 weights the sum is the engine's gradient." in out
    rows = [numbers(line) for line in rows_after(written[1].out, "hidden layers ", 5)]
    assert [row[:2] for row in rows] == [[d, 16 + 20 * (d - 1) + 10] for d in (1, 2, 3, 5, 8)]
    assert all(row[3] < 1e-12 for row in rows)


@pytest.mark.parametrize("name", ["by_sums", "by_matrices", "eight_lines", "SGD", "matrices"])
def test_a_wrong_formula_fails_the_run_and_says_which(name, out_dir, capsys, monkeypatch) -> None:
    right = getattr(networks, name)

    @functools.wraps(right)
    def wrong(*args, **more):
        if name == "SGD":
            return right(*args, lr=more["lr"] * (1 + 1e-6))
        found = right(*args)
        array = found.dW[0] if name == "by_matrices" else found[0][0] if name == "matrices" else found[0]
        array += 1e-9
        return found

    monkeypatch.setattr(networks, name, wrong)
    outcome = in_process(capsys, "networks", "--quiet", "--epochs", 30, "--out", out_dir)
    assert (outcome.status, outcome.out) == (1, "")
    said = {"by_sums": "12 + 8 weights", "by_matrices": "NOT SO", "eight_lines": "nine weights",
            "SGD": "nine weights", "matrices": "They are the same."}  # fmt: skip
    assert said[name] in outcome.err
    assert "apart by" in outcome.err
