"""Walks over graphs of every shape: each node once, operands before results, without recursion."""

import random

import pytest

import engine
from engine import Value, leaves, parents, topological_order, zero_grad


def assert_topological(root: Value) -> None:
    """Every operand stands before its result, every node once, the root last, and nothing is missing."""
    order = topological_order(root)
    position = {node: i for i, node in enumerate(order)}
    assert len(position) == len(order)
    assert order[-1] is root
    for node in order:
        assert all(position[child] < position[node] for child in node._children)


def random_graph(seed: int, size: int) -> Value:
    """Nodes of one to four operands, chosen among all nodes before with a liking for the latest."""
    generator = random.Random(seed)
    nodes = [Value(generator.uniform(-1.0, 1.0)) for _ in range(3)]
    for _ in range(size):
        operands = [nodes[-1 - int(len(nodes) * generator.random() ** 3)] for _ in range(4)]
        count = generator.randrange(1, 5)
        nodes.append(engine.sum(operands[:count]) if count > 2 else _one_or_two(*operands[:count]))
    return nodes[-1]


def _one_or_two(a: Value, b: Value | None = None) -> Value:
    return a.tanh() if b is None else a * b


def test_an_operand_used_by_its_sibling_comes_before_it() -> None:
    """The residual connection: the right operand of the root is below the left one too."""
    x = Value(1.0)
    h = x * 2.0
    assert_topological(h.tanh() + h)
    assert_topological(h + h.tanh())
    assert_topological(engine.sum([h.tanh().tanh(), h.tanh(), h]))
    assert_topological((h * 3.0) * h)


@pytest.mark.parametrize("seed", range(50))
def test_order_of_random_graphs_is_topological(seed) -> None:
    assert_topological(random_graph(seed, 40))


def test_order_is_depth_first_leftmost_first() -> None:
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    left, right = a * b, b + a
    root = left - right
    assert topological_order(root) == [a, b, left, right, root]


def test_order_below_a_sequence_is_that_of_the_operands() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    branches = [b.exp(), a.exp(), c.exp()]
    root = engine.sum(branches)
    assert topological_order(root) == [b, branches[0], a, branches[1], c, branches[2], root]


def test_order_of_a_leaf_is_the_leaf() -> None:
    x = Value(1.0)
    assert topological_order(x) == [x]
    assert leaves(x) == [x]
    assert parents(x) == {x: []}


def test_equal_graphs_have_equal_orders() -> None:
    first, second = random_graph(7, 60), random_graph(7, 60)
    assert [(n._op, n.data) for n in topological_order(first)] == [
        (n._op, n.data) for n in topological_order(second)
    ]


def test_leaves_are_parameters_inputs_and_constants_once_each() -> None:
    a, b = Value(1.0), Value(2.0)
    root = (a * b + 3.0) * a
    assert leaves(root)[:2] == [a, b]
    assert [leaf.data for leaf in leaves(root)] == [1.0, 2.0, 3.0]


def test_parents_count_every_use() -> None:
    a = Value(2.0)
    square = a * a
    root = square + a
    assert parents(root) == {a: [square, square, root], square: [root], root: []}


def test_zero_grad_clears_only_what_it_is_given() -> None:
    a, b = Value(2.0), Value(3.0)
    root = a * b
    root.backward()
    zero_grad([a])
    assert (a.grad, b.grad, root.grad) == (0.0, 2.0, 1.0)
    zero_grad(b)
    assert b.grad == 0.0
    root.backward()
    zero_grad(node for node in (a, b))
    assert (a.grad, b.grad) == (0.0, 0.0)


def test_zero_grad_method_clears_all_below() -> None:
    a = Value(2.0)
    root = a * a + 1.0
    root.backward()
    root.zero_grad()
    assert {node.grad for node in topological_order(root)} == {0.0}


@pytest.mark.parametrize("walk", [topological_order, leaves, parents, lambda x: zero_grad([x])])
@pytest.mark.parametrize("intruder", [3.0, None, "a"], ids=repr)
def test_a_walk_needs_a_value(walk, intruder) -> None:
    with pytest.raises(TypeError, match=f"Value.*{intruder!r}.*{type(intruder).__name__}"):
        walk(intruder)
