"""Real processes, of the library that starts fastest."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.harness import processes
from benchmarks.harness.processes import Worker, Workers
from benchmarks.harness.worker import WorkerError
from benchmarks.libraries.table import LIBRARIES, Library, UnavailableError

NODE = LIBRARIES["microgpt"]
XOR = {"workload": "xor", "case": "20"}


@contextmanager
def started(library: Library = NODE, *, quick: bool = True) -> Iterator[Worker]:
    worker = Worker(library, quick=quick)
    try:
        yield worker
    finally:
        worker.close()


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals of POSIX")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_for_what_is_started_whichever_thread_it_comes_to(kind) -> None:
    begun, done = threading.Event(), []
    other = threading.Thread(target=lambda: begun.wait() and os.kill(os.getpid(), kind))
    other.start()

    def start() -> None:
        with processes._uninterrupted():
            begun.set()
            other.join()
            done.append(kind)

    before = signal.signal(kind, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            start()
        assert signal.getsignal(kind) is signal.default_int_handler
    finally:
        signal.signal(kind, before)
    assert done == [kind]


def test_version_is_that_of_the_library() -> None:
    with started(LIBRARIES["chainrule-python"]) as worker:
        assert worker.ask(**XOR)["version"] == LIBRARIES["chainrule"].version()


def test_process_answers_measures_and_goes_on_to_another_case() -> None:
    with started() as worker:
        checked = worker.ask(**XOR)
        assert checked["nodes"] == 3800
        assert len(checked["answer"]["gradients"]) == 17
        measured = worker.ask(seconds=0.0, **XOR)
        assert list(measured["figures"]) == ["step"]
        assert measured["figures"]["step"] > 0
        assert worker.ask(workload="moons", case="floats")["nodes"] == 3610


def test_library_without_the_case_is_an_error() -> None:
    with (
        started(LIBRARIES["numpy"]) as worker,
        pytest.raises(WorkerError, match="ValueError: xor has no such case for numpy"),
    ):
        worker.ask(**XOR)


def test_missing_library_is_told_from_a_failing_one() -> None:
    python = LIBRARIES["chainrule-python"]
    wrong = Library(python.name, "", python.kind, "engine", "", "", {"CHAINRULE_BACKEND": "fortran"})
    with started(wrong) as worker, pytest.raises(UnavailableError, match="cannot be imported"):
        worker.ask(**XOR)


def test_silent_process_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.01)
    with started() as worker, pytest.raises(WorkerError, match="does not answer"):
        worker.ask(**XOR)


def test_process_that_ended_says_so() -> None:
    with started() as worker:
        worker._process.kill()
        with pytest.raises(WorkerError, match="ended without an answer: status -9"):
            worker.ask(**XOR)


def test_closed_process_is_gone() -> None:
    worker = Worker(NODE, quick=True)
    worker.ask(**XOR)
    worker.close()
    worker.close()  # again does no harm
    assert worker._process.exitcode is not None


def test_process_of_a_library_starts_once_and_anew_after_it_was_closed() -> None:
    with Workers(quick=True) as workers:
        workers.ask("microgpt", **XOR)
        first = workers._running["microgpt"]
        workers.ask("microgpt", **XOR)
        assert workers._running == {"microgpt": first}
        workers.close("microgpt", "numpy")
        workers.ask("microgpt", **XOR)
        second = workers._running["microgpt"]
        assert second is not first
    assert second._process.exitcode is not None


def test_interruption_ends_all_processes() -> None:
    def interrupted(workers: Workers) -> None:
        with workers:
            workers.ask("microgpt", **XOR)
            running.update(workers._running)
            raise KeyboardInterrupt

    running: dict[str, Worker] = {}
    with pytest.raises(KeyboardInterrupt):
        interrupted(Workers(quick=True))
    worker = running["microgpt"]
    assert worker._process.exitcode is not None
