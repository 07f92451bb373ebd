"""Stage three: groups nodes of one form, and lays them out in cells.

Each group owns a contiguous run of cells. Leaves come first: captured Values in the order in which the groups
read them, so that the weights of a layer are one matrix, then the inputs. A program for a batch has two
spaces: ``FIXED`` cells, which are the same for all samples, and cells ``PER_SAMPLE``, each of which is a row
with a number for every sample.

The members of a group stand in the order of what they read; those of a matrix product in that of its grid.
Then most operands are views (see :mod:`engine.jit.lower.strides`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.jit.lower.canonical import CONST, ELEM, IN_ORDER, LIN, SEQ, TAKE, Canonical
from engine.jit.lower.cells import Layout, in_order_of, new_group
from engine.jit.lower.groups import Group, Operand, as_constant
from engine.jit.lower.linear_groups import add_sums, settle_weights
from engine.jit.lower.schedule import schedule
from engine.jit.lower.strides import Index, common_shape, distinct, nested, unique_rows
from engine.jit.lower.table import KINDS, Table

__all__ = ["forms_of", "lay_out", "lay_out_groups", "settle_unread"]


def lay_out(canonical: Canonical, captured: int, inputs: int, batched: bool) -> Layout:
    """Group the nodes of a canonical program and give them cells.

    Args:
        canonical: the program.
        captured: how many Values it captured.
        inputs: how many numbers its arguments hold.
        batched: whether it computes one sample of many.
    """
    layout = Layout(canonical, captured, inputs, batched)
    lay_out_groups(layout)
    settle_unread(layout)
    return layout


def lay_out_groups(layout: Layout) -> None:
    """Group the nodes of a layout and give them cells."""
    table = layout.table
    groups = schedule(table, forms_of(table), layout.order)
    is_sum = table.of_kind(LIN)
    for members in groups:
        if is_sum[members[0]] and len(members) > 1:
            settle_weights(layout, members)
    for members in groups:
        _BUILDERS[KINDS[table.codes[members[0]]]](layout, members)


def settle_unread(layout: Layout) -> None:
    """Give captured Values that nothing reads their cells, too."""
    unread = [ref for ref in layout.table.leaves if layout.cell[ref] < 0]
    layout.settle_captured(np.array(unread, dtype=np.intp))


def forms_of(table: Table) -> Index:
    """Of each node a number, equal for those that can be computed together; -1 of leaves and numbers."""
    found = np.full(len(table), -1)
    next_form = 0

    def are(refs: Index, *parts: Any) -> None:
        """Nodes are alike where these are equal: numbers, or rows of them."""
        nonlocal next_form
        if len(refs):
            columns = [np.asarray(part).reshape(len(refs), -1) for part in parts]
            first, which = unique_rows(np.concatenate(columns, axis=1))
            found[refs] = next_form + which
            next_form += len(first)

    is_sum, is_one_by_one = table.of_kind(LIN), table.of_kind(ELEM)
    runs, terms = table.runs, np.diff(table.terms.offsets)
    many = np.where(is_sum, np.diff(runs.offsets), 0)
    for count in distinct(many[is_sum]).tolist():
        refs = np.flatnonzero(is_sum & (many == count))
        at = runs.offsets[refs][:, None] + np.arange(count)
        order = np.argsort(runs.kind[at], axis=1, kind="stable")
        order[terms[refs] <= IN_ORDER] = np.arange(count)
        at = np.take_along_axis(at, order, axis=1)
        are(refs, runs.kind[at], runs.counts[at], table.batched[refs], table.has_k[refs])
    counts, is_constant = np.diff(table.offsets), table.of_kind(CONST)
    for count in distinct(counts[is_one_by_one]).tolist():
        refs = np.flatnonzero(is_one_by_one & (counts == count))
        are(refs, table.row_of[refs], table.batched[refs], is_constant[table.operands_of(refs)])
    rest = np.flatnonzero(table.of_kind(SEQ) | table.of_kind(TAKE))
    are(rest, table.codes[rest], table.row_of[rest], table.batched[rest], counts[rest])
    return found


def _shaped(layout: Layout, count: int, slots: list[Index]) -> tuple[tuple[int, ...], list[Operand]]:
    """The shape in which operands given as lines of refs are views, and these operands."""
    flat = [layout.operand(refs) for refs in slots]
    lines = [nested(operand.index) for operand in flat]
    shape = common_shape(count, [loops for loops in lines if loops is not None])
    if shape is None or shape == (count,):
        shape = layout.shape_of(flat, count)
    return shape, [operand.reshaped(shape) for operand in flat]


def _elementwise(layout: Layout, members: Index) -> None:
    group = new_group(layout, members)
    table = layout.table.operands_of(members)
    variable = [slot for slot in range(table.shape[1]) if not layout.is_constant[table[0, slot]]]
    order = in_order_of(layout, members, [table[:, slot] for slot in variable])
    members, table = members[order], table[order]
    group.shape, operands = _shaped(layout, len(members), [table[:, slot] for slot in variable])
    given = dict(zip(variable, operands, strict=True))
    group.operands = [
        given[slot] if slot in given else as_constant(layout.table.k[refs], group.shape)
        for slot, refs in enumerate(table.T)
    ]
    if len(operands) == 1:
        group.over = _sum_to_take_over(layout, group, operands[0], table[:, variable[0]])
    layout.place(group, members)


def _sum_to_take_over(layout: Layout, group: Group, operand: Operand, refs: Index) -> Group | None:
    """The sum that this operator alone reads, all of it: then half of the memory need not be touched."""
    if operand.view is None or operand.space != group.space or group.row is None or group.row.arity != 1:
        return None
    source = layout.at.get((operand.space, operand.view[0]))
    if source is None or source.kind != LIN or source.shape != group.shape:
        return None
    if source.size != operand.index.size:
        return None
    if (layout.uses[refs] != 1).any() or not group.row.partial_is_of_result:
        return None
    in_order = np.array_equal(operand.index.ravel(), np.arange(source.start, source.start + source.size))
    return source if in_order else None


def _sequence(layout: Layout, members: Index) -> None:
    group = new_group(layout, members)
    table = layout.table.operands_of(members)
    operand = layout.operand(table)
    order = np.argsort(operand.index[:, 0], kind="stable")
    group.shape = (len(members),)
    group.operands = [Operand(operand.space, operand.index[order].T.copy(), operand.wanted)]
    layout.place(group, members[order])


def _take(layout: Layout, members: Index) -> None:
    group = new_group(layout, members)
    table = layout.table.operands_of(members)
    picked, sequence = layout.operand(table[:, -1]), layout.operand(table[:, :-1])
    group.shape = (len(members),)
    group.operands = [Operand(sequence.space, sequence.index.T.copy(), sequence.wanted), picked]
    layout.place(group, members)


_BUILDERS: dict[str, Any] = {ELEM: _elementwise, SEQ: _sequence, TAKE: _take, LIN: add_sums}
