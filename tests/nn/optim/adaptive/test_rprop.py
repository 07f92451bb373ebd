"""Rprop against PyTorch's figures, and its step sizes."""

import pytest

from engine import Value
from nn import Rprop
from tests.nn.optim.runs import assert_follows, torch_runs, train


@torch_runs("Rprop")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(Rprop, settings, run)


def test_tiny_gradients_have_a_sign_too() -> None:
    w = Value(0.0)
    optimizer = Rprop([w], lr=0.1)
    for _ in range(2):
        w.grad = 1e-200
        optimizer.step()
    assert w.data == pytest.approx(-0.1 - 0.12)


def test_it_arrives_at_the_bottom_of_a_bowl() -> None:
    params = [Value(-3.0), Value(8.0)]
    train(Rprop(params, lr=0.1), params, 80)
    assert [p.data for p in params] == pytest.approx([1.0, 2.0], abs=1e-3)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"etas": (1.2, 0.5)}, ValueError, "between 0 and 1 and one above 1"),
        ({"etas": 0.5}, TypeError, "etas must be a pair of numbers"),
        ({"step_sizes": (50.0, 1e-6)}, ValueError, "the smallest step and the largest"),
        ({"step_sizes": (0.0, -1.0)}, ValueError, r"step_sizes\[1\] must be at least 0"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message) -> None:
    with pytest.raises(error, match=message):
        Rprop([Value(1.0)], **settings)
