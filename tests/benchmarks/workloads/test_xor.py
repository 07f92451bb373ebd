import numpy as np
import pytest

from benchmarks.libraries.scalars import load_microgpt
from benchmarks.workloads import xor
from benchmarks.workloads.programs import flat
from tests.benchmarks.workloads.oracle import Differences, ours


def network(W: np.ndarray, v: np.ndarray) -> float:
    X = np.array([[*x, 1.0] for x, _ in xor.SAMPLES])
    errors = np.tanh(np.tanh(X @ W.T) @ v[:-1] + v[-1]) - [y for _, y in xor.SAMPLES]
    return float(errors @ errors)


def test_two_epochs_are_those_of_the_array_form_in_numpy() -> None:
    rows, last, _ = xor.network(float)
    parameters = [np.array(rows), np.array(last)]
    for _ in range(2):
        value, gradients = Differences().value_and_gradients(lambda p: network(*p))(parameters)
        parameters = [p - xor.RATE * gradient for p, gradient in zip(parameters, gradients, strict=True)]
    for library in (ours(), load_microgpt()):
        answer = xor.scalars(library, epochs=2).check()
        assert answer["loss"] == pytest.approx([value], rel=1e-6)
        assert answer["gradients"] == pytest.approx(flat(gradients), rel=1e-6, abs=1e-9)
        assert answer["parameters"] == pytest.approx(flat(parameters), rel=1e-6, abs=1e-9)


def test_thousand_epochs_learn_xor() -> None:
    program = xor.scalars(load_microgpt(), **xor.WORKLOAD.case("1000", quick=False).options)
    assert program.check()["loss"][0] < 0.01


def test_every_run_starts_from_the_same_weights() -> None:
    program = xor.scalars(ours(), epochs=3)
    first = program.check()
    program.run()
    assert program.check() == first
