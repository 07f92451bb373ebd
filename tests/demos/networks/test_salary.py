"""S-231: the training loop in eight matrix lines, and the same in scalars."""

import ast
import inspect

import numpy as np
import pytest

from demos.networks import salary
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from tests.demos.oracle import state_arrays

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


def test_s_231_start_is_that_of_numpys_seed_1() -> None:
    for ours, theirs in zip(salary.start(), by_loops(0), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert salary.start()[0][0, 0] == pytest.approx(1.6243453636632417, rel=1e-15)


def test_start_leaves_the_global_generator_alone() -> None:
    np.random.seed(5)  # noqa: NPY002
    before = np.random.rand()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    salary.start()
    assert np.random.rand() == before  # noqa: NPY002


def test_s_231_eight_lines_of_1000_iterations_are_reproduced_to_1e_12_by_the_engine() -> None:
    assert salary.ITERATIONS == 1000
    expected = by_loops(1000)
    matrices = salary.eight_lines(X, T, *salary.start(), 1000)
    (hidden, output), _ = state_arrays(salary.scalars(X, T, 1000, Account()))
    for ours, engine, theirs in zip(matrices, (hidden.T, output.T), expected, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(engine, ours, rtol=1e-12, atol=1e-12)
    assert np.abs(expected[0] - salary.start()[0]).max() > 0.1, "something was learned"


def test_s_231_the_loop_has_eight_lines() -> None:
    (function,) = ast.parse(inspect.getsource(salary.eight_lines)).body
    (loop,) = (node for node in function.body if isinstance(node, ast.For))
    assert len(loop.body) == 8
    assert [line.end_lineno - line.lineno for line in loop.body] == [0] * 8


def test_engine_has_no_biases_and_a_full_batch_of_steps_of_1(out_dir, capsys) -> None:
    options, account = Options(out=out_dir, epochs=50), Account()
    assert salary.show(options, account, Pictures(options, account))
    out = capsys.readouterr().out
    assert "    dz1 = dz2 @ W2.T * h * (1 - h)\n" in out
    assert out.count("\n    ") == 8
    W1, W2 = by_loops(50)
    answers = 100 / (1 + np.exp(-(1 / (1 + np.exp(-(X @ W1)))) @ W2))
    rows = [line.split() for line in out.splitlines() if line[:2].isdigit()]
    np.testing.assert_allclose([[float(cell) for cell in row[:3]] for row in rows], salary.PEOPLE)
    np.testing.assert_allclose([float(row[3]) for row in rows], answers[:, 0], atol=0.0051)
    assert salary.scalars(X, T, 0, Account()).num_parameters() == 9


def test_a_different_step_is_told(out_dir, capsys, monkeypatch) -> None:
    right = salary.SGD
    monkeypatch.setattr(salary, "SGD", lambda parameters, lr: right(parameters, lr=lr * (1 + 1e-6)))
    options, account = Options(out=out_dir, epochs=50), Account(quiet=True)
    assert not salary.show(options, account, Pictures(options, account))
    assert "W1 of the matrices and of the engine" in capsys.readouterr().err
