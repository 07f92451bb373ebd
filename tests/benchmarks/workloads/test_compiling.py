import pytest

from benchmarks.libraries.scalars import load_microgpt
from benchmarks.workloads import compiling, moons_lifted
from tests.benchmarks.workloads.oracle import Differences, agree, lifted, ours


@pytest.mark.parametrize("samples", [1, 14])
def test_nodes_are_those_of_the_graph(samples) -> None:
    assert moons_lifted.loop(load_microgpt(), samples=samples).nodes == compiling.nodes(samples)


def test_larger_case_has_half_a_million_nodes() -> None:
    assert compiling.nodes(compiling.WORKLOAD.cases[1].options["samples"]) == 499_978


def test_every_run_is_a_first_call(monkeypatch) -> None:
    made = []
    demo = compiling.demo
    monkeypatch.setattr(compiling, "demo", lambda *args, **named: made.append(1) or demo(*args, **named))
    ticks = iter([0.0, 3.0] * 3)
    monkeypatch.setattr(compiling, "perf_counter", lambda: next(ticks))
    program = compiling.scalars(ours(), samples=2)
    for _ in range(3):
        assert program.run() == {"first call": 3.0}
    assert len(made) == 3


def test_forms_compute_the_same() -> None:
    expected = compiling.arrays(Differences(), samples=3).check()
    agree(compiling.scalars(ours(), samples=3).check(), expected, rtol=1e-6, atol=1e-9)


def test_lifted_loss_is_that_of_the_loop() -> None:
    expected = compiling.scalars(ours(), samples=3).check()
    agree(compiling.scalars(lifted(), samples=3).check(), expected)
