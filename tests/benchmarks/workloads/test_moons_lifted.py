import numpy as np
import pytest

from benchmarks.libraries.scalars import load_microgpt
from benchmarks.workloads import moons_lifted
from tests.benchmarks.workloads.oracle import Differences, agree, lifted, ours


def test_gradient_is_that_of_the_array_form_in_numpy() -> None:
    expected = moons_lifted.arrays(Differences(), samples=6).check()
    for found in (
        moons_lifted.loop(ours(), samples=6),
        moons_lifted.loop(load_microgpt(), samples=6),
        moons_lifted.by_hand(np, samples=6),
    ):
        agree(found.check(), expected, rtol=1e-6, atol=1e-9)


def test_lifted_loss_is_that_of_the_loop() -> None:
    agree(moons_lifted.loop(lifted(), samples=6).check(), moons_lifted.by_hand(np, samples=6).check())


@pytest.mark.parametrize("library", [ours, lifted])
def test_second_run_finds_the_same(library) -> None:
    program = moons_lifted.loop(library(), samples=4)
    first = program.check()
    program.run()
    assert program.check() == first


def test_full_loss_has_about_seventy_thousand_nodes() -> None:
    nodes = moons_lifted.loop(load_microgpt(), **moons_lifted.LOOP.case("100", quick=False).options).nodes
    assert nodes == 65_818


@pytest.mark.parametrize("samples", [1, 5])
def test_mean_over_the_batch_is_the_loss_of_the_loop(samples) -> None:
    expected = moons_lifted.by_hand(np, samples=samples).check()
    agree(moons_lifted.batched(lifted(), samples=samples).check(), expected)


def test_sizes_are_those_of_the_question() -> None:
    assert [case.options["samples"] for case in moons_lifted.BATCH.cases] == [100, 1000, 100_000]


def test_no_graph_is_made_of_a_hundred_thousand_samples() -> None:
    few, _, many = moons_lifted.BATCH.cases
    assert few.libraries - many.libraries == {"chainrule"}
