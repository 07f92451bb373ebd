"""Runs one case in all libraries: compares their answers, then measures them in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter
from typing import Any

from benchmarks import memory
from benchmarks.harness.agreement import DisagreementError, largest_difference
from benchmarks.harness.processes import MissingLibraryError, WorkerError, Workers
from benchmarks.harness.results import Report, Result
from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import Answer, CannotRunError, Case, Workload

__all__ = ["run_case"]

SECONDS = 0.2
"""How long a library runs in one round, at least."""

ENOUGH = 30.0
"""Seconds after which a library that has had two rounds gets no more of them."""

TOO_LONG = 60.0
"""Seconds that a single run may be expected to take; a library that needs longer is stopped there."""

SHARE_OF_MEMORY = 0.7
"""What part of the memory that is free a run may be expected to take."""


def run_case(
    report: Report,
    workload: Workload,
    case: Case,
    libraries: Iterable[str],
    workers: Workers,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Check and measure a case, and add the results to the report.

    Libraries that the report knows to be missing are passed over. In workloads that grow, so is a library
    that stopped at a smaller size or is bound to run out of time or memory at this one.

    Args:
        report: takes results, versions, what is missing, and errors.
        workload: the workload of the case.
        case: what to run.
        libraries: names of those asked for, in the order of the tables.
        workers: their processes; a quick run keeps them for the next case.
        progress: is called with a line on where things stand.
    """
    there = [name for name in libraries if name not in report.missing]
    results = [Result(workload, case, name) for name in there if LIBRARIES[name].form(workload, case)]
    for result in results:
        result.stopped = _foreseen(report, result)
    runners = [_Runner(report, workers, result) for result in results if not result.stopped]
    runners.sort(key=lambda runner: runner.result.library != workload.baseline)  # it answers first
    where = f"{workload.name}/{case.name}"
    for runner in runners:
        progress(f"{where}: checking {runner.result.library}")
        runner.attempt(runner.check)
    _compare(runners)
    for number in range(1, report.repeat + 1):
        for runner in runners:
            if not runner.done:
                progress(f"{where}: round {number} of {report.repeat}, {runner.result.library}")
                runner.attempt(runner.measure)
    if not report.quick:
        workers.close()
    broken = [runner.result for runner in runners if runner.broken]
    report.results += [each for each in results if each not in broken and (each.stopped or each.samples)]


class _Runner:
    """One library in one case: asks its process and keeps the answer."""

    def __init__(self, report: Report, workers: Workers, result: Result) -> None:
        self.report, self.workers, self.result = report, workers, result
        self.answer: Answer = {}
        self.broken = False
        self.spent = 0.0

    @property
    def done(self) -> bool:
        """Whether there is nothing more to measure."""
        rounds = max(map(len, self.result.samples.values()), default=0)
        return self.broken or bool(self.result.stopped) or (self.spent > ENOUGH and rounds >= 2)

    @property
    def once(self) -> bool:
        """Whether each run takes a new process, as a second one would find the first's memory."""
        return self.result.workload.fresh and not self.report.quick

    def attempt(self, action: Callable[[], None]) -> None:
        """Do it; record a library that is missing, stops, fails or disagrees."""
        try:
            action()
        except CannotRunError as reason:
            self.result.stopped = str(reason)
        except MissingLibraryError as reason:
            self.report.missing[self.result.library] = str(reason)
            self.broken = True
        except (WorkerError, DisagreementError) as error:
            result = self.result
            self.report.errors.append(f"{result.workload.name}/{result.case.name}, {result.library}: {error}")
            self.broken = True
            self.workers.close(result.library)

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request to the library's process and return the answer."""
        result = self.result
        where = {"workload": result.workload.name, "case": result.case.name}
        said = self.workers.ask(result.library, **where, **request)
        self.report.versions[result.library] = said["version"]
        if result.nodes is None:
            result.nodes = said["nodes"]
        if self.once:
            self.workers.close(result.library)
        return said

    def check(self) -> None:
        """Compute the answer to compare."""
        self.answer = self.ask(do="check")["answer"]

    def compare(self, other: _Runner) -> None:
        """Compare the answer with another library's."""
        tolerance = self.result.workload.tolerance
        try:
            self.result.difference = largest_difference(self.answer, other.answer, tolerance)
        except DisagreementError as error:
            raise DisagreementError(f"disagrees with {other.result.library}: {error}") from None
        self.result.compared = sum(map(len, self.answer.values()))

    def measure(self) -> None:
        """Measure one round."""
        begin = perf_counter()
        said = self.ask(do="run", seconds=0.0 if self.report.quick or self.once else SECONDS)
        self.spent += perf_counter() - begin
        for name, number in said["figures"].items():
            self.result.samples.setdefault(name, []).append(number)
        self.result.longest = max(self.result.longest, said["longest"])
        self.result.peak = max(self.result.peak, said["peak"])


def _compare(runners: list[_Runner]) -> None:
    """Compare all answers with the first, which is the baseline's where it is here."""
    answered = [runner for runner in runners if not runner.broken and not runner.result.stopped]
    for runner in answered[1:]:
        runner.attempt(partial(runner.compare, answered[0]))
    confirmed = [runner.result for runner in answered[1:] if not runner.broken]
    if confirmed:
        farthest = max(confirmed, key=lambda result: result.difference)
        answered[0].result.compared = farthest.compared
        answered[0].result.difference = farthest.difference
    elif len(answered) > 1:
        answered[0].broken = True  # contradicted by all


def _foreseen(report: Report, result: Result) -> str:
    """Why not to try a library at this size, judged by a smaller one; else empty."""
    before = [
        each
        for each in report.results
        if each.workload is result.workload and each.library == result.library and each.case.size
    ]
    if not result.case.size or not before:
        return ""
    last = before[-1]
    growth = result.case.size / (last.case.size or 1)
    if last.stopped:
        return last.stopped
    if last.longest * growth > TOO_LONG:
        return f"too slow: a run would take about {last.longest * growth:.0f} s"
    if last.peak * growth > SHARE_OF_MEMORY * memory.available():
        return f"too large: would need about {last.peak * growth / 1e9:.0f} GB of memory"
    return ""
