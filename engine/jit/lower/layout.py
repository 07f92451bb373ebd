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

from engine.jit.lower.canonical import CONST, ELEM, IN_ORDER, LEAF, LIN, SEQ, TAKE, Canonical, Node
from engine.jit.lower.cells import Layout, in_order_of, new_group
from engine.jit.lower.groups import Group, Operand, as_constant
from engine.jit.lower.linear_groups import add_sums, settle_weights
from engine.jit.lower.schedule import schedule
from engine.jit.lower.strides import Index, common_shape, nested

__all__ = ["lay_out", "lay_out_groups"]


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
    unread = [ref for ref, node in enumerate(canonical.nodes) if node.kind == LEAF and layout.cell[ref] < 0]
    layout.settle_captured(np.array(unread, dtype=np.int64))
    return layout


def lay_out_groups(layout: Layout) -> None:
    """Group the nodes of a layout and give them cells."""
    nodes = layout.nodes
    groups = [np.array(members) for members in schedule(nodes, lambda node: _form(node, nodes), layout.order)]
    for members in groups:
        if nodes[members[0]].kind == LIN and len(members) > 1:
            settle_weights(layout, members)
    for members in groups:
        _BUILDERS[nodes[members[0]].kind](layout, members)


def _form(node: Node, nodes: list[Node]) -> tuple[Any, ...]:
    """What nodes must share to be computed together."""
    if node.kind == LIN:
        runs = tuple((kind, len(run)) for kind, run in node.runs)
        if len(node.terms) > IN_ORDER:
            runs = tuple(sorted(runs))
        return (LIN, node.batched, runs, node.k is not None)
    if node.kind == ELEM:
        constant = tuple(nodes[ref].kind == CONST for ref in node.operands)
        return (ELEM, node.batched, node.row, constant)
    return (node.kind, node.batched, node.row, len(node.operands))


def _shaped(layout: Layout, count: int, slots: list[Index]) -> tuple[tuple[int, ...], list[Operand]]:
    """The shape in which operands given as lines of refs are views, and these operands."""
    flat = [layout.operand(refs) for refs in slots]
    lines = [nested(operand.index) for operand in flat]
    shape = common_shape(count, [loops for loops in lines if loops is not None])
    if shape is None or shape == (count,):
        shape = layout.shape_of(flat, count)
    operands = []
    for operand in flat:
        reshaped = Operand(operand.space, operand.index.reshape(shape), operand.wanted)
        operands.append(reshaped)
    return shape, operands


def _elementwise(layout: Layout, members: Index) -> None:
    group = new_group(layout, members)
    table = np.array([layout.nodes[ref].operands for ref in members])
    variable = [slot for slot in range(table.shape[1]) if not layout.is_constant[table[0, slot]]]
    order = in_order_of(layout, members, [table[:, slot] for slot in variable])
    members, table = members[order], table[order]
    group.shape, operands = _shaped(layout, len(members), [table[:, slot] for slot in variable])
    given = iter(operands)
    for slot in range(table.shape[1]):
        if slot in variable:
            group.operands.append(next(given))
        else:
            numbers = np.array([layout.nodes[ref].number for ref in table[:, slot]])
            group.operands.append(as_constant(numbers, group.shape))
    if len(operands) == 1:
        group.over = _sum_to_take_over(layout, group, operands[0], table[:, variable[0]])
    layout.place(group, members)


def _sum_to_take_over(layout: Layout, group: Group, operand: Operand, refs: Index) -> Group | None:
    """The sum that this operator alone reads, all of it: then half of the memory need not be touched."""
    if operand.view is None or operand.space != group.space or group.row is None or group.row.arity != 1:
        return None
    source = layout.at.get((operand.space, operand.view[0]))
    if (
        source is None
        or source.kind != LIN
        or source.shape != group.shape
        or source.size != operand.index.size
    ):
        return None
    if (layout.uses[refs] != 1).any() or not group.row.partial_is_of_result:
        return None
    in_order = np.array_equal(operand.index.ravel(), np.arange(source.start, source.start + source.size))
    return source if in_order else None


def _sequence(layout: Layout, members: Index) -> None:
    group = new_group(layout, members)
    table = np.array([layout.nodes[ref].operands for ref in members])
    operand = layout.operand(table)
    order = np.argsort(operand.index[:, 0], kind="stable")
    group.shape = (len(members),)
    group.operands = [Operand(operand.space, operand.index[order].T.copy(), operand.wanted)]
    layout.place(group, members[order])


def _take(layout: Layout, members: Index) -> None:
    group = new_group(layout, members)
    table = np.array([layout.nodes[ref].operands for ref in members])
    picked, sequence = layout.operand(table[:, -1]), layout.operand(table[:, :-1])
    group.shape = (len(members),)
    group.operands = [Operand(sequence.space, sequence.index.T.copy(), sequence.wanted), picked]
    layout.place(group, members)


_BUILDERS: dict[str, Any] = {ELEM: _elementwise, SEQ: _sequence, TAKE: _take, LIN: add_sums}
