"""Demos as a person runs them: in this process or as a program, and what they leave behind."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

import engine
from demos.program.cli import main
from tests.source_tree import ROOT

SVG = "{http://www.w3.org/2000/svg}"


class Outcome(NamedTuple):
    """What a run of the command line came to."""

    status: int
    out: str
    err: str


def in_process(capsys: pytest.CaptureFixture[str], *words: object) -> Outcome:
    """Run ``python -m demos`` with these words, without starting a program."""
    capsys.readouterr()
    status = main([str(word) for word in words])
    return Outcome(status, *capsys.readouterr())


def redirected(*words: object) -> Outcome:
    """The same where there is no ``capsys``, in a fixture for several tests."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        status = main([str(word) for word in words])
    return Outcome(status, out.getvalue(), err.getvalue())


def written_by(factory: pytest.TempPathFactory, name: str, *words: object) -> tuple[Path, Outcome]:
    """One run for all tests of a file: the folder that a demo wrote to, and what it came to."""
    folder = factory.mktemp(name)
    return folder, redirected(name, *words, "--out", folder)


@contextmanager
def recorded(module: ModuleType, name: str) -> Iterator[list[Any]]:
    """What a function of a demo returns, call by call: what a run trained need not be trained again."""
    made, function = [], getattr(module, name)

    def recording(*words: Any, **named: Any) -> Any:
        made.append(function(*words, **named))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, recording)
        yield made


def environment(**settings: str) -> dict[str, str]:
    """The environment of a program that finds this checkout from anywhere and fails on a warning.

    The node is that of the tests, and chosen: where none is compiled, a terminal hears no hint.
    """
    ours = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "CHAINRULE_BACKEND": engine.backend}
    return os.environ | ours | settings


def command(*words: object, code: str = "") -> list[str]:
    """What starts ``python -m demos`` with these words, after some Python of a test's own."""
    run = "import runpy; runpy.run_module('demos', run_name='__main__', alter_sys=True)"
    return [sys.executable, *(["-c", f"{code}\n{run}"] if code else ["-m", "demos"]), *map(str, words)]


def as_program(*words: object, cwd: Path, code: str = "", **settings: str) -> Outcome:
    """Run ``python -m demos`` with these words as a program of its own.

    Args:
        words: the command line.
        cwd: where to run it.
        code: Python to run before it.
        settings: of the environment.
    """
    done = subprocess.run(
        command(*words, code=code),
        cwd=cwd,
        env=environment(**settings),
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def numbers(line: str) -> list[float]:
    """The words of a line of a table that are numbers."""
    return [float(word) for word in line.split() if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?", word)]


def truth_table(out: str) -> list[list[float]]:
    """The rows of the first table of an account that starts with x1 and x2."""
    lines = out.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("x1  x2"))
    return [numbers(line) for line in lines[first + 1 : first + 5]]


def svg_texts(path: Path) -> list[str]:
    """The texts of a file, which must be an SVG."""
    root = ElementTree.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    return ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]


def assert_plot(path: Path) -> None:
    """A file must be a PNG of some size on which something is drawn."""
    image = pytest.importorskip("matplotlib.image").imread(path, format="png")
    height, width, _ = image.shape
    assert height > 300
    assert width > 600
    assert image.std() > 0.05, "the picture is all of one colour"
