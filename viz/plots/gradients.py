"""Plots of the sizes of gradients by layer: of a model, of a report, over the steps of a training."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.diagnostics.report import Report
from engine.diagnostics.survey import root_mean_square
from viz.graphs.draw_network import layers_of
from viz.plots.axes import COLOURS, axes_or_new, finished, looks
from viz.plots.scales import log_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["gradient_sizes", "plot_gradient_flow", "plot_gradient_sizes", "plot_report"]

STYLES = ("-o", "--s", "-.^", ":D", "-v", "--P", "-.X")


def gradient_sizes(model: Any, of: str = "w") -> list[float]:
    """The root mean square of the gradients of each layer.

    Args:
        model: a Neuron, Layer or MLP, or built like nn's: with ``layers`` of ``neurons`` that have weights
            ``w`` and perhaps a bias ``b``; ``backward()`` has been called.
        of: "w" for the gradients of the weights, "b" for those of the biases, which are those of the neurons'
            weighted inputs: the δ of the textbooks.

    Returns:
        A number per layer, the first layer first.

    Raises:
        TypeError: the model is not built that way, or lacks these parameters.
        ValueError: ``of`` is neither "w" nor "b".

    >>> from types import SimpleNamespace as Made
    >>> from engine import Value
    >>> neuron = Made(w=[Value(1.0), Value(2.0)], b=None)
    >>> neuron.w[0].grad, neuron.w[1].grad = 1.0, 7.0
    >>> gradient_sizes(Made(layers=[Made(neurons=[neuron])]))
    [5.0]
    """
    if of not in ("w", "b"):
        raise ValueError(f'of must be "w" for weights or "b" for biases, got {of!r}')
    layers: list[list[Any]] = [
        [value for neuron in layer for value in (neuron.w if of == "w" else [getattr(neuron, "b", None)])]
        for layer in layers_of(model)
    ]
    if not layers or any(value is None for layer in layers for value in layer):
        raise TypeError(f"{type(model).__name__} has no layers of neurons whose {of!r} have gradients")
    return [root_mean_square(value.grad for value in layer) for layer in layers]


def plot_gradient_sizes(
    sizes: Any,
    ax: Axes | None = None,
    *,
    title: str = "Gradient size per layer",
    xlabel: str = "layer",
    ylabel: str = "gradient size",
) -> Axes:
    """Plot the size of the gradients by layer on a logarithmic axis, for one network or several by name.

    Args:
        sizes: numbers, one per layer, the first layer first; or a model, see :func:`gradient_sizes`; or a
            mapping from names to these.
        ax, title, xlabel, ylabel: see :mod:`viz.plots`.

    Returns:
        The axes. Gradients of size 0 have no place on a logarithmic axis and are left out.

    Raises:
        ValueError: there is nothing to plot.
        TypeError: something is neither numbers nor a model.

    >>> ax = plot_gradient_sizes({"sigmoid": [0.001, 0.1], "ReLU": [0.5, 0.5]})
    >>> ax.get_yscale(), [line.get_label() for line in ax.lines]
    ('log', ['sigmoid', 'ReLU'])
    """
    named = sizes if isinstance(sizes, Mapping) else {"": sizes}
    curves = {name: _numbers(each) for name, each in named.items()}
    if not any(curves.values()):
        raise ValueError("there are no gradients to plot")
    ax = axes_or_new(ax)
    for i, (name, curve) in enumerate(curves.items()):
        style, colour = STYLES[i % len(STYLES)], COLOURS[i % len(COLOURS)]
        ax.plot(range(1, len(curve) + 1), _positive(curve), style, color=colour, label=name or None)
    log = any(size > 0 for curve in curves.values() for size in curve)
    return finished(ax, log=log, whole=True, title=title, xlabel=xlabel, ylabel=ylabel)


def _numbers(sizes: Any) -> list[float]:
    if isinstance(sizes, Iterable) and not hasattr(sizes, "layers"):
        return [float(size) for size in sizes]
    return gradient_sizes(sizes)


FEW = len(COLOURS)
"""Up to so many curves differ in colour and dash; more differ in lightness, in the order of the layers."""


def plot_report(report: Report, ax: Axes | None = None, *, title: str = "Gradients layer by layer") -> Axes:
    """Plot the sizes of gradients and signals by layer, with the shares of dead and saturated units.

    Args:
        report: what ``engine.report`` or ``nn.gradient_report`` returned.
        ax, title: see :mod:`viz.plots`.

    Returns:
        The axes. Sizes of 0 have no place on a logarithmic axis and are left out. The shares have an axis of
        their own on the right.

    Raises:
        TypeError: it is not a report.
        ValueError: the report has no layers.

    >>> from engine import Value, report
    >>> y = (Value(0.5, label="layers.0.w") * 2.0).tanh() * Value(3.0, label="layers.1.w")
    >>> ax = plot_report(report(y))
    >>> [line.get_label() for line in ax.lines]
    ['gradient of parameters', 'signal at outputs']
    """
    if not isinstance(report, Report):
        raise TypeError(f"plot_report takes a report of engine.report, got {report!r}")
    if not report.layers:
        raise ValueError("the report has no layers: name the parameters, with labels or with groups=")
    ax = axes_or_new(ax)
    places = range(1, len(report.layers) + 1)
    sizes = {
        "gradient of parameters": [layer.gradient for layer in report.layers],
        "signal at outputs": [layer.signal for layer in report.layers],
    }
    for (label, numbers), colour, look in zip(sizes.items(), COLOURS, ("-o", "--s"), strict=False):
        ax.plot(places, _positive(numbers), look, color=colour, label=label, zorder=3)
    if any(size > 0 for numbers in sizes.values() for size in numbers):
        log_scale(ax.yaxis)
    shares = ax.twinx()
    for label, hatch, colour, offset in (("dead", "", "#cc79a7", -0.2), ("saturated", "///", "#e69f00", 0.2)):
        values = [getattr(layer, label) for layer in report.layers]
        if any(value > 0 for value in values):
            where = [place + offset for place in places]
            shares.bar(where, values, 0.35, color=colour, alpha=0.45, hatch=hatch, label=f"{label} (right)")
    shares.set(ylim=(0, 1), ylabel="share of units")
    ax.set_zorder(shares.get_zorder() + 1)
    ax.patch.set_visible(False)
    ax.set_xticks(places, [layer.name for layer in report.layers], rotation=30, ha="right")
    ax.set(title=title, ylabel="root mean square")
    ax.grid(alpha=0.3)
    handles, labels = ax.get_legend_handles_labels()
    more_handles, more_labels = shares.get_legend_handles_labels()
    ax.legend([*handles, *more_handles], [*labels, *more_labels])
    return ax


def plot_gradient_flow(
    recorded: Any,
    ax: Axes | None = None,
    *,
    title: str = "Gradient flow",
    xlabel: str = "step",
    ylabel: str = "size of the gradient",
) -> Axes:
    """Plot a number of each layer over the steps of a training, on a logarithmic axis.

    Args:
        recorded: an ``nn.Recorder``; or the numbers of each layer by its name, one for each step.
        ax, title, xlabel, ylabel: see :mod:`viz.plots`.

    Returns:
        The axes. Zeros have no place on a logarithmic axis and are left out.

    Raises:
        ValueError: there is nothing to plot.
        TypeError: it is neither.

    >>> ax = plot_gradient_flow({"layers.0": [0.001, 0.01], "layers.1": [0.1, 0.05]})
    >>> ax.get_yscale(), [line.get_label() for line in ax.lines]
    ('log', ['layers.0', 'layers.1'])
    """
    steps, curves = _curves(recorded)
    if not any(curves.values()):
        raise ValueError("there is nothing to plot: no step was recorded")
    ax = axes_or_new(ax)
    for i, (name, numbers) in enumerate(curves.items()):
        where = steps if steps is not None else range(1, len(numbers) + 1)
        marker = "o" if len(numbers) == 1 else None  # a line through one point is not seen
        ax.plot(where, _positive(numbers), label=name, marker=marker, **_looks(i, len(curves)))
    log = any(number > 0 for numbers in curves.values() for number in numbers)
    finished(ax, log=log, whole=True, title=title, xlabel=xlabel, ylabel=ylabel)
    if len(curves) > FEW:  # beside the plot: in it there is no room
        ax.legend(fontsize="small", loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def _curves(recorded: Any) -> tuple[list[int] | None, dict[str, list[float]]]:
    if hasattr(recorded, "series") and hasattr(recorded, "steps"):
        return list(recorded.steps), recorded.series()
    if not isinstance(recorded, Mapping):
        kind = type(recorded).__name__
        raise TypeError(
            f"plot_gradient_flow takes a Recorder or numbers by name, got {recorded!r} of type {kind}"
        )
    return None, {str(name): [float(x) for x in numbers] for name, numbers in recorded.items()}


def _looks(i: int, count: int) -> dict[str, Any]:
    if count <= FEW:
        return looks(i)
    from matplotlib import colormaps

    return {"color": colormaps["viridis"](0.85 * i / (count - 1))}


def _positive(numbers: Iterable[float]) -> list[float]:
    return [number if number > 0 else math.nan for number in numbers]
