"""The parts of a program with loops, as text."""

from __future__ import annotations

from typing import Any

from engine.jit.repeats.cells import Whole

__all__ = ["Parts"]


class Parts:
    """The canonical forms and layouts of all parts.

    Attributes:
        layout: the latter as text; ``str`` shows the former.
    """

    def __init__(self, whole: Whole) -> None:
        self._whole = whole

    def _text(self, which: int) -> str:
        found: list[Any] = []
        for part, straight in enumerate(self._whole.straight):
            if len(straight[1].groups):
                found.append(str(straight[which]))
            if part < len(self._whole.loops):
                loop = self._whole.loops[part]
                text = str((loop.canonical, loop.layout)[which]).replace("\n", "\n  ")
                found.append(f"{loop.frame.steps} times\n  {text}")
        return "\n".join(found)

    def __str__(self) -> str:
        return self._text(0)

    @property
    def layout(self) -> str:
        return self._text(1)
