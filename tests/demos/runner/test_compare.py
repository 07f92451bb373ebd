"""Two ways of computing the same thing are compared number by number."""

import numpy as np
import pytest

from demos.runner.account import Account
from demos.runner.compare import EXACT, agree, check_gradients, largest_difference
from engine import Value
from tests.demos.running import numbers


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
    with pytest.raises(ValueError, match="numbers of one shape"):
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


def wrong_square(x: Value) -> Value:
    """x*x with a local gradient that forgets the factor 2."""
    return Value(x.data**2, (x,), (x.data,))


def test_right_gradients_give_a_line_with_their_number_and_size(capsys) -> None:
    x, y = Value(3.0, label="x"), Value(-0.5, label="y")
    assert check_gradients({"a product": (lambda: x * x * y, [x, y])}, Account())
    _, line = capsys.readouterr().out.splitlines()
    assert line.startswith("a product")
    assert "2 right" in line
    count, largest, difference = numbers(line)
    assert (count, largest) == (2, 9.0)
    assert difference < 1e-8


def test_wrong_gradient_is_told_on_stderr_with_the_report(capsys) -> None:
    x, y = Value(3.0, label="the x"), Value(2.0, label="y")
    cases = {"a slip": (lambda: wrong_square(x), [x]), "a square": (lambda: y * y, [y])}
    assert check_gradients(cases, Account()) is False
    out, err = capsys.readouterr()
    assert "a slip" in out
    assert "WRONG" in out
    assert "1 right" in out  # the other one is checked all the same
    assert "Wrong gradients, a slip" in err
    assert "the x" in err


def test_wrong_gradient_is_told_in_quiet(capsys) -> None:
    x = Value(3.0)
    assert not check_gradients({"a slip": (lambda: wrong_square(x), [x])}, Account(quiet=True))
    out, err = capsys.readouterr()
    assert out == ""
    assert "a slip" in err


def test_check_leaves_the_parameters_as_they_were() -> None:
    x = Value(3.0)
    check_gradients({"a square": (lambda: x * x, [x])}, Account(quiet=True))
    assert x.data == 3.0
