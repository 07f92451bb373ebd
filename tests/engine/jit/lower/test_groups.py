"""Parts of a layout: operands that are views, and numbers that are one."""

import numpy as np
import pytest

from engine.jit.lower.groups import FIXED, PER_SAMPLE, Group, Operand, Run, all_the_same, as_constant
from engine.ops import find


@pytest.mark.parametrize(
    ("cells", "view"),
    [
        ([4], (4, (0,))),
        ([3, 4, 5], (3, (1,))),
        ([7, 7, 7], (7, (0,))),
        ([9, 7, 5], (9, (-2,))),
        ([[0, 1], [4, 5]], (0, (4, 1))),
        ([0, 1, 3], None),
        ([[0, 1], [4, 6]], None),
    ],
)
def test_an_operand_is_a_view_where_its_cells_have_strides(cells, view) -> None:
    assert Operand(FIXED, np.array(cells), True).view == view


@pytest.mark.parametrize(
    ("numbers", "constant"),
    [
        ([2.5, 2.5], 2.5),
        ([1.0, 2.0], [1.0, 2.0]),
        ([0.0, -0.0], [0.0, -0.0]),
        ([np.inf, np.inf], np.inf),
        ([1.0, 2.0, 1.0, 2.0], [[1.0, 2.0], [1.0, 2.0]]),
    ],
)
def test_numbers_are_one_constant_where_all_are_the_same(numbers, constant) -> None:
    found = as_constant(np.array(numbers), np.shape(constant) or (len(numbers),))
    assert (found if isinstance(found, float) else found.tolist()) == constant
    assert all_the_same(np.array(numbers)) is isinstance(constant, float)


def test_nans_are_one_number_whatever_their_digits() -> None:
    assert all_the_same(np.array([np.nan, -np.nan]))
    assert not all_the_same(np.array([np.nan, 1.0]))


def test_a_group_is_printed_with_its_runs() -> None:
    group = Group("elementwise", find("tanh"), FIXED, True)
    group.shape, group.start = (3,), 7
    assert str(group) == "tanh (3,) at fixed 7"
    group = Group("linear", None, PER_SAMPLE, True)
    group.shape, group.start = (2,), 1
    group.runs = [
        Run("each", 1.0, None, Operand(FIXED, np.array([0, 1]), True), None),
        Run("sum", 1.0, None, Operand(FIXED, np.array([[0, 1], [3, 9]]), True), None),
    ]
    assert str(group) == "linear (2,) at per sample 1: each of (2,); sum of (2, 2) gathered"
