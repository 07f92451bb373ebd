"""Which node runs: the compiled one where it was built, never a stale one, and the one that was asked for."""

import os
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

import engine
from engine.node import backend as node
from engine.node.build_check import REBUILD, StaleBuildError, sources
from tests.source_tree import ROOT

COMPILED = Path("engine/node/compiled")
BUILDS = [
    path
    for pattern in ("_value.*.so", "_value.*.pyd", "_value.so")
    for path in (ROOT / COMPILED).glob(pattern)
]


def copied(place: Path, *, build: bool) -> Path:
    """A checkout of the engine alone, with the build or without."""
    shutil.copytree(
        ROOT / "engine",
        place / "engine",
        ignore=shutil.ignore_patterns("__pycache__", *([] if build else ["*.so", "*.pyd"])),
    )
    return place


def python(
    place: Path, backend: str = "", program: str = "import engine; print(engine.backend)"
) -> tuple[str, str]:
    """What a program prints, and what it complains of, in a copy with ``CHAINRULE_BACKEND`` set."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("CHAINRULE", "PYTHONWARN"))
    }
    environment |= {"PYTHONPATH": str(place), "CHAINRULE_BACKEND": backend}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    return done.stdout.strip(), done.stderr.strip()


def needs_a_build() -> None:
    if engine.backend != "cython":
        pytest.skip("no compiled node here, or the one in Python was asked for")


def test_backend_is_the_module_that_value_is_from() -> None:
    assert engine.backend == node.backend
    assert node.Value is engine.Value
    modules = {"cython": "engine.node.compiled._value", "python": "engine.node.value"}
    assert engine.Value.__module__ == modules[engine.backend]


def test_without_a_build_the_reference_runs_and_nothing_is_said(tmp_path) -> None:
    assert python(copied(tmp_path, build=False)) == ("python", "")


def test_python_can_be_forced(tmp_path) -> None:
    assert python(copied(tmp_path, build=True), "python") == ("python", "")


def test_forcing_a_missing_build_is_an_error_that_says_how_to_build(tmp_path) -> None:
    out, complaint = python(copied(tmp_path, build=False), "cython")
    assert out == ""
    assert complaint.splitlines()[-1].startswith(
        "ImportError: CHAINRULE_BACKEND=cython, but the compiled node cannot"
    )
    assert REBUILD in complaint


def test_forcing_anything_else_is_an_error(tmp_path) -> None:
    _, complaint = python(copied(tmp_path, build=False), "rust")
    assert complaint.endswith("ImportError: CHAINRULE_BACKEND must be 'cython' or 'python', got 'rust'")


def test_build_runs_beside_its_sources_and_without_any(tmp_path) -> None:
    needs_a_build()
    place = copied(tmp_path, build=True)
    assert python(place) == python(place, "cython") == ("cython", "")
    for source in sources(place / COMPILED):
        os.unlink(source)
    assert python(place) == ("cython", "")


# That every source counts is for the digest to show: see test_build_check.py.
def test_stale_build_is_passed_over_with_a_warning(tmp_path) -> None:
    needs_a_build()
    place = copied(tmp_path, build=True)
    with (place / COMPILED / "_value.pyx").open("a", encoding="utf-8") as source:
        source.write("# changed\n")
    out, complaint = python(place)
    assert out == "python"
    assert "RuntimeWarning: the compiled node is passed over" in complaint
    assert complaint.count(REBUILD) == 1
    out, complaint = python(place, "cython")
    assert out == ""
    assert REBUILD in complaint
    assert "StaleBuildError" in complaint


def test_broken_build_is_passed_over_with_a_warning(tmp_path) -> None:
    needs_a_build()
    place = copied(tmp_path, build=True)
    for build in BUILDS:
        (place / COMPILED / build.name).write_bytes(b"no library")
    out, complaint = python(place)
    assert out == "python"
    assert "RuntimeWarning: the compiled node is passed over" in complaint
    assert REBUILD in complaint


@pytest.mark.parametrize(
    ("asked", "error", "kind", "message"),
    [
        ("rust", None, ImportError, "must be 'cython' or 'python', got 'rust'"),
        (
            "cython",
            ImportError("no room"),
            ImportError,
            "the compiled node cannot be used .no room.; build it",
        ),
        ("", ImportError("no room"), RuntimeWarning, "the slower one in Python runs: no room; rebuild it"),
        ("", StaleBuildError("it is old"), RuntimeWarning, "in Python runs: it is old$"),
    ],
)
def test_what_cannot_be_used_is_told_with_the_remedy(asked, error, kind, message, monkeypatch) -> None:
    def build():
        raise error

    monkeypatch.setenv("CHAINRULE_BACKEND", asked)
    monkeypatch.setattr(node, "_build", build)
    if kind is RuntimeWarning:
        with pytest.warns(kind, match=message):
            assert node._choose()[0] == "python"
    else:
        with pytest.raises(kind, match=message):
            node._choose()


def test_the_build_of_another_checkout_is_none(tmp_path, monkeypatch) -> None:
    other = ModuleSpec("_value", None, origin=str(tmp_path / "_value.so"))
    monkeypatch.setattr(node, "find_spec", lambda name: other)
    with pytest.raises(ModuleNotFoundError, match=f"only one in {tmp_path}"):
        node._build()
