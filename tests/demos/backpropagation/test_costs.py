"""The costs of the lectures: their factors, and gradients against finite differences."""

import numpy as np
import pytest

from demos.backpropagation.costs import ANSWERS, COSTS
from tests.demos.running import assert_plot, written_by

N = len(ANSWERS)


def in_numpy(name, y, t):
    """Each cost written down anew, with the factor the lectures give it."""
    return {
        "error": np.sum(t - y) / N,
        "absolute_error": np.sum(np.abs(t - y)) / N,
        "squared_error": np.sum((t - y) ** 2),
        "mse": np.sum((t - y) ** 2) / N,
        "half_squared_error": np.sum((t - y) ** 2) / 2,
        "quadratic_cost": np.sum((t - y) ** 2) / (2 * N),
        "binary_cross_entropy": -np.sum(np.where(t == 1, np.log(y), np.log(1 - y))) / N,
        "hinge": np.sum(np.maximum(0, 1 - t * y)) / N,
    }[name]


@pytest.mark.parametrize("cost", COSTS, ids=lambda cost: cost.function.__name__)
def test_s_cost_value_and_gradient_have_the_factor_that_is_written(cost) -> None:
    y, t, h = np.array(ANSWERS), np.array(cost.targets), 1e-6
    name = cost.function.__name__
    assert cost.function(ANSWERS, cost.targets) == pytest.approx(in_numpy(name, y, t), rel=1e-13)
    for i, step in enumerate(h * np.eye(N)):
        nudged = (in_numpy(name, y + step, t) - in_numpy(name, y - step, t)) / (2 * h)
        assert cost.by_hand(y[i], t[i], N) == pytest.approx(nudged, rel=1e-7)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_by(tmp_path_factory, "costs")


def test_s_cost_account_has_every_cost_and_the_engine_agrees(written) -> None:
    folder, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    shown = {line.split()[0] for line in outcome.out.splitlines() if line}
    assert {cost.function.__name__ for cost in COSTS} | {"cross_entropy"} <= shown
    assert_plot(folder / "costs.png")
