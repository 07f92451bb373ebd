"""Gradient descent against PyTorch's figures and against its formulas in plain Python."""

import math

import pytest

from engine import Value
from nn import SGD
from tests.nn.optim.runs import assert_follows, torch_runs


@torch_runs("SGD")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(SGD, settings, run)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("nesterov", [False, True])
def test_steps_are_those_of_the_formulas(momentum, decay, nesterov) -> None:
    if nesterov and not momentum:
        return
    w, theta, v = Value(2.0), 2.0, 0.0
    optimizer = SGD([w], 0.1, momentum, weight_decay=decay, nesterov=nesterov)
    for step in range(6):
        gradient = w.grad = 3.0 * theta + step
        gradient += decay * theta
        v = momentum * v + gradient
        theta -= 0.1 * (gradient + momentum * v if nesterov else v)
        optimizer.step()
        assert w.data == pytest.approx(theta, rel=1e-14)


def test_full_rule_of_the_lectures() -> None:
    """Δw = −η ∂E/∂w + α Δw(previous) − λη w."""
    eta, alpha, decay = 0.05, 0.8, 0.3
    w, expected, delta = Value(2.0), 2.0, 0.0
    optimizer = SGD([w], lr=eta, momentum=alpha, weight_decay=decay)
    for step in range(20):
        derivative = w.grad = math.cos(expected) + 0.1 * step
        delta = -eta * derivative + alpha * delta - decay * eta * expected
        expected += delta
        optimizer.step()
        assert w.data == pytest.approx(expected, rel=1e-13)


def test_in_a_parabola_the_error_shrinks_geometrically() -> None:
    w = Value(3.0)
    optimizer = SGD([w], lr=0.1)
    for n in range(1, 30):
        optimizer.zero_grad()
        (2.0 * (w - 1.0) ** 2).backward()
        optimizer.step()
        assert w.data - 1.0 == pytest.approx(2.0 * (1.0 - 0.1 * 4.0) ** n, rel=1e-9)


def test_in_a_parabola_momentum_follows_the_roots_of_its_characteristic_equation() -> None:
    """w(n) = A·r1^n + B·r2^n with r² - (1 + μ - lr·k)·r + μ = 0, for the derivative k·w."""
    lr, mu, k = 0.02, 0.5, 1.0
    middle, product = (1.0 + mu - lr * k) / 2.0, mu
    r1, r2 = (middle + sign * math.sqrt(middle**2 - product) for sign in (1.0, -1.0))
    first = 1.0 - lr * k
    a = (first - r2) / (r1 - r2)
    w = Value(1.0)
    optimizer = SGD([w], lr=lr, momentum=mu)
    for n in range(1, 40):
        w.grad = k * w.data
        optimizer.step()
        assert w.data == pytest.approx(a * r1**n + (1.0 - a) * r2**n, rel=1e-11)


@pytest.mark.parametrize("dampening", [0.0, 0.75])
def test_first_step_is_plain_descent(dampening) -> None:
    w = Value(1.0)
    w.grad = 2.0
    SGD([w], lr=0.25, momentum=0.9, dampening=dampening).step()
    assert w.data == 0.5


def test_first_step_of_a_parameter_unfrozen_later_is_plain_descent() -> None:
    early, late = Value(0.0), Value(1.0)
    optimizer = SGD([early, late], lr=0.25, momentum=0.9, dampening=0.5)
    late.requires_grad = False
    early.grad = 1.0
    optimizer.step()
    late.requires_grad = True
    late.grad = 2.0
    optimizer.step()
    assert late.data == 0.5


def test_positions_of_the_arguments_are_those_of_torch() -> None:
    group = SGD([Value(1.0)], 0.1, 0.9, 0.0, 0.3, True).param_groups[0]
    assert list(group)[1:] == ["lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize"]
    assert list(group.values())[1:] == [0.1, 0.9, 0.0, 0.3, True, False]


def test_default_step_size_is_that_of_torch() -> None:
    assert SGD([Value(1.0)]).lr == 1e-3


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"lr": -1.0}, ValueError, r"lr must be at least 0 and finite, got -1\.0"),
        ({"lr": "fast"}, TypeError, "lr must be a number, got 'fast'"),
        ({"momentum": -0.5}, ValueError, "momentum must be at least 0"),
        ({"dampening": -0.5}, ValueError, "dampening must be at least 0"),
        ({"weight_decay": -0.5}, ValueError, "weight_decay must be at least 0"),
        ({"nesterov": 1, "momentum": 0.9}, TypeError, "nesterov must be True or False, got 1 of type int"),
        ({"nesterov": True}, ValueError, r"nesterov=True needs momentum, .* and no dampening"),
        ({"nesterov": True, "momentum": 0.9, "dampening": 0.1}, ValueError, "and no dampening"),
        ({"alpha": 1.0}, TypeError, "alpha"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message) -> None:
    with pytest.raises(error, match=message):
        SGD([Value(1.0)], **settings)
