"""The command, from the command line to the files."""

import io
import os
import re
import signal
import subprocess
import sys

import pyperf
import pytest

from benchmarks.harness import cli
from benchmarks.harness.cli import chosen_cases, main
from benchmarks.harness.markdown import BEGIN, END
from benchmarks.libraries.table import LIBRARIES, ROOT
from benchmarks.workloads import WORKLOADS

OURS = ["chainrule", "chainrule-python", "chainrule-jit"]
ONLY = [*OURS, "microgpt", "numpy"]
ALONE = ("expression", "irregular", "compile", "curvature", "orders", "insight")
"""What the others asked here have no form for."""


def command(*arguments: str, **options):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True, **options
    )


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory):
    """All workloads in all forms of the engine that are here and in the node of microgpt's kind."""
    folder = tmp_path_factory.mktemp("benchmarks")
    names = ["--json", str(folder / "all.json"), "--markdown", str(folder / "page.md")]
    done = command("--quick", "--repeat", "1", *names, "--only", *ONLY)
    return done, folder


def found(quick_run) -> dict[tuple[str, str, str], dict[str, pyperf.Benchmark]]:
    """The figures by workload, case and library."""
    suite = pyperf.BenchmarkSuite.load(str(quick_run[1] / "all.json"))
    by_case: dict[tuple[str, str, str], dict[str, pyperf.Benchmark]] = {}
    for each in suite:
        workload, case, library, figure = each.get_name().split("/")
        by_case.setdefault((workload, case, library), {})[figure] = each
    return by_case


def test_quick_run_of_everything_agrees(quick_run) -> None:
    done, _ = quick_run
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


def test_engine_was_compared_with_another_library_in_every_computation(quick_run) -> None:
    done, results = quick_run[0], found(quick_run)
    missing = [name for name in OURS if f"left out: {LIBRARIES[name].label}" in done.stdout]
    here = [name for name in OURS if name not in missing]
    assert here
    for workload in WORKLOADS.values():
        if workload.name == "import":
            continue
        for case in workload.quick:
            ran = {name: results.get((workload.name, case.name, name)) for name in ONLY}
            for name in here:
                if LIBRARIES[name].form(workload, case) and workload.name != "memory":
                    assert ran[name], (workload.name, case.name, name)
                if ran[name]:
                    if not any(ran[peer] for peer in ONLY if peer not in OURS):
                        assert workload.name in (*ALONE, "memory")
                        continue
                    for figure in ran[name].values():
                        assert figure.get_metadata()["compared"] > 0


def test_import_was_measured_for_all_three_packages(quick_run) -> None:
    ran = [(case, library) for workload, case, library in found(quick_run) if workload == "import"]
    assert set(ran) >= {
        (case, library) for case in ("engine", "nn", "viz") for library in ("numpy", "chainrule-python")
    }


def test_results_hold_a_sample_a_round(quick_run) -> None:
    for figures in found(quick_run).values():
        for figure in figures.values():
            assert figure.get_nvalue() == 1


def test_page_holds_the_tables(quick_run) -> None:
    text = (quick_run[1] / "page.md").read_text(encoding="utf-8")
    assert text.startswith(BEGIN)
    assert text.rstrip().endswith(END)
    for line in filter(lambda line: line.startswith("|"), text.splitlines()):
        assert line.endswith("|")
    for name in WORKLOADS:
        assert f"### `{name}`" in text


def test_output_names_machine_versions_and_what_is_left_out(quick_run) -> None:
    done, _ = quick_run
    assert done.stdout.splitlines()[0].startswith(sys.implementation.name)
    assert re.search(r"^versions: .*chainrule", done.stdout, re.MULTILINE)
    for library in {name for *_, name in found(quick_run)}:
        assert f"left out: {LIBRARIES[library].label}" not in done.stdout


def test_pipe_gets_no_progress(quick_run) -> None:
    done, _ = quick_run
    assert "\r" not in done.stdout + done.stderr
    assert "round" not in done.stderr


def test_no_path_and_no_host_is_written(quick_run) -> None:
    done, folder = quick_run
    written = done.stdout + "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert str(ROOT) not in written
    assert str(folder) not in written


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_interruption_is_quiet_and_writes_nothing(kind, tmp_path) -> None:
    arguments = ["--only", "microgpt", "--json", str(tmp_path / "all.json")]
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks", "xor", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.readline()  # it has begun
        process.send_signal(kind)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "interrupted; no file was written"
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], "no workload 'nope'; choose from moons"),
        (["moons/nope"], "moons has no case 'nope'; choose from demo, floats"),
        (["--only", "nope"], "no library 'nope'; choose from chainrule"),
        (["--repeat", "0"], "--repeat takes at least 1, got 0"),
        (["--json", "no/such/folder/all.json"], "no folder"),
    ],
)
def test_wrong_command_line_says_what_there_is(arguments, words, capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_page_without_markers_is_refused_before_anything_runs(tmp_path, capsys) -> None:
    page = tmp_path / "page.md"
    page.write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["--quick", "--markdown", str(page)])
    assert page.read_text(encoding="utf-8") == "mine"
    assert capsys.readouterr().out == ""


def test_list_names_all_and_runs_nothing(capsys) -> None:
    assert main(["--list"]) == 0
    said = capsys.readouterr().out
    for name in (*WORKLOADS, *LIBRARIES):
        assert name in said


def test_workloads_may_follow_the_libraries(capsys) -> None:
    assert main(["--quick", "--repeat", "1", "--only", "microgpt", "xor"]) == 0
    assert "xor/20" in capsys.readouterr().out


def test_cases_of_one_workload_come_together() -> None:
    chosen = chosen_cases(["moons/floats", "xor", "moons"], quick=False)
    assert [(workload.name, [case.name for case in cases]) for workload, cases in chosen] == [
        ("moons", ["floats", "demo"]),
        ("xor", ["1000"]),
    ]


def test_disagreement_ends_with_status_one_and_no_file(monkeypatch, tmp_path, capsys) -> None:
    def disagree(report, *_):
        report.errors.append("they disagree")

    monkeypatch.setattr(cli, "run_case", disagree)
    assert main(["xor", "--markdown", str(tmp_path / "a.md"), "--json", str(tmp_path / "a.json")]) == 1
    assert "error: they disagree" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_terminal_shows_one_line_written_over(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setattr(sys, "stderr", Terminal())
    cli._progress("a line too long for the terminal")
    cli._progress("")
    assert sys.stderr.getvalue() == "\r\x1b[Ka line too long for\r\x1b[K"


def test_without_pyperf_the_command_says_what_to_install(tmp_path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['pyperf'] = None\n", encoding="utf-8")
    done = command("--list", env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert 'python -m pip install -e ".[bench]"' in done.stderr
