"""Forward over reverse: how a gradient changes along a direction."""

import math

import numpy as np
import pytest
from hypothesis import given, settings

import engine
from engine import GraphError, Value, gradients, no_grad
from engine.transforms import forward as mode
from engine.transforms.hessian import Dual, gradient_along
from tests.engine.test_random_programs import EVERYTHING, SMOOTH, agree, programs


def test_dual_numbers_follow_the_table() -> None:
    x = Dual(3.0, 2.0)
    assert [(y.data, y.tangent) for y in (x * x, 1.0 - x, x**2, x**0, -x)] == [
        (9.0, 12.0),
        (-2.0, -2.0),
        (9.0, 12.0),
        (1.0, 0.0),
        (-3.0, -2.0),
    ]
    both = engine.dot([x, 2.0], [x, x])
    assert (both.data, both.tangent) == (15.0, 16.0)


def test_dual_numbers_divide_by_zero_as_ieee_does() -> None:
    y = 1.0 / Dual(0.0, 1.0)
    assert (y.data, y.tangent) == (math.inf, -math.inf)


def nested(root, variables, direction) -> list[float]:
    """The same by differentiating Σ gradient·direction as a graph."""
    slopes = gradients(root, variables, create_graph=True)
    return gradients(engine.dot(slopes, direction), variables)


@settings(max_examples=150)
@given(programs([*SMOOTH, *SMOOTH, *EVERYTHING], 20))
def test_it_is_the_gradient_of_the_gradient_along_the_direction(program) -> None:
    inputs = [Value(x) for x in program.inputs]
    root = program.run(engine, inputs)
    units = np.eye(len(inputs))
    hessian = gradient_along(root, inputs, units)
    for i, unit in enumerate(units.tolist()):
        expected = nested(root, inputs, unit)
        assert agree([row[i] for row in hessian], expected, 1e-9, 1.0)
        assert gradient_along(root, inputs, unit) == [row[i] for row in hessian]


def test_blocks_of_directions_give_the_same(monkeypatch) -> None:
    xs = [Value(0.3 * i) for i in range(6)]
    root = engine.logsumexp([x * x for x in xs])
    whole = gradient_along(root, xs, np.eye(6))
    monkeypatch.setattr(mode, "_NUMBERS_AT_ONCE", 60)
    np.testing.assert_array_equal(gradient_along(root, xs, np.eye(6)), whole)


def test_constants_have_no_curvature() -> None:
    x = Value(2.0)
    with no_grad():
        forgotten = x * x
    for root in (3.0, forgotten, x, Value(1.0)):
        assert gradient_along(root, [x], [1.0]) == [0.0]
        assert [list(row) for row in gradient_along(root, [x], np.eye(1))] == [[0.0]]


def test_the_zero_rule_holds() -> None:
    """The branch that where() leaves out has an infinite slope there, and an infinite second derivative."""
    x = Value(0.0)
    root = engine.where(x > 0.0, engine.log(x), x * x) + 0.0 * engine.sqrt(x)
    assert gradient_along(root, [x], [1.0]) == [2.0]
    assert [row.tolist() for row in gradient_along(root, [x], np.eye(1))] == [[2.0]]


def test_a_node_by_hand_has_no_second_derivative() -> None:
    x = Value(3.0)
    with pytest.raises(GraphError, match="built by hand"):
        gradient_along(Value(9.0, (x,), (6.0,)), [x], [1.0])


def test_no_grad_changes() -> None:
    x, y = Value(2.0), Value(3.0)
    root = x * y
    x.grad, root.grad = 5.0, 6.0
    assert gradient_along(root, [x, y], [1.0, 0.0]) == [0.0, 1.0]
    assert (x.grad, y.grad, root.grad) == (5.0, 0.0, 6.0)


def test_deep_graphs_do_not_recurse() -> None:
    x = y = Value(1.0)
    for _ in range(30_000):
        y = -y
    assert gradient_along(y * y, [x], [3.0]) == [6.0]


def test_a_rule_that_branches_goes_its_own_way_at_every_node() -> None:
    bent = engine.custom_op(
        lambda x: x * x if x > 0.0 else 0.5 * x, lambda x: 2.0 * x if x > 0.0 else 0.5, name="bent"
    )
    for signs in ([1.0, -1.0, 1.0], [-1.0, 1.0, -1.0]):
        xs = [Value(sign) for sign in signs]
        found = gradient_along(engine.sum([bent(x) for x in xs]), xs, np.eye(3))
        assert np.diag(found).tolist() == [2.0 if sign > 0.0 else 0.0 for sign in signs]


def test_dual_numbers_are_ordered_by_their_numbers() -> None:
    x = Dual(1.0, -5.0)
    assert (x < 2.0, x <= Dual(1.0, 3.0), x > 0.5, x >= Value(2.0), bool(x), bool(Dual(0.0, 1.0))) == (
        True,
        True,
        True,
        False,
        True,
        False,
    )
