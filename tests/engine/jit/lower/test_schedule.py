"""Groups are computed in an order in which every operand comes first."""

import numpy as np

import engine
from engine import Value, jit
from engine.jit.lower.schedule import schedule
from engine.jit.lower.table import table_of
from tests.engine.jit.forms import forced

W = [Value(x) for x in np.linspace(-1.0, 1.0, 6).tolist()]


def nodes_of(f, *args):
    with forced("arrays"):  # a tape is made without these stages
        lifted = jit(f)
        lifted(*args)
    return lifted._shown.unrolled()[0].nodes


def operands(node):
    return {ref for term in node.terms for ref in term[2:] if ref >= 0} | set(node.operands)


def form(node):
    return node.kind, node.row, len(node.terms)


def groups_of(nodes):
    known = {}
    forms = np.array([known.setdefault(form(node), len(known)) for node in nodes])
    return [group.tolist() for group in schedule(table_of(nodes), forms)]


def test_operands_come_first_and_every_node_once() -> None:
    def f(x):
        for w in W:
            x = engine.tanh(w * x + w) * engine.exp(w) + engine.max([x, w])
        return x

    nodes = nodes_of(f, 0.5)
    groups = groups_of(nodes)
    done = {i for i, node in enumerate(nodes) if node.kind in ("leaf", "constant", "const")}
    for group in groups:
        assert len({form(nodes[ref]) for ref in group}) == 1
        for ref in group:
            assert operands(nodes[ref]) <= done | {i for i, n in enumerate(nodes) if not operands(n)}
        done |= set(group)
    members = [ref for group in groups for ref in group]
    assert sorted(members) == [i for i, node in enumerate(nodes) if operands(node)]


def test_nodes_of_one_form_are_one_group() -> None:
    nodes = nodes_of(lambda x: engine.sum([engine.exp(engine.sin(w * x)) for w in W]), 0.5)
    assert [len(group) for group in groups_of(nodes)] == [6, 6, 6, 1]
