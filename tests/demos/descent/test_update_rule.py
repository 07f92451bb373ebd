"""S-RULE and S-RATES: the full rule of a step, with its terms and with step sizes of their own."""

import re

import numpy as np
import pytest

from demos.descent import update_rule
from demos.runner.page import Page
from engine import sigmoid
from nn import half_squared_error

X, T = np.random.default_rng(3).normal(size=(6, 2)), np.array([0, 1, 1, 0, 1, 0])


def neuron_cost(w):
    return half_squared_error([sigmoid(w[0] * a + w[1] * b + w[2]) for a, b in X.tolist()], T.tolist())


def numpy_walk(start, steps, eta, alpha=0.0, decay=0.0):
    """The rule in NumPy, with the delta rule in place of the engine."""
    w, change = np.array(start), np.zeros(3)
    rows = np.column_stack([X, np.ones(len(X))])
    walk = []
    for _ in range(steps + 1):
        walk.append(w)
        y = 1 / (1 + np.exp(-rows @ w))
        change = -eta * (rows.T @ ((y - T) * y * (1 - y))) + alpha * change - decay * eta * w
        w = w + change
    return np.array(walk)


@pytest.mark.parametrize("terms", [{}, {"alpha": 0.8}, {"decay": 0.02}, {"alpha": 0.8, "decay": 0.02}])
def test_s_rule_sgd_keeps_the_full_rule_to_1e_12(terms) -> None:
    start = [0.3, -0.2, 0.1]
    expected = numpy_walk(start, 100, 0.5, **terms)
    by_hand = update_rule.by_hand(neuron_cost, start, 100, [0.5] * 3, **terms)
    names = {"alpha": "momentum", "decay": "weight_decay"}
    settings = {names[name]: number for name, number in terms.items()}
    theirs = update_rule.by_optimizer(neuron_cost, start, 100, lr=0.5, **settings)
    np.testing.assert_allclose(by_hand.weights, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(theirs.weights, expected, rtol=0, atol=1e-12)


def test_s_rates_weights_and_biases_have_step_sizes_of_their_own() -> None:
    start = [0.3, -0.2, 0.1]
    expected = numpy_walk(start, 50, np.array([0.5, 0.5, 2.0]))

    def groups(values):
        return [{"params": values[:2]}, {"params": values[2:], "lr": 2.0}]

    theirs = update_rule.by_optimizer(neuron_cost, start, 50, groups, lr=0.5)
    np.testing.assert_allclose(theirs.weights, expected, rtol=0, atol=1e-12)
    assert np.abs(expected - numpy_walk(start, 50, 0.5)).max() > 0.01


@pytest.mark.parametrize("seed", range(6))
def test_what_is_said_of_momentum_and_decay_holds(seed, capsys, out_dir) -> None:
    assert update_rule.show_rule(Page(out=out_dir), np.random.default_rng(seed))
    lines = capsys.readouterr().out.splitlines()
    rows = {re.split(r"  +", line)[0]: line.split()[-2:] for line in lines if re.match(r"η.*  +\d", line)}
    E = {name: float(numbers[0]) for name, numbers in rows.items()}
    length = {name: float(numbers[1]) for name, numbers in rows.items()}
    assert E["η and α"] <= E["η alone"]
    assert E["η and α"] < E["η, α and λ"]
    assert length["η, α and λ"] < length["η and α"]
