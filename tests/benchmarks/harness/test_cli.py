"""The command, from the command line to the files."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest

from benchmarks.harness.cli import chosen_cases, main
from benchmarks.harness.markdown import BEGIN, END
from benchmarks.libraries.table import LIBRARIES, ROOT
from benchmarks.workloads import WORKLOADS

OURS = ["chainrule", "chainrule-python", "chainrule-jit"]
ONLY = [*OURS, "microgpt", "numpy"]
ALONE = ("compile", "curvature", "orders", "insight")
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


def document(quick_run) -> dict:
    return json.loads((quick_run[1] / "all.json").read_text(encoding="utf-8"))


def test_quick_run_of_everything_agrees(quick_run) -> None:
    done, _ = quick_run
    assert done.returncode == 0, done.stderr
    assert document(quick_run)["errors"] == []


def test_engine_was_compared_with_another_library_in_every_computation(quick_run) -> None:
    known = document(quick_run)["libraries"]
    here = [name for name in OURS if "missing" not in known.get(name, {})]
    assert here
    results = document(quick_run)["results"]
    for workload in WORKLOADS.values():
        if workload.name == "import":
            continue
        for case in workload.quick:
            found = {
                each["library"]: each
                for each in results
                if (each["workload"], each["case"]) == (workload.name, case.name)
            }
            for name in here:
                if LIBRARIES[name].form(workload, case) and "stopped" not in found[name]:
                    if not found.keys() - OURS:
                        assert workload.name in ALONE
                        continue
                    assert found[name]["checked"]["numbers"] > 0


def test_import_was_measured_for_all_three_packages(quick_run) -> None:
    found = [each for each in document(quick_run)["results"] if each["workload"] == "import"]
    assert {(each["case"], each["library"]) for each in found if "figures" in each} >= {
        (case, library) for case in ("engine", "nn", "viz") for library in ("numpy", "chainrule-python")
    }


def test_results_hold_a_sample_a_round(quick_run) -> None:
    for each in document(quick_run)["results"]:
        for figure in each.get("figures", {}).values():
            assert len(figure["samples"]) == 1
            assert figure["median"] == figure["samples"][0]


def test_page_holds_the_tables(quick_run) -> None:
    text = (quick_run[1] / "page.md").read_text(encoding="utf-8")
    assert text.startswith(BEGIN)
    assert text.rstrip().endswith(END)
    for line in filter(lambda line: line.startswith("|"), text.splitlines()):
        assert line.endswith("|")
    for name in ("moons", "transformer", "xor", "chain", "fan", "ladder"):
        assert f"`{name}`" in text


def test_output_names_machine_versions_and_what_is_left_out(quick_run) -> None:
    done, _ = quick_run
    assert done.stdout.splitlines()[0].startswith(sys.implementation.name.replace("cpython", "CPython"))
    assert re.search(r"^versions: .*chainrule", done.stdout, re.MULTILINE)
    for name, entry in document(quick_run)["libraries"].items():
        if "missing" in entry:
            assert f"left out: {LIBRARIES[name].label}: {entry['missing']}" in done.stdout


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
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "interrupted; no file was written"
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], "there is no workload 'nope'; there are moons"),
        (["moons/nope"], "moons has no case 'nope'; it has demo, floats"),
        (["--only", "nope"], "there is no library 'nope'"),
        (["--repeat", "0"], "--repeat takes at least 1, got 0"),
        (["--json", "no/such/folder/all.json"], "there is no folder"),
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


def test_disagreement_ends_with_status_one_and_no_page(monkeypatch, tmp_path, capsys) -> None:
    from benchmarks.harness import cli

    def disagree(report, *_):
        report.errors.append("they disagree")

    monkeypatch.setattr(cli, "run_case", disagree)
    assert main(["xor", "--markdown", str(tmp_path / "a.md"), "--json", str(tmp_path / "a.json")]) == 1
    assert "error: they disagree" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
