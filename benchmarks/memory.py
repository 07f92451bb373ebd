"""How much memory this process has, as the operating system counts it.

``tracemalloc`` does not see what compiled code takes, hence these. Linux tells all in ``/proc``; macOS tells
the resident size through ``ps`` and the peak through ``getrusage``; elsewhere there is nothing, and
CannotRunError says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from benchmarks.workload import CannotRunError

__all__ = ["available", "forget_peak", "peak", "resident"]

STATUS, MEMINFO, FORGET = Path("/proc/self/status"), Path("/proc/meminfo"), Path("/proc/self/clear_refs")


def _kilobytes(table: Path, row: str) -> int | None:
    with suppress(OSError):
        for line in table.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name == row:
                return int(value.split()[0]) * 1024
    return None


def resident() -> int:
    """Bytes of this process that lie in memory now.

    >>> resident() > 1_000_000
    True
    """
    found = _kilobytes(STATUS, "VmRSS")
    if found is None and os.name == "posix":
        done = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, text=True)
        found = int(done.stdout) * 1024 if done.stdout.strip().isdigit() else None
    if found is None:
        raise CannotRunError("not measured: this system does not say how much memory a process uses")
    return found


def peak() -> int:
    """The most bytes of this process that ever lay in memory, since :func:`forget_peak` where that works."""
    found = _kilobytes(STATUS, "VmHWM")
    if found is None and os.name == "posix":
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    if found is None:
        raise CannotRunError("not measured: this system does not say how much memory a process used")
    return found


def forget_peak() -> None:
    """Let the peak begin from here, on Linux; elsewhere it stays that of the whole process."""
    with suppress(OSError):
        FORGET.write_text("5", encoding="ascii")


def available() -> int | None:
    """Bytes that programs could still take, or None where the system does not say."""
    return _kilobytes(MEMINFO, "MemAvailable")
