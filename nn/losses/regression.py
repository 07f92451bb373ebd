"""Losses for regression: errors, absolute and squared, with the usual factors."""

from __future__ import annotations

from typing import Any

from engine import abs, mean, sum
from nn.data.numbers import items_of
from nn.losses.pairing import pairs_of

__all__ = ["absolute_error", "error", "half_squared_error", "mse", "quadratic_cost", "squared_error"]


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


def absolute_error(predictions: Any, targets: Any) -> Any:
    """The mean absolute error Σ|t - y| / N over all N elements (MAE, L1); its derivative at 0 is 0.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> absolute_error([Value(1.0), Value(2.0)], [2.0, -1.0]).data
    2.0
    """
    return mean([abs(y - t) for y, t in pairs_of(predictions, targets)])


def squared_error(predictions: Any, targets: Any) -> Any:
    """The sum of squared errors Σ(t - y)², with no factor; of a single pair, (t - y)².

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> squared_error([Value(1.0), Value(2.0)], [2.0, 4.0]).data
    5.0
    """
    return sum(_squares(predictions, targets))


def mse(predictions: Any, targets: Any) -> Any:
    """The mean squared error Σ(t - y)² / N over all N elements, without a factor ½, as PyTorch's.

    Args and errors are those of :func:`error`.

    >>> from engine import Value
    >>> mse([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    2.0
    """
    return mean(_squares(predictions, targets))


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


def _squares(predictions: Any, targets: Any) -> list[Any]:
    return [(y - t) ** 2 for y, t in pairs_of(predictions, targets)]
