"""gradients: of one node by some of those below it, as numbers or as graphs, without a trace."""

import math
from fractions import Fraction

import numpy as np
import pytest

import engine
from engine import GraphError, Value, no_grad, topological_order
from engine.transforms.reverse import gradients, partials_of
from tests.engine.graph.test_walks import random_graph

BOTH = pytest.mark.parametrize("as_graph", [False, True], ids=["as numbers", "as graph"])


def numbers(found) -> list[float]:
    return [slope.data if isinstance(slope, Value) else slope for slope in found]


@BOTH
def test_every_wanted_node_gets_its_derivative(as_graph) -> None:
    x, w = Value(2.0), Value(3.0)
    h = x * w
    y = h * h + x
    assert numbers(gradients(y, [x, w, h, y], as_graph)) == [37.0, 24.0, 12.0, 1.0]


@BOTH
def test_what_is_not_below_the_root_has_no_influence(as_graph) -> None:
    x, other = Value(2.0), Value(3.0)
    assert numbers(gradients(x * x, [other, x * 5.0], as_graph)) == [0.0, 0.0]
    assert gradients(x * x, [], as_graph) == []


@BOTH
def test_a_node_may_be_wanted_twice(as_graph) -> None:
    x = Value(2.0)
    assert numbers(gradients(x * x, [x, x], as_graph)) == [4.0, 4.0]


@BOTH
@pytest.mark.parametrize("root", [3.0, 2, np.float32(1.0), Fraction(1, 3), True], ids=repr)
def test_a_root_that_is_a_number_is_constant(root, as_graph) -> None:
    assert gradients(root, [Value(1.0)], as_graph) == [0.0]


@BOTH
def test_what_is_neither_a_number_nor_a_value_is_not_taken_for_a_constant(as_graph) -> None:
    x = Value(2.0)
    y = x * x
    for root in (None, [y], (y, y), np.array([y, y]), np.ones(2), {"y": y}, {y}, "y", 1j, gradients):
        with pytest.raises(TypeError, match=r"one root, a Value, got .*; of several take engine\.sum of"):
            gradients(root, [x], as_graph)
    for wanted in (None, 2.0, [2.0], ["x"], "x", [x, None], [[x]], {"x": x}):
        with pytest.raises(TypeError, match="derivatives are by Values, in a list, got "):
            gradients(y, wanted, as_graph)
    for wanted in ((x,), {x}, np.array([x]), iter([x])):
        assert numbers(gradients(y, wanted, as_graph)) == [4.0]


@BOTH
def test_a_root_that_remembers_nothing_is_constant(as_graph) -> None:
    x = Value(2.0)
    with no_grad():
        y = x * x
    assert gradients(y, [x], as_graph) == [0.0]


@BOTH
def test_no_trace_is_left(as_graph) -> None:
    root = random_graph(3, 30)
    nodes = topological_order(root)
    for i, node in enumerate(nodes):
        node.grad = float(i)
    gradients(root, nodes[:3], as_graph)
    assert [node.grad for node in nodes] == [float(i) for i in range(len(nodes))]


@pytest.mark.parametrize("seed", range(20))
def test_both_kinds_agree_with_backward(seed) -> None:
    root = random_graph(seed, 25)
    nodes = topological_order(root)
    as_numbers, as_graph = (gradients(root, nodes, kind) for kind in (False, True))
    assert [type(slope) for slope in as_numbers] == [float] * len(nodes)
    assert numbers(as_graph) == pytest.approx(as_numbers, rel=1e-13, abs=1e-300)
    root.backward()
    assert as_numbers == pytest.approx([node.grad for node in nodes], rel=1e-14)


def test_a_graph_of_a_gradient_has_gradients_again() -> None:
    x = Value(0.5)
    y, expected = x.sin(), [math.sin, math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x)]
    for order, derivative in enumerate(expected):
        assert y.data == pytest.approx(derivative(0.5), rel=1e-15), f"order {order}"
        (y,) = gradients(y, [x], create_graph=True)


STALE = {
    "a power": (lambda a, b: a**2 * b, "a"),
    "a factor": (lambda a, b: b * a, "a"),
    "an inner factor": (lambda a, b: (a * b).exp() * b, "a"),
    "a quotient": (lambda a, b: b / a, "b' or 'a"),
    "a function": (lambda a, b: a.sin() + b, "a"),
    "several": (lambda a, b: engine.dot([a, b], [b, a]), "a"),
}


@pytest.mark.parametrize(("f", "named"), STALE.values(), ids=STALE)
def test_a_graph_of_old_numbers_and_new_ones_is_refused(f, named) -> None:
    a, b = Value(1.2, label="a"), Value(0.7, label="b")
    y = f(a, b)
    before = gradients(y, [a, b])
    a.data = 3.0
    assert gradients(y, [a, b]) == before
    with pytest.raises(GraphError, match=r"the data of .* changed .*run the forward pass again") as caught:
        gradients(y, [a, b], create_graph=True)
    assert all(f"label='{name}'" in str(caught.value) for name in named.split("' or '"))
    fresh = gradients(f(a, b), [a, b], create_graph=True)
    assert numbers(fresh) == pytest.approx(gradients(f(a, b), [a, b]), rel=1e-14)


def test_a_result_whose_data_was_set_is_named() -> None:
    a = Value(1.2, label="a")
    y = a.exp()
    y.data = 5.0
    with pytest.raises(GraphError, match=r"the data of Value\(data=5\.0"):
        gradients(y, [a], create_graph=True)


def test_data_that_no_derivative_depends_on_may_change() -> None:
    a, b = Value(1.2), Value(0.7)
    y = 3.0 * a + b
    a.data = 5.0
    assert numbers(gradients(y, [a, b], create_graph=True)) == [3.0, 1.0]


