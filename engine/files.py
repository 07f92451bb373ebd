"""Files that are either whole or not there: written beside their place, then moved into it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: str | os.PathLike[str], content: bytes | str | Iterable[str]) -> Path:
    """Write a file in one step: whoever reads it sees the old content or the new, never a part.

    Args:
        path: where to; folders that are missing are made. A link is followed.
        content: bytes; or text to be encoded in UTF-8, whole or in pieces that are written one by one.

    Returns:
        The path.

    Raises:
        OSError: the file cannot be written; what was there before is unchanged.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder, "new", "a.txt"), "text").read_text()
    'text'
    """
    given = Path(path)
    target = Path(os.path.realpath(given))
    if target.is_dir():
        raise IsADirectoryError(f"{given} is a folder; give the name of a file in it")
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "xb") as file:
            for piece in [content] if isinstance(content, (str, bytes)) else content:
                file.write(piece.encode("utf-8") if isinstance(piece, str) else piece)
        os.replace(part, target)
    except OSError as error:  # of the same kind, but naming the file that was asked for
        raise OSError(error.errno, f"cannot write: {error.strerror}", os.fspath(given)) from error
    finally:
        _remove(part)
    return given


def _remove(part: Path) -> None:
    with suppress(OSError):  # it has been moved, or was never made
        part.unlink()
