"""Runs one case in all libraries: compares their answers, then measures them in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from benchmarks.harness.agreement import DisagreementError, largest_difference
from benchmarks.harness.processes import Workers
from benchmarks.harness.results import Report, Result
from benchmarks.harness.worker import WorkerError
from benchmarks.libraries.table import LIBRARIES, UnavailableError
from benchmarks.workload import Answer, Case, Workload

__all__ = ["run_case"]

SECONDS = 0.2
"""How long a library runs in one round, at least."""

ENOUGH = 30.0
"""Seconds after which a library that has had two rounds gets no more of them."""


def run_case(
    report: Report,
    workload: Workload,
    case: Case,
    libraries: Iterable[str],
    workers: Workers,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Check and measure a case, and add the results to the report.

    Args:
        report: takes results, versions, what is missing (libraries that it knows to be are passed over), and
            errors: what fails or disagrees gets no figures.
        workload: the workload of the case.
        case: what to run.
        libraries: names of those asked for, in the order of the tables.
        workers: their processes; a quick run keeps them for the next case.
        progress: is called with a line on where things stand.
    """
    there = [name for name in libraries if name not in report.missing]
    results = [Result(workload, case, name) for name in there if LIBRARIES[name].form(workload, case)]
    running = sorted(results, key=lambda result: result.library != workload.baseline)  # it answers first
    once = workload.fresh and not report.quick  # a second run would find the first one's memory
    where = f"{workload.name}/{case.name}"
    answers: dict[str, Answer] = {}

    def attempt(action: Callable[[Result], None], what: str, among: list[Result]) -> None:
        for result in list(among):
            progress(f"{where}: {what}, {result.library}")
            try:
                action(result)
                continue
            except UnavailableError as reason:
                report.missing[result.library] = str(reason)
            except (WorkerError, DisagreementError) as error:
                report.errors.append(f"{where}, {result.library}: {error}")
                workers.close(result.library)
            running.remove(result)

    def ask(result: Result, **request: Any) -> dict[str, Any]:
        said = workers.ask(result.library, workload=workload.name, case=case.name, **request)
        report.versions[result.library], result.nodes = said["version"], said["nodes"]
        if once:
            workers.close(result.library)
        return said

    def check(result: Result) -> None:
        answers[result.library] = ask(result)["answer"]

    def compare(result: Result) -> None:
        answer, first = answers[result.library], running[0].library
        try:
            result.difference = largest_difference(answer, answers[first], workload.tolerance)
        except DisagreementError as error:
            raise DisagreementError(f"disagrees with {first}: {error}") from None
        result.compared = sum(map(len, answer.values()))

    def measure(result: Result) -> None:
        begin = perf_counter()
        said = ask(result, seconds=0.0 if report.quick or once else SECONDS)
        result.spent += perf_counter() - begin
        for name, number in said["figures"].items():
            result.samples.setdefault(name, []).append(number)

    attempt(check, "checking", running)
    others = running[1:]
    attempt(compare, "comparing", others)
    if farthest := max(running[1:], key=lambda result: result.difference, default=None):
        running[0].compared, running[0].difference = farthest.compared, farthest.difference
    elif others:
        running.clear()  # contradicted by all
    for number in range(report.repeat):
        unfinished = [result for result in running if number < 2 or result.spent <= ENOUGH]
        attempt(measure, f"round {number + 1} of {report.repeat}", unfinished)
    if not report.quick:
        workers.close()
    report.results += [each for each in results if each in running and each.samples]
