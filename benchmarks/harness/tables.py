"""Writes results as tables for a terminal."""

from __future__ import annotations

from benchmarks.harness.results import Report, Result
from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import Case, Workload
from engine.graph.names import aligned

__all__ = ["case_table", "growth_rows", "growth_table", "quantity", "short"]


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
        if reason := each.stopped or ("" if each.figures else "nothing above zero was measured"):
            lines.append(f"{LIBRARIES[each.library].label}: {reason}")
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


def growth_rows(report: Report, workload: Workload) -> list[list[str]]:
    """Cost of a node by graph size, a row a library; empty unless there are two sizes.

    A cell is the first figure relative to that of the smallest size, or why the library stopped there.
    """
    first = workload.figures[0].name
    sized = [each for each in report.results if each.workload is workload and each.case.size]
    sizes = sorted({each.case.size for each in sized if each.case.size and first in each.figures})
    if len(sizes) < 2:
        return []
    rows = [["nodes", *(f"{size:,}" for size in sizes)]]
    for library in LIBRARIES.values():
        cells = dict.fromkeys(sizes, "–")
        smallest = None
        for each in (each for each in sized if each.library == library.name and each.case.size in cells):
            if first in each.figures:
                median = each.figures[first].median()
                smallest = smallest or median
                cells[each.case.size or 0] = short(median / smallest)
            else:
                cells[each.case.size or 0] = each.stopped.partition(":")[0]
        if set(cells.values()) != {"–"}:
            rows.append([library.label, *cells.values()])
    return rows


def growth_table(report: Report, workload: Workload) -> str:
    """The growth rows for a terminal."""
    rows = growth_rows(report, workload)
    title = f"{workload.name}: time per node, relative to the smallest graph"
    return "\n".join([title, *aligned(rows, "l".ljust(len(rows[0]), "r"))]) if rows else ""
