import numpy as np
import pytest

from benchmarks.workloads import curvature
from tests.benchmarks.workloads.oracle import Differences, ours


def second_differences(f, p: np.ndarray, h: float = 1e-4) -> np.ndarray:
    """The Hessian by central differences of the values."""
    steps = h * np.eye(p.size)
    return np.array(
        [
            [(f(p + a + b) - f(p + a - b) - f(p - a + b) + f(p - a - b)) / (4 * h * h) for b in steps]
            for a in steps
        ]
    )


@pytest.mark.parametrize("case", curvature.WORKLOAD.quick, ids=lambda case: case.name)
def test_derivatives_are_differences_of_the_array_form_in_numpy(case) -> None:
    p = np.array(curvature.point(case.options["function"], case.options["size"]))
    f = curvature._of_array(Differences(), case.options["function"])
    expected = second_differences(f, p)
    if case.options["product"]:
        expected = expected @ curvature.direction(p.size)
    found = curvature.scalars(ours(), **case.options).check()["derivatives"]
    np.testing.assert_allclose(found, expected.ravel(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("case", curvature.WORKLOAD.cases, ids=lambda case: case.name)
def test_sizes_are_those_of_the_points(case) -> None:
    assert len(curvature.point(case.options["function"], case.options["size"])) == case.options["size"]
