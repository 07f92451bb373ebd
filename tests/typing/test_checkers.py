"""mypy and pyright on programs outside of the checkout: no fault where there is none, each fault found."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.source_tree import ROOT, ci_script
from tests.typing import faults, programs

Checker = Callable[[Path], list[tuple[str, int, str]]]

FILES = [Path(faults.__file__), Path(programs.__file__)]
STUBS = ci_script("write_stubs").STUBS


def mypy(folder: Path) -> list[tuple[str, int, str]]:
    """With the settings of the gate's own check of types, and its cache where there is one."""
    command = [sys.executable, "-m", "mypy", "--strict", f"--config-file={ROOT / 'setup.cfg'}", "."]
    where = {"MYPYPATH": str(ROOT), "MYPY_CACHE_DIR": os.environ.get("MYPY_CACHE_DIR", "cache")}
    done = subprocess.run(command, cwd=folder, env=where, capture_output=True, text=True, check=False)
    found = re.findall(r"^(\w+)\.py:(\d+): error: (.*)$", done.stdout, re.MULTILINE)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert f"Found {len(found)} error" in done.stdout, done.stdout
    return [(name, int(line), text) for name, line, text in found]


def pyright(folder: Path) -> list[tuple[str, int, str]]:
    settings = {"extraPaths": [str(ROOT)], "typeCheckingMode": "basic"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [
        (Path(each["file"]).stem, each["range"]["start"]["line"] + 1, each["message"])
        for each in json.loads(done.stdout)["generalDiagnostics"]
        if each["severity"] == "error"
    ]


def marked_lines() -> set[int]:
    lines = Path(faults.__file__).read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, 1) if "# fault" in line}


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_faults_are_found_and_nothing_else(checker: Checker, tmp_path) -> None:
    if find_spec(checker.__name__) is None:
        pytest.skip(f"{checker.__name__} is not installed here")
    for file in FILES:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    found = checker(tmp_path)
    assert [each for each in found if each[0] != "faults"] == []
    assert {line for _, line, _ in found} == marked_lines()


@pytest.mark.parametrize("program", programs.PROGRAMS, ids=lambda program: program.__name__)
def test_programs_run(program: Callable[[], None]) -> None:
    program()


STUBTEST = """
import os, sys
from mypy import stubtest
from mypy.options import Options

modules, settings = sys.argv[1:], Options()
settings.incremental = False
stubtest.build_stubs(modules, settings)  # of these modules alone, not of all below them
for module in modules:
    for error in stubtest.test_module(module):
        if not error.is_missing_stub():  # names that are nobody's
            print(error.get_description(concise=True))
print("compared", flush=True)
os._exit(0)  # without taking a graph of a thousand modules apart
"""


def test_stubs_fit_what_there_is_at_run_time(tmp_path) -> None:
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed here")
    modules = [name.removesuffix(".pyi").removesuffix("/__init__").replace("/", ".") for name in STUBS]
    command, where = [sys.executable, "-c", STUBTEST, *modules], os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=where, capture_output=True, text=True, check=False)
    *errors, last = done.stdout.splitlines() or [""]
    assert last == "compared", done.stderr
    assert errors == []


@pytest.mark.parametrize("name", STUBS)
def test_stubs_are_those_of_the_table(name: str) -> None:
    fresh = STUBS[name]()
    assert (ROOT / name).read_text(encoding="utf-8") == fresh, "run: python .ci/write_stubs.py"
