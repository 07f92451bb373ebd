"""Where in the user's own code something happens: the innermost line outside of this project and of NumPy."""

from __future__ import annotations

import linecache
import sys
from dataclasses import dataclass
from types import CodeType

__all__ = ["Place", "Spot", "place_of", "users_spot"]

Spot = tuple[CodeType, int]
"""A place as it is quickly noted: a piece of code and how far it has come."""

_LIBRARIES = frozenset({"engine", "nn", "viz", "numpy"})


@dataclass(frozen=True)
class Place:
    """A line of a program.

    Attributes:
        file: its file, as Python names it.
        line: the number of the line.
        function: the function it is in, ``"<module>"`` outside of all.
        source: the text of the line, where it can still be read, without its indentation.
        marked: the columns of ``source`` at which the operation stands, from and to; None where unknown.
    """

    file: str
    line: int
    function: str
    source: str = ""
    marked: tuple[int, int] | None = None

    def __str__(self) -> str:
        lines = [f'File "{self.file}", line {self.line}, in {self.function}']
        if self.source:
            lines.append(f"  {self.source}")
        if self.marked and self.marked != (0, len(self.source)):
            start, end = self.marked
            lines.append("  " + " " * start + "^" * (end - start))
        return "\n".join(lines)


def users_spot() -> Spot | None:
    """Where the program that uses the engine stands; None where all frames are the libraries' own."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        of_library = str(frame.f_globals.get("__name__", "")).partition(".")[0] in _LIBRARIES
        # what was typed in or is an example of the documentation has a made-up name: <stdin>, <doctest ...>
        if not of_library or code.co_filename.startswith(("<stdin", "<doctest", "<ipython", "<string")):
            return code, frame.f_lasti
        frame = frame.f_back  # type: ignore[assignment]
    return None


def place_of(spot: Spot | None) -> Place | None:
    """The place of a spot, with the text of its line."""
    if spot is None:
        return None
    code, offset = spot
    line, last, start, end = next(
        (position for i, position in enumerate(code.co_positions()) if i == offset // 2), (None,) * 4
    )
    if line is None:
        return Place(code.co_filename, code.co_firstlineno, code.co_name)
    text = linecache.getline(code.co_filename, line).rstrip("\n")
    source = text.strip()
    marked = None
    if source and last == line and start is not None and end is not None:
        indent = len(text) - len(text.lstrip())
        columns = [len(text.encode()[:column].decode(errors="replace")) - indent for column in (start, end)]
        marked = (columns[0], columns[1])
    return Place(code.co_filename, line, code.co_name, source, marked)
