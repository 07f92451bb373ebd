"""Plots of a loss of two weights: contours or a 3-D surface, with trajectories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine import Value, enable_grad, no_grad
from viz.plots.axes import COLOURS, MARKERS, axes_or_new, looks
from viz.plots.scales import log_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_loss_surface", "plot_trajectories"]

LEVELS = 16
ABOVE = 0.02
"""The part of the height by which a trajectory is lifted off a 3-D surface, which would hide it."""

Array = npt.NDArray[np.float64]
Loss = Callable[[Any, Any], Any]
Range = tuple[float, float]


def plot_loss_surface(
    loss: Loss,
    xlim: Range,
    ylim: Range,
    ax: Axes | None = None,
    *,
    trajectories: Mapping[str, Any] | None = None,
    arrows: int = 0,
    resolution: int = 60,
    log: bool = False,
    colorbar: str = "loss",
    title: str = "Loss surface",
    xlabel: str = "$w_1$",
    ylabel: str = "$w_2$",
) -> Axes:
    """Plot a loss of two numbers: contours, darker for higher, or a surface if the axes are 3-D.

    Args:
        loss: takes two floats or Values and gives a number or Value.
        xlim: from where to where the first goes.
        ylim: the same for the second.
        ax: where to draw; a new figure with contours without it. On axes made with ``projection="3d"`` the
            surface is drawn in space.
        trajectories: points by name, as in :func:`plot_trajectories`.
        arrows: so many per side that show the gradient, computed by ``backward()``; only on contours.
        resolution: points per side of the grid on which ``loss`` is computed.
        log: whether contours are as far apart as the logarithm of the loss says; needs a loss above 0
            somewhere.
        colorbar: what stands beside the bar that says which grey is which loss; "" for no bar.
        title, xlabel, ylabel: see :mod:`viz.plots`.

    Raises:
        ValueError: a range is empty, the loss is nowhere finite, or there are arrows with a loss that
            does not return a Value, or on 3-D axes.

    >>> ax = plot_loss_surface(lambda x, y: x**2 + y**2, (-1, 1), (-1, 1), arrows=3, resolution=5)
    >>> ax.get_title(), len(ax.get_xticks()) > 2
    ('Loss surface', True)
    """
    ax = axes_or_new(ax)
    xs, ys = (_side(name, limits, resolution) for name, limits in (("xlim", xlim), ("ylim", ylim)))
    with no_grad():
        z = np.array([[float(loss(x, y)) for x in xs.tolist()] for y in ys.tolist()])
    if not np.isfinite(z).any():
        raise ValueError("the loss is not finite anywhere in the ranges given")
    z[~np.isfinite(z)] = np.nan
    if _in_space(ax):
        if arrows:
            raise ValueError("arrows need contours, but these axes are 3-D")
        space: Any = ax
        space.plot_surface(
            *np.meshgrid(xs, ys), z, cmap="viridis", linewidth=0, rcount=len(ys), ccount=len(xs)
        )
    else:
        _contours(ax, xs, ys, z, log, colorbar)
    if arrows:
        _arrows(ax, loss, _side("xlim", xlim, arrows + 2)[1:-1], _side("ylim", ylim, arrows + 2)[1:-1])
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel, xlim=xlim, ylim=ylim)
    if _in_space(ax):  # a little smaller, so that names have room below the numbers
        ax.xaxis.labelpad = ax.yaxis.labelpad = 7
        ax.set_box_aspect(None, zoom=0.86)  # type: ignore[call-arg]
    if trajectories:
        plot_trajectories(trajectories, ax, loss=loss)
    return ax


def plot_trajectories(
    trajectories: Mapping[str, Any], ax: Axes, *, loss: Loss | None = None, legend: bool = True
) -> list[Any]:
    """Plot trajectories on a loss surface, which differ in colour, dash and marker.

    Args:
        trajectories: points by name, each of shape (n, 2), the first one where the way starts.
        ax: where to draw.
        loss: gives the height on 3-D axes, which need it.
        legend: whether to name them.

    Returns:
        A line for each, in order.

    Raises:
        ValueError: points are not pairs of numbers, or 3-D axes come without a loss.

    >>> from viz import plot_loss_surface
    >>> ax = plot_loss_surface(lambda x, y: x * y, (0, 1), (0, 1), resolution=5)
    >>> (line,) = plot_trajectories({"SGD": [(0, 0), (1, 1)]}, ax)
    >>> line.get_label()
    'SGD'
    """
    lines = []
    for i, (name, points) in enumerate(trajectories.items()):
        way = np.array([[float(number) for number in point] for point in points])
        if way.ndim != 2 or way.shape[1] != 2:
            raise ValueError(f"the points of {name!r} must have the shape (n, 2), got {way.shape}")
        coordinates = [*way.T]
        if _in_space(ax):
            if loss is None:
                raise ValueError("3-D axes need loss=, the height of the trajectories")
            with no_grad():
                low, high = ax.get_zlim()  # type: ignore[attr-defined]
                lift = ABOVE * (high - low)
                coordinates.append(np.array([float(loss(x, y)) + lift for x, y in way.tolist()]))
        lines += ax.plot(
            *coordinates,
            label=name,
            **looks(i),
            marker=MARKERS[i % len(MARKERS)],
            markevery=_marked(len(way), i),
            markersize=5,
            markeredgecolor="black",
            zorder=3,
        )
    if legend and lines:
        ax.legend()
    return lines


def _marked(count: int, which: int) -> list[int]:
    """The points of a trajectory with a marker: its end and about eight, offset from those of the next."""
    stride = max(count // 8, 1)
    return sorted({*range(which * 3 % stride, count, stride), count - 1})


def _in_space(ax: Axes) -> bool:
    return bool(ax.name == "3d")


def _side(name: str, limits: Range, count: int) -> Array:
    low, high = limits
    if not low < high:
        raise ValueError(f"{name} must go from a lower to a higher number, got {limits!r}")
    return np.linspace(low, high, count)


def _contours(ax: Axes, xs: Array, ys: Array, z: Array, log: bool, colorbar: str) -> None:
    levels: Any = LEVELS
    if log:
        positive = z[z > 0]  # nan is not
        if not positive.size or positive.min() == positive.max():
            raise ValueError("log=True needs a loss that is above 0 and not the same everywhere")
        z = np.where(z > 0, z, np.nan)
        levels = np.geomspace(positive.min(), positive.max(), LEVELS)
    if np.nanmin(z) == np.nanmax(z):  # a plain has no contours
        return
    colours: Any = {}
    if log:
        from matplotlib.colors import LogNorm

        colours = {"norm": LogNorm(levels[0], levels[-1])}
    filled = ax.contourf(
        xs, ys, z, levels, cmap="Greys", alpha=0.3, extend="both" if log else "neither", **colours
    )
    ax.contour(xs, ys, z, levels, colors="grey", linestyles="solid", linewidths=0.5)
    if colorbar:
        ticks, written = log_ticks() if log else (None, None)
        beside = ax.inset_axes((1.03, 0.0, 0.04, 1.0))  # as high as the contours, whatever their aspect
        ax.figure.colorbar(filled, cax=beside, ticks=ticks, format=written, label=colorbar)
        beside.minorticks_off()


def _arrows(ax: Axes, loss: Loss, xs: Array, ys: Array) -> None:
    places = [(x, y) for y in ys.tolist() for x in xs.tolist()]
    gradients = np.array([_gradient(loss, x, y) for x, y in places])
    ax.quiver(
        *np.array(places).T, *gradients.T, color=COLOURS[1], pivot="tail", angles="xy", width=0.006, zorder=2
    )


def _gradient(loss: Loss, x: float, y: float) -> tuple[float, float]:
    place = Value(x), Value(y)
    with enable_grad():
        height = loss(*place)
    if not isinstance(height, Value):
        raise ValueError(f"arrows need a loss that gives a Value, whose gradient they show; got {height!r}")
    height.backward()
    return place[0].grad, place[1].grad
