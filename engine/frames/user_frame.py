"""The user frame: the innermost line of the caller's code, outside of this project and libraries.

A library is what Python or pip installed, unless it uses this engine: then it is somebody's own program.
"""

from __future__ import annotations

import linecache
import os
import site
import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

__all__ = [
    "Position",
    "UserLine",
    "Spot",
    "is_library",
    "is_of_library",
    "is_of_project",
    "levels_to_user",
    "line_of",
    "innermost_user_frame",
    "position_at",
    "user_spot",
    "without_project_frames",
]

Spot = tuple[CodeType, int]
"""A line as it is cheaply noted: a code object and the offset in it."""

Position = tuple[int | None, int | None, int | None, int | None]
"""First line, last line, first column, last column, as Python's instructions and its syntax have them."""

_PROJECT = frozenset({"engine", "nn", "viz"})

_TYPED_IN = ("<stdin", "<doctest", "<ipython", "<string")
"""What was typed in or is an example of the documentation has a made-up name."""

_installed: dict[str, bool] = {}
_aware: dict[str, bool] = {}


@dataclass(frozen=True)
class UserLine:
    """A line of the user's code.

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


def user_spot() -> Spot | None:
    """The spot of the user frame, cheap to keep; None where all frames belong to libraries."""
    frame = innermost_user_frame(sys._getframe(1))
    return None if frame is None else (frame.f_code, frame.f_lasti)


def innermost_user_frame(frame: FrameType | None) -> FrameType | None:
    """The innermost frame of the user's program, from a frame on outward."""
    while frame is not None and (is_of_project(frame) or is_of_library(frame)):
        frame = frame.f_back
    return frame


def levels_to_user() -> int:
    """The ``stacklevel`` by which a warning of the caller names the line of the user; the caller's own is 1.

    >>> levels_to_user()
    1
    """
    frame, user, levels = sys._getframe(1), innermost_user_frame(sys._getframe(1)), 1
    while user is not None and frame is not user and frame.f_back is not None:
        frame, levels = frame.f_back, levels + 1
    return levels


def is_of_project(frame: FrameType) -> bool:
    """Whether a frame runs code of this project's packages.

    >>> is_of_project(sys._getframe())  # an example is typed in
    False
    """
    name = str(frame.f_globals.get("__name__", ""))
    return name.partition(".")[0] in _PROJECT and not frame.f_code.co_filename.startswith(_TYPED_IN)


def without_project_frames(traceback: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of this project and of libraries; None if no other is left.

    >>> without_project_frames(None) is None
    True
    """
    entries = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    kept = None
    for each in reversed(entries):
        if not (is_of_project(each.tb_frame) or is_of_library(each.tb_frame)):
            kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept


def is_of_library(frame: FrameType) -> bool:
    """Whether a frame runs code of a library that does not use this engine.

    >>> is_of_library(sys._getframe())
    False
    """
    return _is_installed(frame.f_code.co_filename) and not _is_aware(frame.f_globals)


def is_library(module: str) -> bool:
    """Whether an imported module belongs to a library that does not use this engine.

    The program itself is none, though ``__main__`` may name the module that started it, as pytest or pdb do.

    >>> is_library("pytest"), is_library("engine"), is_library("nowhere"), is_library("__main__")
    (True, False, False, False)
    """
    found = sys.modules.get(module) if module != "__main__" else None
    file = getattr(found, "__file__", None)
    return found is not None and isinstance(file, str) and _is_installed(file) and not _is_aware(vars(found))


@cache
def _library_folders() -> tuple[str, ...]:
    """The folders in which Python and pip put what they install."""
    import sysconfig  # with its data a tenth of what importing engine takes

    named = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    paths = (*named, *site.getsitepackages(), site.getusersitepackages())
    return tuple({os.path.join(os.path.realpath(path), "") for path in paths if path})  # None in a browser


def _is_installed(file: str) -> bool:
    if file not in _installed:
        _installed[file] = file.startswith("<frozen") or os.path.realpath(file).startswith(_library_folders())
    return _installed[file]


def _is_aware(namespace: dict[str, Any]) -> bool:
    """Whether a module has imported something of this project."""
    name = str(namespace.get("__name__", ""))
    if name not in _aware:
        _aware[name] = any(_source_of(item) in _PROJECT for item in tuple(namespace.values()))
    return _aware[name]


def _source_of(item: Any) -> str:
    """The package that a name in a module comes from, found without running any code of it."""
    if isinstance(item, ModuleType):
        return str(item.__name__).partition(".")[0]
    return str(item.__module__).partition(".")[0] if isinstance(item, (type, FunctionType)) else ""


@lru_cache(maxsize=4096)
def position_at(code: CodeType, offset: int) -> Position:
    """Where the instruction at a byte offset stands, as far as it is known."""
    return next((each for i, each in enumerate(code.co_positions()) if i == offset // 2), (None,) * 4)


def line_of(spot: Spot | None) -> UserLine | None:
    """The line of a spot, with its text."""
    if spot is None:
        return None
    code, offset = spot
    line, last, start, end = position_at(code, offset)
    if line is None:
        return UserLine(code.co_filename, code.co_firstlineno, code.co_name)
    text = linecache.getline(code.co_filename, line).rstrip("\n")
    source = text.strip()
    marked = None
    if source and last == line and start is not None and end is not None:
        indent = len(text) - len(text.lstrip())
        columns = [len(text.encode()[:column].decode(errors="replace")) - indent for column in (start, end)]
        marked = (columns[0], columns[1])
    return UserLine(code.co_filename, line, code.co_name, source, marked)
