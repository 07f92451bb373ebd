"""The graph made of a text: its root, the line each node came from, names of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import ChainruleError, Value
from playground.backward.lines import Lines

__all__ = ["Made", "ProgramError"]


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
