"""The graph of a shorter run, composed of a longer one's arrays, is that which a walk finds."""

import pytest

import engine
from engine import Value
from engine.jit.lower.ragged import beginning
from engine.jit.lower.ragged.beginning import beginning_of
from engine.jit.trace.trace import Given, trace
from engine.jit.trace.traced_graph import CONSTANT, Trace
from engine.node.bulk import nodes_made
from engine.pytree.arguments import Arguments
from engine.pytree.result import Result
from engine.pytree.static_arguments import Statics

W, V = Value(0.5), Value(-1.5)
SCALES = [Value(0.1 * i + 1.0) for i in range(12)]


def at_the_end(xs):
    states = [0.0 * xs[0]]
    for x in xs:
        states.append((W * states[-1] + x).tanh())
    pairs = zip(states[1:], SCALES, strict=False)
    return sum([engine.dot([s, s], [V, scale]) for s, scale in pairs]) / len(xs)


def on_the_way(xs):
    total, state = 0.0, W
    for x, scale in zip(xs, SCALES, strict=False):
        state = state * V + x
        (state * 3.0).exp()  # in vain
        total = total + state * state * scale
    return total


def attending(xs):
    keys, losses = [], []
    for x, scale in zip(xs, SCALES, strict=False):
        keys.append(x * scale)
        losses.append(engine.logsumexp([W * k for k in keys]))
    return engine.mean(losses)


def last_alone(xs):
    return at_the_end(xs[:1]) if len(xs) == 2 else on_the_way(xs)


def the_longer_made_it_in_vain(xs):
    lost = xs[0].exp()
    made = [x * W for x in xs]
    return sum(made) + lost if len(xs) == 3 else sum(made)


KNOWN = [at_the_end, on_the_way, attending]
OTHERS = {last_alone: 2, the_longer_made_it_in_vain: 3}


def traced(f, xs):
    arguments = Arguments.of_call((xs,), {}, Statics(f, (), ()).of_call(1), {}, False)
    return trace(Given(f, arguments, arguments.numbers(), [False] * len(xs), False))


def both(f, longer, count):
    """The composed graph of a list of so many numbers, the walked one, and what was made."""
    with nodes_made() as made:
        inputs = [Value(0.3 * i - 0.4) for i in range(count)]
        result = Result(f(inputs))
    walked = Trace(result, inputs, False)
    walked.tell_apart(made)
    return beginning_of(longer, result, inputs, made), walked, made


def meant(graph, leaf, known):
    """Of each node of a graph a number, which is that of nodes that compute the same in all graphs."""
    found = []
    for i, kind in enumerate(graph.kinds.tolist()):
        read = graph.operands[graph.offsets[i] : graph.offsets[i + 1]].tolist()
        what = float(graph.data[i]) if kind == CONSTANT else None if read else leaf(i)
        key = kind, graph.rows[graph.row_of[i]], what, tuple([found[x] for x in read])
        found.append(known.setdefault(key, len(known)))
    return found


@pytest.mark.parametrize("f", KNOWN)
def test_it_is_the_graph_that_a_walk_finds(f) -> None:
    longer = traced(f, [0.1 * i for i in range(9)])
    for count in (1, 2, 5, 8, 9):
        begins, walked, made = both(f, longer, count)
        assert begins is not None
        graph, places, results = begins
        assert list(map(id, results)) == [id(node) for node in made if node._children]

        def leaf_of_composed(i, places=places):
            leaf = longer.leaf_of[int(places[i])]
            return leaf.index if leaf.is_input else id(leaf.value)

        def leaf_of_walked(i, walked=walked):
            index = [k for k, x in enumerate(walked.inputs) if x is walked.nodes[i]]
            return index[0] if index else id(walked.nodes[i])

        known = {}
        mine, own = meant(graph, leaf_of_composed, known), meant(walked, leaf_of_walked, known)
        assert sorted(mine) == sorted(own)
        assert mine[graph.outputs[0]] == own[walked.outputs[0]]


@pytest.mark.parametrize("f", OTHERS)
def test_a_graph_that_begins_otherwise_is_left_to_the_walk(f) -> None:
    longer = traced(f, [0.1 * i for i in range(9)])
    begins, walked, _ = both(f, longer, OTHERS[f])
    if begins is not None:  # what little they have in common is right
        assert len(begins[0].kinds) == len(walked.kinds)
    if f is the_longer_made_it_in_vain:
        assert begins is None


def test_an_empty_list_that_has_nothing_in_common_is_left_to_the_walk() -> None:
    def of_none(xs):
        return on_the_way(xs) if xs else V * W

    assert both(of_none, traced(of_none, [0.1 * i for i in range(9)]), 0)[0] is None


def test_a_long_end_is_left_to_the_walk(monkeypatch) -> None:
    longer = traced(at_the_end, [0.1 * i for i in range(9)])
    monkeypatch.setattr(beginning, "_FEW", 3)
    assert both(at_the_end, longer, 5)[0] is None
