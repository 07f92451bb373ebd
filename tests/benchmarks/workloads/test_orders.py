import math

import pytest
from mpmath import mp

from benchmarks.workloads import orders
from tests.benchmarks.workloads.oracle import ours


@pytest.mark.parametrize("case", orders.WORKLOAD.cases, ids=lambda case: case.name)
def test_derivatives_are_mpmaths(case) -> None:
    order, rounds = case.options["order"], case.options["rounds"]
    with mp.workdps(80):
        coefficients = mp.taylor(lambda x: orders.curve(mp, x, rounds), mp.mpf(orders.AT), order)
        expected = [float(c * math.factorial(k)) for k, c in enumerate(coefficients)]
    found = orders.scalars(ours(), **case.options).check()["derivatives"]
    assert found == pytest.approx(expected, rel=1e-9)
