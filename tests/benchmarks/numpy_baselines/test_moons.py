import numpy as np
import pytest

from benchmarks.numpy_baselines import moons as by_hand
from benchmarks.workloads.moons import start, two_moons


def loss(parameters, X, y, alpha) -> float:
    """The loss without any gradient."""
    W1, W2, W3 = np.split(parameters, [48, 320])
    W1, W2 = W1.reshape(16, 3), W2.reshape(16, 17)
    h = np.maximum(X @ W1[:, :2].T + W1[:, 2], 0.0)
    h = np.maximum(h @ W2[:, :16].T + W2[:, 16], 0.0)
    scores = h @ W3[:16] + W3[16]
    return np.maximum(0.0, 1.0 - y * scores).mean() + alpha * (parameters**2).sum()


@pytest.mark.parametrize("alpha", [0.0, 0.01])
@pytest.mark.parametrize("block", [2000, 4, 3])
def test_gradient_is_that_of_finite_differences(block, alpha, monkeypatch) -> None:
    monkeypatch.setattr(by_hand, "BLOCK", block)
    X, y = map(np.array, two_moons(8))
    parameters = np.array(start())
    value, gradient = by_hand.loss_and_gradient(parameters, X, y, alpha)()
    assert value == pytest.approx(loss(parameters, X, y, alpha), rel=1e-13)
    for i in range(parameters.size):
        ends = [loss(parameters + s * (np.arange(337) == i), X, y, alpha) for s in (1e-6, -1e-6)]
        assert gradient[i] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-8)


def test_parameters_are_read_in_each_call() -> None:
    X, y = two_moons(4)
    parameters = np.array(start())
    both = by_hand.loss_and_gradient(parameters, X, y)
    before = both()[0]
    parameters *= 0.5
    assert both()[0] == pytest.approx(loss(parameters, np.array(X), np.array(y), 1e-4), rel=1e-13)
    assert both()[0] != before
