"""One case in all libraries: checked against each other first, then measured in turns, a process each."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from time import perf_counter
from typing import Any

from benchmarks import memory
from benchmarks.harness.agreement import DisagreementError, largest_difference
from benchmarks.harness.processes import MissingLibraryError, Worker, WorkerError
from benchmarks.harness.progress import Progress
from benchmarks.harness.results import Checked, Measured, Report, Series, Stopped
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
    report: Report, workload: Workload, case: Case, libraries: Iterable[str], progress: Progress
) -> None:
    """Check and measure a case, and add what came of it to the report.

    Libraries that the report knows to be missing are passed over. In workloads that grow, so is a library
    that stopped at a smaller size or is bound to run out of time or memory at this one.

    Args:
        report: takes outcomes, versions, what is missing, and errors.
        workload: the workload of the case.
        case: what to run.
        libraries: names of those asked for.
        progress: told where things stand.
    """
    there = [name for name in libraries if name not in report.missing]
    chosen = [name for name in there if LIBRARIES[name].form(workload, case)]
    with ExitStack() as stack:
        runners = []
        for name in chosen:
            if (reason := _foreseen(report, workload, case, name)) is not None:
                report.outcomes.append(Stopped(workload, case, name, reason))
            else:
                runners.append(_Runner(report, workload, case, name, stack))
        runners.sort(key=lambda runner: runner.name != workload.baseline)  # it answers first
        where = f"{workload.name}/{case.name}"
        progress.say(f"{where}: starting")
        for runner in runners:
            runner.launch()
        for runner in runners:
            progress.say(f"{where}: checking {runner.name}")
            runner.attempt(runner.check)
        _compare(runners)
        for number in range(1, report.repeat + 1):
            for runner in runners:
                if not runner.done:
                    progress.say(f"{where}: round {number} of {report.repeat}, {runner.name}")
                    runner.attempt(runner.measure)
    report.outcomes += sorted(
        (outcome for runner in runners if (outcome := runner.outcome()) is not None),
        key=lambda outcome: list(LIBRARIES).index(outcome.library),
    )


class _Runner:
    """One library in one case: its process, its answer, its samples."""

    def __init__(self, report: Report, workload: Workload, case: Case, name: str, stack: ExitStack) -> None:
        self.report, self.workload, self.case, self.name, self.stack = report, workload, case, name, stack
        self.worker: Worker | None = None
        self.answer: Answer | None = None
        self.checked: Checked | None = None
        self.stopped: str | None = None
        self.broken = False
        self.nodes: int | None = None
        self.samples: dict[str, list[float]] = {}
        self.longest, self.spent, self.peak = 0.0, 0.0, 0

    @property
    def done(self) -> bool:
        """Whether there is nothing more to measure."""
        rounds = max(map(len, self.samples.values()), default=0)
        return self.broken or self.stopped is not None or (self.spent > ENOUGH and rounds >= 2)

    def attempt(self, action: Any) -> None:
        """Do something with the process, and note it if the library is missing, stops, fails or disagrees."""
        try:
            action()
        except MissingLibraryError as reason:
            self.report.missing[self.name] = str(reason)
            self.broken = True
        except CannotRunError as reason:
            self.stopped = str(reason)
        except (WorkerError, DisagreementError) as error:
            self.report.errors.append(str(error))
            self.broken = True

    def launch(self) -> Worker:
        """The process, started if need be; it is ended with the case at the latest."""
        if self.worker is None:
            library = LIBRARIES[self.name]
            worker = Worker(self.workload.name, self.case.name, library, quick=self.report.quick)
            self.worker = self.stack.enter_context(worker)
        return self.worker

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer of the process, once its library is loaded."""
        worker = self.launch()
        self.report.versions[self.name] = worker.greet()
        return worker.ask(**request)

    def renew(self) -> None:
        """End the process where the next measurement takes a new one."""
        if self.worker is not None and self.workload.fresh and not self.report.quick:
            self.worker.close()
            self.worker = None

    def check(self) -> None:
        """Let the library answer."""
        said = self.ask(do="check")
        self.answer, self.nodes = said["answer"], said["nodes"]
        self.renew()

    def compare(self, reference: _Runner) -> None:
        """Hold the answer against another library's."""
        assert self.answer is not None
        assert reference.answer is not None
        try:
            difference = largest_difference(self.answer, reference.answer, self.workload.tolerance)
        except DisagreementError as error:
            where = f"{self.workload.name}/{self.case.name}"
            raise DisagreementError(f"{where}: {self.name} and {reference.name} disagree: {error}") from None
        numbers = sum(map(len, self.answer.values()))
        self.checked = Checked(numbers, difference, self.workload.tolerance)

    def measure(self) -> None:
        """One round."""
        begin = perf_counter()
        once = self.report.quick or self.workload.fresh  # a second run would find the memory of the first
        said = self.ask(do="run", seconds=0.0 if once else SECONDS)
        self.spent += perf_counter() - begin
        for name, number in said["figures"].items():
            self.samples.setdefault(name, []).append(number)
        self.nodes = said["nodes"] if self.nodes is None else self.nodes
        self.longest, self.peak = max(self.longest, said["longest"]), max(self.peak, said["peak"] or 0)
        self.renew()

    def outcome(self) -> Measured | Stopped | None:
        """What came of it; None if that is told elsewhere."""
        if self.stopped is not None:
            return Stopped(self.workload, self.case, self.name, self.stopped)
        if self.broken or not self.samples:
            return None
        units = {figure.name: figure.unit for figure in self.workload.figures}
        figures = {name: Series(units[name], tuple(numbers)) for name, numbers in self.samples.items()}
        return Measured(
            self.workload,
            self.case,
            self.name,
            self.nodes,
            figures,
            self.checked,
            self.longest,
            self.peak or None,
        )


def _compare(runners: list[_Runner]) -> None:
    """Hold the answers against that of the first library that gave one: the baseline where it is here."""
    answered = [runner for runner in runners if runner.answer is not None]
    for runner in answered[1:]:
        runner.attempt(lambda runner=runner: runner.compare(answered[0]))
    if confirmed := [runner.checked for runner in answered[1:] if runner.checked]:
        answered[0].checked = max(confirmed, key=lambda checked: checked.difference)
    elif len(answered) > 1:
        answered[0].broken = True  # contradicted by all


def _foreseen(report: Report, workload: Workload, case: Case, name: str) -> str | None:
    """Why a library is not tried at this size, judged by a smaller one; None if it is."""
    before = [
        each
        for each in report.outcomes
        if each.workload.name == workload.name and each.library == name and each.case.size
    ]
    if not case.size or not before:
        return None
    last = before[-1]
    assert last.case.size
    if isinstance(last, Stopped):
        return last.reason
    growth = case.size / last.case.size
    if last.longest * growth > TOO_LONG:
        return f"too slow: a run would take about {last.longest * growth:.0f} s"
    free = memory.available()
    if last.peak and free and last.peak * growth > SHARE_OF_MEMORY * free:
        return f"too large: would need about {last.peak * growth / 1e9:.0f} GB of memory"
    return None
