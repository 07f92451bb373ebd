"""The engine as the tab gets it: a zip of the pure-Python sources, and of graphviz's Python package."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

__all__ = ["PACKAGES", "archive"]

PACKAGES = ("engine", "nn", "viz", "playground", "chainrule", "graphviz")
"""What travels; graphviz only writes the text that the page lays out."""

_LEFT_OUT = {"static", "__pycache__"}
"""Folders of no use in the tab: the page itself, and what Python leaves."""

_DATE = (2020, 1, 1, 0, 0, 0)


def archive() -> bytes:
    """The zip's bytes, the same for the same sources.

    Raises:
        FileNotFoundError: a package is not installed as files.

    >>> names = zipfile.ZipFile(io.BytesIO(archive())).namelist()
    >>> "engine/node/value.py" in names, any(name.endswith(".so") for name in names)
    (True, False)
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for package in PACKAGES:
            for name, path in _sources(package):
                file.writestr(zipfile.ZipInfo(name, _DATE), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _sources(package: str) -> Iterator[tuple[str, Path]]:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {package} cannot be found as files, so it cannot be packed")
    root = Path(spec.origin).parent
    for path in sorted(root.rglob("*.py")):
        inside = path.relative_to(root)
        if not _LEFT_OUT.intersection(inside.parts):
            yield f"{package}/{inside.as_posix()}", path
