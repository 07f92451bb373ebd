"""Results of a run; ``--json`` writes them as a pyperf suite.

``python -m pyperf stats FILE`` and ``python -m pyperf compare_to BEFORE AFTER`` read the file. It has a
benchmark ``workload/case/library/figure`` for each figure, with a value a round: the mean of the runs in it.
Metadata say what the case is, the version, the number of nodes, and how closely libraries agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyperf  # type: ignore[import-untyped]

from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import Case, Workload

__all__ = ["OURS", "UNITS", "Report", "Result"]

OURS = ("chainrule-jit", "chainrule")
"""What all ratios refer to, so that all have one direction: above 1 a library takes longer than chainrule."""

UNITS = {"s": "second", "B": "byte", "B/node": "byte", "": "integer"}
"""Our units by pyperf's."""


@dataclass(eq=False)
class Result:
    """One library's figures for one case.

    Attributes:
        nodes: of one run; None where a library has none.
        samples: a number a round, by figure.
        compared: how many numbers of its answer were compared with another library's.
        difference: the largest of their differences, relative to the largest number of a quantity.
        spent: seconds that measuring has taken so far.
    """

    workload: Workload
    case: Case
    library: str
    nodes: int | None = None
    samples: dict[str, list[float]] = field(default_factory=dict)
    compared: int = 0
    difference: float = 0.0
    spent: float = 0.0

    @cached_property
    def figures(self) -> dict[str, pyperf.Benchmark]:
        """Benchmarks by figure, of samples above zero (pyperf takes no others); none where no sample is."""
        metadata: dict[str, Any] = {
            "title": self.case.title,
            "compared": self.compared,
            "difference": self.difference,
            "tolerance": self.workload.tolerance,
        }
        found = {}
        for figure in self.workload.figures:
            values = [number for number in self.samples.get(figure.name, []) if number > 0]
            if values:
                name = f"{self.workload.name}/{self.case.name}/{self.library}/{figure.name}"
                own: dict[str, Any] = {"name": name, "unit": UNITS[figure.unit]}
                own |= {} if self.nodes is None else {"nodes": self.nodes}
                run = pyperf.Run(values, metadata=metadata | own, collect_metadata=False)
                found[figure.name] = pyperf.Benchmark([run])
        return found


@dataclass
class Report:
    """All results of a run, filled as it goes.

    Attributes:
        versions: of the libraries that ran.
        missing: why others were left out.
        results: in the order of running.
        errors: sentences on libraries that disagree or failed.
    """

    machine: dict[str, Any]
    quick: bool = False
    repeat: int = 7
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def of(self, workload: str, case: str) -> dict[str, Result]:
        """Results of one case by library."""
        return {
            each.library: each
            for each in self.results
            if each.workload.name == workload and each.case.name == case
        }

    def baseline(self, workload: Workload, case: str) -> str | None:
        """The library that ratios refer to: chainrule, lifted where that was measured; else the first."""
        measured = [name for name, each in self.of(workload.name, case).items() if each.figures]
        return next((name for name in (*OURS, *measured) if name in measured), None)

    def ratio(self, result: Result, figure: str) -> float | None:
        """The median divided by that of :meth:`baseline`; None if either is missing."""
        name = self.baseline(result.workload, result.case.name)
        other = self.of(result.workload.name, result.case.name).get(name or "")
        if other is None or figure not in result.figures or figure not in other.figures:
            return None
        return float(result.figures[figure].median() / other.figures[figure].median())

    def suite(self) -> pyperf.BenchmarkSuite:
        """All figures as pyperf benchmarks; ValueError if there are none."""
        found = []
        for result in self.results:
            about = {"label": LIBRARIES[result.library].label, "quick": int(self.quick), **self.machine}
            if version := self.versions.get(result.library):
                about["version"] = version
            for benchmark in result.figures.values():
                benchmark.update_metadata(about)
                found.append(benchmark)
        return pyperf.BenchmarkSuite(found)
