"""Files appear whole or not at all."""

import os
import stat
import subprocess
import sys

import pytest

import engine.files
from engine.files import write_atomically
from tests.source_tree import ROOT


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


def test_an_error_names_the_file_that_was_asked_for_and_a_folder_that_is_missing(tmp_path) -> None:
    path = tmp_path / "no" / "c.txt"
    with pytest.raises(FileNotFoundError) as caught:
        write_atomically(path, "text", folders=False)
    said = f"cannot write: there is no folder {str(path.parent)!r}: {str(path)!r}"
    assert str(caught.value) == f"[Errno 2] {said}"


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


# -- what stood there before


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_its_permissions(tmp_path, mode) -> None:
    path = tmp_path / "c.txt"
    path.write_text("old")
    path.chmod(mode)
    (tmp_path / "link.txt").symlink_to(path)
    for name in ("c.txt", "link.txt"):
        write_atomically(tmp_path / name, "new")
        assert path.stat().st_mode & 0o7777 == mode
    assert path.read_text() == "new"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_what_only_its_owner_may_read_is_not_readable_while_it_is_written_either(tmp_path) -> None:
    path = tmp_path / "c.txt"
    path.write_text("old")
    path.chmod(0o600)
    modes = []

    def pieces():
        yield "new"
        modes.extend(each.stat().st_mode & 0o777 for each in tmp_path.iterdir())

    write_atomically(path, pieces())
    assert modes == [0o600, 0o600]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner_where_the_system_lets_it(tmp_path, monkeypatch) -> None:
    path = tmp_path / "c.txt"
    path.write_text("old")
    os.chown(path, 1234, 2345)
    write_atomically(path, "new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    write_atomically(path, "newer")
    assert path.read_text() == "newer"


def test_a_read_only_file_stays(tmp_path) -> None:
    path = tmp_path / "c.txt"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match=r"cannot write: it is read-only; make it .*c\.txt"):
        write_atomically(path, "new")
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["c.txt"])
    path.chmod(0o644)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_is_written_to_and_stays_one(tmp_path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomically(path, "text")
        assert os.read(reader, 10) == b"text"
    finally:
        os.close(reader)
    assert path.is_fifo()


def test_a_name_may_be_as_long_as_names_can_be(tmp_path) -> None:
    path = tmp_path / ("ξ" * 127)  # 254 bytes of 255
    assert write_atomically(path, "text").read_text() == "text"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("none/c.txt", FileNotFoundError), ("file/c.txt", NotADirectoryError), ("x" * 300, OSError)],
)
def test_the_error_is_of_its_kind_and_names_the_file_that_was_asked_for(tmp_path, name, kind) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(kind, match="cannot write: ") as caught:
        write_atomically(tmp_path / name, "text", folders=False)
    assert caught.value.filename == str(tmp_path / name)
    assert caught.value.filename2 is None
    assert os.listdir(tmp_path) == ["file"]


# -- what outlives a fall of the power, and a kill


def test_file_and_folder_are_brought_to_the_disk(tmp_path, monkeypatch) -> None:
    story = []
    replace = os.replace

    def sync(descriptor):
        status = os.fstat(descriptor)
        story.append("folder" if stat.S_ISDIR(status.st_mode) else f"file of {status.st_size}")

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", lambda *names: (story.append("moved"), replace(*names)))
    write_atomically(tmp_path / "c.txt", "text")
    assert story == ["file of 4", "moved", *(["folder"] if os.name == "posix" else [])]


KILLED = """
import os, signal, sys
import engine.files
from engine.files import write_atomically
from tests.source_tree import ROOT

def pieces():
    yield "half"
    os.kill(os.getpid(), signal.SIGKILL)

write_atomically(sys.argv[1], pieces())
"""


@pytest.mark.skipif(os.name != "posix", reason="kills and locks of POSIX")
def test_what_a_kill_leaves_is_swept_when_the_same_file_is_next_written(tmp_path) -> None:
    path = tmp_path / "c.txt"
    path.write_text("old")
    killed = subprocess.run([sys.executable, "-c", KILLED, path], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert path.read_text() == "old"
    assert len(os.listdir(tmp_path)) == 2
    write_atomically(tmp_path / "other.txt", "text")
    assert len(os.listdir(tmp_path)) == 3
    write_atomically(path, "new")
    assert sorted(os.listdir(tmp_path)) == ["c.txt", "other.txt"]


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_what_another_is_writing_is_not_swept(tmp_path) -> None:
    path = tmp_path / "c.txt"

    def pieces():
        yield "first "
        write_atomically(path, "in between")
        yield "and last"

    write_atomically(path, pieces())
    assert path.read_text() == "first and last"
    assert os.listdir(tmp_path) == ["c.txt"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_only_one_s_own_are_swept(tmp_path) -> None:
    path = tmp_path / "c.txt"
    subprocess.run([sys.executable, "-c", KILLED, path], cwd=ROOT, check=False)
    (left,) = os.listdir(tmp_path)
    os.chown(tmp_path / left, 1234, 1234)
    (tmp_path / left.replace(".part", "0.part")).symlink_to("elsewhere")
    write_atomically(path, "new")
    assert len(os.listdir(tmp_path)) == 3


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_a_part_that_was_swept_before_it_was_locked_is_made_again(tmp_path, monkeypatch) -> None:
    lock, swept = engine.files._lock, []

    def late(file, *, wait):
        if wait and not swept:
            swept.append(file.name)
            os.unlink(file.name)
        return lock(file, wait=wait)

    monkeypatch.setattr(engine.files, "_lock", late)
    write_atomically(tmp_path / "c.txt", "text")
    assert swept
    assert (tmp_path / "c.txt").read_text() == "text"
    assert os.listdir(tmp_path) == ["c.txt"]


def test_without_locks_files_are_written_all_the_same(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(engine.files, "fcntl", None)
    write_atomically(tmp_path / "c.txt", "old")
    write_atomically(tmp_path / "c.txt", "new")
    assert (tmp_path / "c.txt").read_text() == "new"
    assert os.listdir(tmp_path) == ["c.txt"]
