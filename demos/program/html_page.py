"""Writes ``index.html``: the text and pictures of every demo on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from demos.runner.account import Account, Part, Picture
from engine.files import write_atomically

__all__ = ["Section", "page", "write_index"]

STYLE = """\
body { font: 1rem/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 60rem;
  margin: 0 auto; padding: 0 1rem 3rem; overflow-wrap: break-word; }
h2 { border-top: 2px solid #999; padding-top: 1rem; margin-top: 3rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #ccc; }
th:first-child, td:first-child, .text { text-align: left; }
p { white-space: pre-line; }
figure { margin: 1.5rem 0; }
img { display: block; max-width: 100%; height: auto; max-height: 90vh; background: #fff; }
figcaption { color: #333; font-size: .9rem; }
.warning { border-left: .3rem solid #b00; padding-left: .7rem; }
nav li { margin: .2rem 0; }
@media (prefers-color-scheme: dark) { img { padding: .3rem; } }"""


@dataclass(frozen=True)
class Section:
    """A run of a demo: name, title, account, and whether it reached its goal."""

    name: str
    title: str
    account: Account
    reached: bool


def page(sections: Sequence[Section], folder: Path) -> str:
    """Render the page; equal runs give equal pages, and it loads only the pictures beside it.

    Args:
        sections: a demo each.
        folder: where the page will be; pictures in it are linked from there.

    >>> account = Account(quiet=True)
    >>> account.say("1 < 2")
    >>> "<p>1 &lt; 2</p>" in page([Section("sum", "adds up", account, True)], Path("out"))
    True
    """
    links = "\n".join(
        f'<li><a href="#{_id(each.name)}">{escape(each.name)}</a>: {escape(each.title)}{_mark(each)}</li>'
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
<p>What each demo asked, what came out and what it shows, with its pictures.</p>
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
    """Write the page into the folder of the pictures; it appears whole or not at all.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_index([], Path(folder)).name
    'index.html'
    """
    return write_atomically(folder / "index.html", page(sections, folder))


def _section(section: Section, folder: Path) -> str:
    text = "\n".join(_part(part) for part in section.account.parts if part.kind != "heading")
    pictures = "\n".join(_figure(picture, folder) for picture in section.account.pictures)
    heading = f'<h2 id="{_id(section.name)}">{escape(section.name)}{_mark(section)}</h2>'
    title = f"<p><strong>{escape(section.title)}</strong></p>"
    command = f"<p><code>python -m demos {escape(section.name)}</code></p>"
    return f"<section>\n{heading}\n{title}\n{text}\n{pictures}\n{command}\n</section>"


def _figure(picture: Picture, folder: Path) -> str:
    """A picture with its caption, linked to its file, where a wide one has its full size."""
    link, caption = escape(_link(picture.path, folder)), escape(picture.caption)
    image = f'<a href="{link}"><img src="{link}" alt="{caption}" loading="lazy"></a>'
    return f"<figure>\n{image}\n<figcaption>{caption}</figcaption>\n</figure>"


def _part(part: Part) -> str:
    if part.kind == "table":
        header, *rows = part.rows
        texts = [name.endswith(" ") for name in header]  # padded to be read from the left
        lines = [_row("th", header, texts), *(_row("td", row, texts) for row in rows)]
        return '<div class="wide"><table>\n' + "\n".join(lines) + "\n</table></div>"
    if part.kind == "quote":
        return f'<div class="wide"><pre>{escape(part.text)}</pre></div>'
    mark = ' class="warning"' if part.kind == "warning" else ""
    return f"<p{mark}>{escape(part.text)}</p>"


def _row(tag: str, cells: Sequence[str], texts: Sequence[bool]) -> str:
    marks = [' class="text"' if text else "" for text in texts]
    made = [f"<{tag}{mark}>{escape(cell.strip())}</{tag}>" for cell, mark in zip(cells, marks, strict=True)]
    return f"<tr>{''.join(made)}</tr>"


def _mark(section: Section) -> str:
    return "" if section.reached else " (missed its goal)"


def _id(name: str) -> str:
    return f"demo-{quote(name, safe='')}"


def _link(path: Path, folder: Path) -> str:
    """The address of a picture, relative to the page."""
    return quote(path.relative_to(folder).as_posix())
