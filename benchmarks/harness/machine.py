"""What a figure was measured on: the processor and Python, and no name of a host, a person or a path."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.libraries.table import ROOT

__all__ = ["machine", "machine_line", "without_folders"]

_FOLDERS = re.compile(r"(?<![\w.:/\\])(?:[A-Za-z]:)?[\\/](?:[^\s\\/:'\"]+[\\/])+")

CPUINFO = Path("/proc/cpuinfo")


def _processor() -> str:
    with suppress(OSError):
        for line in CPUINFO.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in ("model name", "Model"):
                return " ".join(value.split())
    if sys.platform == "darwin":
        with suppress(OSError):
            query = ["sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.run(query, capture_output=True, text=True).stdout.strip()
    return platform.processor() or "unknown processor"


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine() -> dict[str, Any]:
    """Processor, cores this program may use, how busy they are, system and Python.

    >>> sorted(machine())
    ['architecture', 'cores', 'cpu', 'load', 'python', 'system']
    """
    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    return {
        "cpu": _processor(),
        "architecture": platform.machine(),
        "cores": _cores(),
        "load": load,
        "system": platform.system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def machine_line(found: dict[str, Any]) -> str:
    """The same in a line."""
    cores = f"{found['cores']} core{'s' if found['cores'] != 1 else ''}"
    return f"{found['python']} on {found['system']}, {found['cpu']} ({found['architecture']}), {cores}"


def without_folders(text: str) -> str:
    """A message with the files in it named without their folders, which are nobody's business.

    >>> without_folders("/home/me/engine/_value.so was built from other sources; see https://a.org/b/c")
    '_value.so was built from other sources; see https://a.org/b/c'
    """
    return _FOLDERS.sub("", text.replace(f"{ROOT}{os.sep}", ""))
