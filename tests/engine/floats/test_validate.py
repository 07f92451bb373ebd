"""Numbers that a person gives as arguments: what is taken, and what is refused."""

import math
from fractions import Fraction

import numpy as np
import pytest

import nn
import viz
from engine import Value, paths
from engine.floats.validate import integer, non_negative, real


@pytest.mark.parametrize(
    ("value", "least", "kept"),
    [
        (1, 1, 1),
        (0, 0, 0),
        (np.int64(3), 1, 3),
        (10**30, 1, 10**30),
        (-2, -2, -2),
        (0, 1, ValueError),
        (-1, 0, ValueError),
        (True, 0, TypeError),
        (np.True_, 0, TypeError),
        (1.0, 1, TypeError),
        ("2", 1, TypeError),
        (None, 1, TypeError),
        (Value(1.0), 1, TypeError),
    ],
)
def test_integers_and_what_is_none(value, least, kept) -> None:
    if isinstance(kept, int):
        assert integer("n", value, least) == kept
        assert type(integer("n", value, least)) is int
        return
    expected = "n must be an integer, got" if kept is TypeError else f"n must be at least {least}, got"
    with pytest.raises(kept, match=expected):
        integer("n", value, least)


@pytest.mark.parametrize("wrong", [True, "1", None, [1.0], 1j, Fraction(1, 2), Value(1.0)])
def test_what_is_not_a_number(wrong) -> None:
    for check in (real, non_negative):
        with pytest.raises(TypeError, match="x must be a number, got"):
            check("x", wrong)


@pytest.mark.parametrize("number", [1, 0.5, np.float32(0.5), np.int64(2), -math.inf, -0.5])
def test_real_numbers_become_floats(number) -> None:
    assert real("x", number) == number
    assert type(real("x", number)) is float


@pytest.mark.parametrize("wrong", [-0.1, math.nan, math.inf])
def test_number_out_of_range(wrong) -> None:
    with pytest.raises(ValueError, match=f"decay must be at least 0 and finite, got {wrong}"):
        non_negative("decay", wrong)
    with pytest.raises(ValueError, match=r"beta must be at least 0 and below 1, got 1\.0"):
        non_negative("beta", 1.0, below=1.0)


ROOT = Value(1.0).tanh()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("nin", lambda n: nn.Neuron(n)),
        ("nout", lambda n: nn.Layer(1, n)),
        ("size", lambda n: nn.batches([1.0], [1.0], n)),
        ("patience", lambda n: nn.EarlyStopping(n)),
        ("step_size", lambda n: nn.StepLR(nn.SGD([Value(1.0)]), n)),
        ("k", lambda n: paths(ROOT, ROOT, k=n)),
        ("max_nodes", lambda n: viz.draw_dot(ROOT, max_nodes=n)),
        ("bins", lambda n: viz.plot_histogram([1.0, 2.0], bins=n)),
    ],
)
@pytest.mark.parametrize(("wrong", "error"), [(0, ValueError), (1.5, TypeError), (True, TypeError)])
def test_counts_are_refused_alike_everywhere(name, given, wrong, error) -> None:
    expected = "at least 1, got 0" if error is ValueError else f"an integer, got {wrong}"
    with pytest.raises(error, match=f"{name} must be {expected}"):
        given(wrong)
