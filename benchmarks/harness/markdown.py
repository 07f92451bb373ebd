"""Writes Markdown tables and their plot: ratios, because times say more about a machine than about code."""

from __future__ import annotations

from pathlib import Path

from benchmarks.harness.machine import machine_line
from benchmarks.harness.plot import drawn, ratios
from benchmarks.harness.results import Report, Result
from benchmarks.harness.tables import quantity, short
from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import Figure, Workload
from benchmarks.workloads import WORKLOADS
from engine.files import write_atomically

__all__ = ["BEGIN", "END", "check_target", "markdown", "with_tables", "write_markdown"]

BEGIN, END = "<!-- benchmarks:begin -->", "<!-- benchmarks:end -->"
HEAD, LEGEND = "### `", "Times are relative to chainrule"


def markdown(report: Report, page: str = "") -> str:
    """A table for each workload measured, or else on the page; and a line on the machine and the versions."""
    parts = {name: f"{HEAD}{part}".strip() for part in page.split(HEAD)[1:] for name in [part.split("`")[0]]}
    parts |= {name: part for name, each in WORKLOADS.items() if (part := _part(report, each))}
    return "\n\n".join([*(parts[name] for name in WORKLOADS if name in parts), _where(report)])


def _part(report: Report, workload: Workload) -> str:
    results = [each for each in report.results if each.workload is workload]
    columns = [name for name in LIBRARIES if any(each.library == name for each in results)]
    rows = []
    for case in dict.fromkeys(each.case.name for each in results):
        found = report.of(workload.name, case)
        figures = [
            figure for figure in workload.figures if any(figure.name in r.figures for r in found.values())
        ]
        for figure in figures:
            title = next(iter(found.values())).case.title + (f", {figure.name}" if len(figures) > 1 else "")
            nodes = max(each.nodes or 0 for each in found.values())
            cells = [_cell(report, found.get(name), figure) for name in columns]
            rows.append([title, f"{nodes:,}" if nodes else "–", *cells])
    if not rows:
        return ""
    head = ["", "nodes", *(LIBRARIES[name].label for name in columns)]
    rule = ["---", *("--:" for _ in head[1:])]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
    quick = "**A quick run: sizes too small for the figures to mean anything.** " if report.quick else ""
    rounds = f"{report.repeat} round{'s' if report.repeat > 1 else ''}"
    load = report.machine.get("load_avg_1min", "unknown")
    return f"{HEAD}{workload.name}`: {workload.title}\n\n{table}\n\n{quick}{rounds}, load {load}."


def _cell(report: Report, result: Result | None, figure: Figure) -> str:
    """A time relative to the baseline, another quantity, or a dash."""
    if result is None or figure.name not in result.figures:
        return "–"
    if not figure.unit.startswith("s"):
        return quantity(result, figure.name, result.figures[figure.name].median())
    if result.library == report.baseline(result.workload, result.case.name):
        return "**1**"
    ratio = report.ratio(result, figure.name)
    return "–" if ratio is None else short(ratio)


def _where(report: Report) -> str:
    versions = {
        library.distribution: report.versions[name]
        for name, library in LIBRARIES.items()
        if report.versions.get(name) and library.distribution
    }
    return (
        f"{LEGEND}, the **1** of the row: 2 takes twice as long. Medians over the "
        f"rounds, each library in a process of its own and in turns, garbage collector on, one thread. "
        f"{machine_line(report.machine)}; "
        f"{', '.join(f'{name} {version}' for name, version in versions.items())}. "
        f"A dash: not applicable, or not there."
    )


def with_tables(page: str, tables: str) -> str:
    """Put tables between the two markers of a page; ValueError unless each occurs once.

    >>> print(with_tables(f"before {BEGIN} old {END} after", "new"))
    before <!-- benchmarks:begin -->
    new
    <!-- benchmarks:end --> after
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"expected {BEGIN} and after it {END}, once each")
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{tables}\n{END}{rest.split(END)[1]}"


def check_target(path: Path) -> None:
    """Check that tables can be written; OSError or ValueError if not. Called before hours of measuring.

    Args:
        path: a page with the two markers, or a file that does not exist yet.
    """
    if path.exists():
        with_tables(path.read_text(encoding="utf-8"), "")
    elif not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {str(path.parent)!r}")


def write_markdown(path: Path, report: Report) -> None:
    """Write the tables between the markers of a page, or to a new file with them, and the plot beside it.

    Tables of workloads that were not measured stay as they are.
    """
    page = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    plot = path.with_suffix(".svg")
    picture = f"![How many times as long as chainrule each library takes]({plot.name})"
    tables = markdown(report, page.split(BEGIN)[1].split(END)[0].split(LEGEND)[0])
    write_atomically(plot, drawn(ratios(tables)))
    write_atomically(path, with_tables(page, f"{picture}\n\n{tables}"))
