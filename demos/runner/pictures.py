"""Writes a demo's pictures: graphs, and plots where matplotlib is installed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from demos.runner.account import Account
from demos.runner.options import Options
from viz import render, save_animation, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Pictures", "share_legend"]


INSTALL = 'pip install "chainrule[demos]"'


class Pictures:
    """Writes pictures into the folder of a run and prints their paths.

    Without matplotlib plots are skipped, with one warning.

    Args:
        options: name the folder.
        account: receives the path of each picture.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from engine import Value
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     account = Account(quiet=True)
    ...     Pictures(Options(out=Path(folder)), account).graph("y.svg", Value(2.0) * 3, "a product")
    ...     account.pictures[0].path.name
    'y.svg'
    """

    def __init__(self, options: Options, account: Account) -> None:
        self._folder = options.out
        self._account = account
        self._figures: Any = None
        self._asked = False

    def graph(self, name: str, root: Any, caption: str, **drawing: Any) -> None:
        """Write the computation graph below a Value.

        Args:
            name: of the file.
            root: a Value, on which ``backward()`` has been called.
            caption: what there is to see.
            drawing: options of ``viz.draw_dot``.
        """
        self._account.doing = f"drawing {name}"
        self._account.picture(render(root, self._folder / name, **drawing), caption)

    def plot(
        self,
        name: str,
        draw: Callable[..., Any],
        caption: str,
        *,
        panels: int = 1,
        size: tuple[float, float] | None = None,
        projection: str | None = None,
        columns: int | None = None,
    ) -> None:
        """Write a plot.

        Args:
            name: of the file.
            draw: given as many axes as there are panels, draws on them.
            caption: what there is to see.
            panels: how many there are.
            size: width and height in inches; by default as suits the number of panels.
            projection: "3d" for axes in space.
            columns: how many panels stand side by side; by default all of them.
        """
        self._account.doing = f"plotting {name}"
        axes = self._axes(panels, size, projection, columns or panels)
        if axes:
            draw(*axes)
            self._account.picture(save_figure(axes[0], self._folder / name), caption)

    def animation(
        self,
        name: str,
        draw: Callable[[Any], Callable[[int], Any]],
        frames: int,
        caption: str,
        *,
        size: tuple[float, float] | None = None,
    ) -> None:
        """Write an animated GIF.

        Args:
            name: of the file.
            draw: given axes, draws on them and returns what is to be called with the number of each frame.
            frames: how many there are.
            caption: what there is to see.
            size: width and height in inches.
        """
        self._account.doing = f"drawing the frames of {name}"
        for ax in self._axes(1, size):
            path = save_animation(ax, draw(ax), frames, self._folder / name)
            self._account.picture(path, caption)

    def _axes(
        self, panels: int, size: tuple[float, float] | None, projection: str | None = None, columns: int = 1
    ) -> "list[Axes]":
        """Fresh axes in rows, in a figure of their own; none without matplotlib."""
        if not self._asked:
            self._asked = True
            try:
                from matplotlib import figure
            except ImportError as missing:
                self._account.warn(f"Plots are skipped, they need matplotlib ({missing}): {INSTALL}")
            else:
                self._figures = figure
        if self._figures is None:
            return []
        rows = -(-panels // columns)
        size = size or ((6.0, 4.5) if panels == 1 else (3.2 * columns, 3.6 * rows))
        kind = {"projection": projection}
        figure = self._figures.Figure(figsize=size, layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False, subplot_kw=kind)
        axes = list(grid.flat)
        for spare in axes[panels:]:
            spare.remove()
        return axes[:panels]


def share_legend(*axes: Any) -> None:
    """Replace the legends of all panels by one beside them.

    Args:
        axes: the panels of a figure, whose legends say the same.
    """
    handles, labels = axes[0].get_legend_handles_labels()
    title = axes[0].get_legend().get_title().get_text()
    for ax in axes:
        ax.get_legend().remove()
    axes[0].figure.legend(handles, labels, title=title, loc="outside right center")
