"""Starts, asks and ends the processes that run libraries (``worker.py``)."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from unittest.mock import patch

from benchmarks.harness.worker import WorkerError, serve
from benchmarks.libraries.table import LIBRARIES, Library

__all__ = ["Worker", "Workers"]

PATIENCE = 900.0
"""Seconds after which a process that does not answer is ended."""

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "NPROC": "1",  # jax's pool: the flag above leaves it a thread for each core (measured: 1.9 of 2 busy)
    "PYTHONHASHSEED": "0",
}


class Worker:
    """A process that runs one library.

    Args:
        library: the library.
        quick: whether quick cases are meant.
    """

    def __init__(self, library: Library, *, quick: bool) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, library.name, quick), daemon=True)
        with patch.dict(os.environ, {**ONE_THREAD, **library.environment}), _uninterrupted():
            self._process.start()
        theirs.close()

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request, see :class:`benchmarks.harness.worker.Answers`, and return the answer.

        Raises:
            UnavailableError: the library is not here.
            WorkerError: the process failed, ended or did not answer in time.
        """
        try:
            self._pipe.send(request)
            answer = self._pipe.recv() if self._pipe.poll(PATIENCE) else WorkerError("does not answer")
        except (EOFError, OSError):
            self._process.join()
            raise WorkerError(f"ended without an answer: status {self._process.exitcode}") from None
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    def close(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait: a process that is started by half complains.

    The process inherits the mask, until it serves. As a mask is one thread's, and the signal may come to
    a thread of some library, the handlers wait, too.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    came: list[int] = []
    kinds = {signal.SIGINT, signal.SIGTERM}
    handlers = {kind: signal.signal(kind, lambda number, _: came.append(number)) for kind in kinds}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, kinds)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for kind, handler in handlers.items():
            signal.signal(kind, handler)
        for number in came:
            signal.raise_signal(number)


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
