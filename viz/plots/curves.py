"""Plots of losses and metrics over epochs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engine import Value
from viz.plots.axes import COLOURS, axes_or_new, finished, looks, plot_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_learning_curves", "plot_loss"]

Losses = Iterable[float | Value]

LOOKS = {"": ("training", COLOURS[0], "-"), "val_": ("validation", COLOURS[1], "--")}


def plot_loss(
    losses: Losses | Mapping[str, Losses],
    ax: Axes | None = None,
    *,
    log: bool = False,
    title: str = "Loss",
    xlabel: str = "epoch",
    ylabel: str = "loss",
) -> Axes:
    """Plot a loss curve, or several by name.

    Args:
        losses: one number or Value per epoch, or a mapping from names to such sequences. Of a history, which
            has the name ``"loss"``, only losses are drawn, the names that end so: accuracies and step sizes
            have axes of their own, see :func:`viz.plot_learning_curves`.
        log: whether the losses' axis is logarithmic.
        ax, title, xlabel, ylabel: see :mod:`viz.plots`.

    Raises:
        ValueError: there is nothing to plot.

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
        plot_curve(ax, curve, label=name or None, **looks(i))
    return finished(ax, log=log, title=title, xlabel=xlabel, ylabel=ylabel)


def plot_learning_curves(
    history: Mapping[str, Iterable[float | Value]],
    ax: Axes | None = None,
    *,
    name: str = "loss",
    log: bool = False,
    title: str = "Learning curves",
    xlabel: str = "epoch",
    ylabel: str | None = None,
) -> Axes:
    """Plot a number over the epochs: for training a full line, for validation a dashed one.

    Where the two part, the model overfits.

    Args:
        history: numbers for each epoch by name, as ``nn.fit`` returns them; ``name`` and, where there is
            one, ``"val_" + name`` are drawn.
        name: of the number: ``"loss"``, or that of a metric.
        log: whether the axis of the number is logarithmic.
        ylabel: beside it; the name without it.
        ax, title, xlabel: see :mod:`viz.plots`.

    Raises:
        ValueError: the history lacks the number, or has no epochs.

    >>> ax = plot_learning_curves({"loss": [1.0, 0.5, 0.2], "val_loss": [1.1, 0.7, 0.6]})
    >>> [line.get_label() for line in ax.lines]
    ['training', 'validation']
    """
    curves = {kind: [float(number) for number in history.get(kind + name, ())] for kind in LOOKS}
    if not any(curves.values()):
        raise ValueError(f"the history has no numbers for {name!r}; it has {', '.join(history) or 'nothing'}")
    ax = axes_or_new(ax)
    for kind, numbers in curves.items():
        label, colour, dash = LOOKS[kind]
        if numbers:
            plot_curve(ax, numbers, color=colour, linestyle=dash, label=label)
    return finished(ax, log=log, title=title, xlabel=xlabel, ylabel=name if ylabel is None else ylabel)
