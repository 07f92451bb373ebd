"""The recorded steps of a backward pass, against the engine's gradients bit for bit."""

import math
import random

import pytest

from engine import Value, gradients
from engine.explanation.sweep import recorded_sweep
from engine.graph.walks import trace


def random_graph(rng: random.Random) -> Value:
    nodes = [Value(rng.uniform(-2, 2)) for _ in range(4)]
    for _ in range(25):
        a, b = rng.choice(nodes), rng.choice(nodes)
        nodes.append(rng.choice([lambda a, b: a * b, lambda a, b: a + b, lambda a, b: a.tanh() - b,
                                 lambda a, b: a.relu() * 0.5, lambda a, b: (a + a) * b])(a, b))  # fmt: skip
    return nodes[-1] + nodes[-2] * nodes[-2]


@pytest.mark.parametrize("seed", range(5))
def test_the_last_sums_are_the_engines_gradients_bit_for_bit(seed) -> None:
    root = random_graph(random.Random(seed))
    graph = trace(root)
    assert recorded_sweep(graph).told
    sums = {graph.roots[0]: 1.0} | {step.operand: step.after for step in recorded_sweep(graph)}
    root.backward()
    expected = {i: node.grad for i, node in enumerate(graph.nodes)}
    assert {i: sums.get(i, 0.0) for i in expected} == expected
    leaves = [node for node in graph.nodes if not node._children and node.requires_grad]
    assert [sums.get(graph.position[leaf], 0.0) for leaf in leaves] == gradients(root, leaves)


@pytest.mark.parametrize("seed", range(5))
def test_each_step_is_the_chain_rule_with_what_the_steps_before_left(seed) -> None:
    graph = trace(random_graph(random.Random(seed)))
    sums = dict.fromkeys(range(len(graph.nodes)), 0.0) | {graph.roots[0]: 1.0}
    visited = []
    for step in recorded_sweep(graph):
        assert graph.operands[step.node][step.slot] == step.operand
        assert step.local_grad == graph.nodes[step.node]._local_grads[step.slot]
        assert step.upstream == sums[step.node]
        assert step.part == step.local_grad * step.upstream
        assert step.before == sums[step.operand]
        assert step.after == step.before + step.part
        sums[step.operand] = step.after
        visited.append(step.node)
    assert visited == sorted(visited, reverse=True)  # a node passes on only what is complete


def test_steps_told_from_gradients_are_those_that_were_watched() -> None:
    chance = random.Random(5)
    known = [Value(chance.uniform(-2, 2)) for _ in range(4)]
    known[0].requires_grad = False
    for _ in range(200):
        a, b = chance.choice(known), chance.choice(known)
        known.append(chance.choice([a * b, a + b, a.tanh(), a.relu() - b, a * 0.0, (a * 3000.0).exp()]))
    graph = trace(sum(known))
    told = recorded_sweep(graph)
    graph.nodes[-2].register_hook(lambda gradient: None)
    watched = recorded_sweep(graph)
    assert (told.told, watched.told) == (True, False)
    assert list(map(repr, told)) == list(map(repr, (step for step in watched if step.slot >= 0)))
    assert told.into(3) == [step for step in told if step.operand == 3]


def test_of_several_roots_the_last_is_swept() -> None:
    x = Value(3.0)
    square, root = x * x, x * 2.0
    assert [step.after for step in recorded_sweep(trace([square, root]))] == [2.0, 3.0]


def test_gradients_are_left_as_they_were() -> None:
    x = Value(3.0)
    y = x * x
    y.backward()
    assert [step.after for step in recorded_sweep(trace(y))] == [3.0, 6.0]
    assert (x.grad, y.grad) == (6.0, 1.0)


def test_gradients_are_left_as_they_were_where_the_sweep_fails() -> None:
    x = Value(3.0)
    x.grad = 2.0
    y = x.exp()
    y.register_hook(lambda gradient: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        recorded_sweep(trace(y))
    assert x.grad == 2.0


def test_what_a_hook_makes_of_a_gradient_is_a_step() -> None:
    x = Value(3.0)
    y = x * 2
    y.register_hook(lambda gradient: -gradient)
    steps = list(recorded_sweep(trace(y)))
    assert (steps[0].slot, steps[0].before, steps[0].after) == (-1, 1.0, -1.0)
    assert next(step.after for step in steps[1:] if step.operand == 0) == -2.0


def test_a_backward_function_of_ones_own_has_no_local_gradient() -> None:
    x = Value(3.0)
    y = Value(9.0, (x,), "square")

    def backward() -> None:
        x.grad += 6.0 * y.grad

    y._backward = backward
    (step,) = recorded_sweep(trace(y))
    assert math.isnan(step.local_grad)
    assert (step.part, step.after) == (6.0, 6.0)
