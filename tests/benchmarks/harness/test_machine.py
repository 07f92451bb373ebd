import getpass
import platform
import re
import sys

import pytest

from benchmarks.harness.machine import machine, machine_line, without_folders
from benchmarks.libraries.table import ROOT
from tests.benchmarks.samples import MACHINE


def test_line_names_python_and_cores() -> None:
    found = {**MACHINE, "cpu_count": 1}
    assert machine_line(found) == "cpython 3.11.0 on CP/M, Z80, 1 core"


def test_python_is_the_one_that_runs() -> None:
    assert machine()["python_version"].startswith(platform.python_version())


def test_neither_host_nor_person_nor_path_is_named() -> None:
    words = re.findall(r"[\w./-]+", " ".join(map(str, machine().values())))
    assert not {platform.node(), getpass.getuser(), sys.executable, sys.prefix} & set(words)
    assert not [word for word in words if word.startswith("/")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{ROOT / 'value.py'}:3: no", "value.py:3: no"),
        ("cannot open '/home/me/a b/c.so'", "cannot open 'a b/c.so'"),
        (r"C:\Users\me\engine\value.pyd is stale", "value.pyd is stale"),
        ("1 / 2 and/or 3", "1 / 2 and/or 3"),
        ("see https://example.org/a/b", "see https://example.org/a/b"),
    ],
)
def test_files_in_messages_lose_their_folders(text, said) -> None:
    assert without_folders(text) == said
