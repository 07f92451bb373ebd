"""S-VANISH: gradients vanish on their way back through sigmoids and tanhs, and not through ReLUs."""

import numpy as np
import pytest

from demos.neurons.vanishing import ACTIVATIONS, DEPTH, NETWORKS, causes, deep_network, sizes
from tests.demos.oracle import state_arrays
from tests.sampling import share_of


@pytest.mark.parametrize("seed", share_of(range(3), 0))
def test_s_vanish_sigmoid_loses_most_tanh_less_relu_nothing(seed) -> None:
    kept = {name: np.array(sizes(name, seed)) for name in ACTIVATIONS}
    shrunk = {name: size[0] / size[DEPTH - 1] for name, size in kept.items()}
    assert shrunk["sigmoid"] < 1e-5
    assert 1e-3 < shrunk["tanh"] < 0.1
    assert 0.3 < shrunk["relu"] < 3
    assert (np.diff(kept["sigmoid"]) > 0).all()  # smaller with every layer
    assert {len(size) for size in kept.values()} == {DEPTH + 1}


def test_sizes_are_those_of_the_deltas() -> None:
    rng = np.random.default_rng(2)
    squares = []
    for _ in range(NETWORKS):
        model = deep_network("tanh", rng)
        W, b = state_arrays(model)
        h, derivatives = rng.normal(size=W[0].shape[1]), []
        for layer in range(DEPTH + 1):
            z = W[layer] @ h + b[layer]
            h = np.tanh(z)
            derivatives.append(1 - h**2 if layer < DEPTH else np.ones(1))
        deltas = [derivatives[-1]]
        for above, derivative in zip(reversed(W[1:]), reversed(derivatives[:-1]), strict=True):
            deltas.insert(0, (above.T @ deltas[0]) * derivative)
        squares.append([np.mean(delta**2) for delta in deltas])
    np.testing.assert_allclose(sizes("tanh", seed=2), np.sqrt(np.mean(squares, axis=0)), rtol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_s_vanish_report_blames_the_derivatives_of_sigmoid_and_not_relu(seed) -> None:
    found = causes("sigmoid", seed)
    assert found.warnings[0].startswith("The gradient vanishes: from layers.10 back to layers.0 it shrinks")
    assert "by the local gradients of sigmoid" in found.warnings[1]
    assert max(layer.local_grad for layer in found.layers[:-1]) <= 0.25
    for layer in found.layers[1:-1]:
        assert layer.factor < 0.5
        assert layer.factor == pytest.approx(layer.local_grad * layer.gain)
    assert not any("vanishes" in warning for warning in causes("relu", seed).warnings)
