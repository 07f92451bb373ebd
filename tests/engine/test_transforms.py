"""grad, value_and_grad and jacobian: here the nested ones, each derivative by its own variable."""

import pytest

import engine
from engine import Value, grad, jacobian, no_grad, value_and_grad


def test_inner_gradient_depends_on_a_captured_outer_variable() -> None:
    """d/dx [x · d/dy(x·y)] = d/dx x² = 2x: the inner argument is a number, the outer variable is captured."""
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0


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
