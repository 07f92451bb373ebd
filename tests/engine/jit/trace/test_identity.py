"""Where nodes stand among others, by which they are: in the core, and in Python."""

import random

import numpy as np
import pytest

import engine
from engine import Value
from engine.jit.trace import identity
from engine.node.backend import PLAIN
from engine.node.bulk import graph_arrays, nodes_made


class Parameter(Value):
    """A subclass, whose nodes lie elsewhere in memory than plain ones."""


BOTH = [
    pytest.param(lambda name: getattr(identity, name), id="as it runs"),
    pytest.param(PLAIN.get, id="in Python"),
]


@pytest.mark.parametrize("form", BOTH)
def test_places_are_those_of_the_same_nodes(form) -> None:
    draw = random.Random(0)
    for count in (0, 1, 5, 60):
        values = [draw.choice([Value, Parameter])(1.0) for _ in range(2 * count)]
        among, asked = draw.sample(values, count), [*draw.sample(values, count), *values[:count]]
        place = {id(node): i for i, node in enumerate(among)}
        expected = [place.get(id(value), -1) for value in asked]
        assert form("places_among")(asked, tuple(among)).tolist() == expected
        assert form("ids_of")(asked).tolist() == [id(value) for value in asked]


def test_a_walk_after_it_reaches_all_nodes() -> None:
    """The core marks nodes as its walks do."""
    x = Value(2.0)
    for _ in range(3):
        y = (x * x).tanh() + x
        nodes = graph_arrays([y])[0]
        assert identity.places_among(nodes, nodes[::-1]).tolist() == [3, 2, 1, 0]
        assert graph_arrays([y])[0] == nodes
        x.zero_grad()
        y.backward()
        assert x.grad == pytest.approx(1.0 + 2.0 * x.data * (1.0 - (x * x).tanh().data ** 2))


W, V = Value(0.5), Value(-1.5)


def run(numbers, body):
    """What a function of some inputs makes, from these on."""
    with nodes_made() as nodes:
        inputs = [Value(x) for x in numbers]
        body(inputs)
    return nodes


def steps(xs, last=lambda total: total * 0.5, w=W, factor=2.0, power=2):
    """Some steps, one for each input, of rows over one, two and many operands; some of it made in vain."""
    total = xs[0] * w
    for x in xs[1:]:
        (x + 1.0).tanh()
        total = engine.sum([total, (x * w) ** power, factor * x, V])
    return last(total)


OTHERS = {
    "the same": steps,
    "another end": lambda xs: steps(xs, lambda total: total.exp()),
    "another constant": lambda xs: steps(xs, factor=3.0),
    "another captured": lambda xs: steps(xs, w=V),
    "another row": lambda xs: steps(xs, power=3),
    "more": lambda xs: steps(xs).exp(),
}


@pytest.mark.parametrize("form", BOTH)
def test_nodes_are_alike_up_to_the_first_that_is_another(form) -> None:
    known = form("made_arrays")(run([1.0, 2.0, 3.0], steps))
    count = len(known[1])
    found = {
        name: form("alike_from_first")(run([4.0, 5.0, 6.0], body), known, 3, 0)
        for name, body in OTHERS.items()
    }
    plain = {
        name: PLAIN["alike_from_first"](run([4.0, 5.0, 6.0], body), known, 3, 0)
        for name, body in OTHERS.items()
    }
    assert found == plain
    assert found["the same"] == found["more"] == count
    assert 3 == found["another captured"] < found["another row"] < found["another constant"]
    assert found["another constant"] < found["another end"] < count


ROWS = [engine.sum, lambda xs: xs[0].tanh(), lambda xs: xs[0] * xs[-1], lambda xs: xs[0] + 1.5]


@pytest.mark.parametrize("form", BOTH)
def test_arrays_say_what_each_node_is(form) -> None:
    draw = random.Random(3)
    for _ in range(30):
        outside = [Value(draw.random()) * 1.0 for _ in range(3)]
        with nodes_made() as nodes:
            nodes_so_far = [Value(1.0), *outside]
            for _ in range(draw.randrange(20)):
                operands = draw.choices(nodes_so_far, k=draw.randrange(1, 5))
                nodes_so_far.append(draw.choice(ROWS)(operands))
        rows, row_of, data, offsets, operands, others = form("made_arrays")(nodes)
        assert [rows[i] for i in row_of] == [node._row for node in nodes]
        assert data.tolist() == [node.data for node in nodes]
        for i, node in enumerate(nodes):
            read = operands[offsets[i] : offsets[i + 1]].tolist()
            found = [nodes[k] if k >= 0 else others[~k] for k in read]
            assert list(map(id, found)) == list(map(id, node._children))
        arrays = rows, row_of, data, offsets, operands, others
        assert form("alike_from_first")(nodes, arrays, 0, 0) == len(nodes)


@pytest.mark.parametrize("form", BOTH)
def test_inputs_that_are_missing_shift_what_was_made_behind_them(form) -> None:
    def twice(xs):
        for x in xs:
            steps([x])

    known = form("made_arrays")(run([1.0, 2.0, 3.0], twice))
    each = (len(known[1]) - 3) // 3
    assert form("alike_from_first")(run([4.0, 5.0], twice), known, 3, 1) == 2 + 2 * each
    reads_the_last = form("made_arrays")(run([1.0, 2.0], lambda xs: xs[1] * xs[0]))
    assert form("alike_from_first")(run([1.0], lambda xs: xs[0] * xs[0]), reads_the_last, 2, 1) == 1


@pytest.mark.parametrize("form", BOTH)
def test_what_is_reached_is_what_something_wanted_is_made_of(form) -> None:
    draw = random.Random(5)
    for count in (0, 1, 40, 200):
        read = [draw.choices(range(i), k=draw.randrange(3)) if i else [] for i in range(count)]
        offsets = np.cumsum([0, *map(len, read)])
        operands = np.array([x for each in read for x in each], np.intp)
        wanted = [draw.random() < 0.1 for _ in range(count)]
        expected, waiting = set(), [i for i, flag in enumerate(wanted) if flag]
        while waiting:
            i = waiting.pop()
            if i not in expected:
                expected.add(i)
                waiting += read[i]
        found = form("reached")(offsets, operands, wanted)
        assert set(np.flatnonzero(found).tolist()) == expected
    with pytest.raises(ValueError, match="node 1 reads one that does not stand before it"):
        form("reached")(np.array([0, 0, 1]), np.array([1]), [False, True])
