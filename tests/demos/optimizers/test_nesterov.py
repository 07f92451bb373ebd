"""S-NEST: Nesterov's method takes the gradient at w + mu v."""

import numpy as np

from demos.optimizers import nesterov
from demos.optimizers.race import START


def numpy_nesterov() -> tuple[np.ndarray, np.ndarray]:
    """Nesterov's method on x²/20 + y², whose gradient is (x/10, 2y)."""
    w, v, weights, ahead = np.array(START), np.zeros(2), [], []
    for _ in range(nesterov.STEPS):
        v = 0.9 * v - nesterov.LR * (w + 0.9 * v) * [0.1, 2.0]
        w = w + v
        weights.append(w)
        ahead.append(w + 0.9 * v)
    return np.array(weights), np.array(ahead)


def test_s_nest_gradient_is_taken_at_w_plus_mu_v() -> None:
    weights, ahead = numpy_nesterov()
    np.testing.assert_allclose(nesterov.by_hand()[0], weights, rtol=0, atol=1e-12)
    np.testing.assert_allclose(nesterov.by_nesterov(), weights, rtol=0, atol=1e-12)
    np.testing.assert_allclose(nesterov.by_sgd(), ahead, rtol=0, atol=1e-12)
