"""Compares the answers of two libraries; the speed of a wrong answer is worth nothing."""

from __future__ import annotations

import math

from benchmarks.workload import Answer

__all__ = ["DisagreementError", "largest_difference"]


class DisagreementError(Exception):
    """Two libraries computed different values or gradients."""


def largest_difference(answer: Answer, reference: Answer, tolerance: float) -> float:
    """Largest difference of two answers, relative to the largest number of a quantity.

    Args:
        answer: what one library computed.
        reference: what it should be.
        tolerance: the largest difference that is taken for rounding.

    Raises:
        DisagreementError: a difference is larger, a number is nan, or a quantity or number is missing.

    >>> largest_difference({"loss": [2.5]}, {"loss": [2.0]}, tolerance=0.3)
    0.25
    >>> largest_difference({"loss": [2.5]}, {"loss": [2.0]}, tolerance=0.1)
    Traceback (most recent call last):
        ...
    benchmarks.harness.agreement.DisagreementError: loss[0] is 2.5, expected 2.0 (difference 0.25, ...)
    """
    if answer.keys() != reference.keys():
        raise DisagreementError(f"computed {sorted(answer)}, expected {sorted(reference)}")
    largest = 0.0
    for quantity, expected in reference.items():
        found = answer[quantity]
        if len(found) != len(expected):
            raise DisagreementError(f"{quantity} has {len(found)} numbers, expected {len(expected)}")
        scale = max(map(abs, expected), default=0.0) or 1.0
        for i, (x, y) in enumerate(zip(found, expected, strict=True)):
            difference = abs(x - y) / scale
            if not difference <= tolerance or math.isnan(difference):
                raise DisagreementError(
                    f"{quantity}[{i}] is {x!r}, expected {y!r} "
                    f"(difference {difference:.3g}, tolerance {tolerance:g})"
                )
            largest = max(largest, difference)
    return largest
