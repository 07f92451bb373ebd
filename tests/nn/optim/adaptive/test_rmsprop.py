"""RMSprop against PyTorch's figures and against its formulas in plain Python."""

import math

import pytest

from engine import Value
from nn import RMSprop
from tests.nn.optim.runs import assert_follows, steps_of, torch_runs


@torch_runs("RMSprop")
def test_steps_are_those_of_torch(settings, run) -> None:
    assert_follows(RMSprop, settings, run)


@pytest.mark.parametrize("momentum", [0.0, 0.8])
@pytest.mark.parametrize("centered", [False, True])
def test_steps_are_those_of_the_formulas(momentum, centered) -> None:
    lr, alpha, eps, decay = 0.05, 0.7, 1e-3, 0.2
    w, theta, s, m, v = Value(2.0), 2.0, 0.0, 0.0, 0.0
    optimizer = RMSprop([w], lr, alpha, eps, decay, momentum, centered)
    for g, data in steps_of(optimizer, w, 9):
        g += decay * theta
        s = alpha * s + (1 - alpha) * g**2
        m = alpha * m + (1 - alpha) * g
        v = momentum * v + g / (math.sqrt(s - m**2 if centered else s) + eps)
        theta -= lr * v
        assert data == pytest.approx(theta, rel=1e-12)


def test_running_mean_of_the_lecture_is_nine_parts_old_and_one_part_new() -> None:
    w = Value(0.0)
    optimizer = RMSprop.as_in_paper([w])
    for gradient in (1.0, 2.0):
        w.grad = gradient
        optimizer.step()
    (state,) = optimizer.state_dict()["state"]
    assert state["square_avg"][0] == pytest.approx(0.9 * (0.1 * 1.0) + 0.1 * 4.0, rel=1e-14)


def test_on_a_slope_the_steps_approach_the_step_size() -> None:
    w = Value(0.0)
    optimizer = RMSprop.as_in_paper([w], lr=0.5, eps=0.0)
    for _ in range(30):
        w.grad = -7.0
        optimizer.step()
    assert w.data == pytest.approx(sum(0.5 / math.sqrt(1.0 - 0.9**t) for t in range(1, 31)), rel=1e-12)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"lr": -1.0}, ValueError, "lr must be at least 0"),
        ({"alpha": 1.0}, ValueError, r"alpha must be at least 0 and below 1, got 1\.0"),
        ({"eps": -1.0}, ValueError, "eps must be at least 0"),
        ({"weight_decay": -1.0}, ValueError, "weight_decay must be at least 0"),
        ({"momentum": -1.0}, ValueError, "momentum must be at least 0"),
        ({"centered": 1}, TypeError, "centered must be True or False, got 1"),
    ],
)
def test_wrong_settings_are_refused(settings, error, message) -> None:
    with pytest.raises(error, match=message):
        RMSprop([Value(1.0)], **settings)


def test_what_is_remembered_are_the_running_means_of_gradients_and_of_their_squares() -> None:
    w = Value(1.0)
    optimizer = RMSprop([w], lr=0.0, alpha=0.75, centered=True)
    for g in (4.0, -8.0):
        w.grad = g
        optimizer.step()
    (state,) = optimizer.state_dict()["state"]
    assert state["grad_avg"].tolist() == [0.75 * 0.25 * 4.0 - 0.25 * 8.0]
    assert state["square_avg"].tolist() == [0.75 * 0.25 * 16.0 + 0.25 * 64.0]
