"""Canonical nodes as arrays: what a large program goes through, stage by stage, without an object for each.

Glossary: a *slice* of node i is what lies between ``offsets[i]`` and ``offsets[i + 1]``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from engine.jit.lower.canonical import CONST, ELEM, LEAF, LIN, SEQ, TAKE, Node
from engine.jit.lower.equal import levels_of
from engine.jit.lower.strides import Index, distinct, unique_rows
from engine.jit.lower.sums.terms import Flags, Numbers, Runs, Terms, offsets_of, ranges, runs_in
from engine.ops.op import Op

__all__ = ["CODES", "KINDS", "Nodes", "Table", "table_of"]

KINDS = (LEAF, CONST, LIN, ELEM, SEQ, TAKE)
CODES = {kind: code for code, kind in enumerate(KINDS)}


_COLUMNS = "codes", "levels", "batched", "wanted", "row_of", "k", "has_k"
"""What there is of each node."""

_OF_TERMS = [f"terms.{part}" for part in ("scale", "number", "has_number", "a", "b")]


@dataclass(eq=False)
class Table:
    """Canonical nodes as arrays; the attributes are those of :class:`engine.jit.lower.canonical.Node`.

    Attributes:
        codes: of each node the place of its kind in ``KINDS``.
        rows, row_of: the operators, and which of them each node is; -1.
        offsets, operands: the operands of node i are a slice.
        terms: of sums.
        k: the number that is added last, where ``has_k``; of a CONST node its number.
        leaves, pads: of nodes that have them.
    """

    codes: Index
    levels: Index
    batched: Flags
    wanted: Flags
    rows: Sequence[Op | None]
    row_of: Index
    offsets: Index
    operands: Index
    terms: Terms
    k: Numbers
    has_k: Flags
    leaves: dict[int, Any]
    pads: dict[int, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.codes)

    def picked(self, kept: Index, place: Index) -> Table:
        """Some of the nodes, in another order.

        Args:
            kept: which, in their new order.
            place: of each node what it is called then.
        """
        counts, at = np.diff(self.offsets)[kept], np.full(len(self), -1)
        at[kept] = np.arange(len(kept))
        leaves, pads = (
            {int(at[ref]): item for ref, item in held.items() if at[ref] >= 0}
            for held in (self.leaves, self.pads)
        )
        columns = {name: getattr(self, name)[kept] for name in _COLUMNS}
        read = self.operands[ranges(self.offsets[kept], counts)]
        of_nodes: Any = {"offsets": offsets_of(counts), "operands": read, "terms": self.terms.picked(kept)}
        return replace(self, **columns, **of_nodes, leaves=leaves, pads=pads).renamed(place)

    def renamed(self, place: Index) -> Table:
        """The same nodes, with what they read named anew: of each name the new one."""
        terms = self.terms
        b = np.where(terms.b >= 0, place[terms.b], -1)
        return replace(self, operands=place[self.operands], terms=terms._replace(a=place[terms.a], b=b))

    def joined(self, more: Table) -> Table:
        """These nodes and others behind them, which go on reading what they name."""
        rows = [*dict.fromkeys((*self.rows, *more.rows))]
        number = {row: i for i, row in enumerate(rows)}
        both = self, more
        names = [np.array([*(number[row] for row in each.rows), -1], np.intp)[each.row_of] for each in both]
        columns = {name: np.concatenate([getattr(each, name) for each in both]) for name in _COLUMNS}
        count, behind = len(self), len(self.operands)
        return Table(
            **columns | {"row_of": np.concatenate(names)},
            rows=rows,
            offsets=np.concatenate([self.offsets, behind + more.offsets[1:]]),
            operands=np.concatenate([self.operands, more.operands]),
            terms=self.terms.joined(more.terms),
            leaves={**self.leaves, **{count + ref: leaf for ref, leaf in more.leaves.items()}},
            pads={**self.pads, **{count + ref: pad for ref, pad in more.pads.items()}},
        )

    def with_nodes(self, others: dict[int, Node], added: Sequence[Node]) -> Table:
        """The same with other nodes in some places, and more behind."""
        count, places = len(self), [*others]
        kept = np.arange(count + len(added))
        kept[count:] += len(places)
        kept[places] = count + np.arange(len(places))
        found = self.joined(table_of([*others.values(), *added]))
        return found.picked(kept, np.arange(len(found)))

    def words(self) -> tuple[Index, Index, Flags]:
        """What tells nodes apart, as :func:`engine.jit.lower.equal.first_equal` takes it."""
        counts, terms = np.diff(self.offsets), self.terms
        count_terms = np.diff(terms.offsets)
        offsets = offsets_of(2 + counts + 3 * count_terms)
        words = np.zeros(offsets[-1], np.int64)
        names = np.zeros(offsets[-1], bool)
        heads = offsets[:-1]
        which = np.where(self.of_kind(LIN), self.has_k, self.row_of + 1)
        which[self.of_kind(LEAF)] = np.flatnonzero(self.of_kind(LEAF))
        words[heads], words[heads + 1] = self.codes + len(KINDS) * which, _digits(self.k)
        operands = ranges(heads + 2, counts)
        words[operands], names[operands] = self.operands, True
        sort = (terms.scale < 0.0).astype(np.intp)
        other = np.flatnonzero((np.abs(terms.scale) != 1.0) | terms.has_number)
        parts = [_digits(terms.scale[other]), _digits(terms.number[other]), terms.has_number[other]]
        if len(other):
            sort[other] = 2 + unique_rows(np.stack(parts, axis=1))[1]
        at = np.repeat(heads + 2 + counts, count_terms) + 3 * ranges(np.zeros_like(counts), count_terms)
        words[at], words[at + 1], words[at + 2] = sort, terms.a, terms.b
        names[at + 1], names[at + 2] = True, terms.b >= 0
        return offsets, words, names

    def settle(self, trace: Any) -> None:
        """Find how deep nodes are, and what leaves they are made of."""
        flags = np.zeros(len(self), np.intp)
        for ref, leaf in self.leaves.items():
            flags[ref] = trace.is_per_sample(leaf) + 2 * leaf.wanted
        reader, read = self.reads
        self.levels, flags = levels_of(np.searchsorted(reader, np.arange(len(self) + 1)), read, flags)
        self.batched, self.wanted = flags & 1 != 0, flags & 2 != 0
        self.__dict__.pop("_items", None)

    def of_kind(self, kind: str) -> Flags:
        """Of each node whether it is of a kind."""
        return np.asarray(self.codes == CODES[kind])

    @cached_property
    def _items(self) -> dict[str, Any]:
        """The arrays, whose items come as plain numbers: a third of the time where one by one is read."""
        own = {name: getattr(self, name) for name in (*_COLUMNS, "offsets", "operands")}
        of_terms = {f"terms.{name}": part for name, part in self.terms._asdict().items()}
        return {name: memoryview(array) for name, array in (own | of_terms).items()}

    def node(self, ref: int) -> Node:
        """A node as an object."""
        items = self._items
        kind = KINDS[items["codes"][ref]]
        node = Node(kind, items["levels"][ref], items["batched"][ref], items["wanted"][ref])
        row = items["row_of"][ref]
        if row >= 0:
            node.row = self.rows[row]
        if kind == LIN:
            at = slice(items["terms.offsets"][ref], items["terms.offsets"][ref + 1])
            scale, numbers, has_number, a, b = [items[name][at].tolist() for name in _OF_TERMS]
            if not all(has_number):
                numbers = [x if flag else None for x, flag in zip(numbers, has_number, strict=True)]
            node.terms = tuple(zip(scale, numbers, a, b, strict=True))
            node.k = items["k"][ref] if items["has_k"][ref] else None
        elif kind == CONST:
            node.number = items["k"][ref]
        elif kind == LEAF:
            node.number = self.leaves[ref]
        else:
            at = slice(items["offsets"][ref], items["offsets"][ref + 1])
            node.operands = tuple(items["operands"][at].tolist())
        node.pad = self.pads.get(ref)
        return node

    def operands_of(self, refs: Index) -> Index:
        """The operands of nodes that have equally many, a row for each."""
        starts = self.offsets[refs]
        found: Index = self.operands[starts[:, None] + np.arange(self.offsets[refs[0] + 1] - starts[0])]
        return found

    @cached_property
    def reads(self) -> tuple[Index, Index]:
        """Who reads, and what is read, a pair for each operand and factor: sorted by who reads."""
        counts, terms = np.diff(self.offsets), self.terms
        of_terms = np.repeat(np.arange(len(self)), np.diff(terms.offsets))
        two = np.flatnonzero(terms.b >= 0)
        reader = np.concatenate([np.repeat(np.arange(len(self)), counts), of_terms, of_terms[two]])
        read = np.concatenate([self.operands, terms.a, terms.b[two]])
        order = np.argsort(reader, kind="stable")
        return reader[order], read[order]

    def reach(self, refs: Index, flags: Flags) -> None:
        """Set the flags of nodes, and of all that they are computed from, down to those that are set."""
        reader, read = self.reads
        starts = np.searchsorted(reader, np.arange(len(self) + 1))
        while len(refs):
            refs = distinct(refs[~flags[refs]])
            flags[refs] = True
            refs = read[ranges(starts[refs], starts[refs + 1] - starts[refs])]

    @cached_property
    def runs(self) -> Runs:
        """The terms of all sums in runs."""
        return runs_in(self.terms)


class Nodes(Sequence[Node]):
    """The nodes of a table as objects, each made when it is asked for."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._made: dict[int, Node] = {}

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, ref: Any) -> Any:
        ref = range(len(self))[ref]
        node = self._made.get(ref)
        if node is None:
            node = self._made[ref] = self.table.node(ref)
        return node

    def __iter__(self) -> Iterator[Node]:
        return map(self.__getitem__, range(len(self)))


