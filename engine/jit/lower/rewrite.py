"""Stage two: rewrites a trace into the canonical form. Equal work is done once.

Chains of arithmetic become n-ary sums of products (see ``canonical.py`` for the words). How a row computes in
+ - * / it says itself: :attr:`engine.ops.op.Op.arithmetic`.

Rewriting keeps to structure and never looks at a number: two samples that differ in a 0 or a 1 must come out
in one form. And it keeps the order in which things were written, so that a result is off by no more than the
rounding of the program as written: ``(1 + x) - 1`` is not x, and no two numbers are made one.

    (a + b) + c, (a - b) - c              # one sum, from left to right
    a + (b + c)                           # (b + c) + a, as a + b is b + a; other sums on the right are nodes
    -(a * b)                              # a term with a sign, which is exact; a sum with a sign is a node
    a * b, number * (a * b), a**2         # one term of at most two factors and a number, multiplied last
    (a * b) / number                      # times 1 / number, where neither is near the end of the range
    sum, dot, mean                        # as sums; in a mean, where all terms are of one kind, 1/n stands
                                          # before the sum of them, else before a node
    numbers only                          # the number that the engine computed

What may be added in another order is one run of terms of a kind, as a matrix product does, and the runs of a
sum of more than :data:`IN_ORDER` terms: then each order is as good, n roundings of what is added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from engine.formulas.symbol import SYMBOLS, Symbol
from engine.formulas.symbol import name as symbol
from engine.jit.lower.canonical import CONST, ELEM, LEAF, LIN, SEQ, TAKE, Canonical, Node, Term, runs_of
from engine.jit.lower.chains import Chains
from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, INPUT, OPERATOR, Trace
from engine.ops.indexing import TAKE as TAKE_ROW
from engine.ops.op import Op

__all__ = ["canonical_form", "sign_of"]

Sum = tuple[list[Term], float | None]
"""Terms in order, and a number that is added last; None without."""

_WIDE = 2.0**500
"""A divisor within this and its inverse is made a factor: both have all their digits."""


def canonical_form(trace: Trace) -> Canonical:
    """The canonical form of a traced graph."""
    return _Rewriter(trace).run()


class _Rewriter:
    """One pass over the nodes of a trace, operands first."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.nodes: list[Node] = []
        self.levels: list[int] = []  # of each node, and the same flags as it has itself
        self.batched: list[bool] = []
        self.wanted: list[bool] = []
        self.known: dict[Any, int] = {}  # canonical nodes by what they compute

    def run(self) -> Canonical:
        trace = self.trace
        uses = trace.uses()
        of_two = [_quickly(row) for row in trace.rows]
        signs = [sign_of(row) for row in trace.rows]
        chains = Chains(trace, uses, signs, [each is _quick_mul for each in of_two])
        ends = chains.ends.tolist()
        refs = [-1] * (len(uses) + 1)
        parts: list[_Part] = [None] * len(uses)  # type: ignore[list-item]
        kinds, row_of, data = trace.kinds.tolist(), trace.row_of.tolist(), trace.data.tolist()
        offsets, operands = trace.offsets.tolist(), trace.operands.tolist()
        for i in np.flatnonzero(~chains.inner).tolist():
            kind = kinds[i]
            part = parts[i] = _Part(self, uses[i])
            if kind == CONSTANT:
                part.number = data[i]
            elif kind in (INPUT, CAPTURED):
                part.ref = refs[i] = self._leaf(i)
            elif ends[i]:
                part.sum = chains.sum_at(i, refs)
            else:
                start = offsets[i]
                quickly = of_two[row_of[i]]
                if quickly is not None:
                    found = quickly(parts[operands[start]], parts[operands[start + 1]])
                    if found is not None:
                        part.sum = found
                        continue
                xs = [parts[x] for x in operands[start : offsets[i + 1]]]
                if all(x.number is not None for x in xs):
                    part.number = data[i]  # numbers only: a number
                else:
                    self._operator(part, xs, trace.rows[row_of[i]])
                    refs[i] = part.ref
        outputs, watched = ([parts[i].as_ref() for i in each] for each in (trace.outputs, trace.watched))
        return Canonical(self.nodes, outputs, watched, kinds.count(OPERATOR))

    # -- making nodes ---------------------------------------------------------------------------

    def _leaf(self, i: int) -> int:
        leaf = self.trace.leaf_of[i]
        node = Node(LEAF, 0, self.trace.is_per_sample(leaf), leaf.wanted)
        node.number = leaf
        return self._add(node)

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        self.levels.append(node.level)
        self.batched.append(node.batched)
        self.wanted.append(node.wanted)
        return len(self.nodes) - 1

    def _make(self, key: Any, kind: str, refs: Iterable[int]) -> tuple[int, Node | None]:
        """The node of a key: known already, or new and to be filled in."""
        found = self.known.get(key)
        if found is not None:
            return found, None
        distinct = tuple(refs if isinstance(refs, set) else set(refs))
        level = max(map(self.levels.__getitem__, distinct), default=0) + 1 if kind != CONST else 0
        batched = self.trace.batched and any(map(self.batched.__getitem__, distinct))
        made = Node(kind, level, batched, any(map(self.wanted.__getitem__, distinct)))
        made._refs = distinct
        ref = self.known[key] = self._add(made)
        return ref, made

    def operator(self, kind: str, row: Op, refs: tuple[int, ...]) -> int:
        ref, node = self._make((row, refs), kind, refs)
        if node is not None:
            node.row, node.operands = row, refs
        return ref

    def constant(self, number: float) -> int:
        ref, node = self._make((CONST, number.hex()), CONST, ())
        if node is not None:
            node.number = number
        return ref

    def linear(self, terms: list[Term], k: float | None = None) -> int:
        if not terms:
            return self.constant(0.0 if k is None else k)
        if len(terms) == 1 and k is None and terms[0][:2] == (1.0, None) and terms[0][3] < 0:
            return terms[0][2]  # x as a sum -> x
        if self.trace.batched:
            terms = self._fixed_apart(terms)
        _, numbers, firsts, seconds = zip(*terms, strict=True)
        refs = {*firsts, *seconds}
        refs.discard(-1)
        exact: Any = tuple(terms)
        if numbers.count(None) < len(terms):  # 0.0 is not -0.0
            exact = tuple([(s, c if c is None else c.hex(), a, b) for s, c, a, b in terms])
        ref, node = self._make((exact, k if k is None else k.hex()), LIN, refs)
        if node is not None:
            node.terms, node.k = tuple(terms), k
        return ref

    def _fixed_apart(self, terms: list[Term]) -> list[Term]:
        """The terms of a sum per sample with its products of what is fixed as nodes, computed once."""
        nodes = self.nodes
        fixed = [not nodes[a].batched and (b < 0 or not nodes[b].batched) for _, _, a, b in terms]
        if all(fixed):
            return terms
        return [
            (term[0], None, self.linear([(1.0, *term[1:])]), -1)
            if alone and (term[3] >= 0 or term[1] is not None)
            else term
            for alone, term in zip(fixed, terms, strict=True)
        ]

    # -- rows -----------------------------------------------------------------------------------

    def joined(self, parts: Iterable[Sum], k: float | None = None) -> Sum:
        """Several sums as one, from left to right; the first grows in place, so that chains cost linear
        time. A zero that is added before two terms is left out."""
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

    def _operator(self, part: _Part, xs: list[_Part], row: Op) -> None:
        """What a row computes: a sum of products, where the row says how, or a node of its own."""
        try:
            found = row.in_arithmetic(self, xs)
        except _NotASumError:
            found = NotImplemented
        if found is not NotImplemented:
            part.sum = found.sum if found.sum is not None and not found.uses else found.as_sum()
            return
        kind = TAKE if row is TAKE_ROW else SEQ if row.arity is None else ELEM
        part.ref = self.operator(kind, row, tuple(x.as_ref() for x in xs))

    def sum(self, parts: Iterable[_Part]) -> _Part:
        """A sum that starts from 0, as the engine's does."""
        parts = list(parts)
        terms = _terms_alone(parts) if len(parts) > 1 else None
        if terms is not None:
            return _Part(self, 0, (terms, None))
        return _Part(self, 0, self.joined((part.as_sum() for part in parts), 0.0))

    def prod(self, parts: Iterable[_Part]) -> Any:
        return NotImplemented

    def dot(self, a: Sequence[_Part], b: Sequence[_Part]) -> _Part:
        """A sum of products; those of two nodes, which most are, without a part of their own."""
        if len(a) > 1 and all(x.ref >= 0 and x.number is None for x in (*a, *b)):
            pairs = zip(a, b, strict=True)
            return _Part(self, 0, ([(1.0, None, x.ref, y.ref) for x, y in pairs], None))

        def products() -> Iterator[Sum]:
            for x, y in zip(a, b, strict=True):
                if x.ref >= 0 and y.ref >= 0 and x.number is None and y.number is None:
                    yield [(1.0, None, x.ref, y.ref)], None
                else:
                    yield (x * y).as_sum()

        return _Part(self, 0, self.joined(products(), 0.0))

    def mean(self, parts: Sequence[_Part]) -> _Part:
        share = 1.0 / len(parts)
        sums = [part.as_sum() for part in parts]
        if all(map(_is_one_term, sums)):
            terms = [terms[0] for terms, _ in sums]
            if len(runs_of(terms)) == 1 and abs(terms[0][0]) == 1.0:
                return _Part(self, 0, ([(share * s, c, a, b) for s, c, a, b in terms], None))
        whole = self.linear(*self.joined(sums, 0.0))
        return _Part(self, 0, ([(1.0, share, whole, -1)], None))


