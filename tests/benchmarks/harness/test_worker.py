import pytest

from benchmarks.harness import worker
from benchmarks.libraries import table
from benchmarks.workload import Program


def test_figure_is_the_mean_of_the_runs() -> None:
    numbers = iter([1.0, 2.0, 6.0])
    ticks = iter(range(100))
    clock = worker.perf_counter
    worker.perf_counter = lambda: float(next(ticks))
    try:
        measured = worker.measure(Program(dict, lambda: {"bytes": next(numbers)}), 8.0, "step")
    finally:
        worker.perf_counter = clock
    assert measured == {"bytes": 3.0}


def test_program_that_measures_nothing_itself_is_timed() -> None:
    measured = worker.measure(Program(dict, lambda: None), 0.0, "step")
    assert list(measured) == ["step"]


XOR = {"workload": "xor", "case": "20"}


def test_program_lasts_until_another_case_is_asked_for(monkeypatch) -> None:
    made = []
    make = worker.make
    monkeypatch.setattr(worker, "make", lambda *each: made.append(each[2].name) or make(*each))
    answer = worker.Answers("microgpt", quick=True)
    first, other = answer(**XOR), {"workload": "moons", "case": "floats"}
    assert sorted(first) == ["answer", "nodes", "version"]
    assert sorted(answer(**XOR, seconds=0.0)) == ["figures", "nodes", "version"]
    assert answer(**other)["answer"] != first["answer"] == answer(**XOR)["answer"]
    assert made == ["20", "floats", "20"]


def test_missing_library_says_so_at_every_request(monkeypatch) -> None:
    monkeypatch.setattr(table, "find_spec", lambda name: None)
    answer = worker.Answers("micrograd", quick=True)
    for _ in range(2):
        with pytest.raises(table.UnavailableError, match=r"not installed \(pip install micrograd\)"):
            answer(**XOR)


def test_unknown_workload_is_refused() -> None:
    with pytest.raises(KeyError):
        worker.Answers("microgpt", quick=True)(workload="nothing", case="20")
