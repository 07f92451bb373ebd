import numpy as np
import pytest

from benchmarks.numpy_baselines.adam import adam
from benchmarks.numpy_baselines.moons import loss_of
from benchmarks.workloads import training
from benchmarks.workloads.moons import start, two_moons
from tests.benchmarks.workloads.oracle import Differences, agree, lifted, ours


def test_fit_is_the_loop_by_hand() -> None:
    expected = training.fitted_by_hand(np, samples=6, steps=20).check()
    assert expected["losses"][-1] < expected["losses"][0]
    agree(training.fitted(None, samples=6, steps=20).check(), expected)


def test_lifted_fit_is_the_loop_by_hand() -> None:
    expected = training.fitted_by_hand(np, samples=6, steps=20).check()
    agree(training.fitted(lifted(), samples=6, steps=20).check(), expected)


@pytest.mark.parametrize("library", [ours, lifted])
def test_watched_fit_is_the_loop_by_hand(library) -> None:
    expected = training.fitted_by_hand(np, samples=6, steps=20, watched=True).check()
    assert len(expected["losses"]) == 40
    plain = training.fitted_by_hand(np, samples=6, steps=20).check()
    assert expected["losses"][:20] == plain["losses"]
    agree(training.fitted(library(), samples=6, steps=20, watched=True).check(), expected)


@pytest.mark.parametrize("form", [training.fitted, training.fitted_by_hand])
def test_every_run_starts_from_the_same_parameters(form) -> None:
    program = form(np, samples=3, steps=2)
    first = program.check()
    program.run()
    assert program.check() == first


def test_full_training_has_not_ended_before_its_last_step() -> None:
    losses = training.fitted_by_hand(np, **training.FIT.case("1000", quick=False).options).check()["losses"]
    assert len(losses) == 1000
    assert 0.0 < losses[-1] < losses[100] < losses[0]


CASES = pytest.mark.parametrize("optimizer", [True, False], ids=["adam", "readme"])


@CASES
@pytest.mark.parametrize("library", [ours, lifted])
def test_loop_is_the_one_on_paper(library, optimizer) -> None:
    expected = training.loop_by_hand(np, samples=6, optimizer=optimizer).check()
    agree(training.loop(library(), samples=6, optimizer=optimizer).check(), expected)


@CASES
def test_every_run_goes_on_from_where_the_last_one_ended(optimizer) -> None:
    program = training.loop_by_hand(np, samples=6, optimizer=optimizer)
    begun = program.check()
    program.run()
    assert program.check()["losses"][0] < begun["losses"][-1] < begun["losses"][0]


@CASES
def test_step_on_paper_is_that_of_finite_differences(optimizer) -> None:
    found = training.loop_by_hand(np, samples=6, optimizer=optimizer).check()
    parameters, (X, y) = np.array(start()), two_moons(6)
    move, loss = adam(parameters, training.RATE), loss_of(parameters, X, y)
    for expected in found["losses"]:
        value, (gradient,) = Differences().value_and_gradients(lambda _: loss())([parameters])
        assert value == pytest.approx(expected, rel=1e-5)  # Adam magnifies what the differences miss
        if optimizer:
            move(gradient)
        else:
            parameters -= training.RATE * gradient
