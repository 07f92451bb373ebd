"""What a walk through a model's attributes finds, and under which name."""

import numpy as np
import pytest

from engine import Value
from nn import Module, Neuron
from nn.modules.members.traversal import find_members


def values(count: int) -> list[Value]:
    return [Value(float(i)) for i in range(count)]


def names(root: Module, **options: bool) -> list[str]:
    return [name for name, _ in find_members(root, Module, **options)]


A, B, C = values(3)
OBJECTS = np.empty((1, 2), dtype=object)
OBJECTS[0] = [A, B]


@pytest.mark.parametrize(
    ("attribute", "found"),
    [
        (A, ["x"]),
        ([A, B], ["x.0", "x.1"]),
        ((B, [A]), ["x.0", "x.1.0"]),
        ({"left": A, 7: {"deep": B}}, ["x.left", "x.7.deep"]),
        (OBJECTS, ["x.0.0", "x.0.1"]),
        ([1.0, A, "text", None, 2], ["x.1"]),
        (np.ones((2, 2)), []),
        ({A, B}, []),
        ("text", []),
        (3.0, []),
        (A * B, []),
        ([A + 1, C], ["x.1"]),
        ([], []),
    ],
    ids=[
        "Value",
        "list",
        "tuple",
        "dict",
        "object-array",
        "mixed",
        "numbers",
        "set",
        "text",
        "number",
        "result",
        "result-and-leaf",
        "empty",
    ],
)
def test_values_are_found_through_attributes_and_containers(attribute, found) -> None:
    module = Module()
    module.x = attribute
    assert names(module) == ["", *found]


def test_order_is_that_of_the_attributes_depth_first() -> None:
    module, inner = Module(), Module()
    inner.z, inner.a = values(2)
    module.second, module.first, module.inner, module.last = [*values(2), inner, Value(0.0)]
    assert names(module) == ["", "second", "first", "inner", "inner.z", "inner.a", "last"]


def test_each_member_counts_once_under_its_first_name() -> None:
    module, inner = Module(), Module()
    inner.w = A
    module.a, module.again, module.one, module.two, module.list = A, [A, B], inner, inner, [B, C]
    assert names(module) == ["", "a", "again.1", "one", "list.1"]


def test_circles_end() -> None:
    module, inner = Module(), Module()
    ring: list[object] = [inner]
    ring.append(ring)
    inner.parent, inner.w, module.ring, module.me = module, A, ring, module
    assert names(module) == ["", "ring.0", "ring.0.w"]


def test_nesting_does_not_recurse() -> None:
    module = Module()
    module.w = A
    for _ in range(5_000):
        outer = Module()
        outer.inner = module
        module = outer
    assert len(names(module)) == 5_002


def test_modules_within_can_be_left_unentered() -> None:
    module = Module()
    module.neurons, module.w = [Neuron(1), Neuron(1)], A
    assert names(module, enter=False) == ["", "neurons.0", "neurons.1", "w"]


class Redefined(Module):
    """Parameters that stand in no attribute, as programs for micrograd may have them."""

    __slots__ = ("hidden",)  # vars() does not see it

    def __init__(self) -> None:
        self.hidden = [Value(10.0), Value(20.0)]
        self.w = Value(30.0)

    def parameters(self) -> list[Value]:
        return [*super().parameters(), *self.hidden]


def test_redefined_parameters_of_a_module_within_are_found() -> None:
    outer = Module()
    outer.part = Redefined()
    assert names(outer) == ["", "part", "part.w", "part.parameters.1", "part.parameters.2"]
    assert [p.data for p in outer.parameters()] == [30.0, 10.0, 20.0]


def test_redefined_parameters_of_the_root_are_found_when_asked_for() -> None:
    assert names(Redefined()) == ["", "w"]
    assert names(Redefined(), ask_root=True) == ["", "w", "parameters.1", "parameters.2"]


@pytest.mark.parametrize("frozen", [0, 3])
def test_without_names_the_same_is_found_in_the_same_order(frozen) -> None:
    class Box(Module):
        pass

    shared = Value(0.0)
    box, inner = Box(), Box()
    inner.parts = [Value(7.0), shared, "text", Value(8.0) * 2.0]
    box.w = [Value(float(i)) for i in range(5)]
    box.w[frozen].requires_grad = frozen == 0
    box.twice = (shared, box.w[1], shared)
    box.inner, box.again = inner, [box.w, [], [inner, Value(9.0)]]
    box.named = {"a": Value(10.0), "b": (Value(11.0), 3.0)}
    for options in ({}, {"enter": False}):
        named = find_members(box, Module, **options)
        plain = find_members(box, Module, named=False, **options)
        assert [item for _, item in plain] == [item for _, item in named]
        assert {name for name, _ in plain} == {""}
