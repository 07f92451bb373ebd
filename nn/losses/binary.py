"""Losses for binary classification, with one output."""

from __future__ import annotations

from typing import Any

from engine import dot, log, log1p, mean, relu, softplus, where
from engine.autograd.trace_mode import checked
from engine.quoting import brief
from nn.data.numbers import number_of
from nn.losses.pairing import is_share, may_be_probability, pairs_of

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits", "hinge"]


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
    terms = []
    for s, t in pairs_of(scores, targets):
        if not checked(t, _is_sign):
            raise ValueError(
                f"hinge targets must be -1 or +1, got {brief(number_of(t))}; for 0 and 1 take 2*t - 1"
            )
        terms.append(relu(1 - t * s))
    return mean(terms)


def _check_binary(target: Any) -> None:
    if not checked(target, is_share):
        raise ValueError(
            f"binary targets must lie between 0 and 1, got {brief(number_of(target))}; for -1 and +1 take "
            "(t + 1) / 2"
        )


def _is_sign(x: Any) -> Any:
    """Whether a number, or each of an array, is -1 or +1."""
    return abs(x) == 1.0
