import pytest

from benchmarks.libraries import microgpt
from benchmarks.workloads import compiling, moons_jit
from tests.benchmarks.workloads.oracle import Differences, agree, lifted, ours


@pytest.mark.parametrize("samples", [1, 14])
def test_nodes_are_those_of_the_graph(samples) -> None:
    assert moons_jit.scalars(microgpt.load(), samples=samples).nodes == compiling.nodes(samples)


def test_sizes_are_what_their_titles_say() -> None:
    for case in compiling.WORKLOAD.cases:
        if case.size:
            assert compiling.nodes(case.options["samples"]) == pytest.approx(case.size, rel=0.01)


def test_every_run_is_a_first_call(monkeypatch) -> None:
    made = []
    demo = compiling.demo
    monkeypatch.setattr(compiling, "demo", lambda *args, **named: made.append(1) or demo(*args, **named))
    ticks = iter([0.0, 3.0] * 3)
    monkeypatch.setattr(compiling, "perf_counter", lambda: next(ticks))
    program = compiling.scalars(ours(), samples=2)
    for _ in range(3):
        assert program.run() == {"first call": 3.0 / compiling.nodes(2)}
    assert len(made) == 3


def test_forms_compute_the_same() -> None:
    expected = compiling.arrays(Differences(), samples=3).check()
    agree(compiling.scalars(ours(), samples=3).check(), expected, rtol=1e-6, atol=1e-9)


def test_symbols_are_new_in_each_run() -> None:
    casadi = pytest.importorskip("benchmarks.libraries.casadi")
    pytest.importorskip("casadi")
    program = compiling.symbolic(casadi.load(), samples=2)
    expected = compiling.scalars(ours(), samples=2).check()
    for _ in range(2):
        agree(program.check(), expected)


def test_lifted_loss_is_that_of_the_loop() -> None:
    expected = compiling.scalars(ours(), samples=3).check()
    agree(compiling.lifted(lifted(), samples=3).check(), expected)
