"""Fills up the shorter of sums and sequences that are alike but for their lengths: one group takes them all.

Under a causal mask the first position attends to one, the last to all; nodes of a graph have few neighbours
or many. What fills up changes nothing: 0 in a sum, -inf in a maximum (:attr:`engine.ops.op.Op.neutral`). It
is either that number, in a cell of its own, or, where what is summed has neighbours that were computed alike,
a *pad*: a node more in their group, computed as they are from what stands beside, so that all are one view::

    scores = q @ k.T          # of all positions, the later ones too
    powers = exp(scores)
    powers[pads] = 0          # Pad.fill
    totals = powers.sum(axis=-1)

``pads.py`` keeps them from what counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.jit.lower.canonical import CONST, ELEM, LIN, SEQ, Canonical, Node, Term
from engine.jit.lower.ragged.families import families, is_mean
from engine.jit.lower.ragged.pads import Filled, Pad, exposed, settle
from engine.jit.lower.table import Nodes, table_of

__all__ = ["padded"]

_DEEPEST = 8
"""So far down are neighbours looked for that were computed alike."""

Row = tuple[Any, ...]


class _Tails(NamedTuple):
    """What continues rows of refs: pads, which can be given a value, or nodes of the function."""

    are_pads: bool
    by_row: dict[Row, Row]


def padded(canonical: Canonical) -> Canonical:
    """The program with shorter sums and sequences filled up; itself where there is nothing to fill."""
    found = list(families(canonical.nodes))
    if not found:
        return canonical
    return _Padding(canonical, True).run(found) or _Padding(canonical, False).run(found) or canonical


class _Padding:
    """One pass over families, those of lower levels first.

    Args:
        canonical: the program.
        by_pads: whether pads fill up where they can, or numbers only.
    """

    def __init__(self, canonical: Canonical, by_pads: bool) -> None:
        self.canonical, self.by_pads = canonical, by_pads
        self.nodes = _Changed(canonical.nodes)
        self.table, self.count = table_of(canonical.nodes), len(canonical.nodes)
        self.place: list[tuple[int, int]] = []  # of nodes that are added: behind which, and in which order
        self.pads: dict[Any, int] = {}  # by what they compute
        self.wanted_value: dict[int, float] = {}  # of pads
        refs = np.flatnonzero(self.table.of_kind(CONST))
        numbers = self.table.k[refs].tolist()
        self.constants = {x.hex(): ref for x, ref in zip(numbers, refs.tolist(), strict=True)}
        self.filled: list[Filled] = []
        self.known_tails: dict[Any, _Tails | None] = {}
        self.exposed = exposed(self.table, canonical.watched)

    def run(self, families: list[list[int]]) -> Canonical | None:
        """The program filled up; None where a zero would meet an infinity."""
        for members in families:
            level = self.nodes[members[0]].level
            sure = self.by_pads and not self.exposed[members].any()
            if self.nodes[members[0]].kind == SEQ:
                self.sequences(members, level, sure)
            else:
                self.sums(members, level, sure)
        pads = sorted(self.pads.values(), key=lambda ref: (self.nodes[ref].level, ref))
        return self.in_order() if settle(self.nodes, pads, self.filled, self.wanted_value) else None

    def sequences(self, members: list[int], level: int, sure: bool) -> None:
        row = self.nodes[members[0]].row
        if row is None or row.neutral is None:
            raise RuntimeError("an operator over sequences that are filled up has a neutral operand")
        rows = [self.nodes[ref].operands for ref in members]
        width = max(map(len, rows))
        tails = self.tails(rows, width, level) if sure else None
        if not self.can_be(tails, row.neutral):
            tails = None
        for ref, each in zip(members, rows, strict=True):
            tail = tails.by_row[each] if tails else (self.constant(row.neutral),) * (width - len(each))
            self.replace(ref, (*each, *tail), ())
            self.filled.append(Filled(row, (), tail))

    def sums(self, members: list[int], level: int, sure: bool) -> None:
        if is_mean(self.nodes[members[0]]):
            members = [self.total_of(ref) for ref in members]
        runs = [self.nodes[ref].runs for ref in members]
        filled: list[list[Term]] = [[] for _ in members]
        for i in range(len(runs[0])):
            rows = [tuple(each[i][1]) for each in runs]
            tails = self.terms(rows, max(map(len, rows)), level, sure)
            for terms, row, tail in zip(filled, rows, tails, strict=True):
                terms += [*row, *tail]
                self.filled.append(Filled(None, tail, ()))
        for ref, terms in zip(members, filled, strict=True):
            self.replace(ref, (), tuple(terms))

    def total_of(self, ref: int) -> int:
        """Part a mean into a sum and its product with 1/n. Returns the sum."""
        mean = self.nodes[ref]
        scale = mean.terms[0][0]
        total = Node(LIN, mean.level, mean.batched, mean.wanted)
        total.terms = tuple([(math.copysign(1.0, scale), *term[1:]) for term in mean.terms])
        place = self.add(total, (ref, -1))
        self.replace(ref, (), ((1.0, abs(scale), place, -1),))
        return place

    def terms(self, rows: list[Row], width: int, level: int, sure: bool) -> list[list[Term]]:
        """What fills up runs of terms: products of which one factor is zero."""
        product = rows[0][0][3] >= 0
        left, right = ([tuple([term[i] for term in row]) for row in rows] for i in (2, 3))
        numbers = [tuple([term[1] for term in row]) for row in rows]
        constants = _continued(numbers, width) or {row: row[-1:] * (width - len(row)) for row in numbers}
        zeros: Any = [(self.constant(0.0),) * (width - len(row)) for row in rows]
        a = self.tails(left, width, level) if sure else None
        b = self.tails(right, width, level) if sure and product else None
        if not self.can_be(a, 0.0) and not (product and (b is None or self.can_be(b, 0.0))):
            a = None  # it is the number that is zero
        as_ = zeros if a is None else [a.by_row[row] for row in left]
        bs = [(-1,) * len(tail) for tail in zeros]
        if product:
            bs = zeros if b is None else [b.by_row[row] for row in right]
        scale = rows[0][0][0]
        return [
            [(scale, c, x, y) for c, x, y in zip(constants[row], xs, ys, strict=True)]
            for row, xs, ys in zip(numbers, as_, bs, strict=True)
        ]

    def replace(self, ref: int, operands: Row, terms: tuple[Term, ...]) -> None:
        old = self.nodes[ref]
        node = Node(old.kind, old.level, old.batched, old.wanted)
        node.row, node.operands, node.terms = old.row, operands, terms
        node.k = old.k or None
        self.nodes.replace(ref, node)

    def constant(self, number: float) -> int:
        if number.hex() not in self.constants:
            node = Node(CONST, 0, False, False)
            node.number = number
            self.constants[number.hex()] = self.add(node, (-1, len(self.place)))
        return self.constants[number.hex()]

    def add(self, node: Node, place: tuple[int, int]) -> int:
        self.place.append(place)
        return self.nodes.add(node)

    def beside(self, ref: int) -> int:
        """Behind which node of the function one stands."""
        return ref if ref < self.count else self.place[ref - self.count][0]

    def can_be(self, tails: _Tails | None, number: float) -> bool:
        """Whether these are pads that can be this number; then they are."""
        if tails is None or not tails.are_pads:
            return False
        refs = {ref for tail in tails.by_row.values() for ref in tail}
        if any(self.wanted_value.get(ref, number) != number for ref in refs):
            return False
        self.wanted_value.update(dict.fromkeys(refs, number))
        return True

    # -- neighbours -----------------------------------------------------------------------------------

    def tails(self, rows: list[Row], width: int, level: int) -> _Tails | None:
        """What continues rows of refs to this width, computed below this level."""
        found = self.continued(tuple(dict.fromkeys(rows)), width, _DEEPEST)
        if found is None:
            return None
        deep = any(self.nodes[ref].level >= level for tail in found.by_row.values() for ref in tail)
        return None if deep else found

    def continued(self, rows: tuple[Row, ...], width: int, depth: int) -> _Tails | None:
        key = rows, width
        if key not in self.known_tails:
            self.known_tails[key] = self._continued(rows, width, depth)
        return self.known_tails[key]

    def _continued(self, rows: tuple[Row, ...], width: int, depth: int) -> _Tails | None:
        own = _continued(rows, width)
        if own is not None:
            return _Tails(False, own)
        nodes = [[self.nodes[ref] for ref in row] for row in rows]
        first = nodes[0][0]
        if all(node.kind == CONST for each in nodes for node in each):
            return _Tails(False, {row: row[-1:] * (width - len(row)) for row in rows})
        form = self.form(first)
        if form is None or depth == 0 or any(self.form(node) != form for each in nodes for node in each):
            return None
        columns: list[list[Row]] = []  # of each row, what continues each operand
        for i in range(len(first.operands) or 2 * len(first.terms)):
            operand = [tuple([_operand(node, i) for node in each]) for each in nodes]
            if operand[0][0] < 0:  # a term of one factor
                columns.append([(-1,) * (width - len(row)) for row in rows])
                continue
            found = self.continued(tuple(dict.fromkeys(operand)), width, depth - 1)
            if found is None:
                return None
            columns.append([found.by_row[row] for row in operand])
        by_row = {}
        for place, (row, each) in enumerate(zip(rows, nodes, strict=True)):
            operands = zip(*(column[place] for column in columns), strict=True)
            by_row[row] = tuple([self.pad(each[-1], refs, row[-1]) for refs in operands])
        return _Tails(True, by_row)

    def form(self, node: Node) -> Any:
        """What neighbours have in common; None of what is not computed from operands one by one."""
        if node.kind == ELEM:
            return node.row, node.batched, len(node.operands)
        if node.kind == LIN:
            return node.batched, node.k is None, tuple([(s, c is None, b < 0) for s, c, _, b in node.terms])
        return None

    def pad(self, like: Node, refs: Row, beside: int) -> int:
        """The pad that computes the same as a node, from these operands."""
        terms = [(s, c, *refs[2 * i : 2 * i + 2]) for i, (s, c, _, _) in enumerate(like.terms)]
        key = (like.row, refs) if like.kind == ELEM else (tuple(terms), like.k)
        if key not in self.pads:
            below = [self.nodes[ref] for ref in refs if ref >= 0]
            node = Node(
                like.kind, max(n.level for n in below) + 1, like.batched, any(n.wanted for n in below)
            )
            node.row, node.k, node.pad = like.row, like.k, Pad()
            node.operands = refs if like.kind == ELEM else ()
            node.terms = tuple(terms)
            self.pads[key] = self.add(node, (self.beside(beside), len(self.place)))
        return self.pads[key]

    def in_order(self) -> Canonical:
        """The program, operands before results, and pads behind those that they continue."""
        table = self.table.with_nodes(self.nodes.others, self.nodes.added)
        used = np.arange(len(table)) < self.count
        reader, read = table.reads
        table.reach(read[(read >= self.count) & used[reader]], used)
        beside = np.array(self.place, np.intp).reshape(-1, 2)
        behind = np.concatenate([np.arange(self.count), beside[:, 0]])
        later = np.concatenate([np.zeros(self.count, np.intp), beside[:, 1]])
        order = np.lexsort((later, behind, table.levels))
        return self.canonical._replace(nodes=Nodes(table), order=order[used[order]].tolist())


class _Changed(dict[int, Node]):
    """Nodes by their refs, of which some are others, and to which some are added; each is made once.

    Attributes:
        others: by their places.
        added: behind them.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes, self.size = nodes, len(nodes)
        self.others: dict[int, Node] = {}
        self.added: list[Node] = []

    def __missing__(self, ref: int) -> Node:
        node = self[ref] = self.nodes[ref]
        return node

    def replace(self, ref: int, node: Node) -> None:
        self[ref] = self.others[ref] = node

    def add(self, node: Node) -> int:
        """Returns its ref."""
        ref = self.size + len(self.added)
        self.added.append(node)
        self[ref] = node
        return ref


def _operand(node: Node, i: int) -> int:
    term = node.terms[i // 2] if node.terms else None
    return node.operands[i] if term is None else term[2] if i % 2 == 0 else term[3]


def _continued(rows: Iterable[Row], width: int) -> dict[Row, Row] | None:
    """What continues rows of which each repeats one item, or is the beginning of a longer one.

    >>> _continued([(1, 1), (2,)], 3)
    {(1, 1): (1,), (2,): (2, 2)}
    >>> _continued([(1, 2), (1,), (4, 5, 6)], 3) is None
    True
    >>> _continued([(1,), (1, 2), (1, 2, 3)], 3)
    {(1,): (2, 3), (1, 2): (3,), (1, 2, 3): ()}
    """
    rows = list(rows)
    if any(len(row) > 1 for row in rows) and all(row.count(row[0]) == len(row) for row in rows):
        return {row: row[:1] * (width - len(row)) for row in rows}
    lengths = {len(row) for row in rows}
    whole = {row[:length]: row for row in rows if len(row) == width for length in lengths}
    if any(row not in whole for row in rows):
        return None
    return {row: whole[row][len(row) :] for row in rows}
