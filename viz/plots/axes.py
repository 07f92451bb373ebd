"""Shared by all plots: axes, colours, titles, saving; matplotlib is loaded only when used.

Where a program has imported ``matplotlib.pyplot``, and in notebooks, a new figure is one of pyplot's: the
current one, which ``plt.show()`` and ``plt.savefig()`` mean, and which a notebook shows once, below its cell.
Elsewhere figures are made by matplotlib's objects alone: nothing stays open, no window or backend is needed,
and nothing global changes. Curves and classes differ in marker or dash as well as in colour (Okabe
and Ito's palette), so the plots can be read in grey.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.display.notebook import in_notebook
from engine.files import write_atomically
from viz.plots.scales import log_scale
from viz.rendering.svg import with_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "COLOURS",
    "DASHES",
    "MARKERS",
    "axes_or_new",
    "finished",
    "load_matplotlib",
    "looks",
    "new_axes",
    "plot_curve",
    "save_figure",
    "standing_alone",
]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", "p", ">", "h")

def standing_alone(curve: Sequence[float]) -> list[int]:
    """Positions of numbers that no line reaches, as their neighbours are missing or not finite.

    >>> standing_alone([1.0, float("nan"), 2.0, 3.0])
    [0]
    """
    drawn = [False, *map(math.isfinite, curve), False]
    return [i for i in range(len(curve)) if drawn[i + 1] and not (drawn[i] or drawn[i + 2])]


def save_figure(figure: Figure | Axes, path: str | os.PathLike[str], *, dpi: float = 150) -> Path:
    """Write a figure to a file that appears whole or not at all.

    Args:
        figure: a figure, or axes, whose figure is meant.
        path: its suffix says the format: .png, .svg, .pdf and what else matplotlib writes. Missing folders
            are made. Equal figures give equal files.
        dpi: pixels per inch.

    Returns:
        The path.

    Raises:
        ValueError: matplotlib does not write such files.
        OSError: the file cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_figure(axes_or_new(None), f"{folder}/loss.svg").name
    'loss.svg'
    """
    matplotlib = load_matplotlib()
    kind = Path(path).suffix.lower().lstrip(".")
    whole: Any = getattr(figure, "figure", figure)
    date = {"svg": "Date", "pdf": "CreationDate"}.get(kind)
    buffer = BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "chainrule"}):  # else the ids in an SVG are random
        whole.savefig(buffer, format=kind or None, dpi=dpi, metadata={date: None} if date else None)
    content = buffer.getvalue()
    if kind == "svg":
        title = "; ".join(filter(None, (each.get_title() for each in whole.axes)))
        content = with_name(content.decode("utf-8"), title).encode("utf-8")
    return write_atomically(path, content)


def load_matplotlib() -> Any:
    """Import matplotlib; the ImportError says how to install it.

    >>> load_matplotlib().__name__
    'matplotlib'
    """
    try:
        import matplotlib
    except ImportError as error:
        raise ImportError('plots need matplotlib: pip install "chainrule[pictures]"') from error
    return matplotlib


def axes_or_new(ax: Axes | None) -> Axes:
    """The given axes, or those of a new figure; see :func:`new_axes`.

    >>> axes_or_new(None).figure.get_size_inches().tolist()
    [6.0, 4.5]
    """
    load_matplotlib()
    if ax is not None:
        return ax
    return new_axes(6.0, 4.5)


def new_axes(width: float, height: float) -> Axes:
    """The axes of a new figure of a size in inches: one of pyplot's where that is imported, or in a notebook.

    >>> new_axes(2.0, 3.0).figure.get_size_inches().tolist()
    [2.0, 3.0]
    """
    load_matplotlib()
    options: dict[str, Any] = {"figsize": (width, height), "layout": "constrained"}
    pyplot = _pyplot()
    if pyplot is not None:
        return pyplot.figure(**options).subplots()  # type: ignore[no-any-return]
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(**options)
    FigureCanvasAgg(figure)
    return figure.subplots()


def _pyplot() -> Any:
    """Pyplot, if it should manage new figures; else None."""
    if in_notebook():  # whose kernel has set a backend that shows them
        from matplotlib import pyplot

        return pyplot
    return sys.modules.get("matplotlib.pyplot")


def looks(i: int) -> dict[str, Any]:
    """Colour and line style of the i-th curve.

    >>> looks(1)
    {'color': '#d55e00', 'linestyle': '--'}
    """
    return {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i % len(DASHES)]}


def plot_curve(ax: Axes, numbers: Sequence[float], **options: Any) -> None:
    """Draw numbers over 1, 2, 3, …, with a marker where no line reaches one."""
    alone = standing_alone(numbers)
    places = range(1, len(numbers) + 1)
    ax.plot(places, numbers, marker="o" if alone else None, markevery=alone or None, **options)


def finished(ax: Axes, *, log: bool = False, whole: bool = False, **texts: str) -> Axes:
    """Set title, labels and grid of axes, and a legend if a curve has a name.

    Args:
        ax: the axes, with their curves.
        log: whether the numbers' axis is logarithmic.
        whole: whether the ticks below stand at integers only.
        texts: ``title``, ``xlabel``, ``ylabel``.

    >>> finished(new_axes(2.0, 2.0), title="Loss", xlabel="epoch").get_title()
    'Loss'
    """
    if log:
        log_scale(ax.yaxis)
    if whole:
        from matplotlib.ticker import MaxNLocator

        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(**texts)
    ax.grid(alpha=0.3)
    if ax.get_legend_handles_labels()[1]:
        ax.legend()
    return ax
