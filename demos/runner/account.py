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
    x    tanh
    0  0.0000
    1  0.7616
    """

    quiet: bool = False
    lines: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    doing: str = "starting"

    def say(self, text: str = "") -> None:
        """Print a paragraph, wrapped to the width of a page; by default an empty line."""
        self._keep("text", text)
        self._write(textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False))

    def heading(self, text: str) -> None:
        """Print an underlined heading."""
        self._keep("heading", text)
        self._write(f"{text}\n{'-' * len(text)}")

    def table(self, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print aligned columns, the first of names or numbers; floats to four places.

        Args:
            header: a name per column.
            rows: an item per column each.
        """
        cells = [list(header), *([_cell(item) for item in row] for row in rows)]
        self.parts.append(Part("table", rows=tuple(map(tuple, cells))))
        first, *widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for name, *row in cells:
            numbers = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
            self._write("  ".join([name.ljust(first), *numbers]))

    def quote(self, text: str) -> None:
        """Print text line by line as it is.

        >>> Account().quote("a = 1\\n  b = 2")
        a = 1
          b = 2
        """
        self._keep("quote", text)
        self._write(text)

    def picture(self, path: Path, caption: str) -> None:
        """Print the path and caption of a file that was written.

        >>> Account().picture(Path("loss.png"), "the loss in each epoch")
        loss.png  the loss in each epoch
        """
        self.pictures.append(Picture(path, caption))
        self._write(f"{path}  {caption}")

    def fail(self, text: str) -> None:
        """Print an error on stderr, also when quiet."""
        self._keep("warning", text)
        self.lines.append(text)
        _print(text, error=True)

    def warn(self, text: str) -> None:
        """Print a warning; when quiet, on stderr."""
        self._keep("warning", text)
        self.lines.append(text)
        _print(text, error=self.quiet)

    def interrupted(self, name: str) -> None:
        """Print how far a run had come when Ctrl-C ended it."""
        written = ", ".join(str(picture.path) for picture in self.pictures) or "nothing"
        self.warn(f"\n{name} was interrupted while {self.doing}. Written so far: {written}.")

    def _keep(self, kind: str, text: str) -> None:
        if text:
            self.parts.append(Part(kind, text))

    def _write(self, text: str) -> None:
        self.lines.extend(text.split("\n"))
        if not self.quiet:
            _print(text)


def _cell(item: object) -> str:
    return f"{item:.4f}" if isinstance(item, float) else str(item)


def _print(text: str, *, error: bool = False) -> None:
    if error:
        sys.stdout.flush()  # what came before stands before it, also where both go to one file
    print(text, file=sys.stderr if error else sys.stdout, flush=True)
