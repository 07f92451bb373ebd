"""ASGD against PyTorch's figures, and the average that it keeps."""

import pytest

from engine import Value
from nn import ASGD
from tests.nn.optim.runs import assert_follows, torch_runs


@torch_runs("ASGD")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(ASGD, settings, run)


def test_average_is_of_the_points_from_t0_on() -> None:
    w = Value(1.0)
    optimizer, points = ASGD([w], lr=0.1, lambd=0.0, t0=2.0), []
    for step in range(7):
        w.grad = (-1.0) ** step * step
        optimizer.step()
        points.append(w.data)
    (state,) = optimizer.state_dict()["state"]
    assert state["ax"][0] == pytest.approx(sum(points[3:]) / 4)


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="t0 must be at least 0"):
        ASGD([Value(1.0)], t0=-1.0)
