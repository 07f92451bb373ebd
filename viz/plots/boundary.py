"""Plot of the decision boundary of a classifier of points in the plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine import no_grad
from viz.plots.axes import COLOURS, MARKERS, axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_decision_boundary"]

REGIONS = ("#cfe3f2", "#fde6cc", "#d3efe5", "#f3dfea", "#e6f3fb", "#f9edd0", "#e0e0e0")

WANTED = "predict must give one number or one row of scores per point"

Array = npt.NDArray[np.float64]


def plot_decision_boundary(
    predict: Callable[[Any], Any],
    X: Any,
    y: Any,
    ax: Axes | None = None,
    *,
    threshold: float | None = None,
    resolution: int = 60,
    title: str = "Decision boundary",
    xlabel: str = "$x_1$",
    ylabel: str = "$x_2$",
) -> Axes:
    """Plot the regions and boundaries of a classifier of points in the plane, with the data.

    Args:
        predict: takes a point, a list of two floats, and gives a number or Value to be compared with the
            threshold (``model``), a bool, or one score per class (the largest wins). A function that takes
            an array of shape (n, 2) and gives n results, as scikit-learn's ``predict`` does, works too.
        X: the points, shape (n, 2).
        y: their classes, n numbers.
        threshold: the boundary between two classes; halfway between the two numbers in ``y`` by default, so
            0.5 for classes 0 and 1, and 0 for -1 and 1.
        resolution: points per side of the grid on which ``predict`` is asked.
        ax, title, xlabel, ylabel: see :mod:`viz.plots`.

    Raises:
        ValueError: X and y do not fit together, or ``predict`` gives something else.

    >>> gate = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> ax = plot_decision_boundary(lambda p: p[0] + p[1] - 1, gate, [0, 1, 1, 1], resolution=5)
    >>> len(ax.collections) > 2
    True
    """
    points, labels = _points(X, y)
    classes = np.unique(labels)
    ax = axes_or_new(ax)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * np.where(high > low, high - low, 1.0)
    sides = [np.linspace(a, b, resolution) for a, b in zip(low - margin, high + margin, strict=True)]
    grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    answers = _answers(predict, grid)
    if answers.ndim == 1 and len(classes) <= 2:
        middle = float(classes[0] + classes[-1]) / 2 if threshold is None else threshold
        if answers.dtype == bool:
            answers = np.where(answers, middle + 1.0, middle - 1.0)
        _two_regions(ax, sides, answers.reshape(resolution, resolution).astype(float), middle)
    else:
        # of numbers, the nearest class wins; of scores, the largest
        scores = -np.abs(answers[:, None] - classes) if answers.ndim == 1 else answers
        _regions(ax, sides, scores.reshape(resolution, resolution, -1))
    for i, label in enumerate(classes):
        chosen = points[labels == label]
        ax.scatter(chosen[:, 0], chosen[:, 1], label=f"{label:g}", color=COLOURS[i % len(COLOURS)],
                   marker=MARKERS[i % len(MARKERS)], edgecolors="black", zorder=3)  # fmt: skip
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.legend(title="class")
    return ax


def _points(X: Any, y: Any) -> tuple[Array, Array]:
    points = np.array([[float(coordinate) for coordinate in point] for point in X])
    labels = np.array([float(label) for label in y])
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"X must hold points in the plane, shape (n, 2); got shape {points.shape}")
    if labels.shape != points.shape[:1]:
        raise ValueError(f"X holds {len(points)} points but y {len(labels)} classes")
    if not np.isfinite(points).all():
        raise ValueError("X holds points that are not finite")
    return points, labels


def _answers(predict: Callable[[Any], Any], grid: Array) -> npt.NDArray[Any]:
    """The answers of the classifier for the points of the grid: a number each, or a row of scores."""
    with no_grad():
        try:
            answers = [_plain(predict(point)) for point in grid.tolist()]
        except (TypeError, ValueError, IndexError):  # perhaps it wants all points at once
            together = _all_at_once(predict, grid)
            if together is None:
                raise
            answers = together
    found = np.array(answers)
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.ndim not in (1, 2) or len(found) != len(grid):
        raise ValueError(f"{WANTED}; got {answers[0]!r}")
    return found


def _all_at_once(predict: Callable[[Any], Any], grid: Array) -> list[Any] | None:
    try:
        answers = [_plain(answer) for answer in predict(grid)]
    except (TypeError, ValueError, IndexError):
        return None
    return answers if len(answers) == len(grid) else None


def _plain(answer: Any) -> Any:
    """An answer without Values: a bool, a float, or a list of floats."""
    if isinstance(answer, (bool, np.bool_)):
        return bool(answer)
    try:
        if isinstance(answer, (list, tuple, np.ndarray)) and np.ndim(np.array(answer, dtype=object)):
            return [float(score) for score in answer]
        return float(answer)
    except TypeError:
        raise ValueError(f"{WANTED}; got {answer!r}") from None


def _two_regions(ax: Axes, sides: list[Array], scores: Array, threshold: float) -> None:
    above = np.where(np.isnan(scores), np.nan, (scores > threshold).astype(float))
    _paint(ax, sides, above, 2)
    finite = np.clip(np.nan_to_num(scores, nan=threshold), -1e300, 1e300)
    if finite.min() <= threshold < finite.max():
        ax.contour(*sides, finite, levels=[threshold], colors="black", linewidths=1.5)


def _regions(ax: Axes, sides: list[Array], scores: Array) -> None:
    """Regions of the largest score, and where each is as large as the largest of the others."""
    winners = scores.argmax(-1)
    _paint(ax, sides, winners, max(int(winners.max()) + 1, 2))
    for i in range(scores.shape[-1]):
        others = np.delete(scores, i, axis=-1)
        ahead = np.nan_to_num(scores[..., i] - others.max(-1)) if others.shape[-1] else winners + 1.0
        if ahead.min() < 0 < ahead.max():
            ax.contour(*sides, ahead, levels=[0.0], colors="black", linewidths=1.2)


def _paint(ax: Axes, sides: list[Array], classes: npt.NDArray[Any], count: int) -> None:
    """Fill the plane with the colours of the classes, 0 to count - 1; nan stays blank."""
    from matplotlib.colors import ListedColormap

    colours = ListedColormap([REGIONS[i % len(REGIONS)] for i in range(count)])
    looks: dict[str, Any] = {"shading": "nearest", "rasterized": True, "zorder": 0}
    ax.pcolormesh(*sides, classes, cmap=colours, vmin=0, vmax=count - 1, **looks)
