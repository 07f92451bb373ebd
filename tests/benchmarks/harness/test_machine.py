import getpass
import platform
import re
import sys

from benchmarks.harness.machine import machine, machine_line
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
