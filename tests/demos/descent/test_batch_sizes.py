"""S-GD: batch, stochastic and mini-batch descent."""

import inspect

import numpy as np
import pytest

from demos.descent import demo as descent
from demos.descent.batch_sizes import LR, SAMPLES, SIZES, descend, points
from demos.runner.page import Page
from nn import fit


@pytest.mark.parametrize("seed", range(6))
def test_s_gd_stochastic_comes_near_the_least_cost_while_batch_is_far(seed) -> None:
    X, y = points(seed)
    rows = np.column_stack([X, np.ones(SAMPLES)])
    least = np.mean((rows @ np.linalg.pinv(rows) @ y - y) ** 2)
    page = Page(seed, descent.EPOCHS, quiet=True)
    ends = {kind: descend(kind, X, y, page)[1]["val_loss"][-1] for kind in SIZES}
    assert least < ends["stochastic"] < 1.1 * least
    assert ends["stochastic"] < ends["mini-batch"] < ends["batch"]


def test_s_gd_mini_batches_have_the_default_size() -> None:
    assert SIZES == {"batch": None, "mini-batch": 50, "stochastic": 1}
    assert inspect.signature(fit).parameters["batch_size"].default == SIZES["mini-batch"]


def test_s_gd_batch_is_plain_descent_on_the_mean_squared_error() -> None:
    X, y = points(0)
    neuron, history = descend("batch", X, y, Page(0, 7, quiet=True))
    rows, w = np.column_stack([X, np.ones(SAMPLES)]), np.zeros(2)
    costs = []
    for _ in range(7):
        w = w - LR * 2 / SAMPLES * rows.T @ (rows @ w - y)
        costs.append(np.mean((rows @ w - y) ** 2))
    np.testing.assert_allclose(history["val_loss"], costs, rtol=1e-12)
    np.testing.assert_allclose([parameter.data for parameter in neuron.parameters()], w, rtol=1e-12)
