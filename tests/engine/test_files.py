"""Files appear whole or not at all."""

import os

import pytest

from engine.files import write_atomically


def test_missing_folders_are_made(tmp_path) -> None:
    path = tmp_path / "a" / "b" / "c.txt"
    assert write_atomically(path, "σ") == path
    assert path.read_bytes() == "σ".encode()


def test_what_was_there_is_replaced_and_nothing_else_left(tmp_path) -> None:
    path = tmp_path / "c.txt"
    path.write_text("old")
    write_atomically(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["c.txt"]


def test_a_failure_changes_nothing_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    path = tmp_path / "c.txt"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match=r"cannot write: No space left on device: .*c\.txt"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["c.txt"]


def test_a_folder_is_not_overwritten(tmp_path) -> None:
    with pytest.raises(IsADirectoryError, match="is a folder"):
        write_atomically(tmp_path, "text")


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(OSError, match=r"cannot write: .*b\.txt"):
        write_atomically(tmp_path / "a" / "b.txt", "text")


def test_a_link_is_followed(tmp_path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    write_atomically(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_the_file_may_be_read_by_whom_the_umask_lets(tmp_path) -> None:
    old = os.umask(0o022)
    try:
        path = write_atomically(tmp_path / "c.txt", "text")
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o644


def test_pieces_are_written_one_after_the_other_and_all_or_none(tmp_path) -> None:
    path = tmp_path / "c.txt"
    assert write_atomically(path, (text for text in ("a", "β"))).read_text(encoding="utf-8") == "aβ"

    def broken():
        yield "new"
        raise KeyError("piece")

    with pytest.raises(KeyError):
        write_atomically(path, broken())
    assert path.read_text(encoding="utf-8") == "aβ"
    assert os.listdir(tmp_path) == ["c.txt"]
