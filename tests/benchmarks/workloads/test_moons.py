import numpy as np
import pytest

from benchmarks.libraries.scalars import load_microgpt
from benchmarks.workloads import moons
from benchmarks.workloads.moons import array_loss, neuron_by_neuron, two_moons
from tests.benchmarks.workloads.oracle import Differences, ours


def test_moons_are_those_of_scikit_learn() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    X, y = datasets.make_moons(100, shuffle=False)
    points, labels = two_moons(100, noise=0.0)
    theirs = sorted((2 * label - 1, *np.round(row, 9)) for row, label in zip(X, y, strict=True))
    assert sorted((label, *np.round(row, 9)) for row, label in zip(points, labels, strict=True)) == theirs


def test_noise_has_the_standard_deviation_asked_for() -> None:
    calm = sorted(zip(*two_moons(2000, noise=0.0)[::-1], strict=True))
    assert len(calm) == 2000
    wild = np.array(two_moons(2000, noise=0.1)[0])
    radius = np.hypot(*wild[np.array(two_moons(2000, noise=0.1)[1]) < 0].T)  # of the unit circle's points
    assert radius.std() == pytest.approx(0.1, rel=0.1)


def test_samples_are_the_same_on_every_machine() -> None:
    points, labels = two_moons(100)
    assert points[0] == pytest.approx(FIRST, abs=1e-12)
    assert labels[:8] == LABELS


FIRST = [-0.9184732536485605, 0.3132933635393806]
LABELS = [-1, 1, -1, 1, 1, -1, -1, 1]


@pytest.mark.parametrize("arrays", [True, False])
def test_step_is_that_of_the_array_form_in_numpy(arrays) -> None:
    loss, weights = array_loss(Differences(), samples=6)
    value, gradients = Differences().value_and_gradients(loss)(weights)
    gradients = neuron_by_neuron(gradients)
    moved = np.array(neuron_by_neuron(weights)) - moons.learning_rate(0) * np.array(gradients)
    for library in (ours(), load_microgpt()):
        answer = moons.scalars(library, samples=6, arrays=arrays).check()
        for quantity, expected in {"loss": [value], "gradients": gradients, "parameters": moved}.items():
            assert np.allclose(answer[quantity], expected, rtol=1e-6, atol=1e-9), quantity


def test_training_goes_on_from_step_to_step() -> None:
    program = moons.scalars(ours(), samples=20, arrays=False)
    before = program.check()["loss"]
    for _ in range(20):
        program.run()
    assert program.check()["loss"] < before


def test_full_step_has_about_seventy_thousand_nodes() -> None:
    nodes = moons.scalars(load_microgpt(), **moons.WORKLOAD.case("floats", quick=False).options).nodes
    assert nodes == 65_818
