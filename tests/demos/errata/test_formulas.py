"""E-2 and E-3: the slips fail the gradient check, the right forms are the derivatives."""

import numpy as np
import pytest

from demos.errata import formulas
from demos.errata.trial import CLOSE, off_by
from tests.demos.oracle import complex_gradient, sigmoid


@pytest.mark.parametrize("seed", range(5))
def test_e_2_logistic_of_plus_u_has_the_gradient_reversed_and_minus_u_passes(seed) -> None:
    w = np.random.default_rng(seed).uniform(-1, 1, 3)
    assert off_by(lambda w: formulas.squared_error(w, slip=True), w) == pytest.approx(2.0, rel=1e-9)
    assert off_by(lambda w: formulas.squared_error(w, slip=False), w) < CLOSE == 1e-7
    expected = complex_gradient(lambda w: (sigmoid(w @ formulas.X) - 1) ** 2 / 2, w)
    np.testing.assert_allclose(formulas.squared_error(w, slip=False)[1], expected, rtol=1e-12)


def test_e_2_slip_falls_where_it_should_rise() -> None:
    assert formulas.logistic(3.0, slip=False) == pytest.approx(1 / (1 + np.exp(-3)))
    assert formulas.logistic(3.0, slip=True) == pytest.approx(1 / (1 + np.exp(3)))


@pytest.mark.parametrize("seed", range(5))
def test_e_3_softmax_without_exponentials_fails_by_more_than_1_percent_and_with_them_passes(seed) -> None:
    scores = np.random.default_rng(seed).uniform(0.5, 2, 3)
    assert off_by(lambda o: formulas.cross_entropy(o, slip=True), scores) > 0.01
    assert off_by(lambda o: formulas.cross_entropy(o, slip=False), scores) < CLOSE == 1e-7
    expected = complex_gradient(lambda o: -np.log(np.exp(o[0]) / np.exp(o).sum()), scores)
    np.testing.assert_allclose(formulas.cross_entropy(scores, slip=False)[1], expected, rtol=1e-12)


def test_e_3_slip_gives_shares_below_0_and_softmax_does_not() -> None:
    assert formulas.shares([2.0, -1.0, 0.5], slip=True).tolist() == pytest.approx([4 / 3, -2 / 3, 1 / 3])
    right = formulas.shares([1.2, 0.9, 0.4], slip=False)
    assert right.tolist() == pytest.approx([0.4566, 0.3383, 0.2052], abs=5e-5)
    assert right.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(10))
def test_all_are_exposed_from_any_seed(seed) -> None:
    found = formulas.trials(np.random.default_rng(seed))
    assert [trial.name for trial in found] == ["E-2", "E-3"]
    assert all(trial.exposed for trial in found)
