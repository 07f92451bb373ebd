"""Runs one library's programs: ``python -m benchmarks.harness.worker LIBRARY [--quick]``.

It answers requests on its standard input, in JSON, a line each. All name a ``workload`` and a ``case``:

- ``{"do": "check"}``: ``{"answer": {quantity: [numbers]}, "nodes": count or null, "version": text}``
- ``{"do": "run", "seconds": s}``: repeats the program for at least s seconds, and gives means:
  ``{"figures": {name: number}, "longest": seconds, "peak": bytes, "nodes", "version"}``

or, where there is no answer, with the reason: ``{"missing": …}``, ``{"cannot": …}`` or ``{"error": …}``.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from collections.abc import Callable
from time import perf_counter
from typing import Any

from benchmarks import memory
from benchmarks.libraries.table import LIBRARIES, Library, UnavailableError
from benchmarks.workload import CannotRunError, Case, Program, Workload
from benchmarks.workloads import WORKLOADS

__all__ = ["main", "measure"]


def measure(program: Program, seconds: float, first_figure: str) -> dict[str, Any]:
    """Repeat a program and give the mean of each of its figures.

    The mean, because what the garbage collector takes from one run in ten is a cost of all ten.

    Args:
        program: what to run.
        seconds: for how long at least; it runs once in any case.
        first_figure: what the time of a run is called, where the program measures nothing itself.

    >>> measure(Program(dict, lambda: {"bytes": 8.0}), 0.0, "step")["figures"]
    {'bytes': 8.0}
    """
    totals: dict[str, float] = {}
    runs, longest = 0, 0.0
    begin = perf_counter()
    while not runs or perf_counter() - begin < seconds:
        start = perf_counter()
        own = program.run()
        taken = perf_counter() - start
        runs, longest = runs + 1, max(longest, taken)
        for name, number in (own if own is not None else {first_figure: taken}).items():
            totals[name] = totals.get(name, 0.0) + number
    return {"figures": {name: total / runs for name, total in totals.items()}, "longest": longest}


def make(library: Library, workload: Workload, case: Case) -> Program:
    """Make the program of a case; ValueError or UnavailableError if there is none."""
    form = library.form(workload, case)
    if form is None:
        raise ValueError(f"{workload.name} has no such case for {library.name}")
    library.require()
    return form(library.load() if workload.loads else None, **case.options)


def serve(arguments: list[str], say: Callable[[dict[str, Any]], None]) -> None:
    """Answer requests until input ends; a program lasts until another case is asked for."""
    library, quick = LIBRARIES[arguments[0]], "--quick" in arguments
    gc.enable()
    program, made = None, ("", "")
    for line in sys.stdin:
        request = json.loads(line)
        asked = request["workload"], request["case"]
        workload = WORKLOADS[asked[0]]
        try:
            if program is None or asked != made:
                program = None  # before the next takes memory
                program, made = make(library, workload, workload.case(asked[1], quick=quick)), asked
            if request["do"] == "check":
                found: dict[str, Any] = {"answer": program.check()}
            else:
                found = measure(program, request["seconds"], workload.figures[0].name)
                found["peak"] = memory.peak()
            say({**found, "nodes": program.nodes, "version": library.version()})
        except UnavailableError as reason:
            say({"missing": str(reason)})
        except CannotRunError as reason:
            say({"cannot": str(reason)})
        except MemoryError:
            say({"cannot": "too large: not enough memory"})


def main(arguments: list[str]) -> int:
    """Serve on the standard streams; prints of libraries go to standard error."""
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(message: dict[str, Any]) -> None:
        print(json.dumps(message), file=channel, flush=True)

    try:
        serve(arguments, say)
    except BrokenPipeError:  # the one who asked is gone
        return 1
    except Exception as error:
        traceback.print_exc()
        say({"error": f"{type(error).__name__}: {error}"})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
