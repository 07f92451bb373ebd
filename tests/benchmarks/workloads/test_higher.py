import math

import numpy as np
import pytest
from mpmath import mp

from benchmarks.workloads import higher
from tests.benchmarks.workloads.oracle import ours


def second_differences(f, p: np.ndarray, h: float = 1e-4) -> np.ndarray:
    """The Hessian by central differences of the values."""
    steps = h * np.eye(p.size)
    return np.array(
        [
            [(f(p + a + b) - f(p + a - b) - f(p - a + b) + f(p - a - b)) / (4 * h * h) for b in steps]
            for a in steps
        ]
    )


@pytest.mark.parametrize("case", higher.CURVATURE.quick, ids=lambda case: case.name)
def test_second_derivatives_are_differences_of_the_array_form_in_numpy(case) -> None:
    p = np.array(higher.point(case.options["size"]))
    expected = second_differences(higher.rosenbrock_of_array, p)
    if case.options["product"]:
        expected = expected @ higher.direction(p.size)
    found = higher.second(ours(), **case.options).check()["derivatives"]
    np.testing.assert_allclose(found, expected.ravel(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("case", higher.ORDERS.cases, ids=lambda case: case.name)
def test_derivatives_are_mpmaths(case) -> None:
    order, rounds = case.options["order"], case.options["rounds"]
    with mp.workdps(80):
        coefficients = mp.taylor(lambda x: higher.curve(mp, x, rounds), mp.mpf(higher.AT), order)
        expected = [float(c * math.factorial(k)) for k, c in enumerate(coefficients)]
    found = higher.series(ours(), **case.options).check()["derivatives"]
    assert found == pytest.approx(expected, rel=1e-9)
