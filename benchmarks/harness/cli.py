"""The command line: ``python -m benchmarks [NAME…]``."""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.harness.machine import machine, machine_line
from benchmarks.harness.markdown import check_target, write_markdown
from benchmarks.harness.processes import Workers
from benchmarks.harness.results import Report
from benchmarks.harness.rounds import run_case
from benchmarks.harness.tables import case_table
from benchmarks.libraries.table import LIBRARIES
from benchmarks.workload import Case, Workload
from benchmarks.workloads import WORKLOADS
from engine.files import write_atomically
from engine.graph.names import aligned

__all__ = ["chosen_cases", "main"]

INTERRUPTED = 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Compares libraries on the same computations: a process each, in turns, medians.",
        epilog="The JSON file is pyperf's: python -m pyperf compare_to BEFORE AFTER compares two runs.",
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="workloads, or single cases as workload/case; all by default"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    parser.add_argument(
        "--markdown",
        type=Path,
        metavar="FILE",
        help="put tables between the markers of a page such as docs/benchmarks.md, or into a new file, and a "
        "plot beside it",
    )
    parser.add_argument("--list", action="store_true", help="list workloads and libraries; run nothing")
    parser.add_argument("--repeat", type=int, metavar="N", help="rounds of measuring (7; with --quick 2)")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: test, do not measure")
    parser.add_argument("--only", nargs="+", metavar="LIB", default=[], help="these libraries only")
    return parser


def chosen_cases(names: list[str], *, quick: bool) -> list[tuple[Workload, list[Case]]]:
    """Cases by workload for the names given; ValueError for an unknown name.

    >>> ((workload, cases),) = chosen_cases(["moons/floats"], quick=False)
    >>> workload.name, [case.name for case in cases]
    ('moons', ['floats'])
    """
    wanted: dict[str, list[Case]] = {}
    for name in names or list(WORKLOADS):
        workload_name, slash, case_name = name.partition("/")
        if workload_name not in WORKLOADS:
            raise ValueError(f"no workload {workload_name!r}; choose from {', '.join(WORKLOADS)}")
        cases = WORKLOADS[workload_name].chosen(quick=quick)
        found = [case for case in cases if not slash or case.name == case_name]
        if not found:
            known = ", ".join(case.name for case in cases)
            raise ValueError(f"{workload_name} has no case {case_name!r}; choose from {known}")
        listed = wanted.setdefault(workload_name, [])
        listed += [case for case in found if case not in listed]
    return [(WORKLOADS[name], cases) for name, cases in wanted.items()]


def _sorted_out(names: list[str], only: list[str]) -> tuple[list[str], list[str]]:
    """Workload names and libraries; ``--only`` may list workloads after libraries."""
    names = names + [name for name in only if name.partition("/")[0] in WORKLOADS]
    libraries = [name for name in only if name.partition("/")[0] not in WORKLOADS]
    for name in libraries:
        if name not in LIBRARIES:
            raise ValueError(f"no library {name!r}; choose from {', '.join(LIBRARIES)}")
    return names, [name for name in LIBRARIES if not only or name in libraries]


def _listing(*, quick: bool) -> str:
    lines = ["workloads"]
    for workload in WORKLOADS.values():
        lines.append(f"  {workload.name}: {workload.title}")
        names = [library.name for library in LIBRARIES.values() if library.form(workload)]
        lines.append(f"    in {', '.join(names)}")
        lines += [f"    {workload.name}/{case.name}: {case.title}" for case in workload.chosen(quick=quick)]
    rows = []
    for library in LIBRARIES.values():
        here = not library.module or find_spec(library.module) is not None
        rows.append([f"  {library.name}", library.label, library.version() if here else "not installed"])
    return "\n".join([*lines, "libraries", *aligned(rows, "lll")])


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks and return the exit status.

    0 if all went well, 1 if libraries disagreed or failed, 2 for a wrong command line, 130 after Ctrl-C.

    Args:
        arguments: of the command line; those of this process by default.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.list:
        print(_listing(quick=options.quick))
        return 0
    repeat = options.repeat if options.repeat is not None else 2 if options.quick else 7
    if repeat < 1:
        parser.error(f"--repeat takes at least 1, got {repeat}")
    try:
        names, libraries = _sorted_out(options.names, options.only)
        wanted = chosen_cases(names, quick=options.quick)
        if options.markdown:
            check_target(options.markdown)
        if options.json and not options.json.parent.is_dir():
            raise FileNotFoundError(f"no folder {str(options.json.parent)!r}")
    except (OSError, ValueError) as error:
        parser.error(str(error))
    report = Report(machine(), options.quick, repeat)
    try:
        _measure(report, wanted, libraries)
        _write(report, options.json, options.markdown)
    except KeyboardInterrupt:
        _progress("")
        print("interrupted; no file was written", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 1 if report.errors else 0


def _progress(text: str) -> None:
    """Overwrite the progress line of a terminal; write nothing to a pipe or a file."""
    if sys.stderr.isatty():
        print(
            f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}", end="", file=sys.stderr, flush=True
        )


def _measure(report: Report, wanted: list[tuple[Workload, list[Case]]], libraries: list[str]) -> None:
    """Run the cases one after the other and print each when it is done."""
    print(machine_line(report.machine), flush=True)
    if (load := report.machine.get("load_avg_1min", 0.0)) > 0.5:
        print(f"other programs are running (load {load}): expect noise", file=sys.stderr)
    with Workers(quick=report.quick) as workers:
        for workload, cases in wanted:
            for case in cases:
                errors, missing = len(report.errors), set(report.missing)
                run_case(report, workload, case, libraries, workers, _progress)
                _progress("")
                for name in report.missing.keys() - missing:
                    print(f"left out: {LIBRARIES[name].label}: {report.missing[name]}", flush=True)
                for error in report.errors[errors:]:
                    print(f"error: {error}", file=sys.stderr, flush=True)
                if report.of(workload.name, case.name):
                    print(f"\n{case_table(report, workload, case)}", flush=True)
    versions = [f"{name} {report.versions[name]}" for name in LIBRARIES if report.versions.get(name)]
    print(f"\nversions: {', '.join(versions)}")


def _write(report: Report, json_file: Path | None, page: Path | None) -> None:
    if json_file and any(result.figures for result in report.results):
        text = io.StringIO()
        report.suite().dump(text, compact=False)
        write_atomically(json_file, text.getvalue())
    if page and report.errors:
        print(f"{page.name} was not written, because of the errors above", file=sys.stderr)
    elif page:
        write_markdown(page, report)
