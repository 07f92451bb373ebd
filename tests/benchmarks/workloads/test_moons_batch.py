import numpy as np
import pytest

from benchmarks.workloads import moons_batch, moons_jit
from tests.benchmarks.workloads.oracle import agree, lifted


@pytest.mark.parametrize("samples", [1, 5])
def test_mean_over_the_batch_is_the_loss_of_the_loop(samples) -> None:
    expected = moons_jit.by_hand(np, samples=samples).check()
    agree(moons_batch.lifted(lifted(), samples=samples).check(), expected)


def test_sizes_are_those_of_the_question() -> None:
    assert [case.options["samples"] for case in moons_batch.WORKLOAD.cases] == [100, 1000, 100_000]


def test_no_graph_is_made_of_a_hundred_thousand_samples() -> None:
    few, _, many = moons_batch.WORKLOAD.cases
    assert few.libraries - many.libraries == {"chainrule"}