def _moving(x):
    y = x**3
    x.data = 5.0
    return y


AGAIN = {
    "hvp": lambda f: engine.hvp(f, (2.0,), (1.0,)),
    "hessian": lambda f: engine.hessian(f)(2.0),
    "grad of grad": lambda f: engine.grad(engine.grad(f))(2.0),
    "jvp of grad": lambda f: engine.jvp(engine.grad(f), (2.0,), (1.0,)),
    "derivatives": lambda f: engine.derivatives(f, 2.0, 2),
}


@pytest.mark.parametrize("transform", AGAIN.values(), ids=AGAIN)
def test_second_derivatives_refuse_data_that_changed_on_the_way(transform) -> None:
    with pytest.raises(GraphError, match="changed since the graph was recorded"):
        transform(_moving)


@pytest.mark.parametrize("name", ["not below", "the root", "a sum", "a number"])
def test_derivatives_as_graphs_are_values_all(name) -> None:
    x, z = Value(2.0), Value(1.0)
    roots = {"not below": (x * x, 0.0), "the root": (z, 1.0), "a sum": (z + x, 1.0), "a number": (3.0, 0.0)}
    root, expected = roots[name]
    (found,) = gradients(root, [z], create_graph=True)
    assert isinstance(found, Value)
    assert found.data == expected
    assert gradients(found * x, [x, z], create_graph=True)[0].data == expected


def test_a_node_by_hand_has_first_derivatives_only() -> None:
    x = Value(2.0)
    y = Value(8.0, (x,), (12.0,)) * 3.0
    assert gradients(y, [x]) == [36.0]
    with pytest.raises(GraphError, match=r"built by hand.* are numbers: they cannot be differentiated again"):
        gradients(y, [x], create_graph=True)


def test_an_error_leaves_no_trace() -> None:
    x = Value(2.0)
    x.grad = 7.0
    blind = Value(4.0, (x,), "square") + x
    with pytest.raises(GraphError, match="without local gradients"):
        gradients(blind, [x])
    assert (x.grad, blind.grad) == (7.0, 0.0)


# -- the rule of zero ---------------------------------------------------------------------------------


def guarded_log(x: Value) -> Value:
    return engine.where(x > 0.0, x.log(), 0.0)


@BOTH
@pytest.mark.parametrize(
    "f",
    [
        guarded_log,
        lambda x: 0.0 * x.sqrt(),
        lambda x: engine.where(x > 0.0, 1.0 / x, 0.0),
    ],
)
def test_a_masked_way_contributes_nothing(f, as_graph) -> None:
    x = Value(0.0)
    assert numbers(gradients(f(x), [x], as_graph)) == [0.0]


@BOTH
@pytest.mark.parametrize("f", [lambda x: (x - x) * x.log().exp().sqrt(), lambda x: x.sqrt() ** 2])
def test_a_computed_adjoint_of_zero_meets_infinity_as_nan(f, as_graph) -> None:
    x = Value(0.0)
    (slope,) = numbers(gradients(f(x), [x], as_graph))
    assert math.isnan(slope)


def test_an_adjoint_of_zero_keeps_its_own_derivative() -> None:
    """d/dx (x - 1)² is zero at 1, and its derivative is not."""
    x = Value(1.0)
    (slope,) = gradients((x - 1.0) * (x - 1.0), [x], create_graph=True)
    assert slope.data == 0.0
    assert gradients(slope, [x]) == [2.0]


def test_second_derivatives_keep_to_the_zero_rule() -> None:
    slope = engine.grad(guarded_log)
    assert engine.value_and_grad(slope)(0.0) == (0.0, 0.0)
    assert engine.value_and_grad(slope)(2.0) == (0.5, -0.25)


@pytest.mark.unmeasured
def test_a_graph_of_a_deep_gradient_needs_no_recursion() -> None:
    x = Value(1.0)
    y = x
    for _ in range(20_000):
        y = y * 1.0
    (slope,) = gradients(y * y, [x], create_graph=True)
    assert slope.data == 2.0
    assert gradients(slope, [x]) == [2.0]


def test_gradients_are_offered_by_engine() -> None:
    assert engine.gradients is gradients


def test_one_node_may_be_wanted_alone() -> None:
    x = Value(2.0)
    assert gradients(x * x, x) == [4.0]


def test_a_gradient_penalty_is_differentiated_in_turn() -> None:
    """What create_graph is for in PyTorch: the size of a gradient in the loss (Gulrajani et al. 2017)."""
    w, x = Value(3.0), Value(2.0)
    y = w * x * x
    (slope,) = gradients(y, [x], create_graph=True)  # 2·w·x = 12
    ((slope - 1.0) ** 2).backward()
    assert (w.grad, x.grad) == (2.0 * 11.0 * 4.0, 2.0 * 11.0 * 6.0)


def test_backward_with_create_graph_says_what_to_use_instead() -> None:
    x = Value(2.0)
    with pytest.raises(GraphError, match=r"engine\.gradients\(root, \[x, \.\.\.\], create_graph=True\)"):
        (x * x).backward(create_graph=True)
    assert x.grad == 0.0
    (x * x).backward(create_graph=False)
    assert x.grad == 4.0


def test_partials_are_worked_out_in_any_number_type() -> None:
    x = Value(3.0)
    assert partials_of(x * x, 9.0, [3.0, 3.0]) == [3.0, 3.0]
    assert partials_of(engine.prod([x, 2.0]), 6.0, [3.0, 2.0]) == [2.0, 3.0]
    with pytest.raises(GraphError, match="built by hand"):
        partials_of(Value(9.0, (x,), (6.0,)), 9.0, [3.0])
