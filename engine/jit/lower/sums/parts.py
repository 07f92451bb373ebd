"""Rewrites nodes of a trace one by one: those whose sums cannot be told from the shape of the trace alone.

What a row computes in + - * / it says itself, on :class:`Part`, a number type that leaves sums of products.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from engine.jit.lower.canonical import CONST, ELEM, LIN, SEQ, TAKE, Node, Term, runs_of
from engine.ops.indexing import TAKE as TAKE_ROW
from engine.ops.op import Op

__all__ = ["LAST", "Part", "Rewriter", "kind_of"]

Sum = tuple[list[Term], float | None]
"""Terms in order, and a number that is added last; None without."""

_WIDE = 2.0**500
"""A divisor within this and its inverse is made a factor: both have all their digits."""

LAST = (1 << 20) - 1
"""Behind all that is made or read while a node of the trace is looked at."""


def kind_of(row: Op) -> str:
    """The kind of the canonical nodes of an operator that is no sum."""
    return TAKE if row is TAKE_ROW else SEQ if row.arity is None else ELEM


class Rewriter:
    """Makes canonical nodes, and the sums that they are made of.

    Nodes are named by numbers: those of the trace, then those made here. When each is made, and read, is
    noted as ``place of the node of the trace * (LAST + 1) + how many before``: the order of the program.

    Attributes:
        made: the nodes made here.
        made_at: when; -1 of what stands where it is first read.
        reads: nodes that were read, and when.
        at: the node of the trace that is looked at.

    Args:
        per_sample: of each node of the trace whether it differs from sample to sample; None where none does.
    """

    def __init__(self, size: int, per_sample: list[bool] | None) -> None:
        self.made: list[Node] = []
        self.made_at: list[int] = []
        self.reads: list[tuple[int, int]] = []
        self.per_sample = per_sample
        self._size, self._count = size, 0
        self._at = 0

    @property
    def at(self) -> int:
        return self._at

    @at.setter
    def at(self, place: int) -> None:
        self._at, self._count = place, 0

    def _now(self) -> int:
        self._count = min(self._count + 1, LAST - 1)
        return self._at * (LAST + 1) + self._count

    def read(self, ref: int) -> None:
        """Note that a node is read now."""
        self.reads.append((ref, self._now()))

    def stand_where_first_read(self, ref: int) -> None:
        """Let a node stand where it is first read, not where it was made."""
        if ref >= self._size:
            self.made_at[ref - self._size] = -1

    def _make(self, kind: str, refs: Iterable[int] = ()) -> Node:
        node = Node(kind, 0, False, False)
        if self.per_sample is not None:
            self.per_sample.append(any(self.per_sample[ref] for ref in refs if ref >= 0))
        self.made.append(node)
        self.made_at.append(self._now())
        return node

    @property
    def _last(self) -> int:
        return self._size + len(self.made) - 1

    def constant(self, number: float) -> int:
        self._make(CONST).number = number
        return self._last

    def linear(self, terms: list[Term], k: float | None = None) -> int:
        if not terms:
            return self.constant(0.0 if k is None else k)
        if len(terms) == 1 and k is None and terms[0][:2] == (1.0, None) and terms[0][3] < 0:
            return terms[0][2]  # x as a sum -> x
        if self.per_sample is not None:
            terms = self._fixed_apart(terms, self.per_sample)
        refs = () if self.per_sample is None else [ref for term in terms for ref in term[2:]]
        node = self._make(LIN, refs)
        node.terms, node.k = tuple(terms), k
        return self._last

    def _fixed_apart(self, terms: list[Term], per_sample: list[bool]) -> list[Term]:
        """The terms of a sum per sample with its products of what is fixed as nodes, computed once."""
        fixed = [not per_sample[a] and (b < 0 or not per_sample[b]) for _, _, a, b in terms]
        if all(fixed):
            return terms
        return [
            (term[0], None, self.linear([(1.0, *term[1:])]), -1)
            if alone and (term[3] >= 0 or term[1] is not None)
            else term
            for alone, term in zip(fixed, terms, strict=True)
        ]

    def operate(self, part: Part, xs: list[Part], row: Op) -> None:
        """What a row computes: a sum of products, where the row says how, or a node of its own."""
        try:
            found = row.in_arithmetic(self, xs)
        except NotASumError:
            found = NotImplemented
        if found is not NotImplemented:
            part.sum = found.sum if found.sum is not None and not found.uses else found.as_sum()
            return
        refs = tuple([x.as_ref() for x in xs])
        node = self._make(kind_of(row), refs)
        node.row, node.operands = row, refs
        part.ref = self._last

    # -- what rows compute with --------------------------------------------------------------------

    def joined(self, parts: Iterable[Sum], k: float | None = None) -> Sum:
        """Several sums as one, from left to right; the first grows in place, so that chains cost linear
        time. A zero is left out where something is added after it."""
        terms: list[Term] = []
        for more, number in parts:
            if (terms or k is not None) and len(more) + (number is not None) > 1:  # a sum on the right
                if len(terms) == 1 and k is None:
                    terms, k, more, number = more, number, terms, k
                else:
                    more, number = [(1.0, None, self.linear(more, number), -1)], None
            if k is not None and terms and (more or number is not None):
                if k != 0.0:  # it stays where it is
                    terms.append((1.0, None, self.constant(k), -1))
                k = None
            if terms:
                terms += more
            else:
                terms = more
            if number is not None:
                k = number if k is None else k + number
        return terms, k

    def sum(self, parts: Iterable[Part]) -> Part:
        """A sum that starts from 0, as the engine's does."""
        return Part(self, 0, self.joined((part.as_sum() for part in parts), 0.0))

    def prod(self, parts: Iterable[Part]) -> Any:
        return NotImplemented

    def dot(self, a: Sequence[Part], b: Sequence[Part]) -> Part:
        """A sum of products."""
        pairs = zip(a, b, strict=True)
        return Part(self, 0, self.joined(((x * y).as_sum() for x, y in pairs), 0.0))

    def mean(self, parts: Sequence[Part]) -> Part:
        share = 1.0 / len(parts)
        sums = [part.as_sum() for part in parts]
        if all(map(is_one_term, sums)):
            terms = [terms[0] for terms, _ in sums]
            if len(runs_of(terms)) == 1 and abs(terms[0][0]) == 1.0:
                return Part(self, 0, ([(share * s, c, a, b) for s, c, a, b in terms], None))
        whole = self.linear(*self.joined(sums, 0.0))
        return Part(self, 0, ([(1.0, share, whole, -1)], None))


