"""Lays out groups of sums of products, and finds the matrix products among them.

Terms of one kind are a *run*. Products whose members form a grid are a matrix product, which takes in the
biases where there is nothing else besides; few terms are added one by one, many along an axis.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.jit.lower.canonical import IN_ORDER
from engine.jit.lower.cells import Layout, in_order_of, new_group
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Operand, Run, all_the_same, as_constant
from engine.jit.lower.matmul_grid import Grid, find_grid, parts_of_one_shape
from engine.jit.lower.strides import Index, common_shape, nested

__all__ = ["add_sums", "settle_weights"]


Numbers = np.ndarray[Any, Any]


class _Terms:
    """The terms of one run of all members: tables of refs, a row for each member.

    Where their numbers are all the same, they are a part of the scale.
    """

    def __init__(self, scale: float, const: Numbers | None, a: Index, b: Index | None) -> None:
        if const is not None and abs(scale) == 1.0 and all_the_same(const):
            scale, const = scale * float(const.flat[0]), None
        self.scale, self.a, self.b, self.const = scale, a, b, const
        self.count = a.shape[1]
        self.tables = [a] if b is None else [a, b]

    def picked(self, which: Any) -> _Terms:
        """Those of some members, or some of each."""
        a, b, const = (None if each is None else each[which] for each in (self.a, self.b, self.const))
        return _Terms(self.scale, const, a, b)  # type: ignore[arg-type]


def _terms_by_run(layout: Layout, members: Index) -> list[_Terms]:
    table, runs = layout.table, layout.table.runs
    first = runs.offsets[members]
    own = np.arange(first[0], runs.offsets[members[0] + 1])
    short = np.diff(table.terms.offsets)[members[0]] <= IN_ORDER
    found = []
    for place, kind in enumerate(runs.kind[own].tolist()):
        at = first + place
        if not short and (runs.kind[at] != kind).any():  # a long sum has them in any order
            at = first + np.argmax(runs.kind[first[:, None] + np.arange(len(own))] == kind, axis=1)
        which = runs.starts[at][:, None] + np.arange(runs.counts[at[0]])
        if runs.order is not None:
            which = runs.order[which]
        product, constant, scale = runs.kinds[kind]
        a, b = table.terms.a[which], table.terms.b[which] if product else None
        const = table.terms.number[which] if constant else None
        if b is not None:
            swapped = layout.rank[a] > layout.rank[b]
            filled = layout.is_constant[a] | layout.is_constant[b]  # as the terms that it continues
            swapped = np.where(filled, swapped[:, :1], swapped)
            a, b = np.where(swapped, b, a), np.where(swapped, a, b)
        found.append(_Terms(scale, const, a, b))
    return found


def add_sums(layout: Layout, members: Index) -> None:
    group = new_group(layout, members)
    terms = _terms_by_run(layout, members)
    widest = max(terms, key=lambda each: each.count * (2 if each.b is not None else 1))
    alone = len(members) == 1 and group.space == FIXED  # then a scalar product will do
    grid = None
    if widest.count > 1 and not alone and _may_form_grid(layout, widest):
        right = _right_rows(widest)
        parts = parts_of_one_shape(widest.a, right)
        if len(parts) > 1:
            for part in parts:
                add_sums(layout, members[part])
            return
        grid = _grid_of(widest, right, len(terms))
    if grid is not None:
        group.grid = grid
        line = grid.members.ravel()
        group.shape = tuple(size for size in grid.members.shape if size > 1) or (1,)
        order = np.where(line >= 0, line, line.max())
    else:
        tables = [table for each in terms for table in each.tables]
        columns = [table[:, 0] for table in tables]
        others = [column for table in tables if table.shape[1] <= _FEW for column in table.T[1:]]
        order = line = in_order_of(layout, members, columns, others)
    product = None
    if grid is not None:  # first, so that its weights stand together
        bias = _bias_of(layout, grid, widest, terms)
        product = _matmul(layout, widest, grid, bias)
        if product.biased:
            terms = [widest]
    for each in terms:
        if product is not None and each is widest:
            group.runs.append(product)
        else:
            group.runs += _runs(layout, each, order)
    if grid is None:
        group.shape = _reshape_runs(layout, len(members), group.runs)
    else:
        _reshape([run for run in group.runs if run.kind != "matmul"], group.shape)
    if layout.table.has_k[members[0]]:
        group.k = as_constant(layout.table.k[members][order], group.shape)
    layout.place(group, np.where(line >= 0, members[line], -1))


def _may_form_grid(layout: Layout, terms: _Terms) -> bool:
    """Whether terms are products of two, of which one may be a number of the program."""
    if terms.b is None:
        return terms.const is not None
    both_per_sample = all((layout.space[table] == PER_SAMPLE).any() for table in terms.tables)
    return terms.const is None and not both_per_sample


def _right_rows(terms: _Terms) -> np.ndarray[Any, Any]:
    """What tells the right rows of products apart: refs, or the digits of numbers."""
    if terms.b is not None:
        return terms.b
    numbers = np.zeros(terms.a.shape) if terms.const is None else terms.const
    return np.ascontiguousarray(numbers).view(np.int64)


def _grid_of(terms: _Terms, right: np.ndarray[Any, Any], kinds: int) -> Grid | None:
    """The grid that the products of a group form."""
    grid = find_grid(terms.a, right)
    if grid is None or (kinds > 1 and (grid.members < 0).any()):
        return None
    components, u, v = (grid.members.shape[grid.axes.index(axis)] for axis in range(3))
    return None if u == v == 1 and components > 1 else grid


def _bias_of(layout: Layout, grid: Grid, products: _Terms, terms: list[_Terms]) -> Index | None:
    """What is captured and added to the results of each left row, if that is all besides the products."""
    if len(terms) != 2 or len(grid.left) != 1 or products.scale != 1.0:
        return None
    (bias,) = (each for each in terms if each is not products)
    if bias.count != 1 or bias.b is not None or bias.const is not None or bias.scale != 1.0:
        return None
    if (layout.rank[bias.a] != 0).any() or (layout.rank[products.a] != 0).any():
        return None
    back = grid.members.transpose(np.argsort(grid.axes))[0]
    by_row = bias.a[back, 0]
    return by_row[:, 0] if (by_row == by_row[:, :1]).all() else None


def _with_ones(layout: Layout, right: Operand) -> Operand | None:
    """Right rows with a one behind each, where they are all the results of a group, which keeps cells for
    it."""
    components, count, width = right.index.shape
    source = layout.at.get((right.space, int(right.index.flat[0])))
    if components != 1 or source is None or source.size != count * width or source.spare != count:
        return None
    columns = source.start + np.arange((width + 1) * count).reshape(width + 1, count)
    if not np.array_equal(right.index[0].T, columns[:-1]):
        return None
    layout.ones.add((source.space, source.start + source.size, count))
    return Operand(right.space, columns.T[None].copy(), right.wanted)


def _matmul(layout: Layout, terms: _Terms, grid: Grid, bias: Index | None) -> Run:
    """The products as one; with biases, these are a last column of what stands left, and ones meet them."""
    left = terms.a[grid.left]
    ones: Any = None
    right: Any = None if terms.const is None else terms.const[grid.right]
    if bias is not None and right is not None:
        ones = np.concatenate([right, np.ones((*right.shape[:2], 1))], axis=2)
    elif bias is not None and terms.b is not None:
        ones = _with_ones(layout, layout.operand(terms.b[grid.right]))
    if ones is not None and bias is not None:
        left = np.concatenate([left, bias[None, :, None]], axis=2)
        return Run("matmul", 1.0, None, layout.operand(left), ones, biased=True)
    a = layout.operand(left)
    b = right if terms.b is None else layout.operand(terms.b[grid.right])
    return Run("matmul", terms.scale, None, a, b)


_FEW = 3  # terms that are added one by one


def _runs(layout: Layout, terms: _Terms, order: Index) -> list[Run]:
    """A part of the sums: where it has few terms, each on its own, but for those of a mean."""
    scalar_product = len(order) == 1 and terms.b is not None
    shares = terms.const is None and abs(terms.scale) != 1.0
    if not 1 < terms.count <= _FEW or scalar_product or shares:
        return [_run(layout, terms, order)]
    return [_run(layout, terms.picked(np.s_[:, i : i + 1]), order) for i in range(terms.count)]


def _run(layout: Layout, terms: _Terms, order: Index) -> Run:
    """A part of the sums with its terms on the first axis and the members, in order, on the second."""
    terms = terms.picked(order)
    if terms.count > IN_ORDER and len(order) == 1:  # a sum over many cells: in their order it is a view
        layout.settle_captured(terms.a.ravel())
        terms = terms.picked(np.s_[:, np.argsort(layout.cell[terms.a[0]], kind="stable")])
    kind = "each" if terms.count == 1 else "sum" if terms.b is None else "dot"
    turned = [
        None if table is None else table[:, 0] if kind == "each" else table.T.copy()
        for table in (terms.a, terms.b, terms.const)
    ]
    a, b = (None if refs is None else layout.operand(refs) for refs in turned[:2])
    return Run(kind, terms.scale, turned[2], a, b)


def _reshape_runs(layout: Layout, count: int, runs: list[Run]) -> tuple[int, ...]:
    """The shape in which the runs of a group without a grid read views; they are given it."""
    operands = [(run, operand) for run in runs for operand in (run.a, run.b) if operand is not None]
    lines = [nested(each.index if run.kind == "each" else each.index[0]) for run, each in operands]
    shape = common_shape(count, [loops for loops in lines if loops is not None]) or (count,)
    if shape == (count,):
        shape = layout.shape_of([run.a for run in runs if run.kind == "each"], count)
    _reshape(runs, shape)
    return shape


def _reshape(runs: list[Run], shape: tuple[int, ...]) -> None:
    for run in runs:
        whole = shape if run.kind == "each" else (run.a.index.shape[0], *shape)
        run.a, run.b = (None if each is None else each.reshaped(whole) for each in (run.a, run.b))
        if isinstance(run.const, np.ndarray):
            run.const = run.const.reshape(whole)


def settle_weights(layout: Layout, members: Index) -> None:
    """Give the weights of a layer their cells, row by row, before a sum over all weights is looked at."""
    ordered = sorted(_terms_by_run(layout, members), key=lambda each: -each.count)
    if len(ordered) == 2 and ordered[1].count == 1 and ordered[1].b is None:  # with its bias behind each row
        refs = np.concatenate([ordered[0].a, ordered[1].a], axis=1).ravel()
        layout.settle_captured(refs[layout.rank[refs] == 0])
    for terms in ordered:
        for table in terms.tables:
            few = terms.b is None and terms.count <= _FEW  # each is a run of its own: column by column
            refs = (table.T if few else table).ravel()
            layout.settle_captured(refs[layout.rank[refs] == 0])
