"""Compares two ways of computing the same numbers, and gradients with finite differences."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from demos.runner.account import Account
from engine import GradientError, Value, gradcheck, no_grad

__all__ = ["EXACT", "agree", "check_gradients", "largest_difference"]

EXACT = 1e-12
"""How far two ways of computing the same thing may be apart: by rounding, and no more."""

Case = tuple[Callable[[], Value], Iterable[Value]]
"""A loss, computed anew from the parameters at each call, and the parameters."""


def largest_difference(found: Any, expected: Any) -> float:
    """The largest difference, relative to the largest number expected.

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
        raise ValueError(f"found and expected must be numbers of one shape: {ours.shape}, {theirs.shape}")
    return float(np.max(np.abs(ours - theirs)) / (np.max(np.abs(theirs)) or 1.0))


def agree(what: str, found: Any, expected: Any, account: Account, within: float = EXACT) -> bool:
    """Compare two ways of computing the same thing, and print the difference.

    Args:
        what: is compared, the beginning of a sentence.
        found: as in :func:`largest_difference`.
        expected: likewise.
        account: receives the outcome; a disagreement as an error.
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
    account.line(f"{what}: {numbers}{f'the same to {difference:.1e}' if difference else 'exactly the same'}.")
    return True


def check_gradients(cases: Mapping[str, Case], account: Account) -> bool:
    """Check the gradients of losses by all their parameters, and print the findings.

    Args:
        cases: what is checked, by name.
        account: receives a line for each, and the report on wrong gradients.

    Returns:
        Whether all agree.

    >>> w = Value(0.0, label="w")
    >>> check_gradients({"a line": (lambda: 3 * w, [w])}, Account())
    gradient check  gradients  largest  finite differences off by at most
    a line            1 right  3.0e+00                            0.0e+00
    True
    """
    rows, wrong = [], []
    for name, (loss, parameters) in cases.items():
        account.doing = f"checking the gradients of {name}"
        try:
            report = gradcheck(loss, wrt=parameters)
        except GradientError as error:
            rows.append([name, "WRONG", "", ""])
            wrong.append(f"Wrong gradients, {name}: {error}")
            continue
        largest = max(abs(entry.analytic) for entry in report.entries)
        difference = max(abs(entry.analytic - entry.numeric) for entry in report.entries)
        rows.append([name, f"{len(report.entries)} right", f"{largest:.1e}", f"{difference:.1e}"])
    account.table(["gradient check", "gradients", "largest", "finite differences off by at most"], rows)
    for report_of_errors in wrong:
        account.fail(report_of_errors)
    return not wrong
