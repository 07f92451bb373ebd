"""The parent's side, with processes made up for the test."""

import io

import pytest

from benchmarks.harness import rounds
from benchmarks.harness.processes import MissingLibraryError, WorkerError
from benchmarks.harness.progress import Progress
from benchmarks.harness.results import Measured, Report, Stopped
from benchmarks.harness.rounds import run_case
from benchmarks.workload import CannotRunError, Case, Figure, Program, Workload
from tests.benchmarks.samples import MACHINE


def program(adapter: object) -> Program:
    return Program(dict, lambda: None)


SMALL, LARGE = Case("100", "", size=100), Case("1000", "", size=1000)
GROWING = Workload(
    "growing", "", (SMALL, LARGE), (SMALL, LARGE), {"scalars": program}, (Figure("total", "s/node"),)
)


class Processes:
    """Stands in for the class Worker: notes what is asked, and answers by library."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.started: list[str] = []
        self.open = 0
        self.seconds: set[float | None] = set()
        self.special: dict[str, Exception] = {}
        self.loss: dict[str, float] = {}
        self.took: dict[str, float] = {}
        self.peak = 1000

    def __call__(self, workload, case, library, *, quick):
        self.started.append(library.name)
        self.open += 1
        return Process(self, library.name)


class Process:
    def __init__(self, all_of_them: Processes, name: str) -> None:
        self.all, self.name, self.closed = all_of_them, name, False

    def greet(self) -> str:
        if isinstance(self.all.special.get(self.name), MissingLibraryError):
            raise self.all.special[self.name]
        return "1.0"

    def ask(self, *, do, seconds=None):
        self.all.asked.append((do, self.name))
        self.all.seconds.add(seconds)
        if self.name in self.all.special:
            raise self.all.special[self.name]
        if do == "check":
            return {"answer": {"loss": [self.all.loss.get(self.name, 1.0)]}, "nodes": 7}
        taken = self.all.took.get(self.name, 0.1)
        return {"figures": {"total": taken}, "nodes": 7, "longest": taken, "peak": self.all.peak}

    def close(self) -> None:
        self.all.open -= not self.closed
        self.closed = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@pytest.fixture
def processes(monkeypatch) -> Processes:
    made = Processes()
    monkeypatch.setattr(rounds, "Worker", made)
    return made


LIBRARIES = ("chainrule", "micrograd", "microgpt")


def run(workload=GROWING, case=SMALL, report=None, repeat=2, libraries=LIBRARIES) -> Report:
    report = report or Report(MACHINE, quick=True, repeat=repeat)
    run_case(report, workload, case, libraries, Progress(io.StringIO()))
    return report


def test_libraries_take_turns_after_all_have_answered(processes) -> None:
    run()
    order = ["micrograd", "chainrule", "microgpt"]  # the baseline first
    assert processes.asked == [("check", name) for name in order] + [("run", name) for name in order] * 2


def test_process_lasts_for_a_case_and_no_longer(processes) -> None:
    run()
    assert sorted(processes.started) == sorted(LIBRARIES)
    assert processes.open == 0


def test_fresh_workload_takes_a_process_for_each_measurement(processes) -> None:
    fresh = Workload("w", "", (SMALL,), (SMALL,), {"scalars": program}, (Figure("total", "B"),), fresh=True)
    run(fresh, libraries=("micrograd",), report=Report(MACHINE, repeat=2))
    assert processes.started == ["micrograd"] * 3
    assert processes.seconds == {None, 0.0}  # one run a process
    assert processes.open == 0
    processes.started.clear()
    run(fresh, libraries=("micrograd",))
    assert processes.started == ["micrograd"]  # a quick run does without


def test_program_runs_for_a_while_in_each_round_unless_the_run_is_quick(processes) -> None:
    run(report=Report(MACHINE, repeat=1))
    assert processes.seconds == {None, rounds.SECONDS}
    processes.seconds.clear()
    run()
    assert processes.seconds == {None, 0.0}


def test_samples_are_kept_in_the_order_of_the_tables(processes) -> None:
    processes.took = {"chainrule": 0.01}
    outcomes = run().outcomes
    assert [each.library for each in outcomes] == list(LIBRARIES)
    assert outcomes[0].figures["total"].samples == (0.01, 0.01)
    assert outcomes[0].checked.numbers == 1


def test_library_that_disagrees_is_an_error_and_has_no_figures(processes) -> None:
    processes.loss = {"chainrule": 1.1}
    report = run()
    assert [each.library for each in report.outcomes] == ["micrograd", "microgpt"]
    assert report.errors == [
        "growing/100: chainrule and micrograd disagree: loss[0] is 1.1, expected 1.0 "
        "(difference 0.1, tolerance 1e-09)"
    ]
    assert ("run", "chainrule") not in processes.asked


def test_of_two_that_disagree_neither_is_believed(processes) -> None:
    processes.loss = {"chainrule": 1.1}
    assert run(libraries=("chainrule", "micrograd")).outcomes == []


def test_missing_library_is_left_out_from_then_on(processes) -> None:
    processes.special = {"micrograd": MissingLibraryError("not installed")}
    report = run()
    assert report.missing == {"micrograd": "not installed"}
    assert [each.library for each in report.outcomes] == ["chainrule", "microgpt"]
    assert report.errors == []


def test_process_that_fails_is_an_error_and_the_others_go_on(processes) -> None:
    processes.special = {"microgpt": WorkerError("died")}
    report = run()
    assert report.errors == ["died"]
    assert [each.library for each in report.outcomes] == ["chainrule", "micrograd"]


def test_library_that_cannot_stops_there_and_at_every_larger_size(processes) -> None:
    processes.special = {"microgpt": CannotRunError("recursion limit: too deep")}
    report = run()
    processes.special = {}
    run(case=LARGE, report=report)
    halted = [each for each in report.outcomes if isinstance(each, Stopped)]
    assert [(each.case.name, each.library, each.reason) for each in halted] == [
        ("100", "microgpt", "recursion limit: too deep"),
        ("1000", "microgpt", "recursion limit: too deep"),
    ]
    assert processes.asked.count(("check", "microgpt")) == 1


def test_size_that_would_take_too_long_is_not_tried(processes) -> None:
    processes.took = {"micrograd": 20.0}
    report = run()
    run(case=LARGE, report=report)
    halted = report.of("growing", "1000")["micrograd"]
    assert halted.reason == "too slow: a run would take about 200 s"
    assert isinstance(report.of("growing", "1000")["chainrule"], Measured)


def test_size_that_would_not_fit_in_memory_is_not_tried(processes, monkeypatch) -> None:
    monkeypatch.setattr(rounds.memory, "available", lambda: 10**9)
    processes.peak = 10**8
    report = run()
    run(case=LARGE, report=report)
    assert report.of("growing", "1000")["microgpt"].reason == "too large: would need about 1 GB of memory"


def test_slow_library_gets_two_rounds_at_least(processes, monkeypatch) -> None:
    monkeypatch.setattr(rounds, "ENOUGH", -1.0)
    outcomes = run(repeat=5).outcomes
    assert {len(each.figures["total"].samples) for each in outcomes} == {2}


def test_interruption_ends_all_processes(processes) -> None:
    processes.special = {"microgpt": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        run()
    assert processes.open == 0