def table_of(nodes: Sequence[Node]) -> Table:
    """Nodes as arrays."""
    if isinstance(nodes, Nodes):
        return nodes.table
    rows: dict[Op, int] = {}
    row_of = [-1 if node.row is None else rows.setdefault(node.row, len(rows)) for node in nodes]
    terms = [*chain.from_iterable([node.terms for node in nodes])]
    scale, number, a, b = zip(*terms, strict=True) if terms else ((), (), (), ())
    numbers = [node.number if node.kind == CONST else node.k for node in nodes]
    return Table(
        codes=np.array([CODES[node.kind] for node in nodes], np.int8),
        levels=np.array([node.level for node in nodes], np.intp),
        batched=np.array([node.batched for node in nodes], bool),
        wanted=np.array([node.wanted for node in nodes], bool),
        rows=[*rows],
        row_of=np.array(row_of, np.intp),
        offsets=offsets_of([len(node.operands) for node in nodes]),
        operands=np.array([*chain.from_iterable([node.operands for node in nodes])], np.intp),
        terms=Terms(
            offsets_of([len(node.terms) for node in nodes]),
            np.array(scale, float),
            np.array([0.0 if c is None else c for c in number], float),
            np.array([c is not None for c in number], bool),
            np.array(a, np.intp),
            np.array(b, np.intp),
        ),
        k=np.array([0.0 if x is None else x for x in numbers], float),
        has_k=np.array([x is not None for x in numbers], bool),
        leaves={ref: node.number for ref, node in enumerate(nodes) if node.kind == LEAF},
        pads={ref: node.pad for ref, node in enumerate(nodes) if node.pad is not None},
    )


def _digits(numbers: Numbers) -> Index:
    """Numbers as integers that are equal where all digits, and the signs of zeros, are."""
    return np.ascontiguousarray(numbers, float).view(np.int64)
