"""Finds the sums in a trace that can be told from its shape alone, over arrays, before it is rewritten.

Most nodes of most traces are links of ``((0 + w0 * x0) + w1 * x1) + …``. What such a chain comes to is known
without looking at its links one by one: a term for each link, in order. So it is with a *block*, an operator
over a sequence that is a sum of products: ``dot``, ``sum`` and ``mean``. A chain may begin with one.
"""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.formulas.symbol import SYMBOLS, Symbol, name
from engine.jit.lower.canonical import Term
from engine.jit.lower.sums.terms import Terms, ranges
from engine.jit.trace.traced_graph import CONSTANT, OPERATOR, Trace
from engine.ops.op import Op

__all__ = ["Chains", "sign_of", "sort_of"]

_FEWEST = 64  # nodes from which arrays are quicker

_SORTS = ("", "+", "-", "*", "dot", "sum", "mean")
_, _ADD, _SUB, _MUL, _DOT, _SUM, _MEAN = range(len(_SORTS))


class Chains:
    """The chains and blocks of a trace.

    Args:
        trace: the trace.
        uses: how often each node is read.
        alone: of each node whether it is a canonical node of its own, being part of no other.
        number: of each node whether it is a number.

    Attributes:
        inner: of each node whether it is only a part of a chain, and need not be looked at.
        ends: of each node whether it is a sum that was found here.
        terms: the terms of these, by the nodes of the trace; of other nodes none.
        from_zero: of each of them whether 0 is added last.
    """

    def __init__(self, trace: Trace, uses: Any, alone: Any, number: Any) -> None:
        size = len(trace.kinds)
        self.inner, self.ends, self.from_zero = np.zeros((3, size), bool)
        self.trace, self._alone, self._number = trace, alone, number
        sorts = np.array([*(_SORTS.index(sort_of(row)) for row in trace.rows), 0], np.int8)[trace.row_of]
        sorts[trace.kinds != OPERATOR] = 0
        if size < _FEWEST or not sorts.any():
            self.terms = self._sorted([], [], [], [], [], [])
            return
        sign = (sorts == _ADD).astype(np.int8) - (sorts == _SUB)
        self._first, self._second = first, second = self._pairs(sorts)
        of_two = np.flatnonzero((sorts == _MUL) & (uses == 1))
        kind = alone + 2 * number.astype(np.int8)
        both = kind[first[of_two]] * kind[second[of_two]]
        product = np.zeros(size, bool)
        product[of_two] = (both == 1) | (both == 2)  # of two nodes, or of a node and a number
        owner, us, vs = self._blocks(sorts, product)
        block = np.zeros(size, bool)
        block[owner] = True
        zero = (trace.kinds == CONSTANT) & (trace.data == 0.0) & ~np.signbit(trace.data)
        once = uses == 1
        joins = alone | product
        link = (sign != 0) & joins[second] & ((first != second) | alone[second])
        goes_on = link & (link & once)[first]
        begins = link & (joins | zero | (block & once))[first]
        here = np.arange(size)
        link &= begins[_followed(np.where(goes_on, first, here))]
        goes_on &= link
        begins = link & ~goes_on
        after = here.copy()
        after[first[goes_on]] = here[goes_on]  # each inner link is read once
        heads = np.flatnonzero(begins)
        with_block = heads[(block & once)[first[heads]]]
        after[first[with_block]] = with_block
        after = _followed(after)
        self.inner[first[goes_on]] = self.inner[first[with_block]] = True
        links, starts = np.flatnonzero(link), heads[joins[first[heads]]]
        parts = np.concatenate([first[starts], second[links], us[vs < 0]])
        self.inner[parts[product[parts]]] = True
        self.ends = (link | block) & ~self.inner
        self.from_zero = begins & zero[first] & self.ends
        chains = [after[starts], after[owner], after[links]]
        scales = [np.ones(len(starts)), self._shares(sorts, owner), sign[links].astype(float)]
        found = [self._factors(first[starts], product), (us, vs), self._factors(second[links], product)]
        inside = self._factors(us, product)
        found[1] = np.where(vs < 0, inside[0], us), np.where(vs < 0, inside[1], vs)
        readers = [np.where(product[first[starts]], first[starts], starts)]
        readers += [np.where((vs < 0) & product[us], us, owner)]
        readers += [np.where(product[second[links]], second[links], links)]
        places = [np.zeros_like(starts), np.arange(len(owner)), np.ones_like(links)]
        self.terms = self._sorted(chains, scales, readers, places, *zip(*found, strict=True))

    def _pairs(self, sorts: Any) -> tuple[Any, Any]:
        """The two operands of each node that is + - or * of two; the node itself of others."""
        trace = self.trace
        first = np.arange(len(trace.kinds))
        second = first.copy()
        of_two = (sorts > 0) & (sorts <= _MUL) & (np.diff(trace.offsets) == 2)
        at = trace.offsets[:-1][of_two]
        first[of_two], second[of_two] = trace.operands[at], trace.operands[at + 1]
        return first, second

    def _blocks(self, sorts: Any, product: Any) -> tuple[Any, Any, Any]:
        """The terms of blocks: of each which node, and its factors; of a sum the operand and -1."""
        trace, alone, number = self.trace, self._alone, self._number
        starts, counts = trace.offsets[:-1], np.diff(trace.offsets)
        dots = np.flatnonzero((sorts == _DOT) & (counts >= 4) & (counts % 2 == 0))
        sums = np.flatnonzero(((sorts == _SUM) | (sorts == _MEAN)) & (counts >= 2))
        halves = counts[dots] // 2
        owner = np.concatenate([np.repeat(dots, halves), np.repeat(sums, counts[sums])])
        at = ranges(starts[dots], halves)
        us = trace.operands[np.concatenate([at, ranges(starts[sums], counts[sums])])]
        vs = np.full(len(us), -1)
        vs[: len(at)] = trace.operands[at + np.repeat(halves, halves)]
        u, v = us[: len(at)], vs[: len(at)]
        good = np.ones(len(us), bool)
        good[: len(at)] = (alone[u] & (alone[v] | number[v])) | (number[u] & alone[v])
        of_sum = us[len(at) :]
        good[len(at) :] = alone[of_sum] | (product[of_sum] & (sorts == _SUM)[owner[len(at) :]])
        broken = np.zeros(len(sorts), bool)
        broken[owner[~good]] = True
        kept = ~broken[owner]
        return owner[kept], us[kept], vs[kept]

    def _shares(self, sorts: Any, owner: Any) -> Any:
        """The scale of each term of a block."""
        shares = np.ones(len(owner))
        of_mean = sorts[owner] == _MEAN
        shares[of_mean] = 1.0 / np.diff(self.trace.offsets)[owner[of_mean]]
        return shares

    def _factors(self, nodes: Any, product: Any) -> tuple[Any, Any]:
        """The factors of nodes: of a product its operands, else the node itself and -1."""
        of_two = product[nodes]
        return np.where(of_two, self._first[nodes], nodes), np.where(of_two, self._second[nodes], -1)

    def _sorted(self, chains: Any, scales: Any, readers: Any, places: Any, us: Any, vs: Any) -> Terms:
        """The terms of all chains, by chain, in order; factors that are numbers apart."""
        empty = np.zeros(0, np.intp)
        chain, *rest = (np.concatenate([empty, *each]) for each in (chains, us, vs, scales))
        order = np.argsort(chain, kind="stable")
        chain = chain[order]
        u, v, scale = (each[order] for each in rest)
        self._readers, self._places, self._order = readers, places, order
        times, by = self._number[u], (v >= 0) & self._number[v]
        data, has = self.trace.data, times | by
        return Terms(
            np.searchsorted(chain, np.arange(len(self.inner) + 1)),
            scale.astype(float),
            np.where(has, data[np.where(times, u, v)], 0.0) if len(u) else np.zeros(0),
            has,
            np.where(times, v, u),
            np.where(has, -1, v),
        )

    def read_by(self, at: Any) -> tuple[Any, Any]:
        """Of some terms the node of the trace that reads the first factor, and how many it read before."""
        at = self._order[at]
        return np.concatenate(self._readers)[at], np.concatenate(self._places)[at]

    def sum_at(self, end: int, refs: Any) -> tuple[list[Term], float | None]:
        """The terms of a sum that was found here, and the number that is added last.

        Args:
            end: its node.
            refs: of each node the canonical node that it is.
        """
        terms = self.terms
        at = slice(terms.offsets[end], terms.offsets[end + 1])
        numbers = [
            number if has else None
            for number, has in zip(terms.number[at].tolist(), terms.has_number[at].tolist(), strict=True)
        ]
        b = np.where(terms.b[at] >= 0, refs[terms.b[at]], -1)
        parts = terms.scale[at].tolist(), numbers, refs[terms.a[at]].tolist(), b.tolist()
        return [*zip(*parts, strict=True)], 0.0 if self.from_zero[end] else None


