"""The size of the gradients layer by layer, where one sees them vanish or explode."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from viz.plots.axes import COLOURS, axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["gradient_sizes", "plot_gradient_sizes"]

STYLES = ("-o", "--s", "-.^", ":D", "-v", "--P", "-.X")


def gradient_sizes(model: Any, of: str = "w") -> list[float]:
    """How large the gradients of each layer are: the root of their mean square.

    Args:
        model: has ``layers`` of ``neurons`` with weights ``w`` and perhaps a bias ``b``, as nn's MLP has;
            ``backward()`` has been called.
        of: "w" for the gradients of the weights, "b" for those of the biases, which are those of the neurons'
            weighted inputs: the δ of the textbooks.

    Returns:
        A number per layer, the first layer first.

    Raises:
        TypeError: the model is not built that way, or has no such parameters.
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
    try:
        layers = [[getattr(neuron, of) for neuron in layer.neurons] for layer in model.layers]
        gradients = [
            [value.grad for each in layer for value in (each if of == "w" else [each])] for layer in layers
        ]
    except AttributeError as error:
        raise TypeError(
            f"{type(model).__name__} has no layers of neurons whose {of!r} have gradients: {error}"
        ) from None
    return [math.sqrt(math.fsum(grad * grad for grad in each) / len(each)) for each in gradients]


def plot_gradient_sizes(
    sizes: Any,
    ax: Axes | None = None,
    *,
    title: str = "Gradient size per layer",
    xlabel: str = "layer",
    ylabel: str = "gradient size",
) -> Axes:
    """The size of the gradients of each layer, on a logarithmic axis, for one network or several by name.

    Args:
        sizes: numbers, one per layer, the first layer first; or a model, see :func:`gradient_sizes`; or a
            mapping from names to these.
        ax: where to draw; a new figure without it.
        title: above the plot.
        xlabel: below it.
        ylabel: beside it.

    Returns:
        The axes; its figure is ``ax.figure``. Gradients of size 0 have no place on a logarithmic axis and
        are left out.

    Raises:
        ValueError: there is nothing to plot.
        TypeError: something is neither numbers nor a model.
        ImportError: matplotlib is not installed.

    >>> ax = plot_gradient_sizes({"sigmoid": [0.001, 0.1], "ReLU": [0.5, 0.5]})
    >>> ax.get_yscale(), [line.get_label() for line in ax.lines]
    ('log', ['sigmoid', 'ReLU'])
    """
    named = sizes if isinstance(sizes, Mapping) else {"": sizes}
    curves = {name: _numbers(each) for name, each in named.items()}
    if not any(curves.values()):
        raise ValueError("there are no gradients to plot")
    ax = axes_or_new(ax)
    from matplotlib.ticker import MaxNLocator

    for i, (name, curve) in enumerate(curves.items()):
        shown = [size if size > 0 else math.nan for size in curve]
        ax.plot(
            range(1, len(curve) + 1),
            shown,
            STYLES[i % len(STYLES)],
            color=COLOURS[i % len(COLOURS)],
            label=name or None,
        )
    if any(size > 0 for curve in curves.values() for size in curve):
        ax.set_yscale("log")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.grid(alpha=0.3)
    if any(curves):
        ax.legend()
    return ax


def _numbers(sizes: Any) -> list[float]:
    if isinstance(sizes, Iterable) and not hasattr(sizes, "layers"):
        return [float(size) for size in sizes]
    return gradient_sizes(sizes)
