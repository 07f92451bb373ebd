"""Adadelta against PyTorch's figures and against the paper's algorithm in plain Python."""

import math

import pytest

from engine import Value
from nn import Adadelta
from tests.nn.optim.runs import assert_follows, steps_of, torch_runs


@torch_runs("Adadelta")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(Adadelta, settings, run)


def test_steps_are_those_of_the_paper() -> None:
    rho, eps, decay = 0.8, 1e-3, 0.2
    w, theta, s, d = Value(2.0), 2.0, 0.0, 0.0
    for g, data in steps_of(Adadelta([w], rho=rho, eps=eps, weight_decay=decay), w, 9):
        g += decay * theta
        s = rho * s + (1 - rho) * g**2
        delta = -math.sqrt(d + eps) / math.sqrt(s + eps) * g
        d = rho * d + (1 - rho) * delta**2
        theta += delta
        assert data == pytest.approx(theta, rel=1e-13)


def test_units_of_the_loss_do_not_matter() -> None:
    small, large = Value(1.0), Value(1.0)
    first, second = Adadelta([small], eps=1e-12), Adadelta([large], eps=1e-12)
    for t in range(1, 20):
        small.grad, large.grad = math.sin(t) + 2.0, 1000.0 * (math.sin(t) + 2.0)
        first.step()
        second.step()
    assert small.data < 1.0
    assert small.data == pytest.approx(large.data, rel=1e-9)


def test_defaults_are_those_of_torch_and_the_papers_have_a_name() -> None:
    assert list(Adadelta([Value(1.0)]).param_groups[0].values())[1:] == [1.0, 0.9, 1e-6, 0.0, False]
    paper = Adadelta.as_in_paper([Value(1.0)])
    assert list(paper.param_groups[0].values())[1:] == [1.0, 0.95, 1e-6, 0.0, False]
    assert Adadelta.as_in_paper([Value(1.0)], rho=0.5, lr=2.0).defaults["rho"] == 0.5


@pytest.mark.parametrize(
    ("name", "value", "limit"),
    [
        ("lr", -1.0, "finite"),
        ("rho", 1.0, "below 1"),
        ("eps", -1.0, "finite"),
        ("weight_decay", -1.0, "finite"),
    ],
)
def test_wrong_settings_are_refused(name, value, limit) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 0 and {limit}, got {value}"):
        Adadelta([Value(1.0)], **{name: value})
