"""Stage two: the canonical form. Chains of arithmetic become n-ary sums of products; equal work is done once.

    Σ scaleᵢ·constᵢ·aᵢ·bᵢ  +  Σ scaleⱼ·constⱼ·cⱼ  +  k

Rewriting keeps to structure and never looks at a number, lest two samples that differ in a 0 or a 1 come out
in two forms:

    a + b, a - b, -a, sum, mean, dot      # one sum; an operand that nobody else uses is spliced in
    a * b, a / number, a**2               # one term of at most two factors and a number
    log_softmax(x, …)                     # x - logsumexp(x, …), which all of them share
    numbers only                          # a number

Glossary: a *ref* is a canonical node's position in :attr:`Canonical.nodes`; a *term* is
``(scale, const, a, b)``, where ``scale`` comes from the structure (a minus sign, 1/n of a mean), ``const`` is
a number of the program (None without), and ``b`` is -1 in a term of one factor.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from engine.jit.graph import CAPTURED, CONSTANT, INPUT, Trace
from engine.op import Op
from engine.ops import OPERATORS

__all__ = ["CONST", "ELEM", "LEAF", "LIN", "SEQ", "TAKE", "Canonical", "Node", "Term", "canonical_form"]

Term = tuple[float, float | None, int, int]

LEAF, CONST, ELEM, SEQ, TAKE, LIN = "leaf", "const", "elementwise", "sequence", "take", "linear"

_SPLICED = 64
"""A longer sum is not spliced into another with a sign to change, which could be done again and again."""

_LOGSUMEXP = OPERATORS["logsumexp"]


class Node:
    """A canonical node: a leaf, a number, an operator on refs, or a sum of terms."""

    __slots__ = ("batched", "k", "kind", "level", "number", "operands", "row", "terms", "wanted")

    def __init__(self, kind: str, level: int, batched: bool, wanted: bool) -> None:
        self.kind = kind
        self.level = level
        self.batched = batched
        self.wanted = wanted  # whether a gradient must reach it
        self.row: Op | None = None
        self.operands: tuple[int, ...] = ()
        self.terms: tuple[Term, ...] = ()
        self.k = 0.0
        self.number: Any = None


class Canonical(NamedTuple):
    """The canonical program.

    Attributes:
        nodes: canonical nodes, operands before results.
        outputs: the ref of each output.
        size: how many scalar nodes of the trace went into it.
    """

    nodes: list[Node]
    outputs: list[int]
    size: int

    def __str__(self) -> str:
        lines = [f"{self.size} scalar nodes became {len(self.nodes)} canonical ones"]
        for ref, node in enumerate(self.nodes[:200]):
            lines.append(f"  n{ref} = {_text(node)}")
        if len(self.nodes) > 200:
            lines.append(f"  … and {len(self.nodes) - 200} more")
        return "\n".join(lines)


def canonical_form(trace: Trace) -> Canonical:
    """The canonical form of a traced graph."""
    return _Rewriter(trace).run()


class _Rewriter:
    """One pass over the nodes of a trace, operands first."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.nodes: list[Node] = []
        self.known: dict[Any, int] = {}  # canonical nodes by what they compute
        count = len(trace.kinds)
        self.ref: list[int] = [-1] * count  # canonical node of a traced node; -1 while there is none
        self.sums: list[tuple[list[Term], float] | None] = [None] * count  # not yet made nodes
        self.numbers: list[float | None] = [None] * count
        self.uses = trace.uses()

    def run(self) -> Canonical:
        trace = self.trace
        handlers = [_HANDLERS.get(row.key if row.baked else row.name, _other) for row in trace.rows]
        kinds, row_of, data = trace.kinds.tolist(), trace.row_of.tolist(), trace.data.tolist()
        offsets, operands = trace.offsets.tolist(), trace.operands.tolist()
        numbers = self.numbers
        for i, kind in enumerate(kinds):
            if kind == CONSTANT:
                numbers[i] = data[i]
            elif kind in (INPUT, CAPTURED):
                self.ref[i] = self._leaf(i)
            else:
                xs = operands[offsets[i] : offsets[i + 1]]
                for x in xs:
                    if numbers[x] is None:
                        handlers[row_of[i]](self, i, xs, trace.rows[row_of[i]])
                        break
                else:
                    numbers[i] = data[i]  # numbers only: a number
        outputs = [self.as_ref(position) for position in trace.outputs]
        return Canonical(self.nodes, outputs, count_operators(kinds))

    # -- making nodes ---------------------------------------------------------------------------

    def _leaf(self, i: int) -> int:
        leaf = self.trace.leaf_of[i]
        node = Node(LEAF, 0, self.trace.batched and leaf.is_input, leaf.wanted)
        node.number = leaf
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _make(self, key: Any, kind: str, refs: tuple[int, ...]) -> tuple[int, Node | None]:
        """The node of a key: known already, or new and to be filled in."""
        found = self.known.get(key)
        if found is not None:
            return found, None
        level, batched, wanted = 0, False, False
        for ref in refs:
            node = self.nodes[ref]
            level = max(level, node.level)
            batched |= node.batched
            wanted |= node.wanted
        made = Node(kind, level + 1, batched, wanted)
        self.nodes.append(made)
        self.known[key] = len(self.nodes) - 1
        return len(self.nodes) - 1, made

    def operator(self, kind: str, row: Op, refs: tuple[int, ...]) -> int:
        ref, node = self._make((row, refs), kind, refs)
        if node is not None:
            node.row, node.operands = row, refs
        return ref

    def constant(self, number: float) -> int:
        ref, node = self._make((CONST, number.hex()), CONST, ())
        if node is not None:
            node.number, node.level = number, 0
        return ref

    def linear(self, terms: list[Term], k: float) -> int:
        if len(terms) == 1 and k == 0.0 and terms[0][:2] == (1.0, None) and terms[0][3] < 0:
            return terms[0][2]  # x + 0 -> x
        if not terms:
            return self.constant(k)
        if self.trace.batched:
            terms = self._fixed_apart(terms)
        refs = tuple(ref for term in terms for ref in term[2:] if ref >= 0)
        ref, node = self._make((tuple(terms), k), LIN, refs)
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
            (term[0], None, self.linear([(1.0, *term[1:])], 0.0), -1)
            if alone and (term[3] >= 0 or term[1] is not None)
            else term
            for alone, term in zip(fixed, terms, strict=True)
        ]

    # -- reading operands -----------------------------------------------------------------------

    def as_ref(self, i: int) -> int:
        """The canonical node of a traced one, made now if it was waiting to be spliced."""
        ref = self.ref[i]
        if ref >= 0:
            return ref
        number = self.numbers[i]
        if number is not None:
            ref = self.constant(number)
        else:
            terms, k = self.sums[i] or ([], 0.0)
            self.sums[i] = None
            ref = self.linear(terms, k)
        self.ref[i] = ref
        return ref

    def as_sum(self, i: int, scale: float) -> tuple[list[Term], float]:
        """An operand as terms of a sum: its own, if nobody else uses it, or itself as one."""
        number = self.numbers[i]
        if number is not None:
            return [], scale * number
        waiting = self.sums[i]
        if waiting is not None and self.uses[i] == 1:
            terms, k = waiting
            if scale == 1.0:
                self.sums[i] = None
                return terms, k
            if len(terms) <= _SPLICED:
                self.sums[i] = None
                return [(scale * s, c, a, b) for s, c, a, b in terms], scale * k
        return [(scale, None, self.as_ref(i), -1)], 0.0

    def as_product(self, i: int) -> tuple[float, float | None, tuple[int, ...]]:
        """An operand as scale, number and factors: its own if it is a product that nobody else uses."""
        number = self.numbers[i]
        if number is not None:
            return 1.0, number, ()
        waiting = self.sums[i]
        if waiting is not None and self.uses[i] == 1 and len(waiting[0]) == 1 and waiting[1] == 0.0:
            scale, const, a, b = waiting[0][0]
            self.sums[i] = None
            return scale, const, (a,) if b < 0 else (a, b)
        return 1.0, None, (self.as_ref(i),)

    def product(self, i: int, j: int) -> Term | float:
        """The product of two operands as one term; a number if both are numbers."""
        a, b = self.ref[i], self.ref[j]
        if a >= 0 and b >= 0 and self.numbers[i] is None and self.numbers[j] is None:  # most are
            return 1.0, None, a, b
        scale, const, factors = self.as_product(i)
        scale_j, const_j, factors_j = self.as_product(j)
        if len(factors) + len(factors_j) > 2:  # three factors: the two of one side are a node of their own
            if len(factors) == 2:
                factors = (self.linear([(scale, const, factors[0], factors[1])], 0.0),)
                scale, const = 1.0, None
            if len(factors) + len(factors_j) > 2:
                factors_j = (self.linear([(scale_j, const_j, factors_j[0], factors_j[1])], 0.0),)
                scale_j, const_j = 1.0, None
        both = const if const_j is None else const_j if const is None else const * const_j
        factors += factors_j
        if not factors:
            return scale * scale_j * (1.0 if both is None else both)
        return scale * scale_j, both, factors[0], factors[1] if len(factors) == 2 else -1


