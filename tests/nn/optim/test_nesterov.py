"""Nesterov's method against the paper's formula, and against PyTorch's form of it."""

import math

import pytest

from engine import Value
from engine.autograd.grad_mode import is_grad_enabled, no_grad
from nn import SGD, Nesterov
from tests.nn.optim.runs import bowl


def derivative(w: float) -> float:
    """Of the loss sin(w) + w²."""
    return math.cos(w) + 2.0 * w


def closure_for(optimizer, w: Value, seen: list[float]):
    def closure() -> Value:
        optimizer.zero_grad()
        seen.append(w.data)
        loss = w.sin() + w**2
        loss.backward()
        return loss

    return closure


@pytest.mark.parametrize("decay", [0.0, 0.2])
def test_steps_are_those_of_the_paper(decay) -> None:
    lr, momentum = 0.05, 0.9
    w, omega, v, seen = Value(2.0), 2.0, 0.0, []
    optimizer = Nesterov([w], lr, momentum, decay)
    closure = closure_for(optimizer, w, seen)
    for _ in range(15):
        ahead = omega + momentum * v
        v = momentum * v - lr * (derivative(ahead) + decay * ahead)
        omega += v
        optimizer.step(closure)
        assert seen[-1] == pytest.approx(ahead, rel=1e-13)
        assert w.data == pytest.approx(omega, rel=1e-13)


def test_torchs_form_is_the_same_method_seen_from_ahead() -> None:
    lr, momentum = 0.05, 0.9
    w, u, seen = Value(2.0), Value(2.0), []
    here, ahead = Nesterov([w], lr, momentum), SGD([u], lr, momentum, nesterov=True)
    for _ in range(15):
        here.step(closure_for(here, w, seen))
        u.grad = derivative(u.data)
        ahead.step()
        v = here.state_dict()["state"][0]["velocity"][0]
        assert u.data == pytest.approx(w.data + momentum * v, rel=1e-12)


def test_result_is_the_loss_ahead() -> None:
    w, seen = Value(1.0), []
    optimizer = Nesterov([w], lr=0.1)
    closure = closure_for(optimizer, w, seen)
    for _ in range(3):
        loss = optimizer.step(closure)
        assert loss.data == pytest.approx(math.sin(seen[-1]) + seen[-1] ** 2)


def test_parameters_are_put_back_where_the_closure_raises() -> None:
    params = [Value(1.0), Value(2.0)]
    optimizer = Nesterov([{"params": params[:1]}, {"params": params[1:], "momentum": 0.5}], lr=0.1)
    params[0].grad = params[1].grad = 1.0
    optimizer.step(lambda: None)
    before = [p.data for p in params], optimizer.state_dict()
    seen = []

    def interrupted() -> None:
        seen.extend(p.data for p in params)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(interrupted)
    assert seen == pytest.approx([0.9 - 0.09, 1.9 - 0.05])
    assert ([p.data for p in params], optimizer.state_dict()) == before


def test_frozen_parameter_is_not_moved_ahead_either() -> None:
    w = Value(1.0)
    optimizer = Nesterov([w], lr=0.1)
    w.grad = 1.0
    optimizer.step(lambda: None)
    w.requires_grad = False
    here, seen = w.data, []
    optimizer.step(lambda: seen.append(w.data))
    assert seen == [here] == [w.data]


def test_closure_builds_a_graph_within_no_grad_too() -> None:
    params, enabled = [Value(0.0), Value(0.0)], []
    optimizer = Nesterov(params, lr=0.1)

    def closure() -> Value:
        enabled.append(is_grad_enabled())
        loss = bowl(params)
        loss.backward()
        return loss

    with no_grad():
        optimizer.step(closure)
    assert enabled == [True]
    assert params[0].data == pytest.approx(0.2)


def test_without_a_closure_the_message_says_what_to_do() -> None:
    with pytest.raises(TypeError, match=r"needs a closure .*SGD\(params, lr, momentum, nesterov=True\)"):
        Nesterov([Value(1.0)], lr=0.1).step()


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"lr": -1.0}, ValueError, "lr must be at least 0"),
        ({"momentum": -1.0}, ValueError, "momentum must be at least 0"),
        ({"weight_decay": None}, TypeError, "weight_decay must be a number"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message) -> None:
    with pytest.raises(error, match=message):
        Nesterov([Value(1.0)], **settings)
