"""Pair predictions with targets, two nested sequences; checks of targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nn.data.foreign import from_foreign
from nn.data.numbers import items_of

__all__ = [
    "is_count",
    "is_share",
    "is_sign",
    "map_pairs",
    "may_be_logarithm",
    "may_be_probability",
    "pairs_of",
]


def pairs_of(predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Pairs of prediction and target, in order.

    Raises:
        ValueError: they differ in length, or are empty.

    >>> pairs_of([[1.0], [2.0]], [3.0, 4.0])
    [(1.0, 3.0), (2.0, 4.0)]
    """
    pairs: list[tuple[Any, Any]] = []
    _add_pairs(pairs, predictions, targets, "")
    if not pairs:
        raise ValueError("a loss needs at least one prediction, got none")
    return pairs


def map_pairs(function: Callable[[Any, Any], Any], predictions: Any, targets: Any) -> Any:
    """A function of each prediction and its target, nested as the predictions are.

    Raises:
        ValueError: they differ in length, or are empty.

    >>> map_pairs(max, [[1.0], [5.0]], [3.0, 4.0])
    [[3.0], [5.0]]
    """
    found = iter([function(y, t) for y, t in pairs_of(predictions, targets)])
    return _filled(predictions, found)


def _filled(predictions: Any, found: Iterator[Any]) -> Any:
    items = items_of(predictions)
    return next(found) if items is None else [_filled(each, found) for each in items]


def is_count(x: Any) -> Any:
    """Whether a number, or each of an array, is at least 0.

    >>> is_count(3.0), is_count(-1.0)
    (True, False)
    """
    return x >= 0.0


def is_share(x: Any) -> Any:
    """Whether a number, or each of an array, lies between 0 and 1.

    >>> is_share(0.5), is_share(7.0)
    (True, False)
    """
    return (x >= 0.0) & (x <= 1.0)


def is_sign(x: Any) -> Any:
    """Whether a number, or each of an array, is -1 or +1.

    >>> is_sign(-1.0), is_sign(0.0)
    (True, False)
    """
    return abs(x) == 1.0


def may_be_logarithm(x: Any) -> Any:
    """Whether numbers may be logarithms of probabilities, at most 0 but for rounding; nan is let through.

    >>> may_be_logarithm(-5.0), may_be_logarithm(0.5)
    (True, False)
    """
    return (x > 1e-9) ^ True


def may_be_probability(x: Any) -> Any:
    """Whether numbers lie between 0 and 1; nan is let through, to show up in the result.

    >>> may_be_probability(0.5), may_be_probability(2.0)
    (True, False)
    """
    return ((x < 0.0) | (x > 1.0)) ^ True


def _add_pairs(pairs: list[tuple[Any, Any]], predictions: Any, targets: Any, place: str) -> None:
    predictions, targets = from_foreign("predictions", predictions), from_foreign("targets", targets)
    ys, ts = items_of(predictions), items_of(targets)
    if ys is None and ts is None:
        if targets is None:
            raise TypeError(f"targets{place} must be a number, got None")
        pairs.append((predictions, targets))
        return
    ys, ts = [predictions] if ys is None else ys, [targets] if ts is None else ts
    if len(ys) != len(ts):
        raise ValueError(f"predictions{place} and targets{place} differ in length: {len(ys)} and {len(ts)}")
    for i, (y, t) in enumerate(zip(ys, ts, strict=True)):
        _add_pairs(pairs, y, t, f"{place}[{i}]")
