"""A network of sigmoid neurons as matrices, and its gradients."""

import numpy as np
import pytest

from demos.networks.sigmoid_network import by_engine, matrices, sigmoid_network
from tests.demos.oracle import network_gradients, state_arrays

X, T = [0.3, -0.8, 1.2], [1.0, 0.0]


def test_matrices_are_the_parameters_a_row_to_a_neuron() -> None:
    model = sigmoid_network([3, 4, 2], seed=5)
    W, b = matrices(model)
    for ours, theirs in zip((W, b), state_arrays(model), strict=True):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one, other)


def test_biases_are_random_too_and_seeds_differ() -> None:
    first, second = (np.concatenate(matrices(sigmoid_network([3, 4, 2], seed))[1]) for seed in (0, 1))
    assert len(set(first) | set(second)) == 12


@pytest.mark.parametrize("sizes", [[3, 2], [3, 4, 2], [3, 4, 3, 2]])
def test_engines_gradients_are_the_derivatives(sizes) -> None:
    model = sigmoid_network(sizes, seed=3)
    W, b = state_arrays(model)
    dW, db = network_gradients(W, b, np.array(X), np.array(T))
    found = by_engine(model, X, T)
    for layer in range(len(W)):
        np.testing.assert_allclose(found.dW[layer], dW[layer], rtol=1e-12, atol=1e-16)
        np.testing.assert_allclose(found.db[layer], db[layer], rtol=1e-12, atol=1e-16)
        np.testing.assert_allclose(found.dz[layer], db[layer], rtol=1e-12, atol=1e-16)


def test_gradients_are_found_anew_each_time() -> None:
    model = sigmoid_network([3, 2], seed=3)
    first, second = by_engine(model, X, T), by_engine(model, X, T)
    np.testing.assert_array_equal(first.dW[0], second.dW[0])
