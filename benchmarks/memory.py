"""Resident memory of this process, as the system counts it; ``tracemalloc`` misses compiled code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

__all__ = ["forget_peak", "peak", "resident"]

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def resident() -> int:
    """Bytes resident now.

    >>> resident() > 1_000_000
    True
    """
    return int(psutil.Process().memory_info().rss)


def peak() -> int:
    """The most bytes ever resident; on Linux, since :func:`forget_peak`."""
    with suppress(OSError):
        for line in STATUS.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    if os.name == "nt":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def forget_peak() -> None:
    """Restart the peak from here on Linux; elsewhere it stays that of the whole process."""
    with suppress(OSError):
        FORGET.write_text("5", encoding="ascii")
