import numpy as np

from benchmarks.numpy_baselines.adam import adam


def test_steps_are_those_of_the_paper() -> None:
    rng = np.random.default_rng(1)
    w = rng.normal(size=7)
    expected, m, v = w.copy(), np.zeros(7), np.zeros(7)
    step = adam(w, rate=0.03)
    for t in range(1, 30):
        g = rng.normal(size=7)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        expected -= 0.03 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        step(g)
        assert np.allclose(w, expected, rtol=1e-13, atol=0.0)


def test_parameter_without_gradient_stays() -> None:
    w = np.array([2.0])
    adam(w, rate=0.1)(np.zeros(1))
    assert w[0] == 2.0
