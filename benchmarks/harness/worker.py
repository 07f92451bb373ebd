"""A library's process: ``python -m benchmarks.harness.worker WORKLOAD CASE LIBRARY [--quick]``.

It speaks JSON, a line a message. First it says ``{"version": …}`` or ``{"missing": reason}``. Then it answers
each request on its standard input until that ends:

- ``{"do": "check"}``: ``{"answer": {quantity: [numbers]}, "nodes": …}``
- ``{"do": "run", "seconds": s}``: repeats the program for at least s seconds, at least once, and says the
  mean of each figure:
  ``{"figures": {name: number}, "runs": how many, "longest": seconds, "nodes": …, "peak": bytes or null}``

or ``{"cannot": reason}`` where the library cannot do it, ``{"error": text}`` where something is wrong.
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
from benchmarks.libraries.table import LIBRARIES, UnavailableError
from benchmarks.workload import CannotRunError, Program
from benchmarks.workloads import WORKLOADS

__all__ = ["main", "measure"]


def measure(program: Program, seconds: float, first_figure: str) -> dict[str, Any]:
    """Repeat a program and give the mean of each of its figures.

    The mean, because what the garbage collector takes from one run in ten is a cost of all ten.

    Args:
        program: what to run.
        seconds: for how long at least; it runs once in any case.
        first_figure: what the time of a run is called, where the program measures nothing itself.

    >>> measured = measure(Program(dict, lambda: {"bytes": 8.0}), 0.0, "step")
    >>> measured["figures"], measured["runs"]
    ({'bytes': 8.0}, 1)
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
    return {
        "figures": {name: total / runs for name, total in totals.items()},
        "runs": runs,
        "longest": longest,
    }


def _peak() -> int | None:
    try:
        return memory.peak()
    except CannotRunError:
        return None


def serve(arguments: list[str], say: Callable[[dict[str, Any]], None]) -> None:
    """Say hello and answer requests until there are none."""
    quick = "--quick" in arguments
    workload, library = WORKLOADS[arguments[0]], LIBRARIES[arguments[2]]
    case = workload.case(arguments[1], quick=quick)
    form = library.form(workload, case)
    if form is None:
        raise ValueError(f"{workload.name} has no such case for {library.name}")
    try:
        library.require()
        adapter = library.load() if workload.loads else None
    except UnavailableError as reason:
        say({"missing": str(reason)})
        return
    say({"version": library.version()})
    gc.enable()
    program: Program | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            program = program or form(adapter, **case.options)
            if request["do"] == "check":
                say({"answer": program.check(), "nodes": program.nodes})
            else:
                measured = measure(program, request["seconds"], workload.figures[0].name)
                say({**measured, "nodes": program.nodes, "peak": _peak()})
        except CannotRunError as reason:
            say({"cannot": str(reason)})
        except MemoryError:
            say({"cannot": "too large: not enough memory"})


def main(arguments: list[str]) -> int:
    """Serve on the standard streams; what libraries print goes to standard error instead."""
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
