"""The scalar network becomes the lecture's matrices, and its numbers are those of NumPy."""

import numpy as np
import pytest

from demos.backpropagation import lift
from demos.backpropagation.lift import EQUATIONS, equation_lines
from demos.networks.salary import PEOPLE, SCALES, network, start
from engine import jit
from tests.demos.running import in_process, written_by


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "lift")[1]


def test_every_stage_is_shown_in_order(written) -> None:
    assert (written.status, written.err) == (0, "")
    stages = ["Trace", "Canonical form", "Layout", "Program", "Source"]
    places = [written.out.index(f"\n{stage}\n{'-' * len(stage)}\n") for stage in stages]
    assert places == sorted(places)
    assert "layers.1.neurons.0.w.2" in written.out
    assert "def forward" in written.out


def test_s_231_the_equations_stand_in_the_program(written) -> None:
    source = written.out[written.out.index("\nSource\n") :]
    assert set(equation_lines(source)) == set(EQUATIONS)
    for equation in EQUATIONS:
        assert written.out.count(equation) == 1
    assert "The cost and its nine gradients are those of the scalars." in written.out


def test_s_231_the_numbers_are_those_of_the_eight_lines() -> None:
    people = PEOPLE / SCALES
    X, t = people[:, :2], people[:, 2:]
    W1, W2 = start()
    h = 1 / (1 + np.exp(-X @ W1))
    y = 1 / (1 + np.exp(-h @ W2))
    dz2 = (y - t) * y * (1 - y) / len(X)
    dW2, dW1 = h.T @ dz2, X.T @ (dz2 @ W2.T * h * (1 - h))
    model = network()
    cost = jit(lambda x, t: 0.5 * (model(x) - t) ** 2, batch=True)(X, t[:, 0])
    found = lift.value_and_gradients(model, cost)
    expected = [0.5 * np.mean((y - t) ** 2), *dW1.T.ravel(), *dW2.ravel()]
    assert found == pytest.approx(expected, rel=1e-12)


def test_a_missing_equation_fails_the_run_and_is_named(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setitem(EQUATIONS, "dC/dW2 = h1 @ dz2.T", ("h1", "dz2.T", "dW2"))
    outcome = in_process(capsys, "lift", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert outcome.err.strip() == "No line of the program is the equation dC/dW2 = h1 @ dz2.T."


def test_wrong_numbers_fail_the_run(out_dir, capsys, monkeypatch) -> None:
    def wrong(model, cost):
        wrong.calls += 1
        numbers = right(model, cost)
        numbers[3] *= 1.0 + 1e-9 * (wrong.calls == 1)
        return numbers

    right, wrong.calls = lift.value_and_gradients, 0
    monkeypatch.setattr(lift, "value_and_gradients", wrong)
    outcome = in_process(capsys, "lift", "--quiet", "--out", out_dir)
    assert outcome.status == 1
    assert "nine gradients" in outcome.err
