"""Plots of training with matplotlib, which comes with ``chainrule[demos]`` and is loaded only when asked.

Figures are made by matplotlib's objects, not by pyplot: nothing stays open, no window or backend is
needed, and nothing global changes. Curves and classes differ in marker or dash as well as in colour (Okabe
and Ito's palette), so the plots can be read in grey.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import Value
from engine.files import write_atomically
from viz.rendering.svg import with_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "axes_or_new", "load_matplotlib", "plot_loss", "save_figure", "standing_alone"]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
DASHES = ("-", "--", "-.", ":")

Losses = Iterable[float | Value]


def plot_loss(
    losses: Losses | Mapping[str, Losses],
    ax: Axes | None = None,
    *,
    log: bool = False,
    title: str = "Loss",
    xlabel: str = "epoch",
    ylabel: str = "loss",
) -> Axes:
    """A loss curve, or several by name.

    Args:
        losses: one number or Value per epoch, or a mapping from names to such sequences. Of a history, which
            has the name ``"loss"``, only losses are drawn, the names that end so: accuracies and step sizes
            have axes of their own, see :func:`viz.plot_learning_curves`.
        ax: where to draw; a new figure without it.
        log: whether the losses' axis is logarithmic.
        title: above the plot.
        xlabel: below it.
        ylabel: beside it.

    Returns:
        The axes; its figure is ``ax.figure``.

    Raises:
        ValueError: there is nothing to plot.
        ImportError: matplotlib is not installed.

    >>> ax = plot_loss([1.0, 0.5, 0.25])
    >>> ax.lines[0].get_ydata().tolist()
    [1.0, 0.5, 0.25]
    """
    curves = dict(losses) if isinstance(losses, Mapping) else {"": losses}
    if "loss" in curves:
        curves = {name: curve for name, curve in curves.items() if str(name).endswith("loss")}
    numbers = {name: [float(loss) for loss in curve] for name, curve in curves.items()}
    if not any(numbers.values()):
        raise ValueError("there are no losses to plot")
    ax = axes_or_new(ax)
    for i, (name, curve) in enumerate(numbers.items()):
        alone = standing_alone(curve)
        ax.plot(
            range(1, len(curve) + 1),
            curve,
            label=name or None,
            color=COLOURS[i % len(COLOURS)],
            linestyle=DASHES[i % len(DASHES)],
            marker="o" if alone else None,
            markevery=alone or None,
        )
    if log:
        ax.set_yscale("log")
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.grid(alpha=0.3)
    if any(numbers):
        ax.legend()
    return ax


def standing_alone(curve: Sequence[float]) -> list[int]:
    """The places of numbers that no line reaches, as those beside them are missing, nan or infinite.

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
    ...     save_figure(plot_loss([1.0, 0.5]), f"{folder}/loss.svg").name
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
    """matplotlib, or an ImportError that says how to install it.

    >>> load_matplotlib().__name__
    'matplotlib'
    """
    try:
        import matplotlib
    except ImportError as error:
        raise ImportError('plots need matplotlib: pip install "chainrule[demos]"') from error
    return matplotlib


def axes_or_new(ax: Axes | None) -> Axes:
    """The axes given, or those of a new figure, which pyplot does not know of.

    >>> axes_or_new(None).figure.get_size_inches().tolist()
    [6.0, 4.5]
    """
    load_matplotlib()
    if ax is not None:
        return ax
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots()
