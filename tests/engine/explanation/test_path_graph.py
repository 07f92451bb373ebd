"""The part of a graph between a variable and a root, and what flows through it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import GraphError, Value
from engine.explanation.path_graph import Between
from tests.engine.enumeration import made_by_hand
from tests.engine.test_random_programs import EVERYTHING, programs


@pytest.mark.unmeasured
@given(programs(list(EVERYTHING), 25))
def test_adjoints_are_those_of_backward_to_the_bit(program) -> None:
    inputs = [Value(x) for x in program.inputs]
    root = program.run(engine, inputs)
    root.backward()
    for x in inputs:
        between = Between(root, x)
        assert between.gradient == x.grad
        assert all(node.grad == g for node, g in zip(between.nodes, between.adjoints, strict=True))


slopes = st.sampled_from([0.0, 1.0, -1.0, 0.1, -3.0, 1e200, math.inf, -math.inf, math.nan])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), slopes, slopes), min_size=1, max_size=8))
def test_adjoints_are_those_of_backward_with_zeros_infinities_and_nan(steps) -> None:
    nodes = made_by_hand([(i, j) for i, j, _, _ in steps], [(s, t) for _, _, s, t in steps])
    nodes[-1].backward()
    gradient = Between(nodes[-1], nodes[0]).gradient
    assert gradient == nodes[0].grad or (gradient != gradient and nodes[0].grad != nodes[0].grad)


def test_adjoint_of_a_computed_zero_meets_an_infinite_slope_as_nan() -> None:
    x = Value(1.0)
    steep = Value(1.0, (x,), (math.inf,))
    between = Between(Value(1.0, (steep,), (0.0,)), x)
    assert all(map(math.isnan, (between.gradient, between.positive[0], between.negative[0])))


def test_masked_edge_passes_nothing_on() -> None:
    x = Value(0.0)
    between = Between(engine.where(x > 0.0, engine.log(x), x), x)
    assert (between.gradient, between.positive[0], between.negative[0]) == (1.0, 1.0, 0.0)
    assert sorted(edge.masked for users in between.users for edge in users) == [False, False, True]


def test_nothing_is_changed_by_looking() -> None:
    x = Value(2.0)
    y = x * x
    y.backward()
    Between(y.exp(), x)
    assert (x.grad, y.grad) == (4.0, 1.0)


def test_only_nodes_on_a_way_are_between() -> None:
    x, other = Value(2.0), Value(3.0)
    square = x * x
    aside = other.exp()
    root = square * aside
    assert Between(root, x).nodes == [x, square, root]
    assert Between(root, square).nodes == [square, root]
    assert Between(aside, x).nodes == []
    assert Between(x, x).nodes == [x]


def test_leaf_that_takes_no_gradient_has_a_derivative_all_the_same() -> None:
    x = Value(2.0)
    x.requires_grad = False
    root = x * 3.0
    assert Between(root, x).gradient == 3.0
    assert Between(root, root._children[1]).gradient == 2.0


def test_node_without_local_gradients_is_an_error_only_where_it_is_passed() -> None:
    x, other = Value(2.0), Value(3.0)
    by_hand = Value(6.0, (x,), "thrice")
    with pytest.raises(GraphError, match="without local gradients"):
        Between(by_hand * other, x)
    assert Between(by_hand * other, other).gradient == 6.0


@pytest.mark.parametrize(("root", "variable"), [(1.0, Value(1.0)), (Value(1.0), 1.0), (Value(1.0), None)])
def test_what_is_no_value_is_refused(root, variable) -> None:
    with pytest.raises(TypeError, match="Value, got"):
        Between(root, variable)


def test_count_is_exact_where_it_has_thousands_of_digits() -> None:
    root = x = Value(1e-300)
    for _ in range(20_000):
        root = root + root
    assert Between(root, x).count == 2**20_000


@pytest.mark.unmeasured
def test_deep_chain_needs_no_recursion() -> None:
    root = x = Value(0.5)
    for _ in range(200_000):
        root = -root
    between = Between(root, x)
    assert (between.gradient, between.count, len(between.nodes)) == (1.0, 1, 200_001)