class _Part:
    """What a node of the trace came to, or arithmetic in a rule :attr:`Op.arithmetic`.

    Attributes:
        number: the number that it is; None where it is computed.
        sum: the sum that it is while it is not a canonical node.
        ref: the canonical node that it is; -1 while there is none.
        uses: how often it is read; 0 of what a rule computes on the way.
    """

    __slots__ = ("number", "ref", "rewriter", "sum", "uses")

    def __init__(self, rewriter: _Rewriter, uses: int, sum_: Sum | None = None) -> None:
        self.rewriter = rewriter
        self.uses = uses
        self.sum = sum_
        self.ref = -1
        self.number = None if sum_ is None or sum_[0] else sum_[1]

    def as_ref(self) -> int:
        """The canonical node, made now if it was waiting to be spliced."""
        if self.ref < 0:
            terms, k = self.sum or ([], self.number)
            self.sum = None
            self.ref = self.rewriter.linear(terms, k)
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
            if _is_one_term(self.sum):
                ((scale, const, a, b),) = terms
                return [(sign * scale, const, a, b)], None
        return [(sign, None, self.as_ref(), -1)], None

    def as_product(self, alone: bool) -> tuple[float, tuple[int, ...]]:
        """It as sign and factors: its own, if it is a product that is read only here.

        Args:
            alone: whether nothing but a number is multiplied with it, which comes last.
        """
        if self.sum is not None and self.uses < 2 and _is_one_term(self.sum):
            ((scale, const, a, b),) = self.sum[0]
            if const is None and abs(scale) == 1.0 and (alone or b < 0):
                return scale, (a,) if b < 0 else (a, b)
        return 1.0, (self.as_ref(),)

    def times(self, number: float) -> Sum:
        """It times a number, as one term."""
        scale, factors = self.as_product(True)
        return [(scale, number, factors[0], factors[1] if len(factors) == 2 else -1)], None

    def _made(self, sum_: Sum) -> _Part:
        return _Part(self.rewriter, 0, sum_)

    def _part(self, other: Any) -> _Part:
        return other if isinstance(other, _Part) else self._made(([], float(other)))

    def __pos__(self) -> _Part:
        return self._made(self.rewriter.joined([self.as_sum()]))

    def __neg__(self) -> _Part:
        return self._made(self.as_sum(-1.0))

    def __add__(self, other: Any) -> _Part:
        return self._made(self.rewriter.joined(part.as_sum() for part in (self, self._part(other))))

    def __sub__(self, other: Any) -> _Part:
        return self._made(self.rewriter.joined([self.as_sum(), self._part(other).as_sum(-1.0)]))

    def __mul__(self, other: _Part | float) -> _Part:
        if not isinstance(other, _Part):
            other = self._part(other)
        if self.number is not None:
            if other.number is not None:
                return self._made(([], self.number * other.number))
            return self._made(other.times(self.number))
        if other.number is not None:
            return self._made(self.times(other.number))
        if self.ref >= 0 and other.ref >= 0:  # most are
            return self._made(([(1.0, None, self.ref, other.ref)], None))
        if self is other:  # a square
            ref = self.as_ref()
            return self._made(([(1.0, None, ref, ref)], None))
        scale, (a,) = self.as_product(False)
        other_scale, (b,) = other.as_product(False)
        return self._made(([(scale * other_scale, None, a, b)], None))

    def __truediv__(self, other: Any) -> _Part:
        divisor = self._part(other).number
        if divisor is None or not 1.0 / _WIDE < abs(divisor) < _WIDE:
            raise _NotASumError
        return self._made(self.times(1.0 / divisor))

    def __radd__(self, other: float) -> _Part:
        return self._part(other) + self

    def __rsub__(self, other: float) -> _Part:
        return self._part(other) - self

    def __rmul__(self, other: float) -> _Part:
        return self._part(other) * self

    def __rtruediv__(self, other: float) -> _Part:
        return self._part(other) / self


