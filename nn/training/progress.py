"""A progress bar for training, shown on terminals only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["progress_line", "unseen"]


def unseen(note: str) -> None:
    """Stands for the progress of a training that nobody looks at."""


@contextmanager
def progress_line(
    total: int, done: int = 0, show: bool | None = None, title: str = ""
) -> Iterator[Callable[[str], None]]:
    """A progress bar on stderr for as long as a ``with`` block lasts.

    It is tqdm's, where that is installed (``pip install "chainrule[demos]"``), else a plain line.

    Args:
        total: the number of epochs.
        done: how many are done already.
        show: None shows it where stderr is a terminal; True and False in any case, or not.
        title: stands before the bar.

    Yields:
        A function to call once an epoch with a note, such as the loss, that stands after the bar.

    >>> with progress_line(2) as advance:  # doctest's output is no terminal
    ...     advance("loss 0.5")
    """
    if show is None:
        show = sys.stderr is not None and sys.stderr.isatty()
    bar: Any = _bar(total, done, title) if show else None
    try:
        yield bar.advance if show else unseen
    finally:
        if show:
            bar.close()


def _bar(total: int, done: int, title: str) -> _Tqdm | _Line:
    try:
        from tqdm import tqdm  # type: ignore[import-untyped]
    except ImportError:  # a bar is a comfort, not a result
        return _Line(total, done, title)
    columns, rows = _terminal_size()
    options = {"desc": title or None, "file": sys.stderr, "unit": "epoch", "leave": False}
    return _Tqdm(tqdm(total=total, initial=done, ncols=columns, nrows=rows, **options))


def _terminal_size() -> tuple[int | None, int | None]:
    """Columns and rows of the terminal behind stderr; of one that says 0, as under ``script``, the usual.

    None for both where there is no terminal, as tqdm then knows what to do.
    """
    try:
        size = os.get_terminal_size(sys.stderr.fileno())
    except OSError:
        return None, None
    return size.columns or 80, size.lines or 24


class _Tqdm:
    def __init__(self, bar: Any) -> None:
        self.bar = bar

    def advance(self, note: str) -> None:
        self.bar.set_postfix_str(note, refresh=False)
        self.bar.update()

    def close(self) -> None:
        self.bar.close()


class _Line:
    """A line that is overwritten, and cleared at the end."""

    def __init__(self, total: int, done: int, title: str) -> None:
        self.total, self.done, self.width = total, done, 0
        self.title = f"{title}: " if title else ""

    def advance(self, note: str) -> None:
        self.done += 1
        self._write(f"{self.title}epoch {self.done}/{self.total}  {note}")

    def close(self) -> None:
        self._write("")
        sys.stderr.write("\r")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text:<{self.width}}")
        sys.stderr.flush()
        self.width = len(text)
