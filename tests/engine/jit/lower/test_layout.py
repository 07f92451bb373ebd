"""Layouts of small canonical programs: which nodes are one group, and what it reads as views."""

import numpy as np
import pytest

from engine.jit.lower.groups import FIXED, PER_SAMPLE, Operand
from tests.engine.jit.stages import Written


def rows_of(layout) -> list[tuple[str, tuple[int, ...]]]:
    return [(g.row.name if g.row is not None else g.kind, g.shape) for g in layout.groups]


def test_nodes_of_one_row_are_one_group_in_the_order_of_what_they_read() -> None:
    p = Written()
    x = p.inputs(3)
    results = [p.row("tanh", x[i]) for i in (2, 0, 1)]
    layout = p.layout(*results)
    (group,) = layout.groups
    assert (group.shape, group.operands[0].view) == ((3,), (0, (1,)))
    assert [layout.cell[ref] - group.start for ref in results] == [2, 0, 1]


def test_rows_fixed_and_per_sample_stand_apart() -> None:
    p = Written(batched=True)
    w, x = p.captured(2), p.inputs(2)
    results = [p.row("exp", ref) for ref in (*w, *x)]
    layout = p.layout(*results)
    assert sorted((g.space, g.shape) for g in layout.groups) == [(FIXED, (2,)), (PER_SAMPLE, (2,))]


@pytest.mark.parametrize(
    ("numbers", "constant"), [((2.0, 2.0, 2.0), 2.0), ((1.0, 2.0, 3.0), [1.0, 2.0, 3.0])]
)
def test_numbers_of_a_group_are_one_or_an_array(numbers, constant) -> None:
    p = Written()
    x = p.inputs(3)
    results = [p.row("maximum", each, p.number(n)) for each, n in zip(x, numbers, strict=True)]
    (group,) = p.layout(*results).groups
    found = group.operands[1]
    assert (found if isinstance(found, float) else found.tolist()) == constant


def test_a_number_on_the_other_side_is_another_group() -> None:
    p = Written()
    x, two = p.inputs(2), p.number(2.0)
    assert len(p.layout(p.row("maximum", x[0], two), p.row("maximum", two, x[1])).groups) == 2


def test_pairs_of_all_rows_and_columns_are_read_as_a_grid() -> None:
    p = Written()
    x, y = p.inputs(2), p.inputs(3)
    (group,) = p.layout(*(p.row("maximum", a, b) for a in x for b in y)).groups
    assert sorted(operand.view for operand in group.operands) == [(0, (0, 1)), (2, (1, 0))]
    assert group.shape == (3, 2)  # the operand that differs most is read from first to last


@pytest.mark.parametrize(
    ("row", "others", "takes_over"),
    [("exp", 0, True), ("sqrt", 0, True), ("sin", 0, False), ("exp", 1, False)],
)
def test_an_operator_takes_over_the_cells_of_a_sum_that_it_alone_reads(row, others, takes_over) -> None:
    """If its partial is made of the result alone, as that of sin is not."""
    p = Written()
    w, x = p.captured(2), p.inputs(2)
    sums = [p.dot([w[i]], [x[i]]) for i in range(2)]
    results = [p.row(row, each) for each in sums]
    layout = p.layout(*results, *sums[:others])
    summed, group = layout.groups
    assert (group.over is summed) is takes_over
    assert (group.start == summed.start) is takes_over


def test_a_sequence_lies_along_the_first_axis() -> None:
    p = Written()
    x = p.inputs(6)
    layout = p.layout(p.row("max", *x[3:]), p.row("max", *x[:3]))
    (group,) = layout.groups
    assert group.shape == (2,)
    assert group.operands[0].index.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert group.operands[0].view == (0, (1, 3))


def test_take_reads_tables_along_the_first_axis_and_its_index() -> None:
    p = Written()
    w, x = p.captured(6), p.inputs(1)
    (group,) = p.layout(*(p.row("take", *w[i::2], x[0]) for i in range(2))).groups
    table, picked = group.operands
    assert table.index.shape == (3, 2)
    assert picked.index.tolist() == [6, 6]


def test_values_that_nothing_reads_get_cells_last() -> None:
    p = Written()
    w = p.captured(3)
    layout = p.layout(p.row("exp", w[1]))
    assert layout.captured == [1, 0, 2]


def test_groups_come_after_what_they_read() -> None:
    p = Written()
    x = p.inputs(4)
    first = [p.row("exp", ref) for ref in x]
    second = [p.row("sin", ref) for ref in first]
    assert rows_of(p.layout(*second, p.row("exp", second[0]))) == [
        ("exp", (4,)),
        ("sin", (4,)),
        ("exp", (1,)),
    ]
    layout = p.layout(*second)
    reads = [o for g in layout.groups for o in g.operands if isinstance(o, Operand)]
    written = np.zeros(sum(layout.sizes), bool)
    written[:4] = True
    for group, operand in zip(layout.groups, reads, strict=True):
        assert written[operand.index].all()
        written[group.start : group.start + group.size] = True
