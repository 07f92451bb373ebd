"""Finds the chains of additions in a trace over arrays, before it is rewritten node by node.

Most nodes of most traces are links of ``((0 + w0 * x0) + w1 * x1) + …``. What such a chain comes to is known
from its shape alone: a term for each link, in order. So the rewriter need not look at its links one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.jit.lower.canonical import Term
from engine.jit.trace.traced_graph import CONSTANT, OPERATOR, Trace

__all__ = ["Chains"]

_FEWEST = 64  # nodes from which arrays are quicker


class Chains:
    """The chains of a trace: what a rewriter makes of their links by its quick ways.

    Args:
        trace: the trace.
        uses: how often each node is read.
        signs: of each row 1 or -1 where it is a + b or a - b; else 0.
        products: of each row whether it is a * b.

    Attributes:
        inner: of each node whether it is only a part of a chain, and need not be looked at.
        ends: of each node whether it is the last of a chain.
    """

    def __init__(self, trace: Trace, uses: Sequence[int], signs: list[int], products: list[bool]) -> None:
        size = len(trace.kinds)
        self.inner, self.ends = np.zeros((2, size), bool)
        if size < _FEWEST:
            return
        is_node = trace.kinds == OPERATOR
        once = np.array(uses) == 1
        sign = np.where(is_node, np.array([*signs, 0])[trace.row_of], 0)
        plain, number = self._plain(trace, is_node)
        first, second = self._operands(trace, (sign != 0) | np.array([*products, False])[trace.row_of])
        of_two = is_node & np.array([*products, False])[trace.row_of] & once
        left, right = plain[first] & number[second], number[first] & plain[second]
        product = of_two & ((plain[first] & plain[second]) | left | right)
        zero = (trace.kinds == CONSTANT) & (trace.data == 0.0)
        link = (sign != 0) & (plain[second] | product[second]) & ((first != second) | plain[second])
        goes_on = link & link[first] & once[first]
        begins = link & (plain[first] | product[first] | zero[first])
        link &= self._begun(np.where(goes_on, first, np.arange(size)), begins)
        goes_on &= link
        begins = link & ~goes_on
        self.inner[first[goes_on]] = True
        taken = np.concatenate([second[link], first[begins]])
        self.inner[taken[product[taken]]] = True
        self.ends = link & ~self.inner
        self._number, self._data = number, trace.data
        self._terms(first, second, sign, product, link, goes_on, begins & (plain | product)[first])
        self._zero = begins & zero[first]

    @staticmethod
    def _plain(trace: Trace, is_node: Any) -> tuple[Any, Any]:
        """Of each node whether it becomes a canonical node at once, being in no sum; and whether a number."""
        of_row = np.array([*(row.arithmetic is None for row in trace.rows), False])[trace.row_of]
        counts = np.diff(trace.offsets)
        number = trace.kinds == CONSTANT
        if len(trace.operands):
            owner = np.repeat(np.arange(len(counts)), counts)
            while True:  # what is computed of numbers only is a number
                others = np.bincount(owner[~number[trace.operands]], minlength=len(counts))
                found = number | (is_node & (others == 0))
                if found.sum() == number.sum():
                    break
                number = found
        return ~number & (~is_node | of_row), number

    @staticmethod
    def _operands(trace: Trace, of_two: Any) -> tuple[Any, Any]:
        """The two operands of each node that has two; the node itself of others."""
        here = np.arange(len(trace.kinds))
        first, second = here.copy(), here.copy()
        at = trace.offsets[:-1][of_two & (np.diff(trace.offsets) == 2)]
        of_two = of_two & (np.diff(trace.offsets) == 2)
        first[of_two], second[of_two] = trace.operands[at], trace.operands[at + 1]
        return first, second

    @staticmethod
    def _begun(before: Any, begins: Any) -> Any:
        """Of each link whether the chain before it begins with what a chain may begin with."""
        while True:
            further = before[before]
            if np.array_equal(further, before):
                return begins[before]
            before = further

    def _terms(
        self, first: Any, second: Any, sign: Any, product: Any, link: Any, goes_on: Any, heads: Any
    ) -> None:
        """The terms of all chains, one after the other: by chain, then in order."""
        number, data, here = self._number, self._data, np.arange(len(first))
        after = here.copy()
        after[first[goes_on]] = here[goes_on]  # each inner link is read once
        while True:
            further = after[after]
            if np.array_equal(further, after):
                break
            after = further
        links, starts = np.flatnonzero(link), np.flatnonzero(heads)
        what = np.concatenate([first[starts], second[links]])
        scale = np.concatenate([np.ones(len(starts)), sign[links].astype(float)])
        chain = np.concatenate([after[starts], after[links]])
        order = np.lexsort((np.concatenate([np.full(len(starts), -1), links]), chain))
        what, scale, chain = what[order], scale[order], chain[order]
        times, by = number[first[what]], number[second[what]]
        of_two = product[what]
        self._a = np.where(of_two, np.where(times, second[what], first[what]), what).tolist()
        self._b = np.where(of_two & ~times & ~by, second[what], -1).tolist()
        consts = np.where(times, data[first[what]], data[second[what]]).astype(object)
        consts[~(of_two & (times | by))] = None
        self._consts: list[float | None] = consts.tolist()
        self._scale: list[float] = scale.tolist()
        ends = np.flatnonzero(self.ends)
        self._starts = dict(zip(ends.tolist(), np.searchsorted(chain, ends).tolist(), strict=True))
        self._stops = dict(
            zip(ends.tolist(), np.searchsorted(chain, ends, side="right").tolist(), strict=True)
        )

    def sum_at(self, end: int, refs: list[int]) -> tuple[list[Term], float | None]:
        """The terms of the chain that ends at a node, and the number that is added last.

        Args:
            end: the node.
            refs: of each node before the canonical node that it is; of -1 the last, which must be -1.
        """
        at = slice(self._starts[end], self._stops[end])
        parts = zip(self._scale[at], self._consts[at], self._a[at], self._b[at], strict=True)
        terms = [(scale, const, refs[a], refs[b]) for scale, const, a, b in parts]
        return terms, 0.0 if self._zero[end] else None
