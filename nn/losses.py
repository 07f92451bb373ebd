"""Losses: how far predictions are from their targets, as one Value to call ``backward()`` on.

Each is a mean over the elements (samples), so that the step size need not change with their number.
Predictions and targets are numbers and Values in lists, tuples or arrays, nested alike; an axis of length
1 may be left out (four predictions go with targets of shape (4, 1)). With numbers alone the result is a
float.

Targets that are numbers are checked, but no formula here branches on them.
"""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from engine import Value, dot, log, log1p, logsumexp, mean, relu, softplus, where

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "hinge", "mse"]


def mse(predictions: Any, targets: Any) -> Any:
    """The mean squared error Σ(y - t)² / N over all N elements, without a factor ½.

    Args:
        predictions: y.
        targets: t, nested alike.

    Raises:
        ValueError: there are more or fewer predictions than targets, or none.

    >>> mse([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    2.0
    """
    return mean([(y - t) ** 2 for y, t in _pairs(predictions, targets)])


def binary_cross_entropy(probabilities: Any, targets: Any) -> Any:
    """The binary cross-entropy -Σ(t·log p + (1 - t)·log(1 - p)) / N over all N elements, natural logarithm.

    A term whose factor is 0 counts as 0, also where its logarithm is infinite. For a network's raw
    outputs take :func:`binary_cross_entropy_with_logits`, which loses no digits near 0 and 1.

    Args:
        probabilities: p, between 0 and 1, such as sigmoid outputs.
        targets: t, nested alike, between 0 and 1.

    Raises:
        ValueError: a probability or target outside [0, 1]; more or fewer predictions than targets, or none.

    >>> round(binary_cross_entropy([Value(0.8), Value(0.4)], [1, 0]).data, 6)
    0.366985
    """
    terms = []
    for p, t in _pairs(probabilities, targets):
        number = _number(p)
        if number < 0.0 or number > 1.0:  # nan is let through, to show up in the result
            raise ValueError(
                f"probabilities must lie between 0 and 1, got {number!r}; "
                "for outputs before the sigmoid use binary_cross_entropy_with_logits"
            )
        _check_binary(t)
        terms.append(where(t, t * log(p), 0.0) + where(1 - t, (1 - t) * log1p(-p), 0.0))
    return -mean(terms)


def binary_cross_entropy_with_logits(logits: Any, targets: Any) -> Any:
    """The binary cross-entropy of sigmoid(z), from z itself: Σ(t·softplus(-z) + (1 - t)·softplus(z)) / N.

    Exact for any finite logit, and with its digits also where sigmoid(z) rounds to 0 or 1.

    Args:
        logits: z, a network's outputs before any sigmoid.
        targets: t, nested alike, between 0 and 1.

    Raises:
        ValueError: a target lies outside [0, 1]; more or fewer logits than targets, or none.

    >>> binary_cross_entropy_with_logits([Value(0.0), Value(1000.0)], [1, 1]).data
    0.34657359027997264
    """
    terms = []
    for z, t in _pairs(logits, targets):
        _check_binary(t)
        terms.append(dot([t, 1 - t], [softplus(-z), softplus(z)]))
    return mean(terms)


def cross_entropy(logits: Any, target: Any) -> Any:
    """The cross-entropy -Σ log softmax(z)[t] / N over N samples, natural logarithm.

    Computed as log Σ_j exp(z_j - z_t), which neither overflows nor loses digits where the
    probability of the target is nearly 1.

    Args:
        logits: z, a number for each class, before any softmax; or a list of such samples.
        target: t, the index of the right class, counted from 0; or a list of them, one per sample.

    Raises:
        ValueError: an index that is no class; more or fewer samples than targets, or none.
        TypeError: an index is no whole number; a sample is no sequence.

    >>> round(cross_entropy([Value(1.2), Value(0.9), Value(0.4)], 0).data, 6)
    0.783969
    >>> cross_entropy([[0.0, 0.0], [0.0, 1000.0]], [0, 1])
    0.34657359027997264
    """
    targets = _items(target)
    if targets is None:
        return _cross_entropy_of_one(logits, target, "logits")
    samples = _items(logits) or []
    if len(samples) != len(targets):
        raise ValueError(
            f"logits and targets differ in length: {len(samples)} samples and {len(targets)} targets"
        )
    if not samples:
        raise ValueError("a loss needs at least one sample, got none")
    pairs = enumerate(zip(samples, targets, strict=True))
    return mean([_cross_entropy_of_one(z, t, f"logits[{i}]") for i, (z, t) in pairs])


def hinge(scores: Any, targets: Any) -> Any:
    """The hinge loss Σ max(0, 1 - t·s) / N over all N elements; its slope at the kink is 0.

    Args:
        scores: s, a network's outputs; their sign is the class.
        targets: t, nested alike, each -1 or +1.

    Raises:
        ValueError: a target is neither -1 nor +1; more or fewer scores than targets, or none.

    >>> hinge([Value(0.5), Value(-2.0)], [1, -1]).data
    0.25
    """
    terms = []
    for s, t in _pairs(scores, targets):
        if abs(_number(t)) != 1.0:
            raise ValueError(f"hinge targets must be -1 or +1, got {_number(t)!r}; for 0 and 1 take 2*t - 1")
        terms.append(relu(1 - t * s))
    return mean(terms)


def _cross_entropy_of_one(logits: Any, target: Any, place: str) -> Any:
    classes = _items(logits)
    if classes is None:
        raise TypeError(
            f"{place} must be a sequence with a number for each class, got {logits!r}; "
            "for a single output use binary_cross_entropy_with_logits"
        )
    try:
        chosen = index(target)
    except TypeError:
        raise TypeError(f"the target of {place} must be the index of a class, got {target!r}") from None
    if not 0 <= chosen < len(classes):
        raise ValueError(f"the target of {place} must be from 0 to {len(classes) - 1}, got {chosen}")
    right = classes[chosen]
    return logsumexp([0.0, *(z - right for j, z in enumerate(classes) if j != chosen)])


def _number(x: Any) -> float:
    """The bare number; TypeError from the engine where there is none."""
    return x.data if isinstance(x, Value) else Value(x).data


def _check_binary(target: Any) -> None:
    t = _number(target)
    if not 0.0 <= t <= 1.0:
        raise ValueError(
            f"binary targets must lie between 0 and 1, got {t!r}; for -1 and +1 take (t + 1) / 2"
        )


def _pairs(predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each prediction with its target, in order."""
    pairs: list[tuple[Any, Any]] = []
    _add_pairs(pairs, predictions, targets, "")
    if not pairs:
        raise ValueError("a loss needs at least one prediction, got none")
    return pairs


def _add_pairs(pairs: list[tuple[Any, Any]], predictions: Any, targets: Any, place: str) -> None:
    ys, ts = _items(predictions), _items(targets)
    if ys is None and ts is None:
        pairs.append((predictions, targets))
        return
    ys, ts = [predictions] if ys is None else ys, [targets] if ts is None else ts
    if len(ys) != len(ts):
        raise ValueError(f"predictions{place} and targets{place} differ in length: {len(ys)} and {len(ts)}")
    for i, (y, t) in enumerate(zip(ys, ts, strict=True)):
        _add_pairs(pairs, y, t, f"{place}[{i}]")


def _items(x: Any) -> list[Any] | None:
    """What a sequence holds; None for a single number."""
    if isinstance(x, np.ndarray):
        return list(x.tolist()) if x.ndim else None
    if isinstance(x, (str, bytes, dict)) or not hasattr(x, "__iter__"):
        return None
    return list(x)
