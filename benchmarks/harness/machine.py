"""Describes processor, system and Python, without names of hosts or persons."""

from __future__ import annotations

import platform
from typing import Any

import pyperf  # type: ignore[import-untyped]

__all__ = ["machine", "machine_line"]

_KEPT = (
    *("cpu_model_name", "cpu_count", "cpu_affinity", "cpu_config", "load_avg_1min"),
    *("python_implementation", "python_version", "python_compiler", "timer"),
)
"""What is kept of pyperf's metadata; the rest names the host or folders, or changes with each run."""


def machine() -> dict[str, Any]:
    """Metadata of this machine, as pyperf collects them.

    >>> machine()["python_version"].startswith(platform.python_version())
    True
    """
    found = pyperf.Run([1.0], collect_metadata=True).get_metadata()
    processor = {"cpu_model_name": platform.processor() or "unknown processor", "system": platform.system()}
    return processor | {name: found[name] for name in _KEPT if name in found}


def machine_line(found: dict[str, Any]) -> str:
    """The metadata in a line."""
    cores = f"{found['cpu_count']} core{'s' if found['cpu_count'] != 1 else ''}"
    python = f"{found['python_implementation']} {found['python_version']}"
    return f"{python} on {found['system']}, {found['cpu_model_name']}, {cores}"
