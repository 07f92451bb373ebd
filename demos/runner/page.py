"""The page of a demo: text, tables and pictures in the order in which one reads, printed as it grows."""

import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from inspect import cleandoc
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from engine import GradientError, Value, gradcheck, no_grad
from viz import render, save_animation, save_figure

__all__ = ["INSTALL", "OUT", "Page", "Part", "is_text", "largest_difference", "share_legend"]

OUT = Path("out")
INSTALL = 'pip install "chainrule[demos]"'
WIDTH = 88
EXACT = 1e-12  # how far two ways of computing the same numbers may be apart: by rounding, and no more


class Part(NamedTuple):
    """A piece of a page: a heading, subheading, text, code, table, picture or warning.

    Attributes:
        kind: which of these.
        text: of all but a table; the caption of a picture.
        rows: of a table, the header first.
        path: of a picture.
        width: of a picture on a screen, in pixels; 0 for its own.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    path: Path | None = None
    width: int = 0


@dataclass
class Page:
    """The choices of one run, and what it has printed and drawn so far.

    Attributes:
        seed: where the random numbers start; the same seed gives the same run.
        epochs: the most passes over the data that training may take.
        quiet: print nothing but errors.
        out: the folder that pictures are written to.
        parts: what was printed and drawn, in order.

    >>> page = Page()
    >>> page.say('''
    ...     ## One neuron
    ...
    ...     It draws one line:
    ...
    ...         w1*x1 + w2*x2 + b = 0
    ... ''')
    One neuron
    ----------
    It draws one line:
    <BLANKLINE>
        w1*x1 + w2*x2 + b = 0
    >>> page.table(["x", "tanh"], [[0, 0.0], [1, 0.76159]])
    <BLANKLINE>
    x    tanh
    0  0.0000
    1  0.7616
    """

    seed: int = 0
    epochs: int = 1000
    quiet: bool = False
    out: Path = OUT
    parts: list[Part] = field(default_factory=list)
    _plots: bool | None = field(default=None, init=False, repr=False)

    @property
    def progress(self) -> bool | None:
        """The ``progress`` of ``nn.fit``: a bar on terminals, none when quiet."""
        return False if self.quiet else None

    @property
    def pictures(self) -> list[Path]:
        """The files written so far."""
        return [part.path for part in self.parts if part.path]

    def say(self, text: str) -> None:
        """Print blocks that empty lines part: headings after # or ##, indented code, and paragraphs."""
        for block in re.split(r"\n\s*\n", cleandoc(text)):
            if block.startswith("#"):
                kind = "subheading" if block.startswith("##") else "heading"
                self._add(Part(kind, " ".join(block.lstrip("#").split())))
            elif block.startswith("    "):
                self.code(textwrap.dedent(block))
            else:
                self._add(Part("text", " ".join(block.split())))

    def code(self, text: str) -> None:
        """Print text line by line as it is, indented."""
        self._add(Part("code", text.strip("\n")))

    def table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print aligned columns: floats to four places, and words from the left."""
        cells = [[f"{item:.4f}" if isinstance(item, float) else str(item) for item in row] for row in rows]
        self._add(Part("table", rows=(tuple(header), *map(tuple, cells))))

    def warn(self, text: str) -> None:
        """Print a warning; when quiet, on stderr."""
        self._add(Part("warning", text), error=self.quiet)

    def fail(self, text: str) -> bool:
        """Print an error on stderr, also when quiet; returns False."""
        self._add(Part("warning", text), error=True)
        return False

    def claim(self, sentence: str, found: Any, expected: Any, within: float = EXACT) -> bool:
        """Print a sentence about numbers that are the same, if they are; else an error with the difference.

        Args:
            sentence: says what is the same; empty to print nothing.
            found, expected: numbers or Values, or nested lists or arrays of them, of one shape.
            within: how far apart they may be, relative to the largest number.

        >>> Page().claim("Three thirds are one.", 1 / 3 + 1 / 3 + 1 / 3, 1.0)
        Three thirds are one.
        True
        """
        difference = largest_difference(found, expected)
        if not difference <= within:  # nan is not
            said = " ".join(sentence.split())
            return self.fail(f"NOT SO: {said} They are apart by {difference:.1e}, relative to the largest.")
        if sentence:
            self.say(sentence)
        return True

    def gradcheck(self, what: str, loss: Callable[[], Value], parameters: Iterable[Value]) -> bool:
        """Compare the gradients of a loss with finite differences, and print the outcome."""
        try:
            entries = gradcheck(loss, wrt=list(parameters)).entries
        except GradientError as error:
            return self.fail(f"Wrong gradients, {what}: {error}")
        off = max(abs(entry.analytic - entry.numeric) for entry in entries)
        self.say(f"""
            Gradient check of {what}: nudged up and down, each of {len(entries)} parameters gives the
            derivative that backward() found, to {off:.0e}.
        """)
        return True

    def graph(self, name: str, caption: str, root: Any, **drawing: Any) -> None:
        """Write the graph below a Value, or a network, as an SVG; ``drawing`` as in ``viz.draw_dot``."""
        self.picture(render(root, self.out / name, **drawing), caption)

    def plot(
        self,
        name: str,
        caption: str,
        draw: Callable[..., Any],
        *,
        panels: int = 1,
        columns: int | None = None,
        size: tuple[float, float] | None = None,
        projection: str | None = None,
    ) -> None:
        """Write a plot; without matplotlib plots are skipped, with one warning.

        Args:
            name: of the file.
            caption: what there is to see.
            draw: given as many axes as there are panels, draws on them.
            panels: how many there are.
            columns: how many stand side by side; all of them by default.
            size: width and height in inches; a page is 9.6 inches wide.
            projection: "3d" for axes in space.
        """
        for axes in self._figure(panels, columns or panels, size, projection):
            draw(*axes)
            self.picture(save_figure(axes[0], self.out / name), caption, axes[0])

    def animation(
        self, name: str, caption: str, draw: Callable[[Any], Callable[[int], Any]], frames: int, **figure: Any
    ) -> None:
        """Write an animated GIF; ``draw`` returns what is called with the number of each frame."""
        for (ax,) in self._figure(1, 1, **figure):
            self.picture(save_animation(ax, draw(ax), frames, self.out / name), caption, ax)

    def picture(self, path: Path, caption: str, ax: Any = None) -> None:
        """Add a file that was written, with its caption."""
        width = round(100 * ax.figure.get_figwidth()) if ax else 0
        self._add(Part("picture", caption, path=path, width=width))

    def _figure(self, panels: int, columns: int, size: Any = None, projection: Any = None) -> Iterable[Any]:
        """The axes of a new figure, once; nothing without matplotlib."""
        if self._plots is None:
            try:
                import matplotlib  # noqa: F401

                self._plots = True
            except ImportError as missing:
                self._plots = False
                self.warn(f"Plots are skipped, they need matplotlib ({missing}): {INSTALL}")
        if self._plots:
            from matplotlib.figure import Figure

            rows = -(-panels // columns)
            size = size or ((6.4, 4.4) if columns == 1 else (9.6, (4.2 if columns == 2 else 3.5) * rows))
            figure, kind = Figure(figsize=size, layout="constrained"), {"projection": projection}
            axes = list(figure.subplots(rows, columns, squeeze=False, subplot_kw=kind).flat)
            for spare in axes[panels:]:
                spare.remove()
            yield axes[:panels]

    def _add(self, part: Part, *, error: bool = False) -> None:
        before = self.parts[-1].kind if self.parts else ""
        self.parts.append(part)
        if self.quiet and not error:
            return
        if error:
            sys.stdout.flush()  # what came before stands before it, also where both go to one file
        apart = before and "heading" not in before and not before == part.kind == "picture"
        text = ("\n" if apart and not self.quiet else "") + _printed(part)
        print(text, file=sys.stderr if error else sys.stdout, flush=True)


def largest_difference(found: Any, expected: Any) -> float:
    """The largest difference of numbers, relative to the largest number expected; nan where there is one.

    Raises:
        ValueError: the shapes differ, or there is nothing to compare.

    >>> largest_difference([1.5, 4.0], [1.0, 4.0])
    0.125
    """
    with no_grad():  # the numbers alone are wanted
        ours, theirs = (np.array(numbers, dtype=float) for numbers in (found, expected))
    if ours.shape != theirs.shape or not ours.size:
        raise ValueError(f"found and expected must be numbers of one shape: {ours.shape}, {theirs.shape}")
    return float(np.max(np.abs(ours - theirs)) / (np.max(np.abs(theirs)) or 1.0))


def share_legend(*axes: Any) -> None:
    """Move the legend of panels that say the same beside them, where it hides nothing."""
    handles, labels = axes[0].get_legend_handles_labels()
    title = axes[0].get_legend().get_title().get_text()
    for ax in axes:
        ax.get_legend().remove()
    axes[0].figure.legend(handles, labels, title=title, loc="outside right center")


def is_text(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Whether a column of a table is read from the left: the first one, and columns of words.

    >>> [is_text([("gate", "right", "said"), ("AND", "4", "yes")], column) for column in range(3)]
    [True, False, True]
    """
    cells = [row[column] for row in rows[1:] if row[column]]
    return column == 0 or any(re.match(r"[^\d.+-]|-?\D{2}", cell) for cell in cells)


def _printed(part: Part) -> str:
    match part.kind:
        case "heading" | "subheading":
            return f"{part.text}\n{('=' if part.kind == 'heading' else '-') * len(part.text)}"
        case "code":
            return textwrap.indent(part.text, "    ")
        case "table":
            columns = list(zip(*part.rows, strict=True))
            sides = [str.ljust if is_text(part.rows, i) else str.rjust for i in range(len(columns))]
            widths = [max(map(len, column)) for column in columns]
            aligned = [[side(cell, width) for side, cell, width in zip(sides, row, widths, strict=True)]
                       for row in part.rows]  # fmt: skip
            return "\n".join("  ".join(row).rstrip() for row in aligned)
        case "picture":
            return f"{part.path}  {part.text}"
        case "warning":
            return part.text
    return textwrap.fill(part.text, WIDTH, break_long_words=False, break_on_hyphens=False)
