"""What a text was made into: a root, the line each node came from, and names for its parts."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from engine import ChainruleError, Value
from engine.autograd.observers import Observer, Observing

__all__ = ["Lines", "Made", "ProgramError", "Watching"]


class ProgramError(ChainruleError):
    """A formula or program that gives no graph.

    Args:
        message: what happened.
        line: in which line of the text, counted from 1; None where it is in none.
        hint: what to try.
    """

    def __init__(self, message: str, line: int | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.line, self.hint = line, hint


class Watching(Observing):
    """A block within which an observer of one's own is called with what happens in this thread."""

    def __init__(self, observer: Observer) -> None:
        self.setting = self.given = observer


class Lines(Observer):
    """Notes the line of the user's text in which each node is made.

    Args:
        file: the name under which a program runs; None for formulas, whose reader sets ``current``.
    """

    def __init__(self, file: str | None = None) -> None:
        self.file = file
        self.current = 0
        # By identity: a node that is being made, or that stands for a number in a function being lifted,
        # cannot be hashed. It is kept beside its line, so that no other takes its identity.
        self._lines: dict[int, tuple[int, Value]] = {}

    def made(self, row: Any, operands: Sequence[Any], result: Any) -> None:
        line = self.current if self.file is None else self._program_line()
        self._lines[id(result)] = line, result

    def _program_line(self) -> int:
        """The line at which the innermost frame of the program stands; 0 where none is on the stack."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        return 0 if frame is None else frame.f_lineno

    def of(self, node: Value) -> int:
        """The line of a node; 0 where it has none."""
        return self._lines.get(id(node), (0, node))[0]

    def started(self, root: Any, gradient: float) -> None: ...

    def hooked(self, node: Any, before: float, after: float) -> None: ...

    def sent(self, node: Any, position: int, gradient: float, part: float, total: float) -> None: ...

    def finished(self, leaves: Any) -> None: ...


@dataclass
class Made:
    """A graph that was made of a text.

    Args:
        root: the result.
        lines: where each node was made.
        groups: names of parameters, where a program has a model; None to read the labels.
        printed: what the program printed.
    """

    root: Value
    lines: Lines
    groups: Mapping[str, Value] | None = None
    printed: str = ""
