"""The tables that README.md includes: ratios, for bare times say more about a machine than about code."""

from __future__ import annotations

from pathlib import Path

from benchmarks.harness.machine import machine_line
from benchmarks.harness.results import Measured, Report, Stopped
from benchmarks.harness.tables import growth, quantity, short
from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import Case, Workload
from benchmarks.workloads import WORKLOADS
from engine.files import write_atomically

__all__ = ["BEGIN", "END", "check_target", "markdown", "with_tables", "write_markdown"]

BEGIN, END = "<!-- benchmarks:begin -->", "<!-- benchmarks:end -->"


def markdown(report: Report) -> str:
    """The tables of a report: speed, arrays, growth, memory, import, those that it has figures for."""
    found = [(workload, case) for workload, case in _cases(report) if _measured(report, workload, case)]
    imports = [pair for pair in found if pair[0].figures[0].name == "import"]
    timed = [pair for pair in found if pair[0].figures[0].unit == "s" and pair not in imports]
    speed = [pair for pair in timed if pair[0].baseline != "numpy"]
    by_hand = [pair for pair in timed if pair[0].baseline == "numpy"]
    growing = list(dict.fromkeys(workload.name for workload, case in found if case.size))
    memory = [pair for pair in found if pair[0].figures[0].unit.startswith("B")]
    parts = [
        _speed(report, speed),
        _by_hand(report, by_hand),
        _growth(report, [WORKLOADS[name] for name in growing]),
        _memory(report, memory),
        _imports(report, imports),
        _where(report),
    ]
    return "\n\n".join(filter(None, parts))


def _cases(report: Report) -> list[tuple[Workload, Case]]:
    pairs = {(each.workload.name, each.case.name): (each.workload, each.case) for each in report.outcomes}
    return list(pairs.values())


def _measured(report: Report, workload: Workload, case: Case) -> list[Measured]:
    return [each for each in report.of(workload.name, case.name).values() if isinstance(each, Measured)]


