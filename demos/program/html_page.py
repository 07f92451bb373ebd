"""Writes ``index.html``: the demos one after the other, their pictures beside their text."""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from demos.runner.page import Page, Part, is_text
from engine.files import write_atomically

__all__ = ["Section", "html_page", "write_index"]

PANELS = 800  # pictures wider than this have panels side by side
STYLE = """\
:root { color-scheme: light dark; --text: #1b1b1b; --quiet: #555; --paper: #fff; --panel: #f4f4f2;
  --line: #ccc; --link: #0b5cad; --alarm: #b00020; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e6e6; --quiet: #aaa; --paper: #16181c; --panel: #22252b;
    --line: #444; --link: #7ab8ff; --alarm: #ff8a80; }
}
body { font: 1rem/1.55 system-ui, sans-serif; color: var(--text); background: var(--paper);
  max-width: 60rem; margin: 0 auto; padding: 0 1rem 4rem; overflow-wrap: break-word; }
a { color: var(--link); }
p, nav, ul, figcaption { max-width: 44rem; }
h2 { border-top: 1px solid var(--line); padding-top: 2rem; margin-top: 4rem; line-height: 1.25; }
h3 { margin-top: 2.5rem; }
code { font: .875em ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
p code { background: var(--panel); border-radius: .2rem; padding: .1rem .25rem; }
pre, .try { background: var(--panel); border-radius: .3rem; padding: .7rem 1rem; overflow-x: auto; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .95rem; }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 600; }
.text { text-align: left; }
figure { margin: 1.5rem 0; overflow-x: auto; }
img { display: block; max-width: 100%; height: auto; background: #fff; border-radius: .3rem; }
img[src$=".svg"] { background: none; } /* it has colours of its own for dark pages */
figcaption { color: var(--quiet); font-size: .9rem; margin-top: .3rem; }
.warning { border-left: .3rem solid var(--alarm); padding-left: .7rem; white-space: pre-line; }
nav ul { padding-left: 1.2rem; }
@media (max-width: 40rem) {
  .panels img { min-width: 40rem; }
  img[src$=".svg"] { min-width: 30rem; }
}"""


class Section(NamedTuple):
    """A run of a demo: its name, title and page, and whether it reached its goal."""

    name: str
    title: str
    page: Page
    reached: bool


def html_page(sections: Sequence[Section], folder: Path) -> str:
    """The page, for a folder that has the pictures; equal runs give equal pages, and nothing else is loaded.

    >>> page = Page(quiet=True)
    >>> page.say("1 < 2, says `less`")
    >>> text = html_page([Section("sum", "adds up", page, True)], Path("out"))
    >>> "<p>1 &lt; 2, says <code>less</code></p>" in text
    True
    """
    links = "\n".join(
        f'<li><a href="#{_id(each.name)}">{escape(each.name)}</a>: {_inline(each.title)}{_mark(each)}</li>'
        for each in sections
    )
    body = "\n".join(_section(each, folder) for each in sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>chainrule: the demos</title>
<style>
{STYLE}
</style>
</head>
<body>
<h1>chainrule: the demos</h1>
<p>What each demo prints and draws. Run one yourself: <code>python -m demos NAME</code>.</p>
<nav>
<ul>
{links}
</ul>
</nav>
<main>
{body}
</main>
</body>
</html>
"""


def write_index(sections: Sequence[Section], folder: Path) -> Path:
    """Write the page into the folder of the pictures; it appears whole or not at all."""
    return write_atomically(folder / "index.html", html_page(sections, folder))


def _section(section: Section, folder: Path) -> str:
    parts = [part for part in section.page.parts if part.kind != "heading"]
    heading = f'<h2 id="{_id(section.name)}">{_inline(section.title)}{_mark(section)}</h2>'
    command = f"<p><code>python -m demos {escape(section.name)}</code></p>"
    return "\n".join(["<section>", heading, command, *(_part(part, folder) for part in parts), "</section>"])


def _part(part: Part, folder: Path) -> str:
    match part.kind:
        case "subheading":
            return f"<h3>{_inline(part.text)}</h3>"
        case "code":
            return f"<pre><code>{escape(part.text)}</code></pre>"
        case "table":
            rows = [_row("td" if i else "th", part.rows, row) for i, row in enumerate(part.rows)]
            return '<div class="wide"><table>\n' + "\n".join(rows) + "\n</table></div>"
        case "picture":
            return _figure(part, folder)
        case "warning":
            return f'<p class="warning">{escape(part.text)}</p>'
    mark = ' class="try"' if part.text.startswith("Try: ") else ""
    return f"<p{mark}>{_inline(part.text)}</p>"


def _figure(part: Part, folder: Path) -> str:
    """A picture with its caption, linked to its file, where a wide one has its full size."""
    assert part.path is not None
    link, caption = quote(part.path.relative_to(folder).as_posix()), escape(part.text)
    width = f' width="{part.width}"' if part.width else ""
    mark = ' class="panels"' if part.width > PANELS else ""  # too wide for a phone: to be moved sideways
    shown = f'<img src="{link}" alt="{caption}"{width} loading="lazy">'
    if part.path.suffix == ".dot":  # the source of a graph, where nothing could lay it out
        shown = part.path.name
    image = f'<a href="{link}">{shown}</a>'
    return f"<figure{mark}>\n{image}\n<figcaption>{caption}</figcaption>\n</figure>"


def _row(tag: str, rows: Sequence[Sequence[str]], row: Sequence[str]) -> str:
    marks = [' class="text"' if is_text(rows, i) else "" for i in range(len(row))]
    cells = [f"<{tag}{mark}>{escape(cell)}</{tag}>" for cell, mark in zip(row, marks, strict=True)]
    return f"<tr>{''.join(cells)}</tr>"


def _inline(text: str) -> str:
    """Escaped text, with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _mark(section: Section) -> str:
    return "" if section.reached else " (missed its goal)"


def _id(name: str) -> str:
    return f"demo-{quote(name, safe='')}"
