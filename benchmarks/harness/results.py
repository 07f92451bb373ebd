"""What a run found, and its form as JSON.

The document that ``--json FILE`` writes::

    {
      "schema": 1,
      "quick": false,              whether sizes were too small for the figures to mean anything
      "repeat": 7,                 rounds asked for
      "machine": {"cpu", "architecture", "cores", "load", "system", "python"},
      "libraries": {name: {"label", "version"} or {"label", "missing": why it was left out}},
      "results": [
        {
          "workload": "moons", "case": "demo", "library": "chainrule",
          "title": what the case is, "size": number of nodes asked for, or null,
          "nodes": nodes of one run, or null,
          "baseline": the library that ratios refer to,
          "checked": null, or
            {"numbers": how many were compared, "difference": the largest, "tolerance": what is allowed},
          "figures": {
            "step": {
              "unit": "s", "s/node", "B", "B/node" or "",
              "median": 0.0098, "quartiles": [0.0096, 0.0101],
              "ratio": the baseline's median divided by this one, or null,
              "samples": [one number a round: the mean of the runs in it]
            }
          }
        } or {
          "workload", "case", "library", "title", "size",
          "stopped": why the library could not run the case
        }
      ],
      "errors": [sentences: libraries that disagree or failed; the exit status is then 1]
    }

Numbers are seconds and bytes. A ratio above 1 is better than the baseline: so many times faster, or smaller.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import Case, Workload

__all__ = ["Checked", "Measured", "Report", "Series", "Stopped"]

SCHEMA = 1


@dataclass(frozen=True)
class Series:
    """The samples of one figure, one a round.

    >>> series = Series("s", (3.0, 1.0, 2.0))
    >>> series.median, series.quartiles
    (2.0, (1.5, 2.5))
    """

    unit: str
    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.samples)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Half of the samples lie between these."""
        if len(self.samples) == 1:
            return self.samples[0], self.samples[0]
        low, _, high = quantiles(self.samples, n=4, method="inclusive")
        return low, high


@dataclass(frozen=True)
class Checked:
    """How far a library's answer was from another's: numbers compared, largest difference, what is allowed.

    Differences are relative to the largest number of a quantity.
    """

    numbers: int
    difference: float
    tolerance: float


@dataclass(frozen=True)
class Measured:
    """The figures of one library in one case."""

    workload: Workload
    case: Case
    library: str
    nodes: int | None
    figures: dict[str, Series]
    checked: Checked | None
    longest: float = 0.0
    peak: int | None = None


@dataclass(frozen=True)
class Stopped:
    """A case that a library could not run, and why."""

    workload: Workload
    case: Case
    library: str
    reason: str


@dataclass
class Report:
    """All that a run found, filled as it goes.

    Attributes:
        versions: of the libraries that ran.
        missing: why others were left out.
        outcomes: in the order of running.
        errors: sentences.
    """

    machine: dict[str, Any]
    quick: bool = False
    repeat: int = 7
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    outcomes: list[Measured | Stopped] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def of(self, workload: str, case: str) -> dict[str, Measured | Stopped]:
        """What came of one case, by library."""
        return {
            each.library: each
            for each in self.outcomes
            if each.workload.name == workload and each.case.name == case
        }

    def baseline(self, workload: Workload, case: str) -> str | None:
        """The library that ratios of a case refer to: the workload's, or the first measured without it."""
        outcomes = self.of(workload.name, case)
        measured = [name for name, each in outcomes.items() if isinstance(each, Measured)]
        return workload.baseline if workload.baseline in measured else next(iter(measured), None)

    def ratio(self, measured: Measured, figure: str) -> float | None:
        """The baseline's median divided by a library's; None where there is nothing to divide."""
        name = self.baseline(measured.workload, measured.case.name)
        other = self.of(measured.workload.name, measured.case.name).get(name or "")
        if not isinstance(other, Measured) or figure not in other.figures:
            return None
        mine = measured.figures[figure].median
        return other.figures[figure].median / mine if mine > 0 else None

    def to_json(self) -> dict[str, Any]:
        """The document described above."""
        return {
            "schema": SCHEMA,
            "quick": self.quick,
            "repeat": self.repeat,
            "machine": self.machine,
            "libraries": {
                **{name: {"label": LIBRARIES[name].label, "version": v} for name, v in self.versions.items()},
                **{name: {"label": LIBRARIES[name].label, "missing": r} for name, r in self.missing.items()},
            },
            "results": [self._result(each) for each in self.outcomes],
            "errors": self.errors,
        }

    def _result(self, each: Measured | Stopped) -> dict[str, Any]:
        head = {
            "workload": each.workload.name,
            "case": each.case.name,
            "library": each.library,
            "title": each.case.title,
            "size": each.case.size,
        }
        if isinstance(each, Stopped):
            return {**head, "stopped": each.reason}
        figures = {
            name: {
                "unit": series.unit,
                "median": series.median,
                "quartiles": list(series.quartiles),
                "ratio": self.ratio(each, name),
                "samples": list(series.samples),
            }
            for name, series in each.figures.items()
        }
        checked = vars(each.checked) if each.checked else None
        baseline = self.baseline(each.workload, each.case.name)
        return {**head, "nodes": each.nodes, "baseline": baseline, "checked": checked, "figures": figures}
