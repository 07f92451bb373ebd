"""Stage three: groups and their layout. Nodes of one level and one form are computed together.

Each group owns a contiguous run of cells. Leaves come first: captured Values in the order in which the groups
read them, so that the weights of a layer are one matrix, then the inputs. A program for a batch has two
spaces: ``FIXED`` cells, which are the same for all samples, and cells ``PER_SAMPLE``, each of which is a row
with a number for every sample.

The members of a group stand in the order of what they read; those of a matrix product in that of its grid.
Then most operands are views (see :mod:`engine.jit.index`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.jit.canonical import CONST, ELEM, LEAF, LIN, SEQ, TAKE, Canonical, Node
from engine.jit.expression import needs_result_only
from engine.jit.grid import Grid, find_grid, parts_of_one_shape
from engine.jit.index import Index, affine, common_shape, first_occurrences, nested
from engine.jit.schedule import schedule
from engine.op import Op

__all__ = ["COPY", "FIXED", "PER_SAMPLE", "Group", "Layout", "Operand", "Run", "lay_out"]

FIXED, PER_SAMPLE = 0, 1
COPY = "copy"


class Operand:
    """What a group reads in one place: cells, in the shape of the group.

    Attributes:
        space: FIXED or PER_SAMPLE.
        index: the cells.
        view: start and strides, where they are a view; None where they must be gathered.
        wanted: whether any of them takes a gradient.
    """

    __slots__ = ("index", "space", "view", "wanted")

    def __init__(self, space: int, index: Index, wanted: bool) -> None:
        self.space = space
        self.index = index
        self.wanted = wanted
        self.view = affine(index)


Constant = float | np.ndarray[Any, Any]


class Run:
    """A part of the sums of a group: terms of one kind.

    Attributes:
        kind: ``each`` (one term a member), ``sum`` (several, of one factor), ``dot`` (of two factors), or
            ``matmul``.
        scale: from the structure.
        const: a number, or an array of them in the shape of the terms, or None.
        biased: whether the last term of a ``matmul`` is a bias, which meets a one.
        a, b: the factors. Of a ``sum`` and a ``dot`` the first axis holds the terms, behind it stand the
            group's; of a ``matmul`` they have the shapes (components, U, terms) and (components, V, terms).
            The second of a matmul may be an array of numbers.
    """

    __slots__ = ("a", "b", "biased", "const", "kind", "scale")

    def __init__(self, kind: str, scale: float, const: Constant | None, a: Any, b: Any) -> None:
        self.biased = False
        self.kind = kind
        self.scale = scale
        self.const = const
        self.a = a
        self.b = b


class Group:
    """Nodes that are computed together.

    Attributes:
        kind: as of a canonical node, or COPY (fixed cells repeated for every sample).
        row: the operator.
        space, start: where its cells are; ``size`` of them, in C order of ``shape``.
        spare: how many cells behind them are kept for a row of ones, for the biases of what reads them.
        operands: of operators: an Operand, a number or an array of numbers for each; of a sequence a single
            Operand whose first axis holds the sequence.
        runs, k: of sums.
        grid: of a matrix product.
        over: the sum whose cells it takes over, as nothing reads that sum but this operator.
        wanted: whether a gradient must reach it.
    """

    def __init__(self, kind: str, row: Op | None, space: int, wanted: bool) -> None:
        self.kind = kind
        self.row = row
        self.space = space
        self.wanted = wanted
        self.start = self.size = self.spare = 0
        self.shape: tuple[int, ...] = ()
        self.operands: list[Any] = []
        self.runs: list[Run] = []
        self.k: Constant = 0.0
        self.grid: Grid | None = None
        self.over: Group | None = None

    def __str__(self) -> str:
        where = "per sample" if self.space == PER_SAMPLE else "fixed"
        name = self.row.shown if self.row is not None else self.kind
        runs = "; ".join(
            f"{run.kind} of {run.a.index.shape}" + (" gathered" if run.a.view is None else "")
            for run in self.runs
        )
        return f"{name} {self.shape} at {where} {self.start}" + (f": {runs}" if runs else "")


class Layout:
    """Groups in the order of computing, and where everything stands.

    Attributes:
        sizes: how many cells each space has.
        captured: for each of the first FIXED cells, which captured Value it holds.
        input_start: where the inputs begin, FIXED cells, or those PER_SAMPLE of a program for a batch.
        constants: numbers that stand in cells: (space, cell, number).
        ones: rows of ones behind the results of groups: (space, first cell, how many).
        outputs: space and cell of each output; of a number that number.
    """

    def __init__(self, canonical: Canonical, captured: int, inputs: int, batched: bool) -> None:
        self.nodes = canonical.nodes
        self.batched = batched
        count = len(self.nodes)
        self.cell = np.full(count, -1)
        self.space = np.array([PER_SAMPLE if node.batched else FIXED for node in self.nodes] or [0])
        self.wanted = np.array([node.wanted for node in self.nodes] or [False])
        self.is_constant = np.array([node.kind == CONST for node in self.nodes] or [False])
        self.uses = _uses(canonical)
        self.rank = np.array([_rank(node) for node in self.nodes] or [0])
        self.captured_cells = captured
        self.sizes = [captured, 0]
        self.captured: list[int] = []
        self.wanted_cells: list[bool] = []
        self.inputs = inputs
        where = PER_SAMPLE if batched else FIXED
        self.input_start = self.sizes[where]
        self.sizes[where] += inputs
        self.constants: list[tuple[int, int, float]] = []
        self.ones: set[tuple[int, int, int]] = set()
        self._constant_cells: dict[tuple[int, str], int] = {}
        self._copies: dict[int, int] = {}
        self.groups: list[Group] = []
        self.at: dict[tuple[int, int], Group] = {}  # by space and first cell
        for ref, node in enumerate(self.nodes):
            if node.kind == LEAF and node.number.is_input:
                self.cell[ref] = self.input_start + node.number.index

    # -- cells ------------------------------------------------------------------------------------

    def new_cells(self, space: int, count: int) -> int:
        start = self.sizes[space]
        self.sizes[space] += count
        return start

    def _settle_captured(self, refs: Index) -> None:
        """Give captured Values that are read for the first time their cells, in this order."""
        unsettled = refs[(self.cell[refs] < 0) & ~self.is_constant[refs]]
        if len(unsettled):
            for ref in first_occurrences(unsettled).tolist():
                self.cell[ref] = len(self.captured)
                self.captured.append(self.nodes[ref].number.index)
                self.wanted_cells.append(self.nodes[ref].wanted)

    def operand(self, refs: Index) -> Operand:
        """The cells of refs, all in one space: numbers are put into cells, fixed ones repeated if need be."""
        flat = refs.ravel()
        self._settle_captured(flat)
        spaces = self.space[flat]
        variable = ~self.is_constant[flat]
        space = int(spaces[variable].max()) if variable.any() else FIXED
        cells = self.cell[flat].copy()
        for i in np.flatnonzero(~variable).tolist():
            cells[i] = self._constant_cell(space, self.nodes[flat[i]].number)
        if space == PER_SAMPLE:
            fixed = np.flatnonzero(variable & (spaces == FIXED))
            if len(fixed):
                self._repeat(first_occurrences(flat[fixed]))
                cells[fixed] = [self._copies[ref] for ref in flat[fixed].tolist()]
        return Operand(space, cells.reshape(refs.shape), bool(self.wanted[flat].any()))

    def _constant_cell(self, space: int, number: float) -> int:
        key = space, number.hex()
        if key not in self._constant_cells:
            self._constant_cells[key] = self.new_cells(space, 1)
            self.constants.append((space, self._constant_cells[key], number))
        return self._constant_cells[key]

    def _repeat(self, refs: Index) -> None:
        new = np.array([ref for ref in refs.tolist() if ref not in self._copies], dtype=np.int64)
        if not len(new):
            return
        group = Group(COPY, None, PER_SAMPLE, bool(self.wanted[new].any()))
        group.operands = [Operand(FIXED, self.cell[new], group.wanted)]
        group.shape = (len(new),)
        self._place(group, len(new))
        for i, ref in enumerate(new.tolist()):
            self._copies[ref] = group.start + i

    def _place(self, group: Group, size: int) -> None:
        group.size = size
        if group.over is not None:
            group.start, group.spare = group.over.start, group.over.spare
        else:
            group.spare = group.shape[1] if len(group.shape) == 2 and group.space == FIXED else 1
            group.start = self.new_cells(group.space, size + group.spare)
        self.groups.append(group)
        self.at[group.space, group.start] = group

    def place(self, group: Group, refs: Index) -> None:
        """Give a group its cells, for refs in this order (-1 where a cell is not used)."""
        self._place(group, len(refs))
        live = refs >= 0
        self.cell[refs[live]] = group.start + np.flatnonzero(live)

    def shape_of(self, operands: list[Operand], count: int) -> tuple[int, ...]:
        """The shape of the group that one of the operands is the whole of; a line where none is."""
        for operand in operands:
            if operand.view == (int(operand.index.flat[0]), (1,)):
                group = self.at.get((operand.space, int(operand.index.flat[0])))
                if group is not None and group.size == count:
                    return group.shape
        return (count,)

    def __str__(self) -> str:
        head = f"{len(self.groups)} groups on {self.sizes[FIXED]} fixed cells"
        if self.batched:
            head += f" and {self.sizes[PER_SAMPLE]} cells per sample"
        return "\n".join([head, *(f"  {group}" for group in self.groups)])


def lay_out(canonical: Canonical, captured: int, inputs: int, batched: bool) -> Layout:
    """Group the nodes of a canonical program and give them cells.

    Args:
        canonical: the program.
        captured: how many Values it captured.
        inputs: how many numbers its arguments hold.
        batched: whether it computes one sample of many.
    """
    layout = Layout(canonical, captured, inputs, batched)
    nodes = canonical.nodes
    groups = [np.array(members) for members in schedule(nodes, lambda node: _form(node, nodes))]
    for members in groups:
        if nodes[members[0]].kind == LIN and len(members) > 1:
            _settle_weights(layout, members)
    for members in groups:
        _BUILDERS[nodes[members[0]].kind](layout, members)
    unread = [ref for ref, node in enumerate(canonical.nodes) if node.kind == LEAF and layout.cell[ref] < 0]
    layout._settle_captured(np.array(unread, dtype=np.int64))
    return layout


def _uses(canonical: Canonical) -> Index:
    """How often each ref is read; an output counts as read once more."""
    read = [*canonical.outputs]
    for node in canonical.nodes:
        read += node.operands
        for term in node.terms:
            read += [ref for ref in term[2:] if ref >= 0]
    return np.bincount(np.array(read, dtype=np.int64), minlength=max(1, len(canonical.nodes)))


def _settle_weights(layout: Layout, members: Index) -> None:
    """Give the weights of a layer their cells, row by row, before a sum over all weights is looked at."""
    ordered = sorted(_terms_by_class(layout, members), key=lambda each: -each.count)
    if len(ordered) == 2 and ordered[1].count == 1 and ordered[1].b is None:  # with its bias behind each row
        refs = np.concatenate([ordered[0].a, ordered[1].a], axis=1).ravel()
        layout._settle_captured(refs[layout.rank[refs] == 0])
    for terms in ordered:
        for table in (terms.a, terms.b):
            if table is not None:
                few = terms.b is None and terms.count <= _FEW  # each is a run of its own: column by column
                refs = (table.T if few else table).ravel()
                layout._settle_captured(refs[layout.rank[refs] == 0])


def _rank(node: Node) -> int:
    """Which factor of a product stands left: what is captured, then inputs, then results."""
    if node.kind == LEAF:
        return 1 if node.number.is_input else 0
    return 3 if node.batched else 2


def _form(node: Node, nodes: list[Node]) -> tuple[Any, ...]:
    """What nodes must share to be computed together."""
    if node.kind == LIN:
        classes: dict[Any, int] = {}
        for scale, const, _, b in node.terms:
            key = (b >= 0, const is not None, scale)
            classes[key] = classes.get(key, 0) + 1
        return (LIN, node.batched, tuple(sorted(classes.items())), node.k != 0.0)
    if node.kind == ELEM:
        constant = tuple(nodes[ref].kind == CONST for ref in node.operands)
        return (ELEM, node.batched, node.row, constant)
    return (node.kind, node.batched, node.row, len(node.operands))


def _new_group(layout: Layout, members: Index) -> Group:
    first = layout.nodes[members[0]]
    space = PER_SAMPLE if first.batched else FIXED
    return Group(first.kind, first.row, space, bool(layout.wanted[members].any()))


def _in_order_of(layout: Layout, members: Index, slots: list[Index]) -> Index:
    """The order of members in which the operand that differs most is read from first to last."""
    for refs in slots:
        layout._settle_captured(refs)
    if not slots:
        return np.arange(len(members))
    primary = max(slots, key=lambda refs: len(np.unique(layout.cell[refs])))
    return np.argsort(layout.cell[primary], kind="stable")


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
    group = _new_group(layout, members)
    table = np.array([layout.nodes[ref].operands for ref in members])
    variable = [slot for slot in range(table.shape[1]) if not layout.is_constant[table[0, slot]]]
    order = _in_order_of(layout, members, [table[:, slot] for slot in variable])
    members, table = members[order], table[order]
    group.shape, operands = _shaped(layout, len(members), [table[:, slot] for slot in variable])
    given = iter(operands)
    for slot in range(table.shape[1]):
        if slot in variable:
            group.operands.append(next(given))
        else:
            numbers = np.array([layout.nodes[ref].number for ref in table[:, slot]])
            group.operands.append(_constant(numbers, group.shape))
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
    if (layout.uses[refs] != 1).any() or not needs_result_only(group.row):
        return None
    in_order = np.array_equal(operand.index.ravel(), np.arange(source.start, source.start + source.size))
    return source if in_order else None


def _sequence(layout: Layout, members: Index) -> None:
    group = _new_group(layout, members)
    table = np.array([layout.nodes[ref].operands for ref in members])
    operand = layout.operand(table)
    order = np.argsort(operand.index[:, 0], kind="stable")
    group.shape = (len(members),)
    group.operands = [Operand(operand.space, operand.index[order].T.copy(), operand.wanted)]
    layout.place(group, members[order])


def _take(layout: Layout, members: Index) -> None:
    group = _new_group(layout, members)
    table = np.array([layout.nodes[ref].operands for ref in members])
    picked, sequence = layout.operand(table[:, -1]), layout.operand(table[:, :-1])
    group.shape = (len(members),)
    group.operands = [Operand(sequence.space, sequence.index.T.copy(), sequence.wanted), picked]
    layout.place(group, members)


def _constant(numbers: np.ndarray[Any, Any], shape: tuple[int, ...]) -> Constant:
    """Numbers as one where they are all the same."""
    first = numbers.flat[0]
    if (numbers == first).all() or np.isnan(numbers).all():
        return float(first)
    return numbers.reshape(shape)


class _Terms:
    """The terms of one kind of all members: tables of refs, a row for each member."""

    def __init__(self, scale: float, a: Index, b: Index | None, const: np.ndarray[Any, Any] | None) -> None:
        self.scale, self.a, self.b, self.const = scale, a, b, const
        self.count = a.shape[1]


def _terms_by_class(layout: Layout, members: Index) -> list[_Terms]:
    by_class: dict[Any, list[list[Any]]] = {}
    for row, ref in enumerate(members.tolist()):
        for term in layout.nodes[ref].terms:
            rows = by_class.setdefault((term[3] >= 0, term[1] is not None, term[0]), [])
            while len(rows) <= row:
                rows.append([])
            rows[row].append(term)
    found = []
    for (product, constant, scale), rows in by_class.items():
        a = np.array([[term[2] for term in row] for row in rows])
        b = np.array([[term[3] for term in row] for row in rows]) if product else None
        const = np.array([[term[1] for term in row] for row in rows]) if constant else None
        if b is not None:
            swapped = layout.rank[a] > layout.rank[b]
            a, b = np.where(swapped, b, a), np.where(swapped, a, b)
        if const is not None and (const == const.flat[0]).all():
            scale, const = scale * float(const.flat[0]), None
        found.append(_Terms(scale, a, b, const))
    return found


def _linear(layout: Layout, members: Index) -> None:
    group = _new_group(layout, members)
    terms = _terms_by_class(layout, members)
    k = np.array([layout.nodes[ref].k for ref in members])
    widest = max(terms, key=lambda each: each.count * (2 if each.b is not None else 1))
    alone = len(members) == 1 and group.space == FIXED  # then a scalar product will do
    grid = None
    if widest.count > 1 and not alone and _may_form_grid(layout, widest):
        right = _right_rows(widest)
        parts = parts_of_one_shape(widest.a, right)
        if len(parts) > 1:
            for part in parts:
                _linear(layout, members[part])
            return
        grid = _grid_of(layout, widest, right, members, len(terms))
    if grid is not None:
        group.grid = grid
        line = grid.members.ravel()
        group.shape = tuple(size for size in grid.members.shape if size > 1) or (1,)
        order = np.where(line >= 0, line, line.max())
    else:
        columns = [table[:, 0] for each in terms for table in (each.a, each.b) if table is not None]
        order = line = _in_order_of(layout, members, columns)
    if grid is not None:  # first, so that its weights stand together
        bias = _bias_of(layout, grid, widest, terms)
        group.runs.append(_matmul(layout, widest, grid, bias))
        terms = [each for each in terms if each is not widest and (bias is None or not group.runs[0].biased)]
    for each in terms:
        group.runs += _runs(layout, each, order)
    if grid is None:
        group.shape = _reshape_runs(layout, len(members), group.runs)
    else:
        for run in group.runs:
            if run.kind != "matmul":
                _reshape_run(run, group.shape)
    group.k = _constant(k[order], group.shape)
    layout.place(group, np.where(line >= 0, members[line], -1))


def _may_form_grid(layout: Layout, terms: _Terms) -> bool:
    """Whether terms are products of two, of which one may be a number of the program."""
    if terms.b is None:
        return terms.const is not None
    return terms.const is None and not _both_per_sample(layout, terms)


def _right_rows(terms: _Terms) -> np.ndarray[Any, Any]:
    """What tells the right rows of products apart: refs, or the digits of numbers."""
    if terms.b is not None:
        return terms.b
    numbers = np.zeros(terms.a.shape) if terms.const is None else terms.const
    return np.ascontiguousarray(numbers).view(np.int64)


def _grid_of(
    layout: Layout, terms: _Terms, right: np.ndarray[Any, Any], members: Index, kinds: int
) -> Grid | None:
    """The grid that the products of a group form."""
    grid = find_grid(terms.a, right, members)
    if grid is None or (kinds > 1 and (grid.members < 0).any()):
        return None
    components, u, v = (grid.members.shape[grid.axes.index(axis)] for axis in range(3))
    return None if u == v == 1 and components > 1 else grid


def _both_per_sample(layout: Layout, terms: _Terms) -> bool:
    b = terms.b if terms.b is not None else terms.a
    return bool((layout.space[terms.a] == PER_SAMPLE).any() and (layout.space[b] == PER_SAMPLE).any())


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
    if bias is not None:
        run = _biased_matmul(layout, terms, grid, bias)
        if run is not None:
            return run
    a = layout.operand(terms.a[grid.left])
    if terms.b is None:
        return Run("matmul", terms.scale, None, a, terms.const[grid.right])  # type: ignore[index]
    return Run("matmul", terms.scale, None, a, layout.operand(terms.b[grid.right]))


_FEW = 3  # terms that are added one by one


def _biased_matmul(layout: Layout, terms: _Terms, grid: Grid, bias: Index) -> Run | None:
    right: Any = None
    if terms.const is not None:
        numbers = terms.const[grid.right]
        right = np.concatenate([numbers, np.ones((*numbers.shape[:2], 1))], axis=2)
    elif terms.b is not None:
        right = _with_ones(layout, layout.operand(terms.b[grid.right]))
    if right is None:
        return None
    left = np.concatenate([terms.a[grid.left], bias[None, :, None]], axis=2)
    run = Run("matmul", 1.0, None, layout.operand(left), right)
    run.biased = True
    return run


def _runs(layout: Layout, terms: _Terms, order: Index) -> list[Run]:
    """A part of the sums: where it has few terms, each on its own."""
    scalar_product = len(order) == 1 and terms.b is not None
    if not 1 < terms.count <= _FEW or scalar_product:
        return [_run(layout, terms, order)]
    parts = []
    for i in range(terms.count):
        a, b, const = (
            None if table is None else table[:, i : i + 1] for table in (terms.a, terms.b, terms.const)
        )
        scale = terms.scale
        if const is not None and (const == const.flat[0]).all():
            scale, const = scale * float(const.flat[0]), None
        parts.append(_run(layout, _Terms(scale, a, b, const), order))  # type: ignore[arg-type]
    return parts


def _run(layout: Layout, terms: _Terms, order: Index) -> Run:
    """A part of the sums with its terms on the first axis and the members, in order, on the second."""
    a_refs = terms.a[order]
    b_refs = terms.b[order] if terms.b is not None else None
    const = terms.const[order] if terms.const is not None else None
    if terms.count > 1 and len(order) == 1:  # a sum over many cells: in their order it is a view
        layout._settle_captured(a_refs.ravel())
        sorted_terms = np.argsort(layout.cell[a_refs[0]], kind="stable")
        a_refs = a_refs[:, sorted_terms]
        b_refs = b_refs[:, sorted_terms] if b_refs is not None else None
        const = const[:, sorted_terms] if const is not None else None
    a = layout.operand(a_refs.T.copy())
    b = layout.operand(b_refs.T.copy()) if b_refs is not None else None
    kind = "each" if terms.count == 1 else "sum" if b is None else "dot"
    flat = None if const is None else const.T.copy()
    if kind == "each":
        a = Operand(a.space, a.index[0], a.wanted)
        b = Operand(b.space, b.index[0], b.wanted) if b is not None else None
        flat = None if flat is None else flat[0]
    return Run(kind, terms.scale, flat, a, b)


def _reshape_runs(layout: Layout, count: int, runs: list[Run]) -> tuple[int, ...]:
    """The shape in which the runs of a group without a grid read views; they are given it."""
    lines = []
    for run in runs:
        for operand in (run.a, run.b):
            if operand is not None:
                loops = nested(operand.index if run.kind == "each" else operand.index[0])
                if loops is not None:
                    lines.append(loops)
    shape = common_shape(count, lines) or (count,)
    if shape == (count,):
        shape = layout.shape_of([run.a for run in runs if run.kind == "each"], count)
    for run in runs:
        _reshape_run(run, shape)
    return shape


def _reshape_run(run: Run, shape: tuple[int, ...]) -> None:
    head = () if run.kind == "each" else (run.a.index.shape[0],)
    for name in ("a", "b"):
        operand = getattr(run, name)
        if operand is not None:
            setattr(run, name, Operand(operand.space, operand.index.reshape(head + shape), operand.wanted))
    if isinstance(run.const, np.ndarray):
        run.const = run.const.reshape(head + shape)


_BUILDERS: dict[str, Any] = {ELEM: _elementwise, SEQ: _sequence, TAKE: _take, LIN: _linear}
