"""Two ways of computing the same thing are compared number by number."""

import numpy as np
import pytest

from demos.runner.account import Account
from demos.runner.compare import EXACT, agree, largest_difference
from engine import Value


@pytest.mark.parametrize(
    ("found", "expected", "difference"),
    [
        (1.0, 1.0, 0.0),
        ([1.0, 2.5], [1.0, 2.0], 0.25),
        ([[1.0], [2.0]], np.array([[1.0], [4.0]]), 0.5),
        ([1e-6, 1.0], [2e-6, 1.0], 1e-6),  # relative to the largest, not each to itself
        ([0.5, 0.0], [0.0, 0.0], 0.5),
        ([Value(1.0), Value(3.0)], [1.0, 2.0], 0.5),
    ],
)
def test_difference_is_relative_to_the_largest_number(found, expected, difference) -> None:
    assert largest_difference(found, expected) == pytest.approx(difference, rel=1e-12)


@pytest.mark.parametrize(("found", "expected"), [([1.0], [1.0, 2.0]), ([[1.0]], [1.0]), ([], [])])
def test_what_cannot_be_compared_is_refused(found, expected) -> None:
    with pytest.raises(ValueError, match="one by one"):
        largest_difference(found, expected)


def test_agreement_is_told_with_how_many_and_how_well(capsys) -> None:
    assert agree("Both", [1.0, 2.0 + 4e-16], [1.0, 2.0], Account())
    assert capsys.readouterr() == ("Both: 2 numbers, the same to 2.2e-16.\n", "")


@pytest.mark.parametrize("other", [1.0 + 2 * EXACT, float("nan")])
def test_disagreement_is_an_error_in_quiet_too(other, capsys) -> None:
    assert not agree("Both", [other], [1.0], Account(quiet=True))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Both: apart by")
