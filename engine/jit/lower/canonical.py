"""The canonical form of a traced graph as data: leaves, numbers, operators, and n-ary sums of products.

    Σ scaleᵢ·(constᵢ·(aᵢ·bᵢ))  +  Σ scaleⱼ·(constⱼ·cⱼ)  +  k

Glossary: a *ref* is a canonical node's position in :attr:`Canonical.nodes`; a *term* is
``(scale, const, a, b)``, where ``scale`` comes from the structure (a minus sign, 1/n of a mean), ``const`` is
a number of the program (None without), and ``b`` is -1 in a term of one factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from engine.ops.op import Op

__all__ = [
    "CONST",
    "ELEM",
    "IN_ORDER",
    "LEAF",
    "LIN",
    "SEQ",
    "TAKE",
    "Canonical",
    "Kind",
    "Node",
    "Term",
    "runs_of",
]

Term = tuple[float, float | None, int, int]

Kind = tuple[bool, bool, float]
"""Of a term whether it has two factors, whether a number, and the scale."""

LEAF, CONST, ELEM, SEQ, TAKE, LIN = "leaf", "const", "elementwise", "sequence", "take", "linear"

IN_ORDER = 8
"""Up to so many terms are added in the order in which they were written, whatever their kinds."""


@dataclass(slots=True, eq=False)
class Node:
    """A canonical node: a leaf, a number, an operator on refs, or a sum of terms.

    Attributes:
        wanted: whether a gradient must reach it.
        pad: of a node that only fills up shorter sequences: see :mod:`engine.jit.lower.ragged.pads`.
    """

    kind: str
    level: int
    batched: bool
    wanted: bool
    row: Op | None = None
    operands: tuple[int, ...] = ()
    terms: tuple[Term, ...] = ()
    k: float | None = None
    number: Any = None
    pad: Any = None
    _runs: list[tuple[Any, list[Term]]] | None = None

    @property
    def refs(self) -> tuple[int, ...]:
        """The distinct refs that it reads."""
        return tuple({*self.operands, *(ref for term in self.terms for ref in term[2:] if ref >= 0)})

    @property
    def runs(self) -> list[tuple[Any, list[Term]]]:
        """The terms of a sum in runs: see :func:`runs_of`."""
        if self._runs is None:
            self._runs = runs_of(self.terms)
        return self._runs


class Canonical(NamedTuple):
    """The canonical program.

    Attributes:
        nodes: canonical nodes, operands before results.
        outputs: the ref of each output.
        watched: the ref of each number that the function decides by.
        size: how many results of the trace went into it.
        order: refs in the order of the trace, operands before results, of those that are to be computed;
            None where that is the order of the nodes.
    """

    nodes: Sequence[Node]
    outputs: list[int]
    watched: list[int]
    size: int
    order: list[int] | None = None

    def __str__(self) -> str:
        leaves = sum(node.kind in (LEAF, CONST) for node in self.nodes)
        lines = [f"{self.size} results became {len(self.nodes) - leaves} canonical ones, of {leaves} leaves"]
        for ref, node in enumerate(islice(self.nodes, 200)):
            lines.append(f"  n{ref} = {_text(node)}")
        if len(self.nodes) > 200:
            lines.append(f"  … and {len(self.nodes) - 200} more")
        return "\n".join(lines)


def runs_of(terms: Sequence[Term]) -> list[tuple[Any, list[Term]]]:
    """The terms of a sum in runs of one kind each, in order; of a long sum all of a kind in one run.

    A kind is whether a term has two factors, whether a number, and the scale.
    """
    in_order, place = len(terms) <= IN_ORDER, 0
    found: dict[Any, list[Term]] = {}
    last = None
    for term in terms:
        kind = _kind(term)
        place += in_order and kind != last
        last = kind
        found.setdefault((place, kind), []).append(term)
    return [(kind, run) for (_, kind), run in found.items()]


def _kind(term: Term) -> Kind:
    return term[3] >= 0, term[1] is not None, term[0]


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
        k = f" {node.k:+g}" if node.k is not None else ""
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
