"""Writes results as tables for a terminal."""

from __future__ import annotations

from benchmarks.harness.results import Report, Result
from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import Case, Workload
from engine.graph.names import aligned

__all__ = ["case_table", "quantity", "short"]


def quantity(result: Result, figure: str, number: float) -> str:
    """Format a number of a figure with its unit, as pyperf does."""
    unit = next(each.unit for each in result.workload.figures if each.name == figure)
    written: str = result.figures[figure].format_value(number if unit else round(number))
    return f"{written}/node" if unit.endswith("/node") else written


def short(number: float) -> str:
    """Format a number to three digits, with separators where it is large.

    >>> short(0.06543), short(6.543), short(65.43), short(65432.1)
    ('0.0654', '6.54', '65.4', '65,432')
    """
    if abs(number) >= 100:
        return f"{number:,.0f}"
    text = f"{number:.3g}"
    return text if "e" not in text else f"{number:.1e}"


def case_table(report: Report, workload: Workload, case: Case) -> str:
    """The table of a case: a line for each library and figure."""
    results = report.of(workload.name, case.name).values()
    lines = [f"{workload.name}/{case.name}: {workload.title}; {case.title}"]
    rows = [row for each in results for row in _rows(report, each)]
    if rows:
        baseline = report.baseline(workload, case.name)
        head = ["library", "figure", "median", "quartiles", f"x {baseline}", "rounds", "nodes"]
        lines += aligned([head, *rows], "llrrrrr")
    if compared := max((each.compared for each in results), default=0):
        largest = max(each.difference for each in results)
        tolerance = f"tolerance {workload.tolerance:.0e}"
        lines.append(f"{compared} values and gradients agree: largest difference {largest:.1e}, {tolerance}")
    for each in results:
        if not each.figures:
            lines.append(f"{LIBRARIES[each.library].label}: nothing above zero was measured")
    return "\n".join(lines)


def _rows(report: Report, result: Result) -> list[list[str]]:
    rows: list[list[str]] = []
    for name, figure in result.figures.items():
        low, middle, high = (quantity(result, name, figure.percentile(p)) for p in (25, 50, 75))
        ratio = report.ratio(result, name)
        rows.append(
            [
                "" if rows else LIBRARIES[result.library].label,
                name,
                middle,
                f"{low} … {high}",
                "" if ratio is None else short(ratio),
                str(figure.get_nvalue()),
                f"{result.nodes:,}" if result.nodes and not rows else "",
            ]
        )
    return rows