def _table(head: list[str], rows: list[list[str]]) -> str:
    rule = ["---", *("--:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, rule, *rows])


def _columns(report: Report, pairs: list[tuple[Workload, Case]]) -> list[str]:
    names = {name for workload, case in pairs for name in report.of(workload.name, case.name)}
    return [name for name in LIBRARIES if name in names]


def _title(workload: Workload, case: Case) -> str:
    return f"`{workload.name}`: {workload.title}; {case.title}"


def _speed(report: Report, pairs: list[tuple[Workload, Case]]) -> str:
    if not pairs:
        return ""
    columns = _columns(report, pairs)
    rows = []
    for workload, case in pairs:
        outcomes = report.of(workload.name, case.name)
        baseline = report.baseline(workload, case.name)
        cells = []
        for name in columns:
            each = outcomes.get(name)
            ratio = report.ratio(each, workload.figures[0].name) if isinstance(each, Measured) else None
            cells.append("**1**" if name == baseline else "–" if ratio is None else short(ratio))
        nodes = max((each.nodes or 0 for each in _measured(report, workload, case)), default=0)
        rows.append([_title(workload, case), f"{nodes:,}" if nodes else "–", *cells])
    head = ["times faster than the **1** of the row", "nodes", *(LIBRARIES[name].label for name in columns)]
    return _table(head, rows)


def _by_hand(report: Report, pairs: list[tuple[Workload, Case]]) -> str:
    """Times as multiples of that of the NumPy which an expert writes by hand."""
    columns, rows = _columns(report, pairs), []
    for workload, case in pairs:
        outcomes = report.of(workload.name, case.name)
        if report.baseline(workload, case.name) != "numpy":
            continue
        cells = []
        for name in columns:
            each = outcomes.get(name)
            ratio = report.ratio(each, workload.figures[0].name) if isinstance(each, Measured) else None
            cells.append("**1**" if name == "numpy" else short(1.0 / ratio) if ratio else "–")
        rows.append([_title(workload, case), *cells])
    head = "time, in times that of NumPy written by hand"
    return _table([head, *(LIBRARIES[name].label for name in columns)], rows) if rows else ""


def _growth(report: Report, workloads: list[Workload]) -> str:
    rows, sizes = [], sorted({each.case.size for each in report.outcomes if each.case.size})
    for workload in workloads:
        for name, library in LIBRARIES.items():
            ratios = growth(report, workload, name)
            stopped = {
                each.case.size: each.reason
                for each in report.outcomes
                if isinstance(each, Stopped) and each.workload.name == workload.name and each.library == name
            }
            if ratios or stopped:
                reasons = {size: reason.partition(":")[0] for size, reason in stopped.items()}
                cells = [short(ratios[size]) if size in ratios else reasons.get(size, "–") for size in sizes]
                rows.append([f"`{workload.name}`, {library.label}", *cells])
    if not rows:
        return ""
    return _table([f"time per node, relative to {sizes[0]:,} nodes", *(f"{size:,}" for size in sizes)], rows)


def _memory(report: Report, pairs: list[tuple[Workload, Case]]) -> str:
    columns, rows = _columns(report, pairs), []
    for workload, case in pairs:
        outcomes = report.of(workload.name, case.name)
        measured = _measured(report, workload, case)
        figures = list(dict.fromkeys(figure for each in measured for figure in each.figures))
        for figure in figures:
            cells = []
            for name in columns:
                each = outcomes.get(name)
                found = each.figures.get(figure) if isinstance(each, Measured) else None
                cells.append(quantity(found.median, found.unit) if found else "–")
            rows.append([f"{case.title}" + (f", {figure}" if len(figures) > 1 else ""), *cells])
    return _table(["memory", *(LIBRARIES[name].label for name in columns)], rows) if rows else ""


def _imports(report: Report, pairs: list[tuple[Workload, Case]]) -> str:
    """The time of imports on top of NumPy's, as a part of NumPy's own, and how many modules they load."""
    columns, rows = [name for name in _columns(report, pairs) if name != "numpy"], []
    for workload, case in pairs:
        outcomes = report.of(workload.name, case.name)
        if report.baseline(workload, case.name) != "numpy":
            continue
        cells = []
        for name in columns:
            each = outcomes.get(name)
            ratio = report.ratio(each, "import") if isinstance(each, Measured) else None
            if isinstance(each, Measured) and ratio:
                cells.append(f"{short(1.0 / ratio)} ({each.figures['modules'].median:.0f})")
            else:
                cells.append("–")
        if set(cells) != {"–"}:
            rows.append([f"`{case.name}`: {case.title}", *cells])
    head = "import on top of NumPy, time relative to NumPy's own import (modules)"
    return _table([head, *(LIBRARIES[name].label for name in columns)], rows) if rows else ""


def _where(report: Report) -> str:
    versions = [
        f"{library.distribution} {report.versions[name]}"
        for name, library in LIBRARIES.items()
        if report.versions.get(name) and library.distribution
    ]
    quick = "**A quick run: sizes too small for the figures to mean anything.** " if report.quick else ""
    return (
        f"{quick}Medians of {report.repeat} rounds, each library in a process of its own and in turns, "
        f"garbage collector on, one thread. {machine_line(report.machine)}; "
        f"{', '.join(dict.fromkeys(versions))}. "
        f"A dash: not applicable, or not there. Measure again: `python -m benchmarks --markdown README.md`."
    )


def with_tables(page: str, tables: str) -> str:
    """A page with the tables between its two markers; ValueError unless each is there once.

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
    """Make sure before hours of measuring that the tables can be written: OSError or ValueError if not.

    Args:
        path: a page with the two markers, or a file that does not exist yet.
    """
    if path.exists():
        with_tables(path.read_text(encoding="utf-8"), "")
    elif not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r}")


def write_markdown(path: Path, report: Report) -> None:
    """Put the tables between the markers of a page, or into a new file with markers."""
    page = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    write_atomically(path, with_tables(page, markdown(report)))
