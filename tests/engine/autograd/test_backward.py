"""The reverse sweep: what reaches each node, however often it is used and however often the sweep runs."""

import math
import random

import numpy as np
import pytest

import engine
from engine import GraphError, Value, leaves, no_grad, topological_order
from tests.engine.graph.test_walks import random_graph
from tests.engine.nodes import compiled_module, reference


def by_hand(root: Value) -> dict[Value, float]:
    """The sweep by its definition: d(root)/d(node) sums over all uses of the node, by recursion."""
    uses: dict[Value, list[tuple[Value, float]]] = {node: [] for node in topological_order(root)}
    for node in uses:
        for child, slope in zip(node._children, node._local_grads, strict=True):
            uses[child].append((node, slope))
    found: dict[Value, float] = {root: 1.0}

    def adjoint(node: Value) -> float:
        if node not in found:
            found[node] = math.fsum(adjoint(user) * slope for user, slope in uses[node])
        return found[node]

    return {node: adjoint(node) for node in uses}


# -- every use counts ---------------------------------------------------------------------------------


def test_an_operand_used_by_its_sibling_gets_both_contributions() -> None:
    """h.tanh() + h, as in a residual block: whichever operand is written first."""
    for block in (lambda h: h.tanh() + h, lambda h: h + h.tanh()):
        x = Value(0.5)
        block(x * 2.0).backward()
        assert x.grad == pytest.approx(2.0 * (1.0 - math.tanh(1.0) ** 2) + 2.0, rel=1e-15)


def test_a_product_of_a_node_and_its_multiple() -> None:
    x = Value(1.0)
    b = x * 2.0
    a = b * 3.0
    (a * b).backward()  # 12 x²
    assert x.grad == 24.0


def test_a_stack_of_residual_blocks() -> None:
    x = Value(0.3)
    h = x * 1.0
    for _ in range(20):
        h = (h * 0.1).tanh() * 0.5 + h
    h.backward()

    def f(x: float) -> float:
        for _ in range(20):
            x = np.tanh(x * 0.1) * 0.5 + x
        return x

    assert x.grad == pytest.approx((f(0.3 + 1e-6) - f(0.3 - 1e-6)) / 2e-6, rel=1e-8)


def test_a_sequence_with_a_node_and_what_was_made_of_it() -> None:
    x = Value(2.0)
    b = x * 3.0
    engine.sum([b * b, b.exp() * 0.0, b, b]).backward()
    assert x.grad == 2.0 * 6.0 * 3.0 + 3.0 + 3.0


@pytest.mark.parametrize("seed", range(50))
def test_random_graphs_agree_with_the_definition(seed) -> None:
    root = random_graph(seed, 30)
    root.backward()
    for node, expected in by_hand(root).items():
        assert node.grad == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_x_times_x_and_x_plus_x() -> None:
    x = Value(3.0)
    (x * x).backward()
    assert x.grad == 6.0
    x = Value(3.0)
    (x + x).backward()
    assert x.grad == 2.0
    x = Value(3.0)
    engine.dot([x, x], [x, x]).backward()
    assert x.grad == 12.0


# -- calls accumulate on leaves only ------------------------------------------------------------------


def test_leaves_accumulate_and_interior_nodes_do_not() -> None:
    x = Value(2.0)
    y = x * x
    z = y * 3.0
    for calls in (1, 2, 3):
        z.backward()
        assert (x.grad, y.grad, z.grad) == (12.0 * calls, 3.0, 1.0)


def test_two_roots_that_share_a_trunk() -> None:
    x = Value(2.0)
    trunk = x * x
    left, right = trunk * 3.0, trunk * trunk
    left.backward()
    assert (x.grad, trunk.grad, left.grad, right.grad) == (12.0, 3.0, 1.0, 0.0)
    right.backward()
    assert (x.grad, trunk.grad, left.grad, right.grad) == (12.0 + 32.0, 8.0, 1.0, 1.0)


def test_a_leaf_as_root_accumulates_too() -> None:
    x = Value(2.0)
    x.backward()
    x.backward(2.5)
    assert x.grad == 3.5


def test_gradient_to_start_from() -> None:
    x = Value(3.0)
    y = x * x
    y.backward(gradient=0.5)
    assert (x.grad, y.grad) == (3.0, 0.5)
    y.backward(np.float64(2.0))
    assert (x.grad, y.grad) == (15.0, 2.0)
    y.backward(0.0)
    assert (x.grad, y.grad) == (15.0, 0.0)


@pytest.mark.parametrize("gradient", ["1", 1j, [1.0], np.ones(2)], ids=repr)
def test_gradient_must_be_a_number(gradient) -> None:
    x = Value(3.0)
    with pytest.raises(TypeError, match="gradient must be"):
        (x * x).backward(gradient)
    assert x.grad == 0.0


