"""Starts, asks and ends the processes that run libraries (``worker.py``)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from threading import Timer
from typing import Any, Self

from benchmarks.harness.machine import without_folders
from benchmarks.libraries.table import LIBRARIES, ROOT, Library
from benchmarks.workload import CannotRunError

__all__ = ["MissingLibraryError", "Worker", "WorkerError", "Workers"]

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
    """The library is not installed or cannot be imported; the message says why."""


class WorkerError(Exception):
    """A process ended, fell silent or answered with an error."""


REFUSALS = {"missing": MissingLibraryError, "cannot": CannotRunError, "error": WorkerError}


class Worker:
    """A process that runs one library, in its own session: Ctrl-C reaches only the parent.

    Args:
        library: the library.
        quick: whether quick cases are meant.
    """

    def __init__(self, library: Library, *, quick: bool) -> None:
        command = [sys.executable, "-m", "benchmarks.harness.worker", library.name]
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        settings = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONHASHSEED": "0"}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed in close(); a pipe could fill up
        self._process = subprocess.Popen(
            command + (["--quick"] if quick else []),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **ONE_THREAD, **library.environment, **settings},
            cwd=ROOT,
            encoding="utf-8",
            start_new_session=True,
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and return the answer.

        Raises:
            MissingLibraryError: the library is not here.
            CannotRunError: it cannot run the case.
            WorkerError: the process failed, ended or did not answer in time.
        """
        assert self._process.stdin is not None  # they are pipes
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # it is dead, and the next line says of what
            print(json.dumps(request), file=self._process.stdin, flush=True)
        alarm = Timer(PATIENCE, self._end)
        alarm.daemon = True  # Ctrl-C may come before it can be cancelled; Python would wait for it at the end
        try:
            alarm.start()
            line = self._process.stdout.readline()
        finally:
            alarm.cancel()
        if not line:
            raise WorkerError(f"ended without an answer: {self._last_words()}")
        answer: dict[str, Any] = json.loads(line)
        for name, error in REFUSALS.items():
            if name in answer:
                raise error(without_folders(answer[name]))
        return answer

    def _last_words(self) -> str:
        status = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        killed = " (killed)" if status == -9 else ""
        return without_folders(lines[-1]) if lines else f"status {status}{killed}"

    def _end(self) -> None:
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)  # whatever it started goes with it
                else:
                    self._process.kill()

    def close(self) -> None:
        """Kill the process and all it started."""
        self._end()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


class Workers:
    """Running processes by library; use it in a ``with`` statement.

    Args:
        quick: whether quick cases are meant.
    """

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self._running: dict[str, Worker] = {}

    def ask(self, name: str, **request: Any) -> dict[str, Any]:
        """Ask a library's process, started on first use; see :meth:`Worker.ask`."""
        if name not in self._running:
            self._running[name] = Worker(LIBRARIES[name], quick=self.quick)
        return self._running[name].ask(**request)

    def close(self, *names: str) -> None:
        """End the processes of these libraries, or all."""
        for name in names or tuple(self._running):
            if worker := self._running.pop(name, None):
                worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
