"""The tests of pictures run as on a machine without Graphviz, whatever this one has."""

import shutil

import pytest


@pytest.fixture(autouse=True)
def _no_system_graphviz(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    if shutil.which("dot") is not None:
        monkeypatch.setenv("PATH", str(tmp_path_factory.mktemp("empty")))
