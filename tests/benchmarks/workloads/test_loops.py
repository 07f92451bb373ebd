import numpy as np
import pytest

from benchmarks.numpy_baselines.adam import adam
from benchmarks.workloads import loops
from benchmarks.workloads.moons import array_loss
from tests.benchmarks.workloads.oracle import Differences, agree, lifted, ours

CASES = pytest.mark.parametrize("optimizer", [True, False], ids=["adam", "readme"])


@CASES
@pytest.mark.parametrize("form", [loops.scalars, loops.lifted])
def test_loop_is_the_one_on_paper(form, optimizer) -> None:
    library = ours() if form is loops.scalars else lifted()
    expected = loops.by_hand(np, samples=6, optimizer=optimizer).check()
    agree(form(library, samples=6, optimizer=optimizer).check(), expected)


@CASES
def test_every_run_goes_on_from_where_the_last_one_ended(optimizer) -> None:
    program = loops.by_hand(np, samples=6, optimizer=optimizer)
    begun = program.check()
    program.run()
    assert program.check()["losses"][0] < begun["losses"][-1] < begun["losses"][0]


@CASES
def test_step_on_paper_is_that_of_finite_differences(optimizer) -> None:
    found = loops.by_hand(np, samples=6, optimizer=optimizer).check()
    loss, weights = array_loss(Differences(), samples=6, alpha=0.0)
    movers = [adam(p, loops.RATE) for p in weights]
    both = Differences().value_and_gradients(loss)
    for expected in found["losses"]:
        value, gradients = both(weights)
        assert value == pytest.approx(expected, rel=1e-5)  # Adam magnifies what the differences miss
        for p, gradient, move in zip(weights, gradients, movers, strict=True):
            if optimizer:
                move(gradient)
            else:
                p -= loops.RATE * gradient
