"""A build of other sources than those beside it is refused."""

from pathlib import Path

import pytest

from engine.node.build_check import SOURCES, StaleBuildError, digest, refuse_if_stale
from tests.source_tree import ROOT

COMPILED = Path("engine/node/compiled")


def with_folders(place: Path) -> Path:
    """A folder with room for the sources."""
    for name in SOURCES:
        (place / name).parent.mkdir(exist_ok=True)
    return place


def test_line_ends_do_not_make_a_build_stale(tmp_path) -> None:
    with_folders(tmp_path)
    for name in SOURCES:
        (tmp_path / name).write_bytes((ROOT / COMPILED / name).read_bytes().replace(b"\n", b"\r\n"))
    assert digest(tmp_path) == digest(ROOT / COMPILED) != ""


def test_digest_changes_with_every_source(tmp_path) -> None:
    with_folders(tmp_path)
    for name in SOURCES:
        (tmp_path / name).write_bytes((ROOT / COMPILED / name).read_bytes())
    for name in SOURCES:
        with (tmp_path / name).open("ab") as source:
            source.write(b" ")
        assert digest(tmp_path) != digest(ROOT / COMPILED)
        (tmp_path / name).write_bytes((ROOT / COMPILED / name).read_bytes())
    (tmp_path / SOURCES[0]).unlink()
    assert digest(tmp_path) == ""


def test_every_source_of_the_build_counts() -> None:
    folder = ROOT / COMPILED
    sources = [path for pattern in ("*.pyx", "*.pxi", "*.h") for path in folder.rglob(pattern)]
    assert {path.relative_to(folder).as_posix() for path in sources} == set(SOURCES)


def test_refusal_names_the_command(tmp_path) -> None:
    with_folders(tmp_path)
    for name in SOURCES:
        (tmp_path / name).touch()
    refuse_if_stale(str(tmp_path / "_value.so"), digest(tmp_path))
    with pytest.raises(StaleBuildError, match="python -m pip install -e"):
        refuse_if_stale(str(tmp_path / "_value.so"), "0123456789abcdef")
