"""What a run found, as tables of text for a terminal."""

from __future__ import annotations

from benchmarks.harness.results import Measured, Report, Stopped
from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import Case, Workload

__all__ = ["aligned", "case_table", "growth", "growth_table", "quantity", "short"]

_SCALES = {
    "s": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
    "s/node": ((1e-6, "µs/node"), (1e-9, "ns/node")),
    "B": ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")),
    "B/node": ((1.0, "B/node"),),
    "": ((1.0, ""),),
}


def quantity(number: float, unit: str) -> str:
    """A number with a unit a person reads easily.

    >>> quantity(0.0123, "s"), quantity(2.5e-7, "s/node"), quantity(93.0, "B/node"), quantity(140, "")
    ('12.3 ms', '250 ns/node', '93 B/node', '140')
    """
    scales = _SCALES[unit]
    scale, name = next((each for each in scales if abs(number) >= each[0]), scales[-1])
    return f"{short(number / scale)} {name}".rstrip()


def short(number: float) -> str:
    """A number to three digits, with separators where it is large.

    >>> short(0.06543), short(6.543), short(65.43), short(65432.1)
    ('0.0654', '6.54', '65.4', '65,432')
    """
    if abs(number) >= 100:
        return f"{number:,.0f}"
    text = f"{number:.3g}"
    return text if "e" not in text else f"{number:.1e}"


def aligned(rows: list[list[str]], *, left: int = 2) -> list[str]:
    """Rows as lines with columns in line: the first ones to the left, numbers to the right.

    >>> aligned([["a", "1.5"], ["bb", "12.5"]], left=1)
    ['a    1.5', 'bb  12.5']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def case_table(report: Report, workload: Workload, case: Case) -> str:
    """Everything that was measured of a case: a line for each library and figure."""
    outcomes = report.of(workload.name, case.name)
    measured = [each for each in outcomes.values() if isinstance(each, Measured)]
    stopped = [each for each in outcomes.values() if isinstance(each, Stopped)]
    lines = [f"{workload.name}/{case.name}: {workload.title}; {case.title}"]
    if measured:
        baseline = report.baseline(workload, case.name) or ""
        rows = [["library", "figure", "median", "quartiles", f"x {baseline}", "rounds", "nodes"]]
        for each in measured:
            rows += _rows(report, each)
        lines += aligned(rows)
        confirmed = [each.checked for each in measured if each.checked and each.checked.numbers]
        if confirmed:
            largest = max(each.difference for each in confirmed)
            lines.append(
                f"{confirmed[0].numbers} values and gradients agree: largest difference {largest:.1e}, "
                f"tolerance {workload.tolerance:.0e}"
            )
    lines += [f"{LIBRARIES[each.library].label}: {each.reason}" for each in stopped]
    return "\n".join(lines)


def _rows(report: Report, measured: Measured) -> list[list[str]]:
    rows = []
    for number, (name, series) in enumerate(measured.figures.items()):
        low, high = series.quartiles
        ratio = report.ratio(measured, name)
        rows.append(
            [
                LIBRARIES[measured.library].label if number == 0 else "",
                name,
                quantity(series.median, series.unit),
                f"{quantity(low, series.unit)} … {quantity(high, series.unit)}",
                "" if ratio is None else short(ratio),
                str(len(series.samples)),
                f"{measured.nodes:,}" if measured.nodes and number == 0 else "",
            ]
        )
    return rows


def growth(report: Report, workload: Workload, library: str) -> dict[int, float]:
    """Cost per node by size of the graph, relative to the smallest that was measured."""
    medians = {
        each.case.size: each.figures[workload.figures[0].name].median
        for each in report.outcomes
        if isinstance(each, Measured)
        and each.workload.name == workload.name
        and each.library == library
        and each.case.size
    }
    return {size: value / medians[min(medians)] for size, value in medians.items()}


def growth_table(report: Report, workload: Workload) -> str:
    """How the cost of a node grows with the graph, in workloads that have sizes; otherwise nothing."""
    ratios = {name: growth(report, workload, name) for name in LIBRARIES}
    sizes = sorted({size for each in ratios.values() for size in each})
    if len(sizes) < 2:
        return ""
    rows = [["nodes", *(f"{size:,}" for size in sizes)]]
    for name, by_size in ratios.items():
        if by_size:
            cells = [short(by_size[size]) if size in by_size else "–" for size in sizes]
            rows.append([LIBRARIES[name].label, *cells])
    title = f"{workload.name}: time per node, relative to that at {sizes[0]:,} nodes"
    return "\n".join([title, *aligned(rows, left=1)])
