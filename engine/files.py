"""Atomic writes: a file appears whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

try:
    import fcntl
except ImportError:  # Windows: what a kill leaves behind stays there
    fcntl = None  # type: ignore[assignment]

__all__ = ["write_atomically"]


def write_atomically(
    path: str | os.PathLike[str], content: bytes | str | Iterable[str], *, folders: bool = True
) -> Path:
    """Write a file in one step: whoever reads it sees the old content or the new, never a part.

    The content goes into a file beside its place, is brought to the disk (``fsync``, of the folder too) and
    moved. What a process that was killed meanwhile left there is removed by the next to write the same file.
    A file that was there keeps its permissions and, where the system lets it, its owner. A link is followed;
    a device or a pipe is written to as it is.

    Args:
        path: where to.
        content: bytes; or text to be encoded in UTF-8, whole or in pieces that are written one by one.
        folders: whether folders that are missing are made.

    Returns:
        The path.

    Raises:
        OSError: the file cannot be written; or may not, as it is read-only or a folder. The error names it,
            and what was there before is unchanged.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder, "new", "a.txt"), "text").read_text()
    'text'
    """
    given = Path(path)
    pieces = [content] if isinstance(content, (str, bytes)) else content
    encoded = (piece.encode("utf-8") if isinstance(piece, str) else piece for piece in pieces)
    try:
        before = _status(given)
        if before is not None and not stat.S_ISREG(before.st_mode):
            with open(given, "wb") as device:
                device.writelines(encoded)
        else:
            _replace(Path(os.path.realpath(given)), encoded, before, folders)
    except OSError as error:  # so that it names the file that was asked for
        error.strerror = f"cannot write: {_reason(error, given)}"
        error.filename = os.fspath(given)
        del error.filename2  # set to None it would be printed
        raise
    return given


def _reason(error: OSError, path: Path) -> str:
    """What an error says, or, where that is of no use, what it means."""
    if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
        return f"there is no folder {os.fspath(path.parent)!r}"
    return error.strerror or type(error).__name__


def _status(path: Path) -> os.stat_result | None:
    """The status of a path; None if nothing is there.

    Raises:
        OSError: it may not be written over.
    """
    try:
        before = os.stat(path)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(before.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder; give the name of a file in it")
    if not before.st_mode & 0o222 or not os.access(path, os.W_OK):  # the first holds for root, too
        raise PermissionError(errno.EACCES, "it is read-only; make it writable, or give another name")
    return before


def _replace(target: Path, content: Iterable[bytes], before: os.stat_result | None, folders: bool) -> None:
    if folders:
        target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    with _part_of(target, private=before is not None) as (file, part):
        file.writelines(content)
        file.flush()
        if before is not None:
            with suppress(OSError, AttributeError):  # only root may; Windows has no owners
                os.chown(part, before.st_uid, before.st_gid)
            os.chmod(part, before.st_mode & 0o777)
        os.fsync(file.fileno())
        if fcntl is None:
            file.close()  # Windows moves no open file
        os.replace(part, target)
    with suppress(OSError):  # some systems do not open folders
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _stem(target: Path) -> str:
    """The prefix of the temporary files of a target; hashed, as its name may be as long as names can be."""
    return f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}."


@contextmanager
def _part_of(target: Path, private: bool) -> Iterator[tuple[BinaryIO, Path]]:
    """A temporary file beside a target, locked while it is written; then it is moved or removed."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600 if private else 0o666)

    while True:
        part = target.with_name(f"{_stem(target)}{secrets.token_hex(8)}.part")
        with open(part, "xb", opener=opener) as file:
            if not _lock(file, wait=True) or _is_at(part, file):
                try:
                    yield file, part
                finally:
                    with suppress(OSError):
                        part.unlink()
                return
        # else another process swept it away before it was locked


def _sweep(target: Path) -> None:
    """Remove temporary files that no process writes any more: those that are not locked."""
    if fcntl is None:
        return
    with suppress(OSError), os.scandir(target.parent) as entries:
        stem = _stem(target)
        for entry in entries:
            if entry.name.startswith(stem) and entry.name.endswith(".part"):
                _remove_if_left(entry)


def _remove_if_left(entry: os.DirEntry[str]) -> None:
    with suppress(OSError):
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
            with open(entry.path, "r+b") as file:
                if _lock(file, wait=False):
                    os.unlink(entry.path)


def _lock(file: Any, *, wait: bool) -> bool:
    """Lock a file until it is closed; returns whether that worked."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except (OSError, AttributeError):  # held by another, or a system without such locks
        return False
    return True


def _is_at(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
