"""Walks over graphs of every shape: each node once, operands before results, without recursion."""

import random

import pytest

import engine
from engine import Value, consumers, leaves, topological_order, zero_grad
from engine.graph.walks import trace


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
    assert consumers(x) == {x: []}


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
    assert consumers(root) == {a: [square, square, root], square: [root], root: []}


def test_zero_grad_clears_only_what_it_is_given() -> None:
    a, b = Value(2.0), Value(3.0)
    root = a * b
    root.backward()
    for wrong in (None, 2.0, abs):
        with pytest.raises(TypeError, match=r"zero_grad takes a Value or several, as model\.parameters"):
            zero_grad(wrong)
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


@pytest.mark.parametrize("walk", [topological_order, leaves, consumers, lambda x: zero_grad([x])])
@pytest.mark.parametrize("intruder", [3.0, None, "a"], ids=repr)
def test_a_walk_needs_a_value(walk, intruder) -> None:
    with pytest.raises(TypeError, match=f"Value.*{intruder!r}.*{type(intruder).__name__}"):
        walk(intruder)


# Graphs as numbers


def diamond() -> tuple[Value, Value, Value, Value]:
    a = Value(2.0)
    left, right = a.exp(), a.sin()
    return a, left, right, left * right


def test_nodes_stand_in_topological_order() -> None:
    a, left, right, root = diamond()
    graph = trace(root)
    assert graph.nodes == [a, left, right, root]
    assert graph.operands == [(), (0,), (0,), (1, 2)]
    assert graph.consumers == [[1, 2], [3], [3], []]
    assert graph.roots == [3]


def test_operands_are_repeated_as_they_are_used() -> None:
    a = Value(2.0)
    assert trace(a * a).operands == [(), (0, 0)]
    assert trace(a * a).consumers[0] == [1, 1]


def test_several_roots_share_their_trunk() -> None:
    a, left, right, root = diamond()
    graph = trace([left, root, right, left])
    assert graph.nodes == [a, left, right, root]
    assert graph.roots == [1, 3, 2]


def test_a_root_below_another_is_found_first_or_last() -> None:
    a = Value(2.0)
    b = a.exp()
    assert trace((b, a)).nodes == trace((a, b)).nodes == [a, b]


def test_the_nodes_of_further_roots_are_ordered_likewise() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    root = b.exp() * (c + a)
    graph = trace([a, root])
    assert [node.data for node in graph.nodes[1:]] == [
        node.data for node in trace(root).nodes if node is not a
    ]


def test_deep_graphs_need_no_recursion() -> None:
    x = y = Value(0.5)
    for _ in range(20_000):
        x, y = x.sin(), y.cos()
    assert len(trace([x, y]).nodes) == 40_001


@pytest.mark.parametrize("root", [None, 3.0, "x", {1: 2}, [Value(1.0), 2.0], object()])
def test_only_values_are_drawn(root) -> None:
    with pytest.raises(TypeError, match="a graph is drawn below a Value, or below several in a list; got "):
        trace(root)


def test_no_roots_are_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="the list of roots is empty"):
        trace([])


def test_depth_counts_operators_on_the_shortest_way() -> None:
    a = Value(2.0)
    graph = trace(a.exp().sin() + a)
    assert [sorted(graph.within_depth(depth)) for depth in range(4)] == [
        [3],
        [0, 2, 3],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
    ]


def test_a_neighbourhood_reaches_operands_and_results() -> None:
    a, left, _, root = diamond()
    graph = trace(root)
    assert graph.neighbourhood(left, 0) == {1}
    assert graph.neighbourhood(left, 1) == {0, 1, 3}
    assert graph.neighbourhood(a, 1) == {0, 1, 2}


def test_a_focus_of_another_graph_is_refused() -> None:
    with pytest.raises(ValueError, match="is not in this graph"):
        trace(Value(1.0)).neighbourhood(Value(1.0), 1)
