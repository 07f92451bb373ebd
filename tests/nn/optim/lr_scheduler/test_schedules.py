"""The schedules' formulas against closed forms and against PyTorch's figures."""

import math

import pytest

from engine import Value
from nn import (
    SGD,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    StepLR,
)
from nn.optim import lr_scheduler
from tests.nn.figures import from_torch, read


def two_groups() -> SGD:
    return SGD([{"params": Value(0.0)}, {"params": Value(0.0), "lr": 0.4}], lr=0.1)


@pytest.mark.parametrize("name", from_torch.SCHEDULES)
def test_step_sizes_are_those_of_torch(name) -> None:
    run = from_torch.step_sizes(lr_scheduler, two_groups(), name)
    for ours, expected in zip(run, read("torch")["schedules"][name], strict=True):
        assert ours == pytest.approx(expected, rel=1e-12, abs=1e-17)


CASES = {
    "StepLR": (lambda o: StepLR(o, 3, 0.5), lambda lr, t: lr * 0.5 ** math.floor(t / 3)),
    "StepLR, default": (lambda o: StepLR(o, 2), lambda lr, t: lr * 0.1 ** (t // 2)),
    "MultiStepLR": (
        lambda o: MultiStepLR(o, [2, 5], 0.5),
        lambda lr, t: lr * (1.0 if t < 2 else 0.5 if t < 5 else 0.25),
    ),
    "ExponentialLR": (lambda o: ExponentialLR(o, 0.8), lambda lr, t: lr * math.exp(t * math.log(0.8))),
    "CosineAnnealingLR": (
        lambda o: CosineAnnealingLR(o, 10, 0.01),
        lambda lr, t: 0.01 + (lr - 0.01) * math.cos(math.pi * t / 20) ** 2,
    ),
    "LinearLR": (
        lambda o: LinearLR(o, 0.2, 0.9, 7),
        lambda lr, t: lr * (0.9 if t > 7 else ((7 - t) * 0.2 + t * 0.9) / 7),
    ),
    "LinearLR from 0": (lambda o: LinearLR(o, 0.0, total_iters=4), lambda lr, t: lr * min(t / 4, 1.0)),
    "LambdaLR": (lambda o: LambdaLR(o, lambda t: 1.0 / (1 + t)), lambda lr, t: lr / (1 + t)),
}


@pytest.mark.parametrize(("make", "formula"), CASES.values(), ids=CASES)
def test_every_group_follows_the_formula(make, formula) -> None:
    optimizer = two_groups()
    schedule = make(optimizer)
    for epoch in range(15):
        expected = [formula(0.1, epoch), formula(0.4, epoch)]
        assert [group["lr"] for group in optimizer.param_groups] == pytest.approx(expected, rel=1e-12)
        assert schedule.get_last_lr() == [group["lr"] for group in optimizer.param_groups]
        assert schedule.last_epoch == epoch
        schedule.step()


def test_cosine_ends_at_its_lowest() -> None:
    optimizer = SGD([Value(0.0)], lr=0.1)
    schedule = CosineAnnealingLR(optimizer, T_max=6, eta_min=0.02)
    for _ in range(6):
        schedule.step()
    assert optimizer.lr == 0.02


def test_warm_up_ends_at_the_step_size_itself() -> None:
    optimizer = SGD([Value(0.0)], lr=0.1)
    schedule = LinearLR(optimizer, start_factor=0.3, total_iters=3)
    for _ in range(3):
        schedule.step()
    assert optimizer.lr == 0.1


def test_defaults_are_those_of_torch() -> None:
    optimizer = SGD([Value(0.0)], lr=0.1)
    assert StepLR(optimizer, 1).gamma == MultiStepLR(optimizer, [1]).gamma == 0.1
    assert CosineAnnealingLR(optimizer, 1).eta_min == 0.0
    assert (
        vars(LinearLR(optimizer)).items()
        >= {
            "start_factor": 1.0 / 3.0,
            "end_factor": 1.0,
            "total_iters": 5,
        }.items()
    )


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda o: StepLR(o, 0), ValueError, "step_size must be at least 1, got 0"),
        (lambda o: StepLR(o, 2.5), TypeError, "step_size must be an integer"),
        (lambda o: StepLR(o, 2, -0.1), ValueError, r"gamma must be at least 0 and finite, got -0\.1"),
        (lambda o: MultiStepLR(o, 3), TypeError, "milestones must be a list of epochs"),
        (lambda o: MultiStepLR(o, [3, 1]), ValueError, "milestones must be in order"),
        (lambda o: ExponentialLR(o, "0.9"), TypeError, "gamma must be a number"),
        (lambda o: CosineAnnealingLR(o, 0), ValueError, "T_max must be at least 1"),
        (lambda o: CosineAnnealingLR(o, 5, -1.0), ValueError, "eta_min must be at least 0"),
        (lambda o: LinearLR(o, 1.5), ValueError, r"start_factor must be from 0 to 1, got 1\.5"),
        (lambda o: LinearLR(o, end_factor=-0.5), ValueError, "end_factor must be from 0 to 1"),
        (lambda o: LinearLR(o, total_iters=0), ValueError, "total_iters must be at least 1"),
        (lambda o: LambdaLR(o, 0.5), TypeError, r"lr_lambda must be a function of the epoch, got 0\.5"),
    ],
)
def test_wrong_settings_are_refused_and_change_nothing(make, error, message) -> None:
    optimizer = SGD([Value(0.0)], lr=0.1)
    before = optimizer.state_dict()
    with pytest.raises(error, match=message):
        make(optimizer)
    assert optimizer.state_dict()["param_groups"] == before["param_groups"]