def count_operators(kinds: list[int]) -> int:
    """How many nodes of a trace are results of operators."""
    return sum(kind not in (INPUT, CAPTURED, CONSTANT) for kind in kinds)


def _joined(parts: list[tuple[list[Term], float]]) -> tuple[list[Term], float]:
    """Several sums as one. The longest list grows in place, so that long chains cost linear time."""
    longest = max(parts, key=lambda part: len(part[0]))[0]
    k = 0.0
    if longest is parts[0][0] or len(longest) < 8:
        longest = parts[0][0]
        for terms, number in parts[1:]:
            longest.extend(terms)
            k += number
        return longest, k + parts[0][1]
    for terms, number in parts:
        k += number
        if terms is not longest:
            longest.extend(terms)
    return longest, k


def _add(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    if len(xs) == 2:  # the longer list grows in place, so that long chains cost linear time
        terms, k = rewriter.as_sum(xs[0], 1.0)
        others, more = rewriter.as_sum(xs[1], 1.0)
        if len(others) > max(7, len(terms)):
            terms, others = others, terms
        terms.extend(others)
        rewriter.sums[i] = terms, k + more
        return
    rewriter.sums[i] = _joined([rewriter.as_sum(x, 1.0) for x in xs])


def _sub(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    rewriter.sums[i] = _joined([rewriter.as_sum(xs[0], 1.0), rewriter.as_sum(xs[1], -1.0)])


def _neg(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    rewriter.sums[i] = rewriter.as_sum(xs[0], -1.0)


def _mean(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    rewriter.sums[i] = _joined([rewriter.as_sum(x, 1.0 / len(xs)) for x in xs])


def _mul(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    product = rewriter.product(xs[0], xs[1])
    rewriter.sums[i] = ([product], 0.0) if isinstance(product, tuple) else ([], product)


def _dot(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    half = len(xs) // 2
    _keep(rewriter, i, [rewriter.product(a, b) for a, b in zip(xs[:half], xs[half:], strict=True)])


def _keep(rewriter: _Rewriter, i: int, products: list[Term | float]) -> None:
    terms = [product for product in products if isinstance(product, tuple)]
    k = 0.0
    for product in products:
        if not isinstance(product, tuple):
            k += product
    rewriter.sums[i] = terms, k


def _square(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    ref = rewriter.as_ref(xs[0])
    rewriter.sums[i] = [(1.0, None, ref, ref)], 0.0


def _div(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    divisor = rewriter.numbers[xs[1]]
    if divisor is None or divisor == 0.0 or 1.0 / divisor == 0.0:
        _other(rewriter, i, xs, row)
        return
    scale, const, factors = rewriter.as_product(xs[0])
    const = 1.0 / divisor if const is None else const / divisor
    rewriter.sums[i] = [(scale, const, factors[0], factors[1] if len(factors) == 2 else -1)], 0.0


def _log_softmax(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    refs = [rewriter.as_ref(x) for x in xs]
    total = rewriter.operator(SEQ, _LOGSUMEXP, tuple(sorted(refs)))
    rewriter.sums[i] = [(1.0, None, refs[0], -1), (-1.0, None, total, -1)], 0.0


def _other(rewriter: _Rewriter, i: int, xs: list[int], row: Op) -> None:
    refs = tuple(rewriter.as_ref(x) for x in xs)
    kind = TAKE if row.name == "take" else SEQ if row.arity is None else ELEM
    rewriter.ref[i] = rewriter.operator(kind, row, refs)


_HANDLERS: dict[Any, Any] = {
    "add": _add,
    "sub": _sub,
    "neg": _neg,
    "same": _add,
    "sum": _add,
    "mean": _mean,
    "mul": _mul,
    "dot": _dot,
    "div": _div,
    ("pow", (2.0,)): _square,
    "log_softmax": _log_softmax,
}


def _text(node: Node) -> str:
    """A canonical node in a line, for people."""
    where = " (per sample)" if node.batched else ""
    if node.kind == LEAF:
        return f"{node.number}{where}"
    if node.kind == CONST:
        return f"{node.number!r}"
    if node.kind == LIN:
        shown = " ".join(_term_text(term) for term in node.terms[:6])
        more = f" + … {len(node.terms) - 6} more terms" if len(node.terms) > 6 else ""
        k = f" {node.k:+g}" if node.k else ""
        return f"{shown}{more}{k}{where}".removeprefix("+ ")
    shown = node.row.shown if node.row is not None else ""
    refs = ", ".join(f"n{ref}" for ref in node.operands[:8])
    return f"{shown}({refs}{', …' if len(node.operands) > 8 else ''}){where}"


def _term_text(term: Term) -> str:
    scale, const, a, b = term
    sign = "-" if scale < 0 else "+"
    factors = [f"{abs(scale):g}"] if abs(scale) != 1.0 else []
    factors += [f"{const:g}"] if const is not None else []
    factors += [f"n{a}"] + ([f"n{b}"] if b >= 0 else [])
    return f"{sign} {'·'.join(factors)}"
