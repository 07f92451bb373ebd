"""Where nodes stand among others, by which they are: in the core, and in Python."""

import random

import pytest

from engine import Value
from engine.jit.trace import identity
from engine.node.backend import PLAIN
from engine.node.bulk import graph_arrays


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
