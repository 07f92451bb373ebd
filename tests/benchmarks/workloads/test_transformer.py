import numpy as np
import pytest

from benchmarks.libraries import microgpt
from benchmarks.workloads import transformer
from benchmarks.workloads.programs import flat
from tests.benchmarks.workloads.oracle import Differences, ours


class AlongOneLine(Differences):
    """The derivative along a random direction: 4,192 parameters are too many to try one by one."""

    @staticmethod
    def training_step(loss, h=1e-5):
        def step(parameters, rate):
            rng = np.random.default_rng(7)
            direction = [rng.normal(size=p.shape) for p in parameters]
            ends = [
                float(loss([p + s * d for p, d in zip(parameters, direction, strict=True)])) for s in (h, -h)
            ]
            return float(loss(parameters)), direction, [(ends[0] - ends[1]) / (2 * h)]

        return step


@pytest.mark.parametrize("plain", [True, False])
def test_step_is_that_of_the_array_form_in_numpy(plain) -> None:
    expected = transformer.arrays(AlongOneLine(), name="abc", plain=plain).check()
    for library in (ours(), microgpt.load()):
        answer = transformer.scalars(library, name="abc", plain=plain).check()
        assert answer["loss"] == pytest.approx(expected["loss"], rel=1e-12)
        along = np.dot(answer["gradients"], expected["gradients"])
        assert along == pytest.approx(expected["parameters"][0], rel=1e-6)


def test_parameters_move_against_the_gradient() -> None:
    answer = transformer.scalars(ours(), name="ab", plain=True).check()
    start = np.array(flat(list(transformer.weights().values())))
    expected = start - transformer.RATE * np.array(answer["gradients"])
    assert np.allclose(answer["parameters"], expected, rtol=1e-15, atol=0.0)


def test_full_step_has_about_sixty_thousand_nodes() -> None:
    nodes = transformer.scalars(
        microgpt.load(), **transformer.WORKLOAD.case("plain", quick=False).options
    ).nodes
    assert nodes == pytest.approx(60_000, rel=0.01)


def test_dot_makes_fewer_nodes() -> None:
    plain, dot = (transformer.scalars(ours(), name="a", plain=plain).nodes for plain in (True, False))
    assert dot < plain / 4


def test_every_name_fits_the_context() -> None:
    for case in (*transformer.WORKLOAD.cases, *transformer.WORKLOAD.quick):
        assert len(transformer.encode(case.options["name"])) - 1 <= transformer.CONTEXT
