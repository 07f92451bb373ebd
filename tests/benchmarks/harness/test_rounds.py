"""The parent's side, with processes made up for the test."""

import pytest

from benchmarks.harness import rounds
from benchmarks.harness.results import Report
from benchmarks.harness.rounds import run_case
from benchmarks.harness.worker import WorkerError
from benchmarks.libraries.table import UnavailableError
from benchmarks.workload import Case, Figure, Program, Workload
from tests.benchmarks.samples import MACHINE


def program(adapter: object) -> Program:
    return Program(dict, lambda: None)


SMALL = Case("100", "small")
SOME = Workload("some", "", (SMALL,), (SMALL,), {"scalars": program}, (Figure("total"),))


class Processes:
    """Stands in for the class Workers: notes what is asked, and answers by library."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.closed: list[tuple[str, ...]] = []
        self.seconds: set[float | None] = set()
        self.special: dict[str, BaseException] = {}
        self.loss: dict[str, float] = {}
        self.took: dict[str, float] = {}

    def ask(self, name, *, workload, case, seconds=None):
        do = "check" if seconds is None else "run"
        self.asked.append((do, name))
        self.seconds.add(seconds)
        if name in self.special:
            raise self.special[name]
        if do == "check":
            return {"answer": {"loss": [self.loss.get(name, 1.0)]}, "nodes": 7, "version": "1.0"}
        return {"figures": {"total": self.took.get(name, 0.1)}, "nodes": 7, "version": "1.0"}

    def close(self, *names: str) -> None:
        self.closed.append(names)


@pytest.fixture
def processes() -> Processes:
    return Processes()


LIBRARIES = ("chainrule", "micrograd", "microgpt")


def run(processes, workload=SOME, case=SMALL, report=None, repeat=2, libraries=LIBRARIES) -> Report:
    report = report or Report(MACHINE, quick=True, repeat=repeat)
    run_case(report, workload, case, libraries, processes)
    return report


def test_libraries_take_turns_after_all_have_answered(processes) -> None:
    run(processes)
    order = ["chainrule", "micrograd", "microgpt"]
    assert processes.asked == [("check", name) for name in order] + [("run", name) for name in order] * 2


@pytest.mark.parametrize(("quick", "closed"), [(False, [()]), (True, [])])
def test_processes_last_for_a_case_and_in_a_quick_run_for_all(processes, quick, closed) -> None:
    run(processes, report=Report(MACHINE, quick=quick, repeat=2))
    assert processes.closed == closed


def test_fresh_workload_takes_a_process_for_each_measurement(processes) -> None:
    fresh = Workload("w", "", (SMALL,), (SMALL,), {"scalars": program}, (Figure("total", "B"),), fresh=True)
    run(processes, fresh, libraries=("micrograd",), report=Report(MACHINE, repeat=2))
    assert processes.closed == [("micrograd",)] * 3 + [()]
    assert processes.seconds == {None, 0.0}  # one run a process
    processes.closed.clear()
    run(processes, fresh, libraries=("micrograd",))
    assert processes.closed == []  # a quick run does without


def test_program_runs_for_a_while_in_each_round_unless_the_run_is_quick(processes) -> None:
    run(processes, report=Report(MACHINE, repeat=1))
    assert processes.seconds == {None, rounds.SECONDS}
    processes.seconds.clear()
    run(processes)
    assert processes.seconds == {None, 0.0}


def test_samples_are_kept_in_the_order_of_the_tables(processes) -> None:
    processes.took = {"chainrule": 0.01}
    results = run(processes).results
    assert [each.library for each in results] == list(LIBRARIES)
    assert results[0].samples["total"] == [0.01, 0.01]
    assert results[0].compared == 1


def test_library_that_disagrees_is_an_error_and_has_no_figures(processes) -> None:
    processes.loss = {"micrograd": 1.1}
    report = run(processes)
    assert [each.library for each in report.results] == ["chainrule", "microgpt"]
    assert report.errors == [
        "some/100, micrograd: disagrees with chainrule: loss[0] is 1.1, expected 1.0 "
        "(difference 0.1, tolerance 1e-09)"
    ]
    assert ("run", "micrograd") not in processes.asked


def test_of_two_that_disagree_neither_is_believed(processes) -> None:
    processes.loss = {"chainrule": 1.1}
    assert run(processes, libraries=("chainrule", "micrograd")).results == []


def test_missing_library_is_left_out_from_then_on(processes) -> None:
    processes.special = {"micrograd": UnavailableError("not installed")}
    report = run(processes)
    assert report.missing == {"micrograd": "not installed"}
    assert [each.library for each in report.results] == ["chainrule", "microgpt"]
    assert report.errors == []


def test_process_that_fails_is_an_error_and_the_others_go_on(processes) -> None:
    processes.special = {"microgpt": WorkerError("died")}
    report = run(processes)
    assert report.errors == ["some/100, microgpt: died"]
    assert processes.closed == [("microgpt",)]
    assert [each.library for each in report.results] == ["chainrule", "micrograd"]


def test_slow_library_gets_two_rounds_at_least(processes, monkeypatch) -> None:
    monkeypatch.setattr(rounds, "ENOUGH", -1.0)
    results = run(processes, repeat=5).results
    assert {len(each.samples["total"]) for each in results} == {2}
