"""RAdam against PyTorch's figures, and where its mean of squares is long enough."""

import pytest

from engine import Value
from nn import RAdam
from tests.nn.optim.runs import assert_follows, torch_runs


@torch_runs("RAdam")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(RAdam, settings, run)


def test_first_five_steps_go_by_the_mean_of_gradients_alone() -> None:
    w = Value(0.0)
    optimizer, steps = RAdam([w], lr=0.5), []
    for _ in range(7):
        before, w.grad = w.data, 2.0
        optimizer.step()
        steps.append(before - w.data)
    assert steps[:5] == pytest.approx([1.0] * 5, rel=1e-12)  # m̂ is the gradient
    assert 0.0 < steps[5] < steps[6] < 0.02  # r begins near 0


def test_a_parameter_that_was_frozen_counts_its_own_steps() -> None:
    one, other = Value(0.0), Value(0.0)
    other.requires_grad = False
    optimizer = RAdam([one, other], lr=0.5)
    for step in range(7):
        one.grad = 2.0
        other.requires_grad = step == 6
        other.grad = 2.0
        optimizer.step()
    assert other.data == pytest.approx(-1.0)


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match=r"betas\[1\] must be at least 0 and below 1"):
        RAdam([Value(1.0)], betas=(0.9, 1.0))
