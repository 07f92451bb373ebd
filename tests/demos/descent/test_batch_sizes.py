"""S-GD: batch, stochastic and mini-batch descent."""

import numpy as np
import pytest

from demos.descent import demo as descent
from demos.descent.batch_sizes import LR, SAMPLES, SIZES, descend, least_squares, points
from demos.runner.account import Account


@pytest.mark.parametrize("seed", range(6))
def test_s_gd_stochastic_comes_near_the_least_cost_while_batch_is_far(seed) -> None:
    samples = points(np.random.default_rng(seed))
    least = least_squares(*samples)[2]
    runs = {kind: descend(kind, *samples, seed, descent.EPOCHS, Account(quiet=True)) for kind in SIZES}
    assert [(run.size, run.steps) for run in runs.values()] == [
        (SAMPLES, 1),
        (1, SAMPLES),
        (50, SAMPLES // 50),
    ]
    assert least < runs["stochastic"].costs[-1] < 1.1 * least
    assert runs["stochastic"].costs[-1] < runs["mini-batch"].costs[-1] < runs["batch"].costs[-1]


def test_s_gd_batch_is_plain_descent_on_the_mean_squared_error() -> None:
    inputs, targets = points(np.random.default_rng(0))
    run = descend("batch", inputs, targets, 0, 7, Account(quiet=True))
    rows, y, w = np.column_stack([inputs, np.ones(SAMPLES)]), np.array(targets), np.zeros(2)
    costs = [np.mean((rows @ w - y) ** 2)]
    for _ in range(7):
        w = w - LR * 2 / SAMPLES * rows.T @ (rows @ w - y)
        costs.append(np.mean((rows @ w - y) ** 2))
    np.testing.assert_allclose(run.costs, costs, rtol=1e-12)
    np.testing.assert_allclose([run.weight, run.bias], w, rtol=1e-12)
