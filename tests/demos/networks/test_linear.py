"""S-531: one neuron at a time is W x + b, and the network is trained with Σ(y - t)² / N."""

import numpy as np
import pytest

from demos.networks.linear import ETA, by_matrices, data, learn, neuron_by_neuron, random_network
from demos.runner.account import Account
from tests.demos.oracle import state_arrays


@pytest.mark.parametrize("seed", range(5))
def test_s_531_one_neuron_at_a_time_is_w_x_plus_b(seed) -> None:
    rng = np.random.default_rng(seed)
    model = random_network(rng)
    (W1, W2), (b1, b2) = state_arrays(model)
    assert (W1.shape, W2.shape, b1.shape, b2.shape) == ((3, 5), (1, 3), (3,), (1,))
    assert all([*b1, *b2]), "the biases are random too"
    x = rng.normal(size=5)
    hidden = [float(sum(W1[i, j] * x[j] for j in range(5)) + b1[i]) for i in range(3)]
    output = float(sum(W2[0, i] * hidden[i] for i in range(3)) + b2[0])
    for found in (neuron_by_neuron(model, x.tolist()), by_matrices(model, x.tolist())):
        np.testing.assert_allclose(
            [float(y) for layer in found for y in layer], [*hidden, output], rtol=1e-12
        )


def test_s_531_training_is_descent_of_the_mean_square_and_ends_at_least_squares() -> None:
    rng = np.random.default_rng(7)
    model = random_network(rng)
    X, t = data(rng)
    (W1, W2), (b1, b2) = state_arrays(model)
    expected = []
    for _ in range(401):
        h = X @ W1.T + b1
        error = (h @ W2.T + b2)[:, 0] - t
        expected.append((error**2).sum() / len(t))
        dy = 2 * error[:, None] / len(t)
        dh = dy @ W2
        W2, b2 = W2 - ETA * dy.T @ h, b2 - ETA * dy.sum(0)
        W1, b1 = W1 - ETA * dh.T @ X, b1 - ETA * dh.sum(0)
    costs = learn(model, X, t, 400, Account())
    np.testing.assert_allclose(costs, expected, rtol=1e-9)
    ones = np.column_stack([X, np.ones(len(t))])
    best = np.mean((t - ones @ np.linalg.pinv(ones) @ t) ** 2)
    assert best <= costs[-1] < 1.01 * best
