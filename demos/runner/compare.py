"""What was computed in two ways, compared number by number."""

from typing import Any

import numpy as np

from demos.runner.account import Account
from engine import no_grad

__all__ = ["EXACT", "agree", "largest_difference"]

EXACT = 1e-12
"""How far two ways of computing the same thing may be apart: by rounding, and no more."""


def largest_difference(found: Any, expected: Any) -> float:
    """How far the two that differ most are apart, relative to the largest number expected.

    Args:
        found: a number or Value, or nested lists or an array of them.
        expected: the same in the same shape.

    Returns:
        The difference; nan where there is a nan.

    Raises:
        ValueError: the shapes differ, or there is nothing to compare.

    >>> largest_difference([1.5, 4.0], [1.0, 4.0])
    0.125
    """
    with no_grad():  # the numbers alone are wanted
        ours, theirs = (np.array(numbers, dtype=float) for numbers in (found, expected))
    if ours.shape != theirs.shape or not ours.size:
        raise ValueError(f"compared are numbers one by one, got shapes {ours.shape} and {theirs.shape}")
    return float(np.max(np.abs(ours - theirs)) / (np.max(np.abs(theirs)) or 1.0))


def agree(what: str, found: Any, expected: Any, account: Account, within: float = EXACT) -> bool:
    """Compare two ways of computing the same thing, and tell how far they are apart.

    Args:
        what: is compared, the beginning of a sentence.
        found: as in :func:`largest_difference`.
        expected: likewise.
        account: told the outcome; of a disagreement, as a failure.
        within: how far apart they may be, relative to the largest number.

    >>> agree("One third", 1 / 3, 0.3333333333333333, Account())
    One third: exactly the same.
    True
    """
    difference = largest_difference(found, expected)
    count = np.size(np.array(expected, dtype=float))
    numbers = f"{count} numbers, " if count > 1 else ""
    if not difference <= within:  # nan is not
        account.fail(f"{what}: {numbers}apart by {difference:.1e}, which is more than {within:.0e}.")
        return False
    account.say(f"{what}: {numbers}{f'the same to {difference:.1e}' if difference else 'exactly the same'}.")
    return True
