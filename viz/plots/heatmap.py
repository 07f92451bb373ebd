"""Heatmaps of confusion matrices and weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.quoting import typed
from viz.plots.axes import axes_or_new
from viz.plots.scales import sign_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_confusion_matrix", "plot_weights"]

MOST_NUMBERS = 150
"""Of more fields the numbers would not be legible."""

MOST_DOTS = 2500
"""Fields up to which those below 0 have a dot."""

DARK = 0.42
"""The lightness below which white is read better than black."""

LETTERS_BESIDE_EACH_OTHER = 40
"""Letters of names that fit below a matrix; longer ones are turned."""

TURNED: dict[str, Any] = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}

HALF = 0.5

Array = npt.NDArray[np.float64]


def plot_confusion_matrix(
    matrix: Any,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    *,
    title: str = "Confusion matrix",
    xlabel: str = "predicted",
    ylabel: str = "true",
) -> Axes:
    """Plot a confusion matrix: true classes in rows, predicted ones in columns, darker for more.

    Args:
        matrix: counts, shape (classes, classes), as ``nn.confusion_matrix`` returns them.
        names: of the classes; their numbers without it.
        ax, title, xlabel, ylabel: see :mod:`viz.plots`.

    Raises:
        ValueError: the matrix is not square, a count is below 0, or there is not a name for each class.
        TypeError: it is no matrix but, for example, classes.

    >>> ax = plot_confusion_matrix([[5, 0], [1, 4]], ["no", "yes"])
    >>> [text.get_text() for text in ax.texts]
    ['5', '0', '1', '4']
    """
    counts = _table(matrix, "nn.confusion_matrix(y_true, y_pred) makes one of classes")
    if counts.shape[0] != counts.shape[1] or not (counts >= 0).all():
        raise ValueError(f"a confusion matrix is square and holds counts, got {counts.tolist()}")
    names = [str(i) for i in range(len(counts))] if names is None else [str(name) for name in names]
    if len(names) != len(counts):
        raise ValueError(f"there are {len(counts)} classes, got {len(names)} names")
    ax = axes_or_new(ax)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    ax.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    _write(ax, [[f"{count:g}" for count in row] for row in counts], shares > HALF)
    long = max(map(len, names)) * len(names) > LETTERS_BESIDE_EACH_OTHER
    ax.set_xticks(range(len(names)), names, **(TURNED if long else {}))
    ax.set_yticks(range(len(names)), names, rotation=0 if long else 90, va="center")
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return ax


def plot_weights(
    weights: Any,
    ax: Axes | None = None,
    *,
    title: str = "Weights",
    xlabel: str = "input",
    ylabel: str = "neuron",
    inputs: Sequence[str] | None = None,
) -> Axes:
    """Plot the weights of a layer, a row for each neuron: blue above 0, orange below, darker for larger.

    The scale is the same on both sides of 0, which is white. Small tables show the numbers; in larger ones a
    dot marks what is below 0, so that signs can be distinguished in grey.

    Args:
        weights: a layer, known by its ``neurons`` with weights ``w`` or by the rows of its ``weight``; or
            numbers or Values, shape (neurons, inputs).
        inputs: names of the inputs; their numbers without it.
        ax, title, xlabel, ylabel: see :mod:`viz.plots`.

    Raises:
        ValueError: the weights are no table, or there is not a name for each input.
        TypeError: they are neither a layer nor rows of numbers.

    >>> ax = plot_weights([[1.0, -0.5], [0.25, 0.0]])
    >>> [text.get_text() for text in ax.texts]
    ['1.00', '-0.50', '0.25', '0.00']
    """
    neurons = getattr(weights, "neurons", None)
    rows = getattr(weights, "weight", weights) if neurons is None else [neuron.w for neuron in neurons]
    table = _table(rows, "give one layer, such as model.layers[0]")
    names = [str(i) for i in range(table.shape[1])] if inputs is None else [str(name) for name in inputs]
    if len(names) != table.shape[1]:
        raise ValueError(f"there are {table.shape[1]} inputs, got {len(names)} names")
    ax = axes_or_new(ax)
    sizes = np.abs(table[np.isfinite(table)])
    largest = float(sizes.max(initial=0.0)) or 1.0
    image = ax.imshow(table, cmap=sign_colours(), vmin=-largest, vmax=largest, aspect="auto")
    if table.size <= MOST_NUMBERS:
        colours = np.asarray(image.cmap(image.norm(table)))
        _write(ax, [[f"{number:.2f}" for number in row] for row in table], _is_dark(colours))
    elif table.size <= MOST_DOTS:
        below = np.argwhere(table < 0)
        ax.scatter(below[:, 1], below[:, 0], s=4, color="black", linewidths=0)
    ax.figure.colorbar(image, ax=ax, label="weight")
    if inputs is not None or len(names) <= 20:
        ax.set_xticks(range(len(names)), names)
    if len(table) <= 20:
        ax.set_yticks(range(len(table)))
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return ax


def _table(numbers: Any, instead: str) -> Array:
    try:
        table = np.array([[float(number) for number in row] for row in numbers])
    except TypeError:
        raise TypeError(f"numbers must be in rows and columns, got {typed(numbers)}; {instead}") from None
    if table.ndim != 2 or not table.size:
        raise ValueError(f"numbers must be in rows and columns, got shape {table.shape}")
    return table


def _is_dark(colours: Array) -> npt.NDArray[np.bool_]:
    lightness: Array = colours[..., :3] @ np.array([0.299, 0.587, 0.114])
    return lightness < DARK


def _write(ax: Axes, texts: Sequence[Sequence[str]], on_dark: npt.NDArray[np.bool_]) -> None:
    """A text in the middle of each field, white where it is dark."""
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            ax.text(j, i, text, ha="center", va="center", color="white" if on_dark[i, j] else "black")
