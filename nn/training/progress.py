"""A progress bar for training, shown on terminals and in notebooks only."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from engine.display.notebook import in_notebook

__all__ = ["progress_line", "unseen"]


def unseen(note: str) -> None:
    """The progress bar of a training that shows none."""


@contextmanager
def progress_line(
    total: int, done: int = 0, show: bool | None = None, title: str = ""
) -> Iterator[Callable[[str], None]]:
    """A progress bar on stderr for as long as a ``with`` block lasts.

    In a notebook it stands below the cell, and stays. On stderr it is tqdm's, where that is installed
    (``pip install "chainrule[demos]"``), else a plain line.

    Args:
        total: the number of epochs.
        done: how many are done already.
        show: None shows it in notebooks and where stderr is a terminal; True and False in any case, or not.
        title: stands before the bar.

    Yields:
        A function to call once an epoch with a note, such as the loss, that stands after the bar.

    >>> with progress_line(2) as advance:  # doctest's output is no terminal
    ...     advance("loss 0.5")
    """
    if show is None:
        show = in_notebook() or (sys.stderr is not None and sys.stderr.isatty())
    bar: Any = _bar(total, done, title) if show else None
    try:
        yield bar.advance if show else unseen
    finally:
        if show:
            bar.close()


def _bar(total: int, done: int, title: str) -> _Notebook | _Tqdm | _Line:
    if in_notebook():
        return _Notebook(total, done, title)
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


class _Notebook:
    """A bar of HTML, which every notebook can show, without widgets; also as text, for other front ends."""

    SECONDS = 0.1
    """How often it is shown anew at most."""

    def __init__(self, total: int, done: int, title: str) -> None:
        from IPython.display import display

        self.total, self.done, self.title, self.note = total, done, title, ""
        self.start, self.first = time.monotonic(), done
        self.next = self.start + self.SECONDS
        self.handle: Any = display(self._shown(), raw=True, display_id=True)

    def advance(self, note: str) -> None:
        self.done += 1
        self.note = note
        now = time.monotonic()
        if now >= self.next:
            self.next = now + self.SECONDS
            self.handle.update(self._shown(), raw=True)

    def close(self) -> None:
        self.handle.update(self._shown(), raw=True)

    def _shown(self) -> dict[str, str]:
        title = f"{self.title}: " if self.title else ""
        counted = f"{self.done}/{self.total} epochs"
        seconds = time.monotonic() - self.start
        took = _clock(seconds)
        if self.first < self.done < self.total:
            took += f", {_clock(seconds * (self.total - self.done) / (self.done - self.first))} to go"
        bar = f'<progress value="{self.done}" max="{self.total}" style="width:14em"></progress>'
        texts = f"{counted} in {took}   {self.note}"
        span = '<span style="white-space:pre;font-variant-numeric:tabular-nums">'
        style = "display:flex;flex-wrap:wrap;gap:.2em .8em;align-items:center;font-size:90%"
        html = f'<div style="{style}">{escape(title)}{bar}{span}{escape(texts)}</span></div>'
        return {"text/plain": f"{title}{texts}", "text/html": html}


def _clock(seconds: float) -> str:
    """Format a time for reading.

    >>> _clock(0.0123), _clock(2.34), _clock(75), _clock(3700)
    ('12 ms', '2.3 s', '1 min 15 s', '1 h 1 min')
    """
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


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
