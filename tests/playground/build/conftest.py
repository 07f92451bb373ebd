"""Pyodide's files, out of ``$CHAINRULE_PYODIDE`` or the cache. Without them tests are skipped, and say so."""

import os
from pathlib import Path

import pytest

from playground.build.pyodide import PyodideError, cache_folder, pyodide_files


@pytest.fixture(scope="session")
def pyodide() -> dict[str, bytes]:
    folder = os.environ.get("CHAINRULE_PYODIDE")
    try:
        return pyodide_files(Path(folder) if folder else cache_folder())
    except PyodideError:
        pytest.skip("no Pyodide here: `python -m playground build` fetches it, or set $CHAINRULE_PYODIDE")
