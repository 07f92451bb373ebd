"""Transforms of transforms: each derivative by its own variable, Hessians, and what cannot be nested."""

import numpy as np
import pytest

import engine
from engine import GraphError, Value, grad, jacobian, no_grad, value_and_grad
from tests.engine.transforms.test_grad import differences


def test_inner_gradient_depends_on_a_captured_outer_variable() -> None:
    """d/dx [x · d/dy(x·y)] = d/dx x² = 2x: the inner argument is a number, the outer variable is captured."""
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0


def test_inner_gradient_taken_at_the_outer_variable() -> None:
    """d/dx [x · d/dy(x·y) at y = x] = d/dx x² = 2x: the two variables have one value, and are two."""
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * y * y)(x))(3.0) == 12.0  # d/dx [2·x·x]
    assert grad(lambda x: grad(lambda y: x * x * x)(x))(3.0) == 0.0


def test_inner_value_depends_on_a_captured_outer_variable() -> None:
    def f(x):
        value, slope = value_and_grad(lambda y: y * x)(2.0)  # 2x and x
        return value * slope

    assert grad(f)(3.0) == 12.0


def test_inner_jacobian_depends_on_a_captured_outer_variable() -> None:
    assert grad(lambda x: engine.sum(jacobian(lambda y: [x * x * y, x])(2.0)))(3.0) == 6.0


def test_perturbation_confusion() -> None:
    """Siskind and Pearlmutter's trap: d/dx [x · d/dy(x + y)] = 1, not 2."""
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0


def test_three_levels_keep_their_variables_apart() -> None:
    """d/dx [x² · d/dy [y² · d/dz(x·y·z²) at z = y] at y = x] = d/dx [x² · d/dy(2·x·y⁴)] = d/dx 8x⁶ = 48x⁵."""

    def f(x):
        return x * x * grad(lambda y: y * y * grad(lambda z: x * y * z * z)(y))(x)

    # the innermost is 2·x·y·z at z = y: 2·x·y²; times y²: 2·x·y⁴; by y: 8·x·y³; at y = x: 8x⁴; times x²: 8x⁶
    assert grad(f)(1.5) == pytest.approx(48.0 * 1.5**5, rel=1e-14)


def test_a_captured_parameter_is_no_outer_variable() -> None:
    w = Value(5.0)
    w.grad = 7.0
    found = grad(lambda x: x * w)(2.0)
    assert (found, type(found), w.grad) == (5.0, float, 7.0)


def test_differentiating_under_no_grad_still_differentiates() -> None:
    """As in torch.func: an outer no_grad is not about the function that is differentiated."""
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0
        assert jacobian(lambda x: [x * x, x])(3.0) == [6.0, 1.0]
        assert grad(grad(lambda x: x * x * x))(3.0) == 18.0

    @no_grad()
    def constant(x):
        return x * x

    assert grad(constant)(3.0) == 0.0


@pytest.mark.parametrize(("order", "expected"), [(1, 108.0), (2, 108.0), (3, 72.0), (4, 24.0), (5, 0.0)])
def test_derivatives_of_any_order(order, expected) -> None:
    f = lambda x: x * x * (x * x)  # noqa: E731 - the shape of a residual block: siblings that share
    for _ in range(order):
        f = grad(f)
    assert f(3.0) == expected


def test_a_value_as_argument_gives_values_that_remember() -> None:
    x = Value(3.0)
    value, slope = value_and_grad(lambda x: x**3)(x)
    assert (type(value), value.data, type(slope), slope.data) == (Value, 27.0, Value, 27.0)
    slope.backward()
    assert x.grad == 18.0


def rosenbrock(p):
    x, y, z = p
    return 100.0 * (y - x * x) ** 2 + (1.0 - x) ** 2 + 100.0 * (z - y * y) ** 2 + (1.0 - y) ** 2


def log_loss(p):
    return engine.softplus(p[0] * p[1] - p[2]) + engine.sin(p[0] * p[2]) * engine.exp(p[1])


@pytest.mark.parametrize("f", [rosenbrock, log_loss])
def test_hessian_by_nesting_is_the_difference_of_gradients(f) -> None:
    point = np.array([0.3, -0.7, 1.2])
    expected = differences(lambda p: grad(f)(p.tolist()), point)
    for hessian in (jacobian(grad(f)), jacobian(jacobian(f))):
        found = np.array(hessian(point.tolist()))
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-7)
        np.testing.assert_allclose(found, found.T, rtol=1e-12, atol=1e-12)
    by_arrays = jacobian(grad(f))(point)
    assert (by_arrays.shape, by_arrays.dtype) == ((3, 3), float)
    np.testing.assert_allclose(by_arrays, expected, rtol=1e-8, atol=1e-7)


def test_hessian_vector_product_by_nesting() -> None:
    point, v = [0.3, -0.7, 1.2], [1.0, 2.0, -0.5]
    product = grad(lambda p: engine.dot(grad(rosenbrock)(p), v))(point)
    expected = np.array(jacobian(grad(rosenbrock))(point)) @ v
    np.testing.assert_allclose(product, expected, rtol=1e-13)


def test_a_gradient_step_can_be_differentiated() -> None:
    """Learning to learn: the loss after one step of descent, by the step size."""

    def after_one_step(rate):
        w = Value(2.0)
        slope = grad(lambda w: (w - 5.0) ** 2)(w)  # -6
        return (w - rate * slope - 5.0) ** 2  # (6·rate - 3)²

    assert grad(after_one_step)(0.1) == pytest.approx(12.0 * (0.6 - 3.0), rel=1e-14)


def test_nesting_through_a_node_by_hand_is_an_error() -> None:
    def f(x):
        return Value(x.data**2, (x,), (2.0 * x.data,))

    assert grad(f)(3.0) == 6.0
    with pytest.raises(GraphError, match=r"built by hand.*cannot be differentiated again"):
        grad(grad(f))(3.0)
