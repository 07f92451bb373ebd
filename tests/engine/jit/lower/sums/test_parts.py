"""Sums one by one: nodes stand where they are made, or where they are first read."""

import engine
from engine import Value
from engine.jit.lower.canonical import LIN
from engine.jit.lower.rewrite import canonical_form
from engine.jit.lower.sums.parts import LAST, Part, Rewriter
from tests.engine.jit.stages import graph

W = Value(2.0)


def test_what_is_read_twice_is_a_node_and_what_is_read_once_is_none() -> None:
    rewriter = Rewriter(2, None)
    once, twice = (Part(rewriter, uses, ([(1.0, None, 0, 1), (1.0, None, 1, -1)], None)) for uses in (1, 2))
    assert once.as_sum() == ([(1.0, None, 0, 1), (1.0, None, 1, -1)], None)
    assert twice.as_sum() == ([(1.0, None, 2, -1)], None)
    assert [(node.kind, len(node.terms)) for node in rewriter.made] == [(LIN, 2)]


def test_when_nodes_are_made_and_read_is_noted_in_order() -> None:
    rewriter = Rewriter(2, None)
    rewriter.at = 1
    ref = Part(rewriter, 2, ([(1.0, None, 0, 0)], 3.0)).as_ref()
    rewriter.at = 7
    rewriter.read(ref)
    assert rewriter.made_at == [1 * (LAST + 1) + 1]
    assert rewriter.reads == [(2, 1 * (LAST + 1) + 2), (2, 7 * (LAST + 1) + 1)]


def test_operands_stand_before_results_whatever_is_made_when() -> None:
    """A sum is made where it is first read, also where functions and other sums read it."""

    def f(x, y):
        total = (x - (W * x + y)) - (y - (x + W))
        later = engine.exp(total)
        return [engine.tanh(total * x) * later + total, later, x / total]

    canonical = canonical_form(graph(f, 2, [W]))
    for ref, node in enumerate(canonical.nodes):
        assert all(x < ref for x in node.refs)
        assert node.level == max((canonical.nodes[x].level + 1 for x in node.refs), default=0)
    assert len(canonical.outputs) == 3
