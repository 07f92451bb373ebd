"""Reports of gradcheck: the engine's derivatives beside numerical ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.checks.finite_differences import Sides
from engine.display.html import Printed, paragraph, table

__all__ = ["Entry", "GradcheckReport", "relative_error"]

_MOST_ROWS = 30
"""Derivatives that a notebook shows: those that disagree, then those of the largest error."""


@dataclass(frozen=True)
class Entry:
    """One derivative: its name, the engine's number and the numerical one."""

    operand: str
    analytic: float
    numeric: float
    tolerance: float
    sides: Sides | None = None

    @property
    def error(self) -> float:
        """The difference relative to the larger of the two."""
        return relative_error(self.analytic, self.numeric)

    @property
    def ok(self) -> bool:
        """Whether the two agree within the tolerance, or the engine's is a derivative that a kink may have.

        Equal infinities agree, nan never does.
        """
        return self.agrees or self.at_kink

    @property
    def agrees(self) -> bool:
        """Whether the two figures agree within the tolerance."""
        difference = abs(self.analytic - self.numeric)
        return self.analytic == self.numeric or (math.isfinite(difference) and difference <= self.tolerance)

    @property
    def at_kink(self) -> bool:
        """Whether the engine's is one of the derivatives that a kink may have."""
        return (
            not self.agrees and self.sides is not None and self.sides.judge(self.analytic, self.tolerance)[0]
        )

    @property
    def remark(self) -> str:
        """The remark in a report; empty where the two agree."""
        if self.agrees:
            return ""
        of_kink = self.sides.judge(self.analytic, self.tolerance)[1] if self.sides is not None else ""
        if self.at_kink:
            return of_kink
        if math.isnan(self.numeric) and not of_kink:
            return "<- cannot be compared: f is not finite beside this point"
        return "; ".join(filter(None, ("<- wrong sign" if self.mirrored else "<- wrong", of_kink)))

    @property
    def mirrored(self) -> bool:
        """Whether the engine's derivative is the numerical one with the wrong sign."""
        if self.ok or not math.isfinite(self.tolerance):
            return False
        return abs(self.analytic + self.numeric) <= self.tolerance


def relative_error(a: float, b: float) -> float:
    """|a - b| over the larger of |a| and |b|; 0 where they are equal.

    >>> relative_error(1.0, 1.1) < 0.1
    True
    """
    larger = max(abs(a), abs(b))  # may be 0 beside nan
    return 0.0 if a == b else abs(a - b) / larger if larger else abs(a - b)


@dataclass(frozen=True, repr=False)
class GradcheckReport(Printed):
    """What a gradient check found: true if all agree, and a table when printed.

    Attributes:
        entries: one per derivative, with ``operand``, ``analytic``, ``numeric``, ``error``, ``ok``, and
            ``at_kink``, where the derivatives to the left and to the right differ.
        method: ``"central"`` or ``"complex"``.
    """

    entries: tuple[Entry, ...]
    method: str

    def __bool__(self) -> bool:
        return all(entry.ok for entry in self.entries)

    @property
    def max_error(self) -> float:
        """The largest relative error, of those that are not at a kink."""
        return max((entry.error for entry in self.entries if not entry.at_kink), default=0.0)

    def __repr__(self) -> str:
        wrong = sum(not entry.ok for entry in self.entries)
        return (
            f"GradcheckReport({len(self.entries)} derivatives, {wrong} wrong, "
            f"max_error={self.max_error:.2g}, method={self.method!r})"
        )

    def _repr_html_(self) -> str:
        """The same as a table; of many derivatives those that disagree, and then the least exact."""
        all_of_them = self.entries
        order = sorted(range(len(all_of_them)), key=lambda i: (all_of_them[i].ok, -all_of_them[i].error))
        chosen = [all_of_them[i] for i in sorted(order[:_MOST_ROWS])]
        rows = [["operand", "analytic", "numeric", "relative error", ""]]
        for each in chosen:
            figures = (f"{each.analytic:.15g}", f"{each.numeric:.15g}", f"{each.error:.2e}")
            rows.append([each.operand, *figures, each.remark.replace("<- ", "← ")])
        wrong = [i for i, each in enumerate(chosen, 1) if not each.ok]
        more = len(self.entries) - len(chosen)
        rest = [paragraph(f"{more:,} more, no worse than these", small=True)] if more else []
        return "".join([paragraph(self._summary(), strong=True), table(rows, "lrrrl", strong=wrong), *rest])

    def _summary(self) -> str:
        wrong = sum(not entry.ok for entry in self.entries)
        count = len(self.entries)
        kinks = sum(entry.at_kink for entry in self.entries)
        agree = f"all {count} derivatives agree" if count != 1 else "the derivative agrees"
        summary = f"{wrong} of {count} derivatives disagree" if wrong else agree
        summary += f", {kinks} at a kink" if kinks else ""
        method = "central differences" if self.method == "central" else "complex step"
        return f"{summary} ({method})"

    def __str__(self) -> str:
        width = max([len("operand"), *(len(entry.operand) for entry in self.entries)])
        heading = f"{'operand':<{width}}  {'analytic':>22}  {'numeric':>22}  {'relative error':>14}"
        lines = [self._summary(), heading]
        for entry in self.entries:
            mark = f"  {entry.remark}" if entry.remark else ""
            figures = f"{entry.analytic:>22.15g}  {entry.numeric:>22.15g}  {entry.error:>14.2e}"
            lines.append(f"{entry.operand:<{width}}  {figures}{mark}")
        return "\n".join(lines)
