import numpy as np
import pytest

from benchmarks.numpy_baselines.transformer import loss_and_gradient
from benchmarks.workloads.programs import flat
from benchmarks.workloads.transformer import SHAPES, array_loss, encode, weights
from tests.benchmarks.workloads.oracle import Differences


def test_gradient_is_that_of_finite_differences_along_lines() -> None:
    parameters = np.array(flat(list(weights().values())))
    both = loss_and_gradient(parameters, SHAPES)
    ends = np.cumsum([rows * columns for rows, columns in SHAPES.values()])[:-1]
    rng = np.random.default_rng(3)
    for name in ("abc", "z", "anna", "abc"):  # one length after another, and again
        loss = array_loss(Differences(), name)

        def value(vector, loss=loss):
            parts = np.split(vector, ends)
            return loss([part.reshape(shape) for part, shape in zip(parts, SHAPES.values(), strict=True)])

        found, gradient = both(encode(name))
        assert found == pytest.approx(value(parameters), rel=1e-13)
        for begin, end in zip([0, *ends], [*ends, parameters.size], strict=True):  # matrix by matrix
            line = np.zeros(parameters.size)
            line[begin:end] = rng.normal(size=end - begin)
            expected = (value(parameters + 1e-5 * line) - value(parameters - 1e-5 * line)) / 2e-5
            assert gradient @ line == pytest.approx(expected, rel=1e-6, abs=1e-9)
