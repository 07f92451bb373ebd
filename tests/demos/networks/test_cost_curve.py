"""S-252: the cost of a 2-5-2 network of sigmoids over 5,000 iterations."""

import numpy as np
import pytest

from demos.data.truth_tables import INPUTS
from demos.networks import cost_curve
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from tests.demos.oracle import sigmoid, state_arrays

X = np.array(INPUTS)
Y = np.array([[0, 0], [0, 1], [0, 1], [1, 1]])


def numpy_costs(model, iterations: int) -> list[float]:
    (W1, W2), (b1, b2) = state_arrays(model)
    costs = []
    for _ in range(iterations):
        h = sigmoid(X @ W1.T + b1)
        y = sigmoid(h @ W2.T + b2)
        costs.append(((y - Y) ** 2).sum() / 2)
        dz2 = (y - Y) * y * (1 - y)
        dz1 = dz2 @ W2 * h * (1 - h)
        W2, b2 = W2 - 0.01 * dz2.T @ h, b2 - 0.01 * dz2.sum(0)
        W1, b1 = W1 - 0.01 * dz1.T @ X, b1 - 0.01 * dz1.sum(0)
    return costs


def test_s_252_cost_of_5000_iterations_with_alpha_0_01_is_that_of_matrices() -> None:
    assert (cost_curve.ITERATIONS, cost_curve.ALPHA) == (5000, 0.01)
    start, _ = cost_curve.learn(0, 0, Account())
    assert [len(layer.neurons) for layer in start.layers] == [5, 2]
    assert {neuron.activation for layer in start.layers for neuron in layer.neurons} == {"sigmoid"}
    _, training = cost_curve.learn(0, cost_curve.ITERATIONS, Account())
    assert len(training.losses) == 5000
    np.testing.assert_allclose(training.losses, numpy_costs(start, 5000), rtol=1e-9)
    assert (np.diff(training.losses) < 0).all()
    assert training.losses[-1] < training.losses[0] / 3


def test_s_252_cost_curve_is_plotted(out_dir, monkeypatch) -> None:
    drawn = []
    monkeypatch.setattr(cost_curve, "plot_loss", lambda losses, *_, **named: drawn.append((losses, named)))
    options, account = Options(out=out_dir, epochs=7), Account(quiet=True)
    assert cost_curve.show(options, account, Pictures(options, account))
    ((losses, named),) = drawn
    assert losses == cost_curve.learn(0, 7, Account())[1].losses
    assert (named["xlabel"], named["ylabel"]) == ("iteration", "cost")
    assert [path.name for path in out_dir.iterdir()] == ["networks_252_cost.png"]


def test_a_cost_that_rises_is_told(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setattr(cost_curve, "ALPHA", 500.0)
    options, account = Options(out=out_dir, epochs=9), Account(quiet=True)
    assert not cost_curve.show(options, account, Pictures(options, account))
    assert "did not fall in every iteration" in capsys.readouterr().err


@pytest.mark.parametrize("seed", [1, 2])
def test_cost_is_half_the_sum_of_squares(seed) -> None:
    model, _ = cost_curve.learn(seed, 0, Account())
    assert cost_curve.cost_of(model).data == pytest.approx(numpy_costs(model, 1)[0], rel=1e-12)
