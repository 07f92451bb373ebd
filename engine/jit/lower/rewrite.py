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

from itertools import islice

import numpy as np

from engine.jit.lower.canonical import CONST, LEAF, LIN, Canonical
from engine.jit.lower.equal import first_equal, levels_of
from engine.jit.lower.strides import Index
from engine.jit.lower.sums.chains import Chains
from engine.jit.lower.sums.parts import LAST, Part, Rewriter, kind_of
from engine.jit.lower.sums.terms import Terms, offsets_of, ranges
from engine.jit.lower.table import CODES, Nodes, Table, table_of
from engine.jit.trace.traced_graph import CAPTURED, INPUT, OPERATOR, Trace

__all__ = ["canonical_form"]

_NEVER = np.iinfo(np.int64).max  # of 64 bits, also where NumPy counts in 32: it holds two numbers

_NUMBER, _PER_SAMPLE = 1, 2  # flags of nodes of a trace: not made of numbers alone; of samples


def canonical_form(trace: Trace) -> Canonical:
    """The canonical form of a traced graph."""
    return _Form(trace).canonical()


class _Form:
    """A trace on its way to the canonical form.

    Nodes are named by their places in the trace; those that are made beside count on from there.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.size = len(trace.kinds)
        flags = np.zeros(self.size, np.intp)
        flags[(trace.kinds == INPUT) | (trace.kinds == CAPTURED)] = _NUMBER
        if trace.batched:
            flags[[i for i, leaf in trace.leaf_of.items() if trace.is_per_sample(leaf)]] |= _PER_SAMPLE
        _, flags = levels_of(trace.offsets, trace.operands, flags)
        self.number = flags & _NUMBER == 0
        self.per_sample = flags & _PER_SAMPLE != 0
        is_sum = np.array([*(row.arithmetic is not None for row in trace.rows), True])[trace.row_of]
        computed = (trace.kinds == OPERATOR) & ~self.number
        self.plain = ~self.number & ~(computed & is_sum)
        self.operator = computed & self.plain
        uses = trace.uses()
        self.chains = Chains(trace, uses, self.plain | (computed & (uses > 1)), self.number)
        self.rewriter = Rewriter(self.size, self.per_sample.tolist() if trace.batched else None)
        self.alias = np.arange(self.size)
        rest = np.flatnonzero(computed & ~self.plain & ~self.chains.inner & ~self.chains.ends)
        self.parts: dict[int, Part] = {}
        self.before: list[tuple[int, int]] = []
        self._one_by_one(rest, uses)

    def _one_by_one(self, rest: Index, uses: Index) -> None:
        """Rewrite the sums that chains leave, and what outputs are."""
        trace, rewriter = self.trace, self.rewriter
        terms = self.chains.terms
        is_read = np.zeros(self.size, bool)  # beside
        is_read[trace.operands[np.repeat(self.operator, np.diff(trace.offsets))]] = True
        is_read[terms.a], is_read[terms.b[terms.b >= 0]] = True, True
        counts = np.diff(trace.offsets)[rest]
        operands = iter(trace.operands[ranges(trace.offsets[rest], counts)].tolist())
        each = (rest, uses[rest], trace.row_of[rest], counts, is_read[rest])
        for i, used, row, count, read in zip(*(column.tolist() for column in each), strict=True):
            rewriter.at = i
            xs = [self._part(x, uses) for x in islice(operands, count)]
            part = self.parts[i] = Part(rewriter, used)
            rewriter.operate(part, xs, trace.rows[row])
            if read:
                self.alias[i] = part.as_ref()
                rewriter.stand_where_first_read(part.ref)
                rewriter.reads.pop()
        rewriter.at = self.size
        self.outputs, self.watched = (
            [self._part(i, uses).as_ref() for i in each] for each in (trace.outputs, trace.watched)
        )

    def _part(self, i: int, uses: Index) -> Part:
        part = self.parts.get(i)
        if part is None:
            part = self.parts[i] = Part(self.rewriter, int(uses[i]), home=i)
            if self.number[i]:
                part.number = float(self.trace.data[i])
            elif self.chains.ends[i]:
                part.sum = self.chains.sum_at(i, self.alias)
            else:
                part.ref = i
        return part

    def canonical(self) -> Canonical:
        """The canonical form: all nodes in the order in which they are first read, each once."""
        table = self._all_nodes()
        at = self._order(table)
        kept = np.flatnonzero(at < _NEVER)
        kept = kept[np.argsort(at[kept], kind="stable")]
        place = np.full(len(at), -1)
        place[kept] = np.arange(len(kept))
        table = table.picked(kept, place)
        first = first_equal(*table.words())
        is_first = first == np.arange(len(kept))
        if not is_first.all():
            renamed = (np.cumsum(is_first) - 1)[first]
            table = table.picked(np.flatnonzero(is_first), renamed)
            place[kept] = renamed
        table.settle(self.trace)
        outputs, watched = (place[each].tolist() for each in (self.outputs, self.watched))
        return Canonical(Nodes(table), outputs, watched, int((self.trace.kinds == OPERATOR).sum()))

    def _all_nodes(self) -> Table:
        """All that is or may become a canonical node, by the names of nodes here."""
        trace, chains = self.trace, self.chains
        terms = self._fixed_apart(chains.terms) if trace.batched else chains.terms
        made, none = table_of(self.rewriter.made), np.zeros(self.size, bool)
        self.alias = np.concatenate([self.alias, np.arange(self.size, self.size + len(made))])
        counts = np.where(self.operator, np.diff(trace.offsets), 0)
        of_rows = np.array([*(CODES[kind_of(row)] for row in trace.rows), 0], np.int8)
        codes = np.where(self.operator, of_rows[trace.row_of], CODES[CONST])
        codes[self.plain & ~self.operator] = CODES[LEAF]
        codes[chains.ends] = CODES[LIN]
        own = Table(
            codes=codes,
            levels=np.zeros(self.size, np.intp),
            batched=none,
            wanted=none,
            rows=trace.rows,
            row_of=np.where(self.operator, trace.row_of, -1),
            offsets=offsets_of(counts),
            operands=trace.operands[np.repeat(self.operator, np.diff(trace.offsets))],
            terms=terms,
            k=np.where(self.number, trace.data, 0.0),
            has_k=self.number | chains.from_zero,
            leaves=trace.leaf_of,
        )
        return own.joined(made).renamed(self.alias)

    def _fixed_apart(self, terms: Terms) -> Terms:
        """Terms of sums per sample with their products of what is fixed as nodes, as the rewriter does it."""
        per_sample, rewriter = self.per_sample, self.rewriter
        owner = np.repeat(np.arange(self.size), np.diff(terms.offsets))
        moves = per_sample[terms.a] | ((terms.b >= 0) & per_sample[terms.b])
        mixed = np.zeros(self.size, bool)
        mixed[owner[moves]] = True
        apart = np.flatnonzero(~moves & mixed[owner] & ((terms.b >= 0) | terms.has_number))
        a, b, has_number = terms.a.copy(), terms.b.copy(), terms.has_number.copy()
        for i in apart.tolist():
            number = float(terms.number[i]) if has_number[i] else None
            a[i], b[i], has_number[i] = rewriter.linear([(1.0, number, int(a[i]), int(b[i]))]), -1, False
            self.before.append((int(a[i]), int(owner[i])))
        return terms._replace(number=np.where(has_number, terms.number, 0.0), has_number=has_number, a=a, b=b)

    def _order(self, table: Table) -> Index:
        """When each node is made; never where it is but a part of others."""
        trace, rewriter = self.trace, self.rewriter
        unit = LAST + 1
        at = np.full(len(table), _NEVER, np.int64)
        at[: self.size][self.plain] = np.flatnonzero(self.plain).astype(np.int64) * unit + LAST
        made_at = np.array(rewriter.made_at, np.int64)
        at[self.size :] = np.where(made_at >= 0, made_at, _NEVER)
        counts = np.where(self.operator, np.diff(trace.offsets), 0)
        read = table.operands[: counts.sum()]
        is_late = at == _NEVER
        late = np.flatnonzero(is_late[read])
        reader = np.repeat(np.arange(self.size), counts)[late].astype(np.int64)
        slots = late - (np.cumsum(counts) - counts)[reader]
        np.minimum.at(at, read[late], reader * unit + np.minimum(slots, LAST - 1))
        terms = self.chains.terms
        for side, read in enumerate((terms.a, np.where(terms.b >= 0, terms.b, terms.a))):
            late = np.flatnonzero(is_late[self.alias[read]])
            if len(late):
                reader, before = self.chains.read_by(late)
                when = reader.astype(np.int64) * unit + np.minimum(2 * before + side, LAST - 1)
                np.minimum.at(at, self.alias[read[late]], when)
        if rewriter.reads:
            np.minimum.at(at, *np.array(rewriter.reads, np.int64).T)
        at[at < _NEVER] = 2 * at[at < _NEVER] + 1
        for ref, owner in self.before:  # no later than where it is read
            at[ref] = at[owner] - (at[owner] < _NEVER)
        return at
