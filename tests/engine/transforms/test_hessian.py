"""Second derivatives: along a direction, and all of them."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings

import engine
from engine import GraphError, Value, gradients, hessian, hvp, no_grad
from engine.transforms import forward as mode
from engine.transforms.hessian import Dual, gradient_along
from tests.engine.test_random_programs import EVERYTHING, SMOOTH, agree, programs
from tests.engine.transforms.test_grad import Point
from tests.sampling import samples


def rosenbrock(p):
    return engine.sum([100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2 for a, b in pairwise(p)])


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


@pytest.mark.unmeasured
@settings(max_examples=samples(50, 750))
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


def test_hessian_has_the_structure_of_the_argument_twice() -> None:
    def f(p):
        return p["x"] ** 2 * p["y"][0] + p["y"][0] ** 3

    assert hessian(f)({"x": 2.0, "y": (3.0,)}) == {
        "x": {"x": 6.0, "y": (4.0,)},
        "y": ({"x": 4.0, "y": (18.0,)},),
    }
    assert hessian(lambda x: x**3)(2.0) == 12.0
    assert hessian(lambda p: p.x * p.y)(Point(2.0, 3.0)) == Point(Point(0.0, 1.0), Point(1.0, 0.0))
    assert hessian(lambda x: 1.0)([2.0, 3.0]) == [[0.0, 0.0], [0.0, 0.0]]
    with pytest.raises(TypeError, match=r"one number, got list; of several, jacfwd\(jacrev\(f\)\)"):
        hessian(lambda x: [x, x])(2.0)


@pytest.mark.parametrize("shape", [(3,), (2, 2), (0,)])
def test_hessian_of_an_array_is_an_array(shape) -> None:
    x = np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape)
    found = hessian(lambda x: (x**3).sum() if x.size else 0.0)(x)
    assert (found.shape, found.dtype) == (shape + shape, float)
    np.testing.assert_allclose(found.reshape(x.size, x.size), np.diag(6.0 * x.ravel()), rtol=1e-14)


def test_hessian_by_several_arguments() -> None:
    found = hessian(lambda x, y, z: x * x * y * z, argnums=(0, 1))(2.0, 3.0, z=5.0)
    assert found == ((30.0, 20.0), (20.0, 0.0))
    assert hessian(lambda x: x**3, argnums=(0, 0))(2.0) == ((12.0, 12.0), (12.0, 12.0))


def test_hessian_vector_product_has_the_structure_of_the_argument() -> None:
    assert hvp(lambda x: x**3, (2.0,), (10.0,)) == 120.0
    assert hvp(lambda p: p["a"] * p["b"][0], ({"a": 2.0, "b": [3.0]},), ({"a": 1.0, "b": [5.0]},)) == {
        "a": 5.0,
        "b": [1.0],
    }
    assert hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 0.0)) == (6.0, 4.0)
    product = hvp(rosenbrock, (np.array([0.3, -0.7, 1.2]),), (np.array([1.0, 2.0, -0.5]),))
    assert (product.shape, product.dtype) == ((3,), float)
    expected = hessian(rosenbrock)(np.array([0.3, -0.7, 1.2])) @ [1.0, 2.0, -0.5]
    np.testing.assert_allclose(product, expected, rtol=1e-13)
