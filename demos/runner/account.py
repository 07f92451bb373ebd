"""What a demo tells: printed as it goes, and kept, so that it can be shown again beside the pictures."""

import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Account", "Part", "Picture"]

WIDTH = 88


@dataclass(frozen=True)
class Picture:
    """A file that a demo wrote, and what there is to see in it."""

    path: Path
    caption: str


@dataclass(frozen=True)
class Part:
    """A piece of what was told, as it was given: for those who lay it out anew.

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
        lines: all that was told so far, printed or not.
        parts: the same in pieces, without the pictures.
        pictures: the files written so far.
        doing: what is going on at the moment, for the summary after Ctrl-C.

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
        """Tell a paragraph, wrapped to the width of a page; nothing makes an empty line."""
        self._keep("text", text)
        self._tell(textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False))

    def heading(self, text: str) -> None:
        """Tell what comes next, underlined."""
        self._keep("heading", text)
        self._tell(f"{text}\n{'-' * len(text)}")

    def table(self, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Tell numbers in aligned columns, after a first column of names or numbers: floats to four places.

        Args:
            header: a name per column.
            rows: an item per column each.
        """
        cells = [list(header), *([_cell(item) for item in row] for row in rows)]
        self.parts.append(Part("table", rows=tuple(map(tuple, cells))))
        first, *widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for name, *row in cells:
            numbers = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
            self._tell("  ".join([name.ljust(first), *numbers]))

    def quote(self, text: str) -> None:
        """Tell what something else has written, line by line as it is.

        >>> Account().quote("a = 1\\n  b = 2")
        a = 1
          b = 2
        """
        self._keep("quote", text)
        self._tell(text)

    def picture(self, path: Path, caption: str) -> None:
        """Tell of a file that was written.

        >>> Account().picture(Path("loss.png"), "the loss in each epoch")
        loss.png  the loss in each epoch
        """
        self.pictures.append(Picture(path, caption))
        self._tell(f"{path}  {caption}")

    def fail(self, text: str) -> None:
        """Tell what went wrong: on stderr, in quiet too."""
        self._keep("warning", text)
        self.lines.append(text)
        _print(text, error=True)

    def warn(self, text: str) -> None:
        """Tell what a person should know in quiet too, where it goes to stderr."""
        self._keep("warning", text)
        self.lines.append(text)
        _print(text, error=self.quiet)

    def interrupted(self, name: str) -> None:
        """Tell how far a run had come when Ctrl-C ended it."""
        written = ", ".join(str(picture.path) for picture in self.pictures) or "nothing"
        self.warn(f"\n{name} was interrupted while {self.doing}. Written so far: {written}.")

    def _keep(self, kind: str, text: str) -> None:
        if text:
            self.parts.append(Part(kind, text))

    def _tell(self, text: str) -> None:
        self.lines.extend(text.split("\n"))
        if not self.quiet:
            _print(text)


def _cell(item: object) -> str:
    return f"{item:.4f}" if isinstance(item, float) else str(item)


def _print(text: str, *, error: bool = False) -> None:
    if error:
        sys.stdout.flush()  # what came before stands before it, also where both go to one file
    print(text, file=sys.stderr if error else sys.stdout, flush=True)