def _terms_alone(parts: Sequence[_Part]) -> list[Term] | None:
    """Parts as a term each, where they are nodes already."""
    if all(part.ref >= 0 and part.number is None for part in parts):
        return [(1.0, None, part.ref, -1) for part in parts]
    return None


# What most nodes are: additions to a sum that nothing else reads, and products of two nodes. Here they come
# without the objects that the general way makes for each. None: it is not as simple.


def _quick_add(x: _Part, y: _Part, sign: float = 1.0) -> Sum | None:
    if y.ref >= 0 and y.number is None:
        term: Term = (sign, None, y.ref, -1)
    elif y.uses == 1 and y.number is None and y.sum is not None and y is not x and _is_one_term(y.sum):
        (term,) = y.sum[0]
        if sign != 1.0:
            term = (sign * term[0], *term[1:])
    else:
        return None
    if x.number is not None:
        return [term], x.number
    if x.ref >= 0:
        terms: list[Term] = [(1.0, None, x.ref, -1)]
    elif (
        x.uses == 1 and x.sum is not None and x.sum[0] and not x.sum[1]
    ):  # without a number, or with 0 to start
        terms = x.sum[0]
        x.sum = None
    else:
        return None
    if y.ref < 0:
        y.sum = None
    terms.append(term)
    return terms, None


