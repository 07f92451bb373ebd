"""Losses for regression: errors, absolute and squared, with the usual factors."""

from __future__ import annotations

from typing import Any

from engine import abs, clip, mean, sum
from engine.floats.validate import non_negative
from nn.checks import above_zero
from nn.data.numbers import items_of
from nn.losses.pairing import pairs_of
from nn.losses.row import row

__all__ = [
    "absolute_error",
    "error",
    "half_squared_error",
    "huber",
    "mse",
    "quadratic_cost",
    "smooth_l1",
    "squared_error",
]


@row("mean")
def error(predictions: Any, targets: Any) -> Any:
    """The mean error Σ(t - y) / N over all N elements, with its sign.

    Errors of opposite sign cancel, and it falls without end as predictions grow: look at it, do not train
    with it.

    Args:
        predictions: y.
        targets: t, nested alike.

    Raises:
        ValueError: predictions and targets differ in length, or are empty.

    >>> from engine import Value
    >>> error([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    1.0
    """
    return mean([t - y for y, t in pairs_of(predictions, targets)])


@row("mean")
def absolute_error(predictions: Any, targets: Any) -> Any:
    """The mean absolute error Σ|t - y| / N over all N elements (MAE, L1); its derivative at 0 is 0.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> absolute_error([Value(1.0), Value(2.0)], [2.0, -1.0]).data
    2.0
    """
    return mean([abs(y - t) for y, t in pairs_of(predictions, targets)])


@row("sum")
def squared_error(predictions: Any, targets: Any) -> Any:
    """The sum of squared errors Σ(t - y)², with no factor; of a single pair, (t - y)².

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> squared_error([Value(1.0), Value(2.0)], [2.0, 4.0]).data
    5.0
    """
    return sum(_squares(predictions, targets))


@row("mean")
def mse(predictions: Any, targets: Any) -> Any:
    """The mean squared error Σ(t - y)² / N over all N elements, without a factor ½, as PyTorch's.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> mse([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    2.0
    """
    return mean(_squares(predictions, targets))


@row("sum")
def half_squared_error(predictions: Any, targets: Any) -> Any:
    """E = ½·Σ(t - y)², a sum over all elements: its derivative by y is y - t, which the ½ is there for.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> y = Value(3.0)
    >>> half_squared_error([y], [1.0]).backward()
    >>> y.grad
    2.0
    """
    return 0.5 * sum(_squares(predictions, targets))


@row("mean")
def quadratic_cost(predictions: Any, targets: Any) -> Any:
    """C = Σ‖t - y‖² / (2n): half the squared distance of outputs to targets, as the mean over n samples.

    The outermost sequence holds the samples; a network of several outputs gives a list for each. The
    quadratic cost of Nielsen, "Neural networks and deep learning", equation 6.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> y = [[Value(1.0), Value(2.0)], [Value(0.0), Value(0.0)]]
    >>> quadratic_cost(y, [[1.0, 4.0], [0.0, 2.0]]).data  # (4 + 4) / (2·2)
    2.0
    >>> quadratic_cost([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    samples = items_of(predictions)
    count = 1 if samples is None else len(samples)
    return sum(_squares(samples if samples is not None else predictions, targets)) / (2.0 * count)


@row("mean")
def huber(predictions: Any, targets: Any, delta: float = 1.0) -> Any:
    """The Huber loss Σ h(t - y) / N: d²/2 where |d| ≤ delta, else delta·(|d| - delta/2).

    Huber 1964, "Robust estimation of a location parameter": outliers pull with delta, not with their
    distance.

    Args:
        predictions: y.
        targets: t, nested alike.
        delta: from which distance on it is straight, above 0.

    Raises:
        ValueError: delta is not above 0, or as of :func:`error`.

    >>> from engine import Value
    >>> huber([Value(1.0), Value(2.0)], [1.5, 5.0]).data  # (0.125 + 2.5) / 2
    1.3125
    """
    delta = above_zero("delta", delta)
    terms = []
    for y, t in pairs_of(predictions, targets):
        d = y - t
        c = clip(d, -delta, delta)
        terms.append(c * (d - 0.5 * c))
    return mean(terms)


@row("mean")
def smooth_l1(predictions: Any, targets: Any, beta: float = 1.0) -> Any:
    """The Huber loss over its delta, here beta: d²/(2·beta) where |d| ≤ beta, else |d| - beta/2.

    Girshick 2015, "Fast R-CNN". With beta 0 it is :func:`absolute_error`.

    Args:
        predictions: y.
        targets: t, nested alike.
        beta: from which distance on it is straight, at least 0.

    Raises:
        ValueError: beta is below 0, or as of :func:`error`.

    >>> from engine import Value
    >>> smooth_l1([Value(1.0), Value(2.0)], [1.5, 5.0], beta=0.5).data  # (0.25 + 2.75) / 2
    1.5
    """
    if non_negative("beta", beta) == 0.0:
        return absolute_error(predictions, targets)
    return huber(predictions, targets, beta) / beta


def _squares(predictions: Any, targets: Any) -> list[Any]:
    return [(y - t) ** 2 for y, t in pairs_of(predictions, targets)]
