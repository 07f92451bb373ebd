import numpy as np
import pytest

from benchmarks.libraries import microgpt
from benchmarks.workloads import moons_jit
from tests.benchmarks.workloads.oracle import Differences, agree, lifted, ours


def test_gradient_is_that_of_the_array_form_in_numpy() -> None:
    expected = moons_jit.arrays(Differences(), samples=6).check()
    for found in (
        moons_jit.scalars(ours(), samples=6),
        moons_jit.scalars(microgpt.load(), samples=6),
        moons_jit.by_hand(np, samples=6),
    ):
        agree(found.check(), expected, rtol=1e-6, atol=1e-9)


def test_lifted_loss_is_that_of_the_loop() -> None:
    agree(moons_jit.lifted(lifted(), samples=6).check(), moons_jit.by_hand(np, samples=6).check())


@pytest.mark.parametrize("form", [moons_jit.scalars, moons_jit.lifted])
def test_second_run_finds_the_same(form) -> None:
    program = form(ours() if form is moons_jit.scalars else lifted(), samples=4)
    first = program.check()
    program.run()
    assert program.check() == first


def test_full_loss_has_about_seventy_thousand_nodes() -> None:
    nodes = moons_jit.scalars(microgpt.load(), **moons_jit.WORKLOAD.case("100", quick=False).options).nodes
    assert nodes == 65_818