def _quick_sub(x: _Part, y: _Part) -> Sum | None:
    return _quick_add(x, y, -1.0)


def _quick_mul(x: _Part, y: _Part) -> Sum | None:
    if x.ref >= 0 and y.ref >= 0 and x.number is None and y.number is None:
        return [(1.0, None, x.ref, y.ref)], None
    return None


_Quick = Callable[[_Part, _Part], Sum | None]

_QUICK: dict[str, _Quick] = {"+": _quick_add, "-": _quick_sub, "*": _quick_mul}


@lru_cache(maxsize=1024)
def _quickly(row: Op) -> _Quick | None:
    """The quick way for a row that is a + b, a - b or a * b of its operands; None for others."""
    if row.arity != 2 or row.arithmetic is None:
        return None
    a, b = symbol("a"), symbol("b")
    found = row.arithmetic(SYMBOLS, a, b)
    return _QUICK.get(found.kind) if found == Symbol(found.kind, a, b) else None


def sign_of(row: Op) -> int:
    """1 for a row that is a + b, -1 for a - b, 0 for others."""
    return (_quickly(row) is _quick_add) - (_quickly(row) is _quick_sub)


class _NotASumError(Exception):
    """What a row computes is not a sum of products."""


def _is_one_term(sum_: Sum) -> bool:
    return len(sum_[0]) == 1 and sum_[1] is None
