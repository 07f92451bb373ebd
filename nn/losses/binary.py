"""Losses for binary classification, with one output."""

from __future__ import annotations

from typing import Any

from engine import dot, greater, log, log1p, mean, relu, softplus, where
from engine.autograd.trace_mode import checked
from engine.floats.validate import non_negative
from engine.quoting import brief
from nn.data.numbers import number_of
from nn.losses.pairing import is_share, is_sign, may_be_probability, pairs_of
from nn.losses.row import row

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "hinge",
    "hinge_embedding",
    "soft_margin",
]


@row("mean", checks_targets=True)
def binary_cross_entropy(probabilities: Any, targets: Any) -> Any:
    """The binary cross-entropy -Σ(t·log p + (1 - t)·log(1 - p)) / N over all N elements, natural logarithm.

    A term whose factor is 0 counts as 0, also where its logarithm is infinite. For a network's raw
    outputs take :func:`binary_cross_entropy_with_logits`, which loses no digits near 0 and 1.

    Args:
        probabilities: p, between 0 and 1, such as sigmoid outputs.
        targets: t, nested alike, between 0 and 1.

    Raises:
        ValueError: a probability or target is outside [0, 1]; or predictions and targets differ in length.

    >>> from engine import Value
    >>> round(binary_cross_entropy([Value(0.8), Value(0.4)], [1, 0]).data, 6)
    0.366985
    """
    terms = []
    for p, t in pairs_of(probabilities, targets):
        if not checked(p, may_be_probability):
            raise ValueError(
                f"probabilities must lie between 0 and 1, got {brief(number_of(p))}; "
                "for outputs before the sigmoid use binary_cross_entropy_with_logits"
            )
        _check_binary(t)
        terms.append(where(t, t * log(p), 0.0) + where(1 - t, (1 - t) * log1p(-p), 0.0))
    return -mean(terms)


@row("mean", checks_targets=True, signed=True)
def binary_cross_entropy_with_logits(logits: Any, targets: Any, pos_weight: float = 1.0) -> Any:
    """The binary cross-entropy of sigmoid(z), from z itself: Σ(t·softplus(-z) + (1 - t)·softplus(z)) / N.

    Exact for any finite logit, and with its digits also where sigmoid(z) rounds to 0 or 1.

    Args:
        logits: z, a network's outputs before any sigmoid.
        targets: t, nested alike, between 0 and 1.
        pos_weight: a factor on the terms with t, for where positive samples are rare.

    Raises:
        ValueError: a target is outside [0, 1]; or logits and targets differ in length.

    >>> from engine import Value
    >>> binary_cross_entropy_with_logits([Value(0.0), Value(1000.0)], [1, 1]).data
    0.34657359027997264
    """
    terms = []
    for z, t in pairs_of(logits, targets):
        _check_binary(t)
        positive = t if pos_weight == 1.0 else pos_weight * t
        terms.append(dot([positive, 1 - t], [softplus(-z), softplus(z)]))
    return mean(terms)


@row("mean", checks_targets=True, signed=True)
def hinge(scores: Any, targets: Any) -> Any:
    """The hinge loss Σ max(0, 1 - t·s) / N over all N elements; its derivative at the kink is 0.

    Args:
        scores: s, a network's outputs; their sign is the class.
        targets: t, nested alike, each -1 or +1.

    Raises:
        ValueError: a target is neither -1 nor +1; or scores and targets differ in length.

    >>> from engine import Value
    >>> hinge([Value(0.5), Value(-2.0)], [1, -1]).data
    0.25
    """
    return mean([relu(1 - t * s) for s, t in _signed_pairs("hinge", scores, targets)])


@row("mean", checks_targets=True, signed=True)
def soft_margin(scores: Any, targets: Any) -> Any:
    """The logistic loss Σ log(1 + exp(-t·s)) / N over all N elements, of targets -1 and +1.

    The same as :func:`binary_cross_entropy_with_logits` with targets 0 and 1. Args and errors are those of
    :func:`hinge`.

    >>> from engine import Value
    >>> soft_margin([Value(0.0), Value(1000.0)], [1, 1]).data
    0.34657359027997264
    """
    return mean([softplus(-t * s) for s, t in _signed_pairs("soft_margin", scores, targets)])


@row("mean", checks_targets=True)
def hinge_embedding(distances: Any, targets: Any, margin: float = 1.0) -> Any:
    """Σ h / N: h is the distance of a pair that belongs together, of another max(0, margin - distance).

    Hadsell, Chopra & LeCun 2006, "Dimensionality reduction by learning an invariant mapping", without the
    squares, as PyTorch has it.

    Args:
        distances: d, of pairs.
        targets: t, nested alike: +1 for those that belong together, -1 for others.
        margin: up to which distance others are pushed apart, at least 0.

    Raises:
        ValueError: a target is neither -1 nor +1; the margin is below 0; or the lengths differ.

    >>> from engine import Value
    >>> hinge_embedding([Value(0.5), Value(0.25)], [1, -1]).data  # (0.5 + 0.75) / 2
    0.625
    """
    margin = non_negative("margin", margin)
    pairs = _signed_pairs("hinge_embedding", distances, targets)
    return mean([where(greater(t, 0.0), d, relu(margin - d)) for d, t in pairs])


def _signed_pairs(name: str, scores: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Pairs of score and target, each of these -1 or +1."""
    pairs = pairs_of(scores, targets)
    for _, t in pairs:
        if not checked(t, is_sign):
            raise ValueError(
                f"{name} targets must be -1 or +1, got {brief(number_of(t))}; for 0 and 1 take 2*t - 1"
            )
    return pairs


def _check_binary(target: Any) -> None:
    if not checked(target, is_share):
        raise ValueError(
            f"binary targets must lie between 0 and 1, got {brief(number_of(target))}; for -1 and +1 take "
            "(t + 1) / 2"
        )
