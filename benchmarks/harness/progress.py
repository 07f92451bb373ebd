"""Where a run stands, in one line of a terminal that is written over; in a pipe or a file, nothing."""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

__all__ = ["Progress"]


class Progress:
    """A line on standard error, if that is a terminal.

    Args:
        stream: where to write; standard error by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()

    def say(self, text: str) -> None:
        """Show a new line in place of the old one."""
        if self._shown:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r\x1b[K{text[:width]}")
            self._stream.flush()

    def clear(self) -> None:
        """Take the line away, before something else is printed."""
        self.say("")
