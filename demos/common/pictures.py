"""The pictures a demo writes: graphs, which need nothing more, and plots, which need matplotlib."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from demos.common.account import Account
from demos.common.options import Options
from viz import render, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Pictures", "share_legend"]


INSTALL = 'pip install "chainrule[demos]"'


class Pictures:
    """Writes pictures into the folder of a run and tells where they are.

    Without matplotlib plots are skipped, and that is told once.

    Args:
        options: name the folder.
        account: told of each picture.

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
    ) -> None:
        """Write a plot.

        Args:
            name: of the file.
            draw: given as many axes as there are panels, draws on them.
            caption: what there is to see.
            panels: side by side.
            size: width and height in inches; by default as suits the number of panels.
        """
        self._account.doing = f"plotting {name}"
        axes = self._axes(panels, size)
        if axes:
            draw(*axes)
            self._account.picture(save_figure(axes[0], self._folder / name), caption)

    def _axes(self, panels: int, size: tuple[float, float] | None) -> "list[Axes]":
        """Fresh axes side by side in a figure of their own; none without matplotlib."""
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
        size = size or ((6.0, 4.5) if panels == 1 else (3.2 * panels, 3.6))
        grid = self._figures.Figure(figsize=size, layout="constrained").subplots(1, panels, squeeze=False)
        return list(grid[0])


def share_legend(*axes: Any) -> None:
    """Put one legend beside all panels in place of one in each, where it may hide what it explains.

    Args:
        axes: the panels of a figure, whose legends say the same.
    """
    handles, labels = axes[0].get_legend_handles_labels()
    title = axes[0].get_legend().get_title().get_text()
    for ax in axes:
        ax.get_legend().remove()
    axes[0].figure.legend(handles, labels, title=title, loc="outside right center")
