"""HTML for notebooks: tables, texts and lists. Every text is escaped; nothing here is a colour of its own.

Notebooks are light or dark by a switch of their own, so texts and lines take the colour of the text around
them (``currentColor``), and no background is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

__all__ = ["AsText", "Printed", "beside", "bullets", "details", "paragraph", "preformatted", "table"]

_LINE = "1px solid color-mix(in srgb, currentColor 25%, transparent)"
_CELL = "padding:.15em .6em;border:0;background:none;color:inherit;vertical-align:baseline"
_SIDES = {"l": "text-align:left", "r": "text-align:right"}
_LONG = 45
"""Letters of a line from which on it may be broken."""
_NARROW = "font-variant-numeric:tabular-nums;font-size:90%"


def table(
    rows: Sequence[Sequence[str]], sides: str, titles: Sequence[str] = (), strong: Iterable[int] = ()
) -> str:
    """A table whose first row is its head.

    Args:
        rows: texts, as many in each row.
        sides: for each column ``l`` or ``r``: the side its texts stand at.
        titles: what each column means, shown where the pointer rests on its head.
        strong: the positions of rows in bold, the head being 0.

    >>> table([["name", "size"], ["<w>", "0.25"]], "lr").count("&lt;w&gt;")
    1
    """
    bold = set(strong)
    lines = []
    for i, row in enumerate(rows):
        tag, weight = "th" if not i else "td", "600" if not i or i in bold else "400"
        cells = []
        for j, (text, side) in enumerate(zip(row, sides, strict=True)):
            title = f' title="{escape(titles[j])}"' if not i and j < len(titles) and titles[j] else ""
            breaks = "pre-wrap" if max(map(len, text.split("\n"))) > _LONG else "pre"
            style = f"{_CELL};{_SIDES[side]};white-space:{breaks};font-weight:{weight}"
            style += f";border-bottom:{_LINE}" if not i else ""
            cells.append(f'<{tag}{title} style="{style}">{escape(text)}</{tag}>')
        lines.append(f'<tr style="background:none">{"".join(cells)}</tr>')
    body = "".join(lines)
    return f'<table style="border-collapse:collapse;color:inherit;margin:.3em 0;{_NARROW}">{body}</table>'


def paragraph(text: str, *, small: bool = False, strong: bool = False) -> str:
    """A paragraph.

    >>> paragraph("a < b")
    '<p style="margin:.3em 0">a &lt; b</p>'
    """
    style = f"margin:.3em 0{';font-size:85%;opacity:.8' * small}{';font-weight:600' * strong}"
    return f'<p style="{style}">{escape(text)}</p>'


def bullets(texts: Iterable[str]) -> str:
    """A list; nothing where there are no texts.

    >>> bullets([]), bullets(["a"]).count("<li")
    ('', 1)
    """
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<ul style="margin:.3em 0;padding-left:1.4em">{items}</ul>' if items else ""


def preformatted(text: str) -> str:
    """A text in lines, as a program prints it.

    >>> preformatted("a\\n b").endswith("a\\n b</pre>")
    True
    """
    style = "margin:.3em 0;background:none;color:inherit;white-space:pre;overflow-x:auto"
    return f'<pre style="{style}">{escape(text)}</pre>'


def details(summary: str, body: str, *, is_open: bool = False) -> str:
    """A part that opens with a click.

    Args:
        summary: a text, the line that is always seen.
        body: HTML.

    >>> details("more", paragraph("text"))[:9]
    '<details>'
    """
    cursor = '<summary style="cursor:pointer">'
    return f"<details{' open' * is_open}>{cursor}{escape(summary)}</summary>{body}</details>"


def beside(*parts: str) -> str:
    """Parts side by side, or below each other where the page is narrow; empty ones are left out.

    >>> beside("", paragraph("a")).count("<p")
    1
    """
    style = "display:flex;flex-wrap:wrap;gap:.5em 2em;align-items:flex-start"
    return f'<div style="{style}">{"".join(filter(None, parts))}</div>'


class Printed:
    """Base of what IPython shows as ``print`` does."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._repr_pretty_ = cls._repr_pretty_  # type: ignore[method-assign]  # before a __repr__ of its own


class AsText(Printed):
    """Base of what a notebook shows so, too."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return preformatted(str(self))
