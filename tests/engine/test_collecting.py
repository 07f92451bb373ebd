"""Cycles that lead through a Value are freed by Python's collector, on both nodes, and nothing else is."""

import copy
import gc
import math
import random
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import engine
from tests.engine.nodes import compiled_module, reference


class Owner:
    """A model with a parameter, as people write them."""


@pytest.fixture(params=["reference", "compiled"])
def kind(request) -> Any:
    """The class Value of each node."""
    return reference.Value if request.param == "reference" else compiled_module().Value


def subclass_of(kind: Any) -> Any:
    class Parameter(kind):
        """A class of one's own."""

    return Parameter


def closure_of(kind: Any, x: Any) -> Any:
    out = kind(math.sin(x.data), (x,), "sine")

    def _backward():
        x.grad += math.cos(x.data) * out.grad

    out._backward = _backward
    return out


def restored(kind: Any) -> Any:
    twin = copy.deepcopy(kind(1.0, label="w"))
    del twin.label
    return twin


MAKERS: dict[str, Callable[[Any], Any]] = {
    "a leaf": lambda kind: kind(1.0),
    "a leaf with a label": lambda kind: kind(1.0, label="w"),
    "a copied leaf": restored,
    "a node by hand": lambda kind: kind(2.0, (kind(1.0),), (2.0,)),
    "a node by hand with many operands": lambda kind: kind(2.0, (kind(1.0),) * 5, (2.0,) * 5),
    "a node with a function": lambda kind: closure_of(kind, kind(1.0)),
    "a result of one": lambda kind: closure_of(kind, kind(1.0)) * 2.0,
    "a sum with one": lambda kind: engine.sum([kind(1.0), closure_of(kind, kind(1.0)), kind(2.0)]),
    "an instance of a subclass": lambda kind: subclass_of(kind)(1.0),
}

WAYS: dict[str, Callable[[Any, Owner], Any]] = {
    "an attribute": lambda v, m: setattr(v, "owner", m),
    "the dict": lambda v, m: v.__dict__.update(owner=m),
    "another dict": lambda v, m: setattr(v, "__dict__", {"owner": m}),
    "vars": lambda v, m: vars(v).__setitem__("owner", [m]),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_value_that_refers_to_its_owner_is_freed_with_it(kind, make) -> None:
    owners = [Owner() for _ in WAYS]
    for m, refer in zip(owners, WAYS.values(), strict=True):
        m.w = make(kind)
        refer(m.w, m)
    watched = [weakref.ref(x) for m in owners for x in (m, m.w)]
    gc.collect()
    assert all(each() is not None for each in watched)
    del m
    owners.clear()
    gc.collect()
    assert [each() for each in watched] == [None] * len(watched)


def test_a_node_that_an_attribute_leads_back_to_is_freed_with_all_it_was_made_of(kind) -> None:
    x = kind(1.0)
    between = kind(2.0, (x,), (2.0,))
    out = kind(3.0, (between, x), (1.0, 1.0))
    between.above = out
    watched = weakref.ref(out)
    del out, between
    gc.collect()
    assert watched() is None
    assert x.data == 1.0


def test_what_is_held_is_not_collected(kind) -> None:
    x = kind(0.5)
    x.owner = [x]
    y = closure_of(kind, x * 2.0) * 3.0
    x_data = x.data
    del x
    gc.collect()
    y.backward()
    (leaf,) = [node for node in y._topological_order() if hasattr(node, "owner")]
    assert (leaf.data, leaf.grad) == (x_data, pytest.approx(6.0 * math.cos(1.0)))


def test_one_round_frees_a_graph_of_functions(kind) -> None:
    """Not one layer in each round: what stands between two such nodes is known to the collector too."""
    y = x = kind(0.5)
    for _ in range(50):
        y = engine.sum([closure_of(kind, y * 1.1 + 0.1), -y, 0.5 * y])
    watched = [weakref.ref(node) for node in y._topological_order() if node._children]
    y.backward()
    gc.collect()
    assert all(each() is not None for each in watched)
    del y
    gc.collect()
    assert [each() for each in watched if each() is not None] == [watched[0]()] * (watched[0]() is not None)
    assert math.isfinite(x.grad)


def test_training_with_functions_stays_flat_in_memory() -> None:
    compiled = compiled_module()
    Value = compiled.Value
    w = [Value(0.1 * i) for i in range(5)]

    def step() -> None:
        h = w[0]
        for p in w:
            h = closure_of(Value, h * p + 1.0)
        for p in w:
            p.grad = 0.0
        h.backward()

    gc.collect()
    start = compiled.nodes_in_use()
    most = 0
    assert gc.isenabled()
    for _ in range(3000):
        step()
        most = max(most, compiled.nodes_in_use() - start)
    assert most < 30_000, "of 60,000 made"
    gc.collect()
    assert compiled.nodes_in_use() == start


def test_random_programs_under_a_busy_collector() -> None:
    """Both nodes do the same while the collector runs at every turn; it frees all, and nothing too early."""
    compiled = compiled_module()
    gc.collect()
    start = compiled.nodes_in_use()
    thresholds = gc.get_threshold()
    gc.set_threshold(2, 2, 2)
    try:
        for seed in range(40):
            stories = [
                random_program(kind, random.Random(seed)) for kind in (reference.Value, compiled.Value)
            ]
            assert stories[0] == stories[1], seed
    finally:
        gc.set_threshold(*thresholds)
    while gc.collect():  # a plain result between two cycles keeps one of them for another round
        pass
    assert compiled.nodes_in_use() == start


def random_program(kind: Any, draw: random.Random) -> list[str]:
    """The numbers of a program that makes, ties, marks and forgets nodes of all makes."""
    Parameter = subclass_of(kind)
    nodes = [kind(draw.uniform(-1, 1)) for _ in range(3)]
    story = []
    for _ in range(80):
        a, b = draw.choice(nodes), draw.choice(nodes)
        made = draw.choice(
            [
                lambda a, b: closure_of(kind, a),
                lambda a, b: a * b,
                lambda a, b: a.tanh() + 0.5,
                lambda a, b: engine.sum([a, b, a]) / 3.0,
                lambda a, b: kind(a.data - b.data, (a, b), (1.0, -1.0)),
                lambda a, b: Parameter(0.5, label="p"),
                lambda a, b: a.detach(),
            ]
        )(a, b)
        fate = draw.randrange(6)
        if fate == 0 and made._children and made._local_grads:
            made = made * 1.0
        elif fate == 1 and not made._children:
            made.others = [made, a]
        elif fate == 2:
            draw.choice(nodes).note = "seen"
        nodes.append(made)
        if len(nodes) > 12:
            del nodes[draw.randrange(len(nodes))]
        if draw.random() < 0.2 and made.requires_grad:
            made.backward()
            story += [repr(node.grad) for node in nodes]
        story.append(repr(made.data))
    return story
