"""Texts that a notebook shows as ``print`` does: programs, and the stages they went through."""

from __future__ import annotations

from typing import Any

from engine.display.html import AsText, Printed, details, preformatted

__all__ = ["Stages", "Text"]

_FEW, _LONG = 8, 90


class Text(AsText, str):
    """A text of several lines, a plain ``str`` but for how IPython and notebooks show it.

    >>> source = Text("a = 1\\nb = 2")
    >>> source == "a = 1\\nb = 2", type(source.upper())
    (True, <class 'str'>)
    """

    __slots__ = ()


class Stages(Printed, dict[str, str]):
    """Texts by name, in order, which print one below the other; in a notebook each opens with a click.

    >>> print(Stages({"trace": "3 nodes", "source": "v = x * y"}))
    -- trace
    3 nodes
    -- source
    v = x * y
    """

    def __init__(self, texts: Any = ()) -> None:
        super().__init__({name: Text(text) for name, text in dict(texts).items()})

    def __str__(self) -> str:
        return "\n".join(f"-- {name}\n{text.rstrip()}" for name, text in self.items())

    def _repr_html_(self) -> str:
        return "".join(
            details(_summary(name, text), preformatted(text)) for name, text in self.items() if text
        )


def _summary(name: str, text: str) -> str:
    """The name, with the first line of the text or how many lines it has."""
    lines = text.rstrip().splitlines()
    if len(lines) > _FEW:
        return f"{name}: {len(lines)} lines"
    return f"{name}: {lines[0] if len(lines[0]) <= _LONG else lines[0][: _LONG - 1] + '…'}"
