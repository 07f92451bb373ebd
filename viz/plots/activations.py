"""Plots of activation functions with their derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine import value_and_grad
from viz.plots.axes import COLOURS, axes_or_new, new_axes

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["plot_activation", "plot_activations"]

Function = Callable[[Any], Any]

POINTS = 241
"""Per curve: a step between -4 and 4 is drawn as wide as a thirtieth of a unit."""

LEGEND_ROOM = 0.07
"""The strip below the panels of a gallery, as a part of its height."""


def plot_activation(
    function: Function,
    ax: Axes | None = None,
    *,
    low: float = -4.0,
    high: float = 4.0,
    title: str = "",
    legend: bool = True,
) -> Axes:
    """Plot a function of one number and its derivative.

    Args:
        function: takes a Value and gives one, such as ``engine.tanh``.
        low: where the curves begin.
        high: where they end.
        legend: whether to say which curve is which.
        ax, title: see :mod:`viz.plots`.

    >>> import engine
    >>> ax = plot_activation(engine.relu, low=-1.0, high=1.0)
    >>> [line.get_label() for line in ax.lines[:2]], float(ax.lines[1].get_ydata()[-1])
    (['value', 'derivative'], 1.0)
    """
    ax = axes_or_new(ax)
    xs = [low + (high - low) * i / (POINTS - 1) for i in range(POINTS)]
    values, derivatives = zip(*map(value_and_grad(function), xs), strict=True)
    ax.plot(xs, values, "-", color=COLOURS[0], linewidth=2.0, label="value")
    ax.plot(xs, derivatives, "--", color=COLOURS[1], linewidth=1.4, label="derivative")
    ax.axhline(0.0, color="#888888", linewidth=0.6, zorder=0)
    ax.axvline(0.0, color="#888888", linewidth=0.6, zorder=0)
    ax.set(title=title, xlim=(low, high))
    if legend:
        ax.legend()
    return ax


def plot_activations(
    functions: Mapping[str, Function],
    ax: Axes | None = None,
    *,
    low: float = -4.0,
    high: float = 4.0,
    columns: int = 4,
    title: str = "",
) -> Axes:
    """Plot several functions with their derivatives, a panel for each.

    Args:
        functions: each takes a Value and gives one; by name, which stands above its panel.
        ax: axes in whose place the panels stand; a new figure of fitting size without it.
        low: where the curves begin.
        high: where they end.
        columns: panels side by side.
        title: above the gallery.

    Returns:
        The axes; the panels are its ``child_axes``, in the order of the functions.

    Raises:
        ValueError: there are no functions, or no columns.
        ImportError: matplotlib is not installed.

    >>> import engine
    >>> ax = plot_activations({"tanh": engine.tanh, "ReLU": engine.relu})
    >>> [panel.get_title() for panel in ax.child_axes]
    ['tanh', 'ReLU']
    """
    if not functions or columns < 1:
        raise ValueError(f"a gallery needs functions and columns, got {len(functions)} and {columns}")
    columns = min(columns, len(functions))
    rows = -(-len(functions) // columns)
    if ax is None:
        ax = new_axes(2.8 * columns, 2.4 * rows + 0.6)
    ax.set_axis_off()
    ax.set_title(title)
    height = (1.0 - LEGEND_ROOM) / rows
    handles: list[Artist] = []
    for i, (name, function) in enumerate(functions.items()):
        row, column = divmod(i, columns)
        # each panel leaves room for the numbers left of it and below, and for its title above
        place = ((column + 0.14) / columns, 1.0 - height * (row + 0.86), 0.82 / columns, height * 0.7)
        panel = ax.inset_axes(place)
        plot_activation(function, panel, low=low, high=high, title=name, legend=False)
        panel.tick_params(labelsize="small")
        handles = [*panel.lines[:2]]
    ax.legend(handles=handles, loc="lower center", ncols=2, frameon=False)
    return ax
