"""S-NEURON: the delta rule of one sigmoid neuron."""

import numpy as np
import pytest

from demos.networks import delta_rule
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from nn import Neuron
from tests.demos.oracle import complex_gradient, sigmoid


def error(w: np.ndarray, x: np.ndarray, t: float) -> complex:
    return (t - sigmoid(w @ x)) ** 2 / 2


@pytest.mark.parametrize("seed", range(5))
def test_s_neuron_delta_rule_is_the_derivative_of_the_error(seed) -> None:
    rng = np.random.default_rng(seed)
    w, x, t = rng.normal(size=4), rng.normal(size=4), rng.uniform()
    rule = delta_rule.delta_rule(float(sigmoid(w @ x)), t, x.tolist())
    np.testing.assert_allclose(rule, complex_gradient(lambda w: error(w, x, t), w), rtol=1e-12)


def test_s_neuron_engine_finds_it_too() -> None:
    neuron = Neuron(3, activation="sigmoid", rng=3, bias=False)
    delta_rule.error(neuron).backward()
    w = np.array([each.data for each in neuron.w])
    expected = complex_gradient(lambda w: error(w, np.array(delta_rule.X), delta_rule.T), w)
    np.testing.assert_allclose([each.grad for each in neuron.w], expected, rtol=1e-12)


def test_s_neuron_steps_go_down_the_derivative() -> None:
    w = np.array([0.2, -0.4, 0.1])
    expected = w
    for _ in range(20):
        derivative = complex_gradient(lambda w: error(w, np.array(delta_rule.X), delta_rule.T), expected)
        expected = expected - delta_rule.ETA * derivative
    np.testing.assert_allclose(delta_rule.follow(w.tolist(), 20), expected, rtol=1e-12)


def test_s_neuron_account_shows_both_and_that_they_agree(out_dir, capsys) -> None:
    options, account = Options(out=out_dir, seed=2), Account()
    assert delta_rule.show(options, account, Pictures(options, account))
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines() if line.startswith(("w1", "w2", "w3"))]
    assert [row[0] for row in rows] == ["w1", "w2", "w3"]
    assert [float(row[2]) for row in rows] == [float(row[3]) for row in rows]
    assert any(float(row[2]) for row in rows)


def test_a_wrong_rule_is_told(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setattr(delta_rule, "delta_rule", lambda y, t, x: [(y - t) * y * each for each in x])
    options, account = Options(out=out_dir), Account(quiet=True)
    assert not delta_rule.show(options, account, Pictures(options, account))
    assert "The delta rule and the engine" in capsys.readouterr().err
