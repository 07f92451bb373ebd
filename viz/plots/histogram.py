"""Histograms of weights, gradients and activations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engine import Value
from engine.floats.validate import integer
from viz.plots.axes import COLOURS, axes_or_new, finished, looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_histogram"]

Numbers = Iterable[Any]


def plot_histogram(
    values: Numbers | Mapping[str, Numbers],
    ax: Axes | None = None,
    *,
    of: Literal["data", "grad"] = "data",
    bins: int = 30,
    log: bool = False,
    title: str = "Histogram",
    xlabel: str | None = None,
    ylabel: str = "how many",
) -> Axes:
    """Plot a histogram of numbers or gradients; several groups have the same bins.

    Args:
        values: numbers or Values, nested or not: ``model.parameters()``, the outputs of a layer for many
            samples; or a mapping from names to such.
        of: ``"data"`` for the numbers of Values, ``"grad"`` for their gradients.
        bins: how many, between the smallest number and the largest.
        log: whether the counts' axis is logarithmic.
        xlabel: below it; "value" or "gradient" without it.
        ax, title, ylabel: see :mod:`viz.plots`.

    Returns:
        The axes. What is not finite is not drawn; the legend counts it.

    Raises:
        ValueError: there is no finite number, ``of`` is something else, or there are no bins.
        TypeError: ``of`` is "grad", and something is not a Value.

    >>> ax = plot_histogram([0.0, 0.1, 0.9, 1.0], bins=2)
    >>> [int(count) for count in ax.patches[0].get_data().values]
    [2, 2]
    """
    if of not in ("data", "grad"):
        raise ValueError(f'of must be "data" or "grad", got {of!r}')
    bins = integer("bins", bins)
    named = values.items() if isinstance(values, Mapping) else [("", values)]
    groups = {str(name): np.array(_flat(numbers, of), dtype=float) for name, numbers in named}
    finite = {name: numbers[np.isfinite(numbers)] for name, numbers in groups.items()}
    together = np.concatenate([*finite.values(), np.empty(0)])
    if not together.size:
        raise ValueError("there are no finite numbers to plot")
    ax = axes_or_new(ax)
    edges = np.histogram_bin_edges(together, bins)
    for i, (name, numbers) in enumerate(finite.items()):
        label = _label(name, len(groups[name]) - len(numbers))
        style = looks(i)
        outline = {"edgecolor": style["color"], "linestyle": style["linestyle"], "linewidth": 1.8}
        fill: dict[str, Any] = {"fill": True, "facecolor": f"{COLOURS[0]}40"} if len(groups) == 1 else {}
        ax.stairs(np.histogram(numbers, edges)[0], edges, label=label, **outline, **fill)
    xlabel = {"data": "value", "grad": "gradient"}[of] if xlabel is None else xlabel
    return finished(ax, log=log, title=title, xlabel=xlabel, ylabel=ylabel)


def _label(name: str, missing: int) -> str | None:
    return ", ".join(filter(None, [name, f"{missing} not finite" if missing else ""])) or None


def _flat(values: Numbers, of: str) -> list[float]:
    """The numbers, or the gradients of the Values, in nested sequences; without recursion."""
    found: list[float] = []
    waiting: list[Any] = [values]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Value):
            found.append(item.grad if of == "grad" else item.data)
        elif isinstance(item, Iterable) and not isinstance(item, str) and np.ndim(np.asarray(item, object)):
            waiting.extend(item)
        elif of == "grad":
            raise TypeError(f"only Values have gradients, got {item!r}")
        else:
            found.append(float(item))
    return found
