"""Cells: captured Values in the order of their first reading, then inputs, numbers and results."""

import numpy as np
import pytest

from engine.jit.lower.cells import Layout, in_order_of, new_group
from engine.jit.lower.groups import FIXED, PER_SAMPLE
from tests.engine.jit.stages import Written


def layout_of(p: Written, *outputs: int) -> Layout:
    return Layout(p.canonical(*outputs), *p.counts, p.batched)


def test_captured_values_get_cells_in_the_order_in_which_they_are_read() -> None:
    p = Written()
    w, x = p.captured(4), p.inputs(2)
    layout = layout_of(p)
    layout.settle_captured(np.array([w[2], x[0], w[0], w[2]]))
    layout.settle_captured(np.array([w[3], w[0]]))
    assert layout.captured == [2, 0, 3]
    assert [layout.cell[ref] for ref in (w[2], w[0], w[3], w[1])] == [0, 1, 2, -1]
    assert (layout.captured_cells, layout.input_start) == (4, 4)
    assert [layout.cell[ref] for ref in x] == [4, 5]


@pytest.mark.parametrize(("batched", "space", "start"), [(False, FIXED, 3), (True, PER_SAMPLE, 0)])
def test_inputs_stand_behind_what_is_captured_or_per_sample(batched, space, start) -> None:
    p = Written(batched)
    p.captured(3)
    x = p.inputs(2)
    layout = layout_of(p)
    assert [(layout.space[ref], layout.cell[ref]) for ref in x] == [(space, start), (space, start + 1)]
    assert layout.sizes == ([3, 2] if batched else [5, 0])


def test_a_number_has_one_cell_in_each_space() -> None:
    p = Written(batched=True)
    (w,), (x,), two, zero, minus = p.captured(1), p.inputs(1), p.number(2.0), p.number(0.0), p.number(-0.0)
    layout = layout_of(p)
    assert layout.operand(np.array([w, two, two])).index.tolist() == [0, 1, 1]
    assert layout.operand(np.array([x, two, zero, minus])).index.tolist() == [0, 1, 2, 3]
    assert [(space, cell, str(number)) for space, cell, number in layout.constants] == [
        (FIXED, 1, "2.0"),
        (PER_SAMPLE, 1, "2.0"),
        (PER_SAMPLE, 2, "0.0"),
        (PER_SAMPLE, 3, "-0.0"),
    ]


def test_fixed_cells_among_those_per_sample_are_repeated_once() -> None:
    p = Written(batched=True)
    w, (x,) = p.captured(2), p.inputs(1)
    layout = layout_of(p)
    first = layout.operand(np.array([w[1], x]))
    again = layout.operand(np.array([x, w[1], w[0]]))
    assert (first.space, again.space) == (PER_SAMPLE, PER_SAMPLE)
    assert first.index[0] == again.index[1]
    assert [str(group) for group in layout.groups] == [
        "copy (1,) at per sample 1",
        "copy (1,) at per sample 3",
    ]


@pytest.mark.parametrize(("wanted", "expected"), [((True, False), True), ((False, False), False)])
def test_an_operand_is_wanted_where_one_of_its_cells_is(wanted, expected) -> None:
    p = Written()
    refs = [p.captured(1, wanted=each)[0] for each in wanted]
    assert layout_of(p).operand(np.array(refs)).wanted is expected


def test_a_group_has_the_space_and_the_row_of_its_members() -> None:
    p = Written(batched=True)
    (w,), (x,) = p.captured(1), p.inputs(1)
    fixed, of_samples = p.row("tanh", w), p.row("exp", x)
    layout = layout_of(p, fixed, of_samples)
    groups = [new_group(layout, np.array([ref])) for ref in (fixed, of_samples)]
    assert [(g.row.name, g.space, g.wanted) for g in groups] == [
        ("tanh", FIXED, True),
        ("exp", PER_SAMPLE, False),
    ]
    layout.place(groups[0], np.array([fixed]))
    assert layout.cell[fixed] == groups[0].start == 1
    assert layout.at[FIXED, 1] is groups[0]


def test_cells_that_are_not_used_have_no_ref() -> None:
    p = Written()
    w = p.captured(2)
    members = [p.row("exp", each) for each in w]
    layout = layout_of(p, *members)
    group = new_group(layout, np.array(members))
    group.shape = (3,)
    layout.place(group, np.array([members[1], -1, members[0]]))
    assert [layout.cell[ref] for ref in members] == [group.start + 2, group.start]
    assert group.size == 3


def test_members_follow_the_operand_that_differs_most() -> None:
    p = Written()
    w = p.captured(3)
    layout = layout_of(p)
    order = in_order_of(layout, np.arange(3), [np.array([w[0]] * 3), np.array([w[2], w[1], w[0]])])
    assert layout.captured == [0, 2, 1]
    assert order.tolist() == [2, 0, 1]
    assert in_order_of(layout, np.arange(2), []).tolist() == [0, 1]


def test_how_often_a_ref_is_read_counts_outputs() -> None:
    p = Written()
    a, b = p.captured(2)
    s = p.sum((1.0, None, a, b), (1.0, None, a, -1))
    layout = layout_of(p, s, a)
    assert layout.uses.tolist() == [3, 1, 1]


def test_left_in_a_product_stands_what_is_captured_then_inputs_then_results() -> None:
    p = Written(batched=True)
    (w,), (x,) = p.captured(1), p.inputs(1)
    refs = [w, x, p.row("exp", w), p.row("exp", x)]
    assert layout_of(p).rank[refs].tolist() == [0, 1, 2, 3]
