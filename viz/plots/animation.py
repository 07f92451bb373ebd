"""Animated plots, as GIF files."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from engine.files import write_atomically
from engine.floats.validate import integer
from viz.plots.axes import load_matplotlib

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["save_animation"]


def save_animation(
    figure: Figure | Axes,
    update: Callable[[int], Any],
    frames: int,
    path: str | os.PathLike[str],
    *,
    fps: int = 10,
    dpi: float = 80,
) -> Path:
    """Write an animated GIF, which appears whole or not at all, and plays over and over.

    Args:
        figure: a figure, or axes, whose figure is meant.
        update: called with 0, 1, … before each frame is drawn; changes what is on the figure.
        frames: how many there are, at least 1.
        path: of the file, which ends in .gif. Missing folders are made. Equal figures give equal files.
        fps: frames per second.
        dpi: pixels per inch.

    Returns:
        The path.

    Raises:
        ValueError: the name ends in something else, or there are no frames.
        ImportError: matplotlib is not installed.
        OSError: the file cannot be written.

    >>> import tempfile
    >>> from viz import plot_loss
    >>> ax = plot_loss([1.0, 0.5])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_animation(ax, lambda i: ax.set_title(f"{i}"), 2, f"{folder}/loss.gif").read_bytes()[:3]
    b'GIF'
    """
    if Path(path).suffix.lower() != ".gif":
        raise ValueError(f"an animation must be a .gif file, got {os.fspath(path)!r}")
    frames = integer("frames", frames)
    load_matplotlib()
    from matplotlib.animation import PillowWriter
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    whole: Any = getattr(figure, "figure", figure)
    window = whole.canvas
    FigureCanvasAgg(whole)
    writer = PillowWriter(fps=fps)
    with ExitStack() as at_end:
        at_end.callback(whole.set_canvas, window)  # back to where pyplot shows it
        folder = at_end.enter_context(TemporaryDirectory())
        part = Path(folder, "animation.gif")
        writer.setup(whole, str(part), dpi)  # not its saving(), which on an error writes what there is
        for i in range(frames):
            update(i)
            if i == 0:  # lay out once: everything stays in its place
                whole.draw_without_rendering()
                whole.set_layout_engine("none")
            writer.grab_frame()
        writer.finish()
        content = part.read_bytes()
    return write_atomically(path, content)
