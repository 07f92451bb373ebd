"""Nodes made again for others in their operands' places: in the core, and in Python."""

import random

import pytest

import engine
from engine import Value
from engine.jit.choices import stretches
from engine.node.backend import PLAIN
from engine.node.bulk import nodes_made

BOTH = [
    pytest.param(stretches.make_anew, id="as it runs"),
    pytest.param(PLAIN["make_anew"], id="in Python"),
]
ROWS = [
    lambda a, b: a + b,
    lambda a, b: (a * 2.0).tanh(),
    lambda a, b: engine.sum([a, b, a]),
    lambda a, b: a**3,
]


def some_nodes(draw, inputs):
    xs = list(inputs)
    with nodes_made() as nodes:
        for _ in range(40):
            xs.append(draw.choice(ROWS)(draw.choice(xs), draw.choice(xs)))
    return nodes


@pytest.mark.parametrize("form", BOTH)
def test_what_reads_others_is_made_again_until_something_is_left_to_the_caller(form) -> None:
    for seed in range(30):
        draw = random.Random(seed)
        inputs = [Value(draw.uniform(-1.0, 1.0)) for _ in range(4)]
        nodes = some_nodes(draw, inputs)
        others = [Value(draw.uniform(-1.0, 1.0)), *inputs[1:]]
        expected = some_nodes_again(seed, others)
        new = {id(inputs[0]): others[0]}
        assert form(nodes, 0, len(nodes), new, {}, {node._row for node in nodes}) == len(nodes)
        below = {id(inputs[0])}
        for node, other in zip(nodes, expected, strict=True):
            if below & {id(x) for x in node._children}:
                below.add(id(node))
                found = new[id(node)]
                assert (found._row, found._data, found._local_grads) == (
                    *(node._row, other._data),
                    other._local_grads,
                )
                assert [*map(id, found._children)] == [id(new.get(id(x), x)) for x in node._children]
        assert set(new) == below


def some_nodes_again(seed, inputs):
    draw = random.Random(seed)
    for _ in inputs:
        draw.uniform(-1.0, 1.0)
    return some_nodes(draw, inputs)


@pytest.mark.parametrize("form", BOTH)
def test_it_stops_at_what_is_for_the_caller(form) -> None:
    x, y = Value(2.0), Value(3.0)
    nodes = [a := x * y, b := a + y, b.exp()]
    rows = {node._row for node in nodes}
    assert form(nodes, 0, 3, {}, {id(a): 1, id(y): 1}, rows) == 1  # all that it reads
    assert form(nodes, 0, 3, {id(x): Value(1.0)}, {}, {a._row, b._row}) == 2  # an unknown operator
    assert form(nodes, 0, 3, {}, {}, set()) == 3  # of which nothing is made
    assert form(nodes, 0, 3, {id(y): object()}, {}, rows) == 0  # no Value
    assert form(nodes, 1, 2, {id(x): Value(1.0)}, {}, rows) == 2  # what it reads stands before
