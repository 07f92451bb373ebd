"""E-1, E-4 and E-7: the slips fail the gradient check, the right forms are the derivatives."""

import numpy as np
import pytest

from demos.errata import network
from demos.errata.trial import CLOSE, off_by
from tests.demos.oracle import complex_gradient, sigmoid


def weights(outputs: int, seed: int) -> list[float]:
    return np.random.default_rng(seed).uniform(-1, 1, 3 * (2 + outputs)).tolist()


def cost(w: np.ndarray, factor: float = 0.5) -> complex:
    h = sigmoid(w[:6].reshape(3, 2) @ network.X)
    y = sigmoid(w[6:].reshape(-1, 3) @ h)
    return factor * ((y - network.targets(len(y))) ** 2).sum()


RIGHT = {
    "E-1": lambda w: network.hidden_error(w, slip=False),
    "E-4, derivative of z": lambda w: network.output_derivative(w, "derivative(z)"),
    "E-4, y(1 - y)": lambda w: network.output_derivative(w, "y(1 - y)"),
    "E-7": lambda w: network.conventions(w, "1/2"),
}


@pytest.mark.parametrize("outputs", [2, 3])
@pytest.mark.parametrize("form", RIGHT)
def test_e_1_e_4_e_7_right_forms_are_the_derivative_and_pass_at_1e_7(form, outputs) -> None:
    for seed in range(5):
        w = weights(outputs, seed)
        found, gradient = RIGHT[form](w)
        assert found == pytest.approx(cost(np.array(w)), rel=1e-14)
        np.testing.assert_allclose(gradient, complex_gradient(cost, np.array(w)), rtol=1e-11)
        assert off_by(RIGHT[form], w) < CLOSE == 1e-7


@pytest.mark.parametrize("seed", range(5))
def test_e_1_gradient_of_w2_for_w2_is_off_by_more_than_1_percent_in_the_hidden_layer_only(seed) -> None:
    w = weights(2, seed)
    assert off_by(lambda w: network.hidden_error(w, slip=True), w) > 0.01
    found = network.hidden_error(w, slip=True)[1]
    expected = complex_gradient(cost, np.array(w))
    assert (np.abs(found[:6] / expected[:6] - 1) > 0.01).any()
    np.testing.assert_allclose(found[6:], expected[6:], rtol=1e-11)


@pytest.mark.parametrize("seed", range(5))
def test_e_4_derivative_of_the_output_is_off_by_more_than_1_percent(seed) -> None:
    assert off_by(lambda w: network.output_derivative(w, "derivative(y)"), weights(2, seed)) > 0.01


@pytest.mark.parametrize("seed", range(5))
def test_e_7_one_nth_goes_unnoticed_with_two_outputs_and_is_off_by_a_third_with_three(seed) -> None:
    def slip(w):
        return network.conventions(w, "1/n")

    assert off_by(slip, weights(2, seed)) < CLOSE
    assert off_by(slip, weights(3, seed)) == pytest.approx(1 / 3, rel=1e-6)
    w = np.array(weights(3, seed))
    np.testing.assert_allclose(slip(w)[0], cost(w, 1 / 3), rtol=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_e_7_derivative_1_at_the_output_is_off_by_more_than_half(seed) -> None:
    assert off_by(lambda w: network.conventions(w, "1/2", derivative_at_output=False), weights(2, seed)) > 0.5


@pytest.mark.parametrize("seed", range(10))
def test_all_are_exposed_from_any_seed(seed) -> None:
    found = network.trials(np.random.default_rng(seed))
    assert [trial.name for trial in found] == ["E-1", "E-4", "E-7", "E-7"]
    assert all(trial.exposed for trial in found)
