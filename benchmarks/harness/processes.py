"""The other end of ``worker.py``: starts a library's process, asks it, and ends it for certain."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from threading import Timer
from types import TracebackType
from typing import Any, Self

from benchmarks.harness.machine import without_folders
from benchmarks.libraries.table import ROOT, Library
from benchmarks.workload import CannotRunError

__all__ = ["WorkerError", "MissingLibraryError", "Worker"]

PATIENCE = 900.0
"""Seconds after which a process that does not answer is ended."""

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "NPROC": "1",  # jax's pool: the flag above leaves it a thread for each core (measured: 1.9 of 2 busy)
}


class MissingLibraryError(Exception):
    """The library of a process is not here; the sentence says why."""


class WorkerError(Exception):
    """A process ended, fell silent or answered with an error."""


class Worker:
    """A library's process for one case of a workload; use it in a ``with`` statement.

    It starts at once and loads its library while others do the same; :meth:`greet` waits for it. It is a
    session of its own: Ctrl-C on the terminal reaches the parent alone, which then ends it.

    Args:
        workload: name of the workload.
        case: name of the case.
        library: the library.
        quick: whether the quick case of that name is meant.
    """

    def __init__(self, workload: str, case: str, library: Library, *, quick: bool) -> None:
        command = [sys.executable, "-m", "benchmarks.harness.worker", workload, case, library.name]
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            **ONE_THREAD,
            **library.environment,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "PYTHONHASHSEED": "0",
        }
        self._name = f"{workload}/{case} in {library.name}"
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed in close(); a pipe could fill up
        self._process = subprocess.Popen(
            command + (["--quick"] if quick else []),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            cwd=ROOT,
            encoding="utf-8",
            start_new_session=True,
        )
        self._version: str | None = None

    def greet(self) -> str:
        """Wait until the library is loaded, and give its version.

        Raises:
            MissingLibraryError: the library is not here.
            WorkerError: the process failed.
        """
        if self._version is None:
            hello = self._listen()
            if "missing" in hello:
                raise MissingLibraryError(without_folders(hello["missing"]))
            self._version = hello["version"]
        return self._version

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer to a request; CannotRunError or WorkerError if that is the answer."""
        self.greet()
        assert self._process.stdin is not None  # it is a pipe
        with suppress(BrokenPipeError):  # then it is dead, and listening says of what
            print(json.dumps(request), file=self._process.stdin, flush=True)
        answer = self._listen()
        if "cannot" in answer:
            raise CannotRunError(without_folders(answer["cannot"]))
        return answer

    def _listen(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        alarm = Timer(PATIENCE, self._end)
        alarm.start()
        try:
            line = self._process.stdout.readline()
        finally:
            alarm.cancel()
        if not line:
            raise WorkerError(f"{self._name} ended without an answer: {self._last_words()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise WorkerError(f"{self._name}: {without_folders(answer['error'])}")
        return answer

    def _last_words(self) -> str:
        status = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return (
            without_folders(lines[-1])
            if lines
            else f"status {status}" + (" (killed)" if status == -9 else "")
        )

    def _end(self) -> None:
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)  # whatever it started goes with it
                else:
                    self._process.kill()

    def close(self) -> None:
        """End the process, at once and with all it started."""
        self._end()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
