"""Real processes, of the library that starts fastest."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.harness import processes
from benchmarks.harness.processes import MissingLibraryError, Worker, WorkerError, Workers
from benchmarks.libraries.table import LIBRARIES, Library
from benchmarks.workload import CannotRunError

NODE = LIBRARIES["microgpt"]
XOR = {"workload": "xor", "case": "20"}


@contextmanager
def started(library: Library = NODE, *, quick: bool = True) -> Iterator[Worker]:
    worker = Worker(library, quick=quick)
    try:
        yield worker
    finally:
        worker.close()


def test_version_is_that_of_the_library() -> None:
    with started(LIBRARIES["chainrule-python"]) as worker:
        assert worker.ask(do="check", **XOR)["version"] == LIBRARIES["chainrule"].version()


def test_process_answers_measures_and_goes_on_to_another_case() -> None:
    with started() as worker:
        checked = worker.ask(do="check", **XOR)
        assert checked["nodes"] == 3800
        assert len(checked["answer"]["gradients"]) == 17
        measured = worker.ask(do="run", seconds=0.0, **XOR)
        assert list(measured["figures"]) == ["step"]
        assert measured["figures"]["step"] == measured["longest"] > 0
        assert worker.ask(do="check", workload="chain", case="60")["nodes"] == 63


def test_what_a_library_cannot_do_comes_back_as_such() -> None:
    with started(quick=False) as worker:
        for _ in range(2):  # and the process lives on
            with pytest.raises(CannotRunError, match="recursion limit"):
                worker.ask(do="check", workload="chain", case="10000")


def test_library_without_the_case_is_an_error() -> None:
    with (
        started(LIBRARIES["numpy"]) as worker,
        pytest.raises(WorkerError, match="ValueError: chain has no such case for numpy"),
    ):
        worker.ask(do="check", workload="chain", case="60")


def test_missing_library_is_told_from_a_failing_one() -> None:
    compiled = LIBRARIES["chainrule"]
    wrong = Library(compiled.name, "", compiled.kind, "engine", "", "", {"CHAINRULE_BACKEND": "fortran"})
    with started(wrong) as worker, pytest.raises(MissingLibraryError, match="cannot be imported"):
        worker.ask(do="check", workload="chain", case="60")


def test_silent_process_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.01)
    with started() as worker, pytest.raises(WorkerError, match="ended without an answer"):
        worker.ask(do="check", **XOR)


def test_closed_process_is_gone_with_all_it_started() -> None:
    worker = Worker(NODE, quick=True)
    worker.ask(do="check", **XOR)
    worker.close()
    worker.close()  # again does no harm
    assert worker._process.returncode is not None
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.killpg(worker._process.pid, 0)


def test_process_of_a_library_starts_once_and_anew_after_it_was_closed() -> None:
    with Workers(quick=True) as workers:
        workers.ask("microgpt", do="check", **XOR)
        first = workers._running["microgpt"]
        workers.ask("microgpt", do="check", **XOR)
        assert workers._running == {"microgpt": first}
        workers.close("microgpt", "numpy")
        workers.ask("microgpt", do="check", **XOR)
        second = workers._running["microgpt"]
        assert second is not first
    assert second._process.returncode is not None


def test_alarm_that_an_interruption_left_behind_does_not_keep_python(monkeypatch) -> None:
    class Interrupted(threading.Timer):
        def start(self) -> None:
            assert self.daemon
            raise KeyboardInterrupt

    monkeypatch.setattr(processes, "Timer", Interrupted)
    with started() as worker, pytest.raises(KeyboardInterrupt):
        worker.ask(do="check", **XOR)


def test_interruption_ends_all_processes() -> None:
    def interrupted(workers: Workers) -> None:
        with workers:
            workers.ask("microgpt", do="check", **XOR)
            running.update(workers._running)
            raise KeyboardInterrupt

    running: dict[str, Worker] = {}
    with pytest.raises(KeyboardInterrupt):
        interrupted(Workers(quick=True))
    worker = running["microgpt"]
    assert worker._process.returncode is not None