def _followed(step: Any) -> Any:
    """Of each node where steps lead that are taken until there is none."""
    while True:
        further = step[step]
        if np.array_equal(further, step):
            return step
        step = further


_ASKED = SimpleNamespace(
    sum=lambda xs: ("sum", xs), mean=lambda xs: ("mean", xs), dot=lambda a, b: ("dot", [*a, *b])
)
"""The ``m`` of rules :attr:`Op.arithmetic` that says what they ask for, and of what."""


@lru_cache(maxsize=1024)
def sort_of(row: Op) -> str:
    """``+``, ``-`` or ``*`` for a row that is just this of its two operands; ``sum``, ``mean`` or ``dot`` for
    one that is this of a sequence; empty for others.

    >>> from engine.ops import OPERATORS
    >>> [sort_of(OPERATORS[each]) for each in ("add", "sub", "mul", "dot", "mean", "div", "max", "tanh")]
    ['+', '-', '*', 'dot', 'mean', '', '', '']
    """
    if row.arithmetic is None:
        return ""
    if row.arity == 2:
        a, b = name("a"), name("b")
        found = row.arithmetic(SYMBOLS, a, b)
        return found.kind if found.kind in ("+", "-", "*") and found == Symbol(found.kind, a, b) else ""
    if row.arity is None:
        xs = [name(each) for each in "abcd"]
        try:
            sort, parts = row.arithmetic(_ASKED, xs)
        except (AttributeError, TypeError, ValueError):
            return ""
        return sort if parts == xs else ""
    return ""


def sign_of(row: Op) -> int:
    """1 for a row that is a + b, -1 for a - b, 0 for others."""
    return {"+": 1, "-": -1}.get(sort_of(row), 0)