def _swapped(function: Callable[[Any, Any], Any]) -> Any:
    return lambda self, other: function(self._part(other), self)


class Part:
    """What a node of the trace came to, or arithmetic in a rule :attr:`Op.arithmetic`.

    Attributes:
        number: the number that it is; None where it is computed.
        sum: the sum that it is while it is not a canonical node.
        ref: the canonical node that it is; -1 while there is none.
        uses: how often it is read; 0 of what a rule computes on the way.
        home: the canonical node that it becomes if it is to be one; -1 where that is yet to be made.
    """

    __slots__ = ("home", "number", "ref", "rewriter", "sum", "uses")

    def __init__(self, rewriter: Rewriter, uses: int, sum_: Sum | None = None, home: int = -1) -> None:
        self.rewriter = rewriter
        self.uses = uses
        self.sum = sum_
        self.ref = -1
        self.home = home
        self.number = None if sum_ is None or sum_[0] else sum_[1]

    def as_ref(self) -> int:
        """The canonical node, made now if it was waiting to be spliced."""
        if self.ref < 0:
            terms, k = self.sum or ([], self.number)
            self.sum = None
            self.ref = self.home if self.home >= 0 else self.rewriter.linear(terms, k)
        self.rewriter.read(self.ref)
        return self.ref

    def as_sum(self, sign: float = 1.0) -> Sum:
        """It or its negative as a sum: its own terms, if they are read only here, or itself as one term."""
        if self.number is not None:
            return [], sign * self.number
        if self.sum is not None and self.uses < 2:
            terms, k = self.sum
            if sign == 1.0:
                if not self.uses:
                    return [*terms], k
                self.sum = None
                return terms, k
            if is_one_term(self.sum):
                ((scale, const, a, b),) = terms
                return [(sign * scale, const, a, b)], None
        return [(sign, None, self.as_ref(), -1)], None

    def as_product(self, alone: bool) -> tuple[float, tuple[int, ...]]:
        """It as sign and factors: its own, if it is a product that is read only here.

        Args:
            alone: whether nothing but a number is multiplied with it, which comes last.
        """
        if self.sum is not None and self.uses < 2 and is_one_term(self.sum):
            ((scale, const, a, b),) = self.sum[0]
            if const is None and abs(scale) == 1.0 and (alone or b < 0):
                return scale, (a,) if b < 0 else (a, b)
        return 1.0, (self.as_ref(),)

    def times(self, number: float) -> Sum:
        """It times a number, as one term."""
        scale, factors = self.as_product(True)
        return [(scale, number, factors[0], factors[1] if len(factors) == 2 else -1)], None

    def _made(self, sum_: Sum) -> Part:
        return Part(self.rewriter, 0, sum_)

    def _part(self, other: Any) -> Part:
        return other if isinstance(other, Part) else self._made(([], float(other)))

    def __pos__(self) -> Part:
        return self._made(self.rewriter.joined([self.as_sum()]))

    def __neg__(self) -> Part:
        return self._made(self.as_sum(-1.0))

    def __add__(self, other: Any) -> Part:
        return self._made(self.rewriter.joined(part.as_sum() for part in (self, self._part(other))))

    def __sub__(self, other: Any) -> Part:
        return self._made(self.rewriter.joined([self.as_sum(), self._part(other).as_sum(-1.0)]))

    def __mul__(self, other: Part | float) -> Part:
        if not isinstance(other, Part):
            other = self._part(other)
        if self.number is not None:
            if other.number is not None:
                return self._made(([], self.number * other.number))
            return self._made(other.times(self.number))
        if other.number is not None:
            return self._made(self.times(other.number))
        if self is other:  # a square
            ref = self.as_ref()
            return self._made(([(1.0, None, ref, ref)], None))
        scale, (a,) = self.as_product(False)
        other_scale, (b,) = other.as_product(False)
        return self._made(([(scale * other_scale, None, a, b)], None))

    def __truediv__(self, other: Any) -> Part:
        divisor = self._part(other).number
        if divisor is None or not 1.0 / _WIDE < abs(divisor) < _WIDE:
            raise NotASumError
        return self._made(self.times(1.0 / divisor))

    __radd__, __rsub__, __rmul__, __rtruediv__ = map(
        _swapped, (operator.add, operator.sub, operator.mul, operator.truediv)
    )


class NotASumError(Exception):
    """What a row computes is not a sum of products."""


def is_one_term(sum_: Sum) -> bool:
    return len(sum_[0]) == 1 and sum_[1] is None
