"""What stages of jit are given, made by hand: traced graphs, and canonical programs."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import Value
from engine.jit.lower.canonical import CONST, ELEM, LEAF, LIN, SEQ, TAKE, Canonical, Node, Term
from engine.jit.lower.cells import Layout
from engine.jit.lower.layout import lay_out
from engine.jit.trace.traced_graph import Leaf, Trace
from engine.ops import find
from engine.ops.indexing import TAKE as TAKE_ROW
from engine.pytree.result import Result

__all__ = ["Written", "cells_of", "graph"]


def graph(
    f: Callable[..., Any],
    count: int,
    captured: Sequence[Value] = (),
    batched: bool = False,
    settled: bool = True,
) -> Trace:
    """The graph of f on so many inputs, all of which take gradients; ``captured`` were there before."""
    inputs = [Value(0.5 + i) for i in range(count)]
    trace = Trace(Result(f(*inputs)), inputs, batched)
    if settled:
        there = [place for place in trace.places_of(captured) if place >= 0]
        trace.settle(there, [True] * count)
    return trace


class Written:
    """A canonical program, node by node; methods return the refs of nodes."""

    def __init__(self, batched: bool = False) -> None:
        self.nodes: list[Node] = []
        self.batched = batched
        self.counts = [0, 0]  # captured, inputs

    def _add(self, kind: str, refs: Sequence[int]) -> Node:
        below = [self.nodes[ref] for ref in refs]
        level = max((node.level for node in below), default=0) + 1
        node = Node(kind, level, any(n.batched for n in below), any(n.wanted for n in below))
        self.nodes.append(node)
        return node

    def _leaves(self, count: int, is_input: bool, wanted: bool) -> list[int]:
        first = len(self.nodes)
        for _ in range(count):
            node = Node(LEAF, 0, is_input and self.batched, wanted)
            node.number = Leaf(is_input, self.counts[is_input], wanted, Value(0.0))
            self.counts[is_input] += 1
            self.nodes.append(node)
        return list(range(first, len(self.nodes)))

    def captured(self, count: int, wanted: bool = True) -> list[int]:
        return self._leaves(count, False, wanted)

    def inputs(self, count: int, wanted: bool = False) -> list[int]:
        return self._leaves(count, True, wanted)

    def number(self, number: float) -> int:
        self.nodes.append(Node(CONST, 0, False, False))
        self.nodes[-1].number = number
        return len(self.nodes) - 1

    def row(self, name: str, *refs: int) -> int:
        row = TAKE_ROW if name == "take" else find(name)
        kind = TAKE if name == "take" else SEQ if row.arity is None else ELEM
        node = self._add(kind, refs)
        node.row, node.operands = row, refs
        return len(self.nodes) - 1

    def sum(self, *terms: Term, k: float | None = None) -> int:
        node = self._add(LIN, [ref for term in terms for ref in term[2:] if ref >= 0])
        node.terms, node.k = terms, k
        return len(self.nodes) - 1

    def dot(self, a: Sequence[int], b: Sequence[int]) -> int:
        return self.sum(*((1.0, None, i, j) for i, j in zip(a, b, strict=True)))

    def canonical(self, *outputs: int) -> Canonical:
        return Canonical(self.nodes, list(outputs), [], len(self.nodes))

    def layout(self, *outputs: int) -> Layout:
        return lay_out(self.canonical(*outputs), *self.counts, self.batched)


def cells_of(layout: Layout, samples: int = 0) -> tuple[list[Any], Any]:
    """Random numbers for all cells, per space, with the constants in place; and those of a ref."""
    rng = np.random.default_rng(0)
    spaces: list[Any] = [rng.normal(size=layout.sizes[0]), rng.normal(size=(layout.sizes[1], samples))]
    for space, cell, number in layout.constants:
        spaces[space][cell] = number
    for space, start, width in layout.ones:
        spaces[space][start : start + width] = 1.0
    return spaces, lambda ref: spaces[layout.space[np.ravel(ref)[0]]][layout.cell[ref]]
