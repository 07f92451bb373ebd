"""Graphs as numbers."""

import pytest

from engine import Value
from engine.graph.trace import trace


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
