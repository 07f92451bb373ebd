"""Canonical nodes as arrays are the nodes."""

import random

import numpy as np

from engine.jit.lower.canonical import CONST, IN_ORDER, LEAF, LIN, runs_of
from engine.jit.lower.equal import first_equal
from engine.jit.lower.ragged.pads import Pad
from engine.jit.lower.table import Nodes, table_of
from tests.engine.jit.stages import Written


def drawn(seed: int) -> Written:
    """A program of all kinds of nodes, with sums of any terms."""
    draw = random.Random(seed)
    p = Written(batched=bool(seed % 2))
    refs = [*p.captured(3), *p.inputs(2), p.number(2.0), p.number(-0.0)]
    for _ in range(40):
        way = draw.randrange(4)
        if way == 0:
            refs.append(p.row(draw.choice(["tanh", "exp"]), draw.choice(refs)))
        elif way == 1:
            refs.append(p.row(draw.choice(["max", "min"]), *draw.choices(refs, k=draw.randrange(1, 5))))
        else:
            few = [(draw.choice([1.0, -1.0, 0.25]), draw.choice([None, 3.0]), draw.random() < 0.5)] * 2
            few += [(draw.choice([1.0, -1.0]), None, True)]
            terms = [
                (scale, number, draw.choice(refs), draw.choice(refs) if two else -1)
                for scale, number, two in draw.choices(few, k=draw.randrange(1, 2 * IN_ORDER))
            ]
            refs.append(p.sum(*terms, k=draw.choice([None, 0.0, -0.0, 1.5])))
    return p


def shown(node):
    number = node.number if node.kind == LEAF else repr(node.number)
    parts = (
        node.kind,
        node.level,
        node.batched,
        node.wanted,
        node.row,
        node.operands,
        node.terms,
        repr(node.k),
    )
    return (*parts, number)


def test_nodes_come_back_as_they_were() -> None:
    for seed in range(20):
        nodes = drawn(seed).nodes
        found = Nodes(table_of(nodes))
        assert [*map(shown, found)] == [*map(shown, nodes)]
        assert shown(found[-1]) == shown(nodes[-1])
        assert table_of(found) is found.table


def test_a_table_with_other_nodes_and_more_is_that_of_these_nodes() -> None:
    for seed in range(20):
        nodes, draw = drawn(seed).nodes, random.Random(seed)
        more = [node for node in drawn(seed + 100).nodes if max(node.refs, default=0) < len(nodes)]
        inner = [ref for ref, node in enumerate(nodes) if node.kind != LEAF]
        others = {ref: draw.choice(more) for ref in draw.sample(inner, 4)}
        for node in more[::3]:
            node.pad = Pad()
        wanted = [others.get(ref, node) for ref, node in enumerate(nodes)] + more
        found = Nodes(table_of(nodes).with_nodes(others, more))
        assert [*map(shown, found)] == [*map(shown, wanted)]
        assert [node.pad for node in found] == [node.pad for node in wanted]


def test_what_is_reached_is_what_nodes_are_computed_from() -> None:
    for seed in range(20):
        nodes, draw = drawn(seed).nodes, random.Random(seed)
        table = table_of(nodes)
        first = draw.sample(range(len(nodes)), 2)
        found, wanted = np.zeros(len(nodes), bool), set(first)
        table.reach(np.array(first), found)
        for ref in reversed(range(len(nodes))):
            if ref in wanted:
                wanted |= set(nodes[ref].refs)
        assert set(np.flatnonzero(found).tolist()) == wanted


def test_runs_are_those_of_each_sum() -> None:
    again = 0
    for seed in range(20):
        nodes = drawn(seed).nodes
        table = table_of(nodes)
        runs, order = table.runs, table.runs.order
        for ref, node in enumerate(nodes):
            found = []
            for i in range(runs.offsets[ref], runs.offsets[ref + 1]):
                at = np.arange(runs.starts[i], runs.starts[i] + runs.counts[i])
                first = table.terms.offsets[ref]
                places = (at if order is None else order[at]) - first
                found.append((runs.kinds[runs.kind[i]], [node.terms[place] for place in places]))
            assert found == (runs_of(node.terms) if node.kind == LIN else [])
        again += order is not None
    assert again  # in some a kind comes again


def test_equal_words_are_equal_nodes() -> None:
    for seed in range(20):
        nodes = drawn(seed).nodes
        table = table_of(nodes)
        known, names, expected = {}, [], []
        for ref, node in enumerate(nodes):
            terms = [(s, c, names[a], b if b < 0 else names[b]) for s, c, a, b in node.terms]
            number = ref if node.kind == LEAF else repr(node.number if node.kind == CONST else node.k)
            key = node.kind, node.row, number, *(names[x] for x in node.operands), *terms
            names.append(known.setdefault(key, ref))
            expected.append(names[-1])
        assert first_equal(*table.words()).tolist() == expected


def test_what_is_read_is_every_operand_and_factor() -> None:
    p = drawn(3)
    reader, read = table_of(p.nodes).reads
    expected = [
        (ref, x)
        for ref, node in enumerate(p.nodes)
        for x in (*node.operands, *(x for term in node.terms for x in term[2:] if x >= 0))
    ]
    assert sorted(zip(reader.tolist(), read.tolist(), strict=True)) == sorted(expected)
    assert (np.diff(reader) >= 0).all()
