import numpy as np
import pytest

from benchmarks.libraries import microgpt
from benchmarks.workloads import xor
from tests.benchmarks.workloads.oracle import Differences, ours


def test_two_epochs_are_those_of_the_array_form_in_numpy() -> None:
    expected = xor.arrays(Differences(), epochs=2).check()
    for library in (ours(), microgpt.load()):
        answer = xor.scalars(library, epochs=2).check()
        for quantity, numbers in answer.items():
            assert np.allclose(numbers, expected[quantity], rtol=1e-6, atol=1e-9), quantity


def test_thousand_epochs_learn_xor() -> None:
    program = xor.scalars(microgpt.load(), **xor.WORKLOAD.case("1000", quick=False).options)
    assert program.check()["loss"][0] < 0.01


def test_every_run_starts_from_the_same_weights() -> None:
    program = xor.scalars(ours(), epochs=3)
    first = program.check()
    program.run()
    assert program.check() == first


def test_array_form_learns_from_the_four_samples() -> None:
    loss = xor.arrays(Differences(), epochs=1).check()["loss"][0]
    assert 1.0 < loss == pytest.approx(xor.scalars(ours(), epochs=1).check()["loss"][0])
