"""AdaGrad against PyTorch's figures and against its formulas in plain Python."""

import math

import pytest

from engine import Value
from nn import Adagrad
from tests.nn.optim.runs import assert_follows, steps_of, torch_runs


@torch_runs("Adagrad")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(Adagrad, settings, run)


def test_steps_are_those_of_the_paper() -> None:
    eta, delta, decay = 0.3, 1e-3, 0.2
    w, theta, G = Value(2.0), 2.0, 0.0
    for g, data in steps_of(Adagrad([w], eta, eps=delta, weight_decay=decay), w, 9):
        g += decay * theta
        G += g**2
        theta -= eta * g / (delta + math.sqrt(G))
        assert data == pytest.approx(theta, rel=1e-13)


def test_on_a_slope_the_steps_shrink_with_the_root_of_their_number() -> None:
    w = Value(0.0)
    optimizer = Adagrad([w], lr=0.5, eps=0.0)
    for _ in range(50):
        w.grad = -7.0
        optimizer.step()
    assert w.data == pytest.approx(sum(0.5 / math.sqrt(t) for t in range(1, 51)), rel=1e-12)


def test_defaults_are_those_of_torch() -> None:
    settings = Adagrad([Value(1.0)]).param_groups[0]
    assert list(settings.values())[1:] == [0.01, 0.0, 0.0, 0.0, 1e-10, False]


@pytest.mark.parametrize("name", ["lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"])
def test_wrong_settings_are_refused(name) -> None:
    with pytest.raises(ValueError, match=rf"{name} must be at least 0 and finite, got -0\.5"):
        Adagrad([Value(1.0)], **{name: -0.5})
