"""What settings may be."""

import math

import numpy as np
import pytest

from engine import Value
from nn.optim.settings import (
    below_one,
    checked,
    flag,
    increasing_epochs,
    keep_rules,
    non_negative,
    pair_below_one,
    real,
    reals,
    up_to_one,
    whole,
)


@pytest.mark.parametrize("wrong", [-0.1, math.nan, math.inf])
def test_setting_out_of_range(wrong) -> None:
    with pytest.raises(ValueError, match=f"decay must be at least 0 and finite, got {wrong}"):
        checked("decay", wrong)
    with pytest.raises(ValueError, match=r"beta must be at least 0 and below 1, got 1\.0"):
        checked("beta", 1.0, below=1.0)


@pytest.mark.parametrize("wrong", ["0.1", None, True, [0.1], Value(0.1)])
@pytest.mark.parametrize("rule", [checked, non_negative, below_one, up_to_one])
def test_setting_that_is_no_number(rule, wrong) -> None:
    with pytest.raises(TypeError, match="lr must be a number, got"):
        rule("lr", wrong)


@pytest.mark.parametrize("number", [np.float32(0.5), np.float64(0.5), 0.5, 0, np.int64(0)])
@pytest.mark.parametrize("rule", [checked, non_negative, below_one, up_to_one])
def test_number_becomes_a_float(rule, number) -> None:
    assert rule("lr", number) == number
    assert type(rule("lr", number)) is float


@pytest.mark.parametrize(
    ("rule", "last", "beyond"),
    [(non_negative, 1e308, math.inf), (below_one, 1.0 - 2**-53, 1.0), (up_to_one, 1.0, 1.0 + 2**-52)],
)
def test_range_ends_where_it_says(rule, last, beyond) -> None:
    assert rule("x", last) == last
    with pytest.raises(ValueError, match="x must be"):
        rule("x", beyond)
    with pytest.raises(ValueError, match="x must be"):
        rule("x", -5e-324)


def test_pair() -> None:
    assert pair_below_one("betas", [0, np.float64(0.5)]) == (0.0, 0.5)
    with pytest.raises(TypeError, match="betas must be a pair of numbers"):
        pair_below_one("betas", {0.5, 0.9})
    with pytest.raises(ValueError, match=r"betas\[1\] must be at least 0 and below 1, got 2"):
        pair_below_one("betas", (0.5, 2))


def test_flag() -> None:
    assert flag("centered", True) is True
    assert flag("centered", np.bool_(False)) is False
    for wrong in (0, "False", None):
        with pytest.raises(TypeError, match="centered must be True or False, got"):
            flag("centered", wrong)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (30, TypeError, r"must be a list of epochs, such as \[30, 80\], got 30"),
        ("30", TypeError, "must be a list of epochs"),
        ([3.5], TypeError, r"milestones must be a whole number, got 3\.5"),
        ([0, 1], ValueError, "milestones must be at least 1, got 0"),
        ([3, 2], ValueError, r"milestones must be in order, got \[3, 2\]"),
    ],
)
def test_epochs_out_of_order(value, error, message) -> None:
    with pytest.raises(error, match=message):
        increasing_epochs("milestones", value)
    assert increasing_epochs("milestones", (n for n in (1, 3, 3))) == [1, 3, 3]


def test_settings_without_a_rule_are_kept_as_they_are() -> None:
    given = {"lr": 1, "name": "biases"}
    assert keep_rules({"lr": non_negative, "momentum": non_negative}, given) == {"lr": 1.0, "name": "biases"}
    assert given["lr"].__class__ is int


@pytest.mark.parametrize(
    ("rule", "value", "kept"),
    [
        (whole, 0, 0),
        (whole, np.int64(3), 3),
        (whole, -1, ValueError),
        (whole, True, TypeError),
        (whole, 1.0, TypeError),
        (whole, "1", TypeError),
        (real, 1, 1.0),
        (real, np.float32(0.5), 0.5),
        (real, -np.inf, -np.inf),
        (real, True, TypeError),
        (real, "1", TypeError),
        (real, None, TypeError),
        (reals, (1, 0.5), [1.0, 0.5]),
        (reals, [], []),
        (reals, 1.0, TypeError),
        (reals, [[1.0]], TypeError),
        (reals, "12", TypeError),
    ],
)
def test_numbers_of_a_saved_state(rule, value, kept) -> None:
    if isinstance(kept, type):
        with pytest.raises(kept, match="name"):
            rule("name", value)
    else:
        assert rule("name", value) == kept
        assert type(rule("name", value)) is type(kept)
