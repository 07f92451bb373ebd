"""Real processes, of the library that starts fastest."""

import os

import pytest

from benchmarks.harness import processes
from benchmarks.harness.processes import MissingLibraryError, Worker, WorkerError
from benchmarks.libraries.table import LIBRARIES, Library
from benchmarks.workload import CannotRunError

NODE = LIBRARIES["microgpt"]


def greeted(workload: str, case: str, library: Library) -> str:
    with Worker(workload, case, library, quick=True) as worker:
        return worker.greet()


def test_version_is_that_of_the_library() -> None:
    assert greeted("xor", "20", LIBRARIES["chainrule-python"]) == LIBRARIES["chainrule"].version()


def test_process_answers_and_measures() -> None:
    with Worker("xor", "20", NODE, quick=True) as worker:
        checked = worker.ask(do="check")
        assert checked["nodes"] == 3800
        assert len(checked["answer"]["gradients"]) == 17
        measured = worker.ask(do="run", seconds=0.0)
        assert measured["runs"] == 1
        assert list(measured["figures"]) == ["step"]
        assert measured["figures"]["step"] == measured["longest"] > 0


def test_what_a_library_cannot_do_comes_back_as_such() -> None:
    with Worker("chain", "10000", NODE, quick=False) as worker:
        for _ in range(2):  # and the process lives on
            with pytest.raises(CannotRunError, match="recursion limit"):
                worker.ask(do="check")


def test_library_without_the_case_is_an_error() -> None:
    with pytest.raises(WorkerError, match="chain/60 in numpy: ValueError: chain has no such case for numpy"):
        greeted("chain", "60", LIBRARIES["numpy"])


def test_missing_library_is_told_from_a_failing_one() -> None:
    compiled = LIBRARIES["chainrule"]
    wrong = Library(compiled.name, "", compiled.kind, "engine", "", "", {"CHAINRULE_BACKEND": "fortran"})
    with pytest.raises(MissingLibraryError, match="cannot be imported"):
        greeted("chain", "60", wrong)


def test_silent_process_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.01)
    with pytest.raises(WorkerError, match="ended without an answer"):
        greeted("xor", "20", NODE)


def test_closed_process_is_gone_with_all_it_started() -> None:
    worker = Worker("xor", "20", NODE, quick=True)
    worker.greet()
    worker.close()
    worker.close()  # again does no harm
    assert worker._process.returncode is not None
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.killpg(worker._process.pid, 0)
