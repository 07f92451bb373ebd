"""The static site: the page, Pyodide and the engine as files, for any web server."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from playground.build.archive import archive

__all__ = ["NOTICE", "STATIC", "build_site", "page_files"]

STATIC = Path(__file__).parent.parent / "static"

NOTICE = """This folder holds software of others, unchanged:
Pyodide, https://pyodide.org, Mozilla Public License 2.0; sources: https://github.com/pyodide/pyodide
CPython, https://www.python.org, PSF License 2 (in python_stdlib.zip and pyodide.asm.wasm)
NumPy, https://numpy.org, BSD licence (inside its wheel)
graphviz for Python, https://github.com/xflr6/graphviz, MIT licence (in engine.zip)
"""

_SINGLE_ONLY = "single.js"


def page_files() -> dict[str, bytes]:
    """The files of the page by their path under ``static/``, without what only the single file needs."""
    paths = (path for path in sorted(STATIC.rglob("*")) if path.is_file() and path.name != _SINGLE_ONLY)
    return {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in paths}


def build_site(folder: Path, pyodide: Mapping[str, bytes]) -> Path:
    """Write the site; it appears whole or not at all, and replaces a site that was built there before.

    Args:
        folder: where to; it need not exist.
        pyodide: Pyodide's files by name.

    Returns:
        The folder.

    Raises:
        FileExistsError: the folder holds something else.
        OSError: it cannot be written.
    """
    folder = folder.absolute()
    if folder.exists() and not _is_site(folder):
        raise FileExistsError(
            f"{folder} holds something else than a site built before; give an empty or a new folder"
        )
    engine = {f"pyodide/{name}": content for name, content in pyodide.items()}
    engine |= {"pyodide/engine.zip": archive(), "pyodide/NOTICE.txt": NOTICE.encode()}
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        new, old = part / "new", part / "old"
        for name, content in {**page_files(), **engine}.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _is_site(folder: Path) -> bool:
    return folder.is_dir() and ((folder / "pyodide" / "engine.zip").is_file() or not any(folder.iterdir()))
