import numpy as np
import pytest

from benchmarks.numpy_baselines import expression as by_hand
from benchmarks.workloads.expression import expression, points


@pytest.mark.parametrize("block", [4096, 7, 50])
def test_derivatives_are_those_of_a_complex_step(block, monkeypatch) -> None:
    monkeypatch.setattr(by_hand, "BLOCK", block)
    columns = [np.array(column) for column in points(50)]
    values, gradients = by_hand.value_and_gradient(50)(*columns)
    assert np.allclose(values, expression(np, *columns), rtol=1e-14, atol=0.0)
    for i, gradient in enumerate(gradients):
        shifted = [column + 1e-30j * (i == j) for j, column in enumerate(columns)]
        assert np.allclose(gradient, expression(np, *shifted).imag / 1e-30, rtol=1e-12, atol=1e-13)


def test_second_call_forgets_the_first() -> None:
    columns = [np.array(column) for column in points(5)]
    both = by_hand.value_and_gradient(5)
    first = [np.array(each) for each in (both(*columns)[0], *both(*columns)[1])]
    both(*columns[::-1])
    values, gradients = both(*columns)
    assert all(np.array_equal(x, y) for x, y in zip(first, (values, *gradients), strict=True))
