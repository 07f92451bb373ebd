"""Runs one library's programs in a process of its own, as :mod:`benchmarks.harness.processes` asks."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any

from benchmarks.libraries.table import LIBRARIES, ROOT, Library, UnavailableError
from benchmarks.workload import Case, Program, Workload
from benchmarks.workloads import WORKLOADS

__all__ = ["Answers", "WorkerError", "measure", "serve"]


class WorkerError(Exception):
    """A process ended, fell silent or failed."""


def measure(program: Program, seconds: float, first_figure: str) -> dict[str, float]:
    """Repeat a program and give the mean of each of its figures.

    The mean, because what the garbage collector takes from one run in ten is a cost of all ten.

    Args:
        program: what to run.
        seconds: for how long at least; it runs once in any case.
        first_figure: what the time of a run is called, where the program measures nothing itself.

    >>> measure(Program(dict, lambda: {"bytes": 8.0}), 0.0, "step")
    {'bytes': 8.0}
    """
    totals: dict[str, float] = {}
    runs, begin = 0, perf_counter()
    while not runs or perf_counter() - begin < seconds:
        start = perf_counter()
        own = program.run()
        taken = perf_counter() - start
        runs += 1
        for name, number in (own if own is not None else {first_figure: taken}).items():
            totals[name] = totals.get(name, 0.0) + number
    return {name: total / runs for name, total in totals.items()}


def make(library: Library, workload: Workload, case: Case) -> Program:
    """Make the program of a case; ValueError or UnavailableError if there is none."""
    form = library.form(workload, case)
    if form is None:
        raise ValueError(f"{workload.name} has no such case for {library.name}")
    return form(library.load(), **case.options)


class Answers:
    """Answers requests for one library; a program lasts until another case is asked for.

    Args:
        library: its name.
        quick: whether quick cases are meant.
    """

    def __init__(self, library: str, *, quick: bool) -> None:
        self._library, self._quick = LIBRARIES[library], quick
        self._made: tuple[str, str] | None = None
        self._program: Program | None = None

    def __call__(self, workload: str, case: str, seconds: float | None = None) -> dict[str, Any]:
        """``answer`` of a case, or with seconds its ``figures``; besides, ``nodes`` and ``version``."""
        chosen = WORKLOADS[workload]
        if self._program is None or self._made != (workload, case):
            self._program = None  # before the next takes memory
            self._program = make(self._library, chosen, chosen.case(case, quick=self._quick))
            self._made = workload, case
        about = {"nodes": self._program.nodes, "version": self._library.version()}
        if seconds is None:
            return {"answer": self._program.check(), **about}
        return {"figures": measure(self._program, seconds, chosen.figures[0].name), **about}


def serve(pipe: Connection, library: str, quick: bool) -> None:
    """Answer until the other end is closed; what libraries print goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.path.insert(0, str(ROOT))
    gc.enable()
    answer = Answers(library, quick=quick)
    while True:
        try:
            pipe.send(answer(**pipe.recv()))
        except (EOFError, BrokenPipeError):
            return
        except UnavailableError as reason:
            pipe.send(reason)
        except Exception as error:
            traceback.print_exc()
            pipe.send(WorkerError(f"{type(error).__name__}: {error}"))