def test_local_gradients_are_those_of_the_moment() -> None:
    x = Value(3.0)
    y = x * x
    x.data = 100.0
    y.backward()
    assert (x.grad, y.data) == (6.0, 9.0)


# -- the rule of zero -----------------------------------------------------------------------------------


def test_an_adjoint_of_zero_does_not_meet_an_infinite_slope() -> None:
    x = Value(0.0)
    engine.where(x > 0.0, x.log(), 0.0).backward()
    assert x.grad == 0.0
    y = Value(0.0)
    (0.0 * y.sqrt() + y * 3.0).backward()
    assert y.grad == 3.0


def test_a_nan_slope_meets_an_adjoint_that_is_not_zero_as_nan() -> None:
    x = Value(-1.0)
    (x.log() * 1e-300).backward()
    assert math.isnan(x.grad)


# -- what takes no gradient, and what cannot pass one on ----------------------------------------------


def test_a_leaf_that_takes_no_gradient_gets_none() -> None:
    x, w = Value(2.0), Value(3.0)
    x.requires_grad = False
    y = x * w
    y.backward()
    assert (x.grad, w.grad) == (0.0, 2.0)
    x.requires_grad = True
    y.backward()
    assert x.grad == 3.0


def test_a_leaf_that_takes_no_gradient_gets_none_node_by_node() -> None:
    x = Value(2.0)
    x.requires_grad = False
    y = x * 3.0
    y.grad = 1.0
    y._backward()
    assert x.grad == 0.0


def test_backward_on_what_remembers_nothing_is_an_error() -> None:
    x = Value(2.0)
    with no_grad():
        paused = x * x
    frozen = Value(1.0)
    frozen.requires_grad = False
    for root in (paused, (x * x).detach(), frozen):
        with pytest.raises(GraphError, match=r"takes no gradient.*no_grad\(\).*detach\(\)"):
            root.backward()


KINDS = {"reference": reference.Value, "compiled": compiled_module().Value}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_backward_over_leaves_that_all_take_no_gradient_is_an_error(kind) -> None:
    x, w = kind(2.0, requires_grad=False), kind(3.0)
    w.requires_grad = False
    for root in (x * w, (x * w + 1.0).tanh(), x.exp() * x):
        with pytest.raises(GraphError, match=r"takes no gradient: every leaf .* has requires_grad = False"):
            root.backward()
        assert root.grad == 0.0
    y = x * w
    w.requires_grad = True
    y.backward()
    assert (x.grad, w.grad) == (0.0, 2.0)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_requires_grad_may_be_said_at_once_of_leaves_alone(kind) -> None:
    x = kind(2.0, label="x", requires_grad=False)
    assert (x.requires_grad, x.label, kind(2.0, requires_grad=True).requires_grad) == (False, "x", True)
    with pytest.raises(GraphError, match="leaves only"):
        kind(4.0, (x,), (4.0,), requires_grad=False)


def test_backward_through_a_node_without_local_gradients_is_an_error() -> None:
    x = Value(2.0)
    blind = Value(4.0, (x,), "square")
    with pytest.raises(GraphError, match=r"'square'.*without local gradients.*Value\(data, \(a, b\)"):
        (blind * x).backward()
    assert x.grad == 0.0  # found before anything was touched


def test_node_by_node_is_the_sweep() -> None:
    """The manual backpropagation of the micrograd lecture."""
    a, b = Value(2.0), Value(-3.0)
    c = a * b
    d = c + 10.0
    e = d.tanh()
    e.grad = 1.0
    for node in (e, d, c, a, b):
        node._backward()
    found = (a.grad, b.grad, c.grad)
    for leaf in leaves(e):
        leaf.grad = 0.0
    e.backward()
    assert found == (a.grad, b.grad, c.grad)


# -- whether a gradient is wanted ---------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("wanted", [0, 1])
def test_a_result_leads_to_a_gradient_where_a_leaf_below_takes_one(seed, wanted) -> None:
    rng = random.Random(seed)
    nodes = [Value(rng.uniform(0.5, 2.0)) for _ in range(6)]
    chosen = rng.sample(nodes, wanted)
    for leaf in nodes:
        leaf.requires_grad = leaf in chosen
    for _ in range(30):
        a, b = rng.choice(nodes), rng.choice(nodes)
        nodes.append(rng.choice([a + b, a * b, a.tanh(), engine.sum([a, b, 2.0]), a * 2.0]))
    for node in nodes:
        expected = any(leaf in chosen for leaf in topological_order(node) if not leaf._children)
        assert node.requires_grad is expected


@pytest.mark.unmeasured
def test_asking_a_deep_graph_needs_no_recursion() -> None:
    x = y = Value(1.0)
    x.requires_grad = False
    for _ in range(50_000):
        y = y * 0.5 + 1.0
    assert not y.requires_grad
    x.requires_grad = True
    assert y.requires_grad
