import numpy as np
import pytest

from benchmarks.libraries.table import LIBRARIES
from benchmarks.workloads import fit
from tests.benchmarks.workloads.oracle import agree, lifted


def test_array_form_takes_the_same_steps() -> None:
    pytest.importorskip("autograd")
    found = fit.arrays(LIBRARIES["autograd"].load(), samples=6, steps=20).check()
    agree(found, fit.by_hand(np, samples=6, steps=20).check())


def test_fit_is_the_loop_by_hand() -> None:
    expected = fit.by_hand(np, samples=6, steps=20).check()
    assert expected["losses"][-1] < expected["losses"][0]
    agree(fit.fitted(None, samples=6, steps=20).check(), expected)


def test_lifted_fit_is_the_loop_by_hand() -> None:
    expected = fit.by_hand(np, samples=6, steps=20).check()
    agree(fit.lifted(lifted(), samples=6, steps=20).check(), expected)


@pytest.mark.parametrize("form", [fit.fitted, fit.lifted])
def test_watched_fit_is_the_loop_by_hand(form) -> None:
    expected = fit.by_hand(np, samples=6, steps=20, watched=True).check()
    assert len(expected["losses"]) == 40
    plain = fit.by_hand(np, samples=6, steps=20).check()
    assert expected["losses"][:20] == plain["losses"]
    agree(form(lifted(), samples=6, steps=20, watched=True).check(), expected)


@pytest.mark.parametrize("form", [fit.fitted, fit.by_hand])
def test_every_run_starts_from_the_same_parameters(form) -> None:
    program = form(np, samples=3, steps=2)
    first = program.check()
    program.run()
    assert program.check() == first


def test_full_training_has_not_ended_before_its_last_step() -> None:
    losses = fit.by_hand(np, **fit.WORKLOAD.case("1000", quick=False).options).check()["losses"]
    assert len(losses) == 1000
    assert 0.0 < losses[-1] < losses[100] < losses[0]
