"""The text of a demo: printed as it runs, and kept for the page of all demos."""

import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Account", "Part", "Picture"]

WIDTH = 88


@dataclass(frozen=True)
class Picture:
    """A file that a demo wrote, with its caption."""

    path: Path
    caption: str


@dataclass(frozen=True)
class Part:
    """A piece of the text, unformatted, for the page to lay out.

    Attributes:
        kind: ``"text"``, ``"heading"``, ``"table"``, ``"quote"`` or ``"warning"``.
        text: of all but a table.
        rows: of a table, the header first.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass
class Account:
    """The account of one run.

    An empty line parts its blocks; lines, and pictures, stand together.

    Attributes:
        quiet: whether to print errors only.
        lines: the text so far, printed or not.
        parts: the same in pieces, without the pictures.
        pictures: the files written so far.
        doing: the current step, for the summary after Ctrl-C.

    >>> account = Account()
    >>> account.say("One neuron draws one line.")
    One neuron draws one line.
    >>> account.table(["x", "tanh"], [[0, 0.0], [1, 0.76159]])
    <BLANKLINE>
    x    tanh
    0  0.0000
    1  0.7616
    """

    quiet: bool = False
    lines: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    doing: str = "starting"
    _last: str = field(default="", init=False)

    def say(self, text: str) -> None:
        """Print a paragraph, wrapped to the width of a page."""
        self.parts.append(Part("text", text))
        self._write("text", _wrapped(text))

    def line(self, text: str) -> None:
        """Print a paragraph that stands together with the one before, such as one of several findings."""
        self.parts.append(Part("text", text))
        self._write("line", _wrapped(text))

    def heading(self, text: str) -> None:
        """Print an underlined heading."""
        self.parts.append(Part("heading", text))
        self._write("heading", f"{text}\n{'-' * len(text)}")

    def table(self, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print aligned columns, the first of names or numbers; floats to four places.

        Args:
            header: a name per column.
            rows: an item per column each.
        """
        cells = [list(header), *([_cell(item) for item in row] for row in rows)]
        self.parts.append(Part("table", rows=tuple(map(tuple, cells))))
        first, *widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        aligned = ("  ".join([name.ljust(first), *map(str.rjust, row, widths)]) for name, *row in cells)
        self._write("table", "\n".join(aligned))

    def quote(self, text: str) -> None:
        """Print text line by line as it is.

        >>> Account().quote("a = 1\\n  b = 2")
        a = 1
          b = 2
        """
        self.parts.append(Part("quote", text))
        self._write("quote", text)

    def picture(self, path: Path, caption: str) -> None:
        """Print the path and caption of a file that was written.

        >>> Account().picture(Path("loss.png"), "the loss in each epoch")
        loss.png  the loss in each epoch
        """
        self.pictures.append(Picture(path, caption))
        self._write("picture", f"{path}  {caption}")

    def fail(self, text: str) -> None:
        """Print an error on stderr, also when quiet."""
        self.parts.append(Part("warning", text))
        self._write("line", text, error=True)

    def warn(self, text: str) -> None:
        """Print a warning; when quiet, on stderr."""
        self.parts.append(Part("warning", text))
        self._write("line", text, error=self.quiet)

    def interrupted(self, name: str) -> None:
        """Print how far a run had come when Ctrl-C ended it."""
        written = ", ".join(str(picture.path) for picture in self.pictures) or "nothing"
        start = "\n" if self.quiet else ""  # after the ^C of a terminal
        self.warn(f"{start}{name} was interrupted while {self.doing}. Written so far: {written}.")

    def _write(self, kind: str, text: str, *, error: bool = False) -> None:
        together = kind == self._last and kind in {"line", "picture"}
        if self._last not in {"", "heading"} and not together:
            self._show("")
        self._last = kind
        self._show(text, error=error)

    def _show(self, text: str, *, error: bool = False) -> None:
        self.lines.extend(text.split("\n"))
        if error:
            sys.stdout.flush()  # what came before stands before it, also where both go to one file
        if error or not self.quiet:
            print(text, file=sys.stderr if error else sys.stdout, flush=True)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _cell(item: object) -> str:
    return f"{item:.4f}" if isinstance(item, float) else str(item)
