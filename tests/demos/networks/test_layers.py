"""S-3LAYER and S-L: sums, matrices and the engine's graph give the derivatives, by the complex step."""

import numpy as np
import pytest

from demos.networks.layers import by_engine, by_matrices, by_sums, matrices, sigmoid_network
from tests.demos.oracle import network_gradients, state_arrays

X, T = [0.3, -0.8, 1.2], [1.0, 0.0]


@pytest.mark.parametrize("hidden", [[], [4], [3, 5], [4, 2, 3, 4], [3] * 8])
def test_s_l_algorithm_and_engine_give_the_derivatives_at_any_depth(hidden) -> None:
    model = sigmoid_network([3, *hidden, 2], seed=len(hidden))
    dW, db = network_gradients(*state_arrays(model), np.array(X), np.array(T))
    for found in (by_matrices(model, X, T), by_engine(model, X, T), by_engine(model, X, T)):  # anew each time
        for layer in range(len(dW)):
            np.testing.assert_allclose(found.dW[layer], dW[layer], rtol=1e-11, atol=1e-18)
            np.testing.assert_allclose(found.db[layer], db[layer], rtol=1e-11, atol=1e-18)
            np.testing.assert_allclose(found.dz[layer], db[layer], rtol=1e-11, atol=1e-18)


@pytest.mark.parametrize("sizes", [(3, 4, 2), (1, 1, 1), (2, 5, 3)])
def test_s_3layer_sums_are_the_derivatives(sizes) -> None:
    rng = np.random.default_rng(sum(sizes))
    model = sigmoid_network(sizes, seed=4)
    x, t = rng.normal(size=sizes[0]), rng.uniform(size=sizes[2])
    dW, _ = network_gradients(*state_arrays(model), x, t)
    for ours, expected in zip(by_sums(model, x.tolist(), t.tolist()), dW, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-11, atol=1e-16)


def test_matrices_are_the_parameters_and_biases_are_random_too() -> None:
    model = sigmoid_network([3, 4, 2], seed=5)
    for ours, theirs in zip(matrices(model), state_arrays(model), strict=True):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one, other)
    biases = np.concatenate([*matrices(model)[1], *matrices(sigmoid_network([3, 4, 2], seed=6))[1]])
    assert len(set(biases)) == 12
