"""What all schedules share."""

import copy
import json

import pytest

import nn
from engine import Value
from nn import (
    SGD,
    Adam,
    ChainedScheduler,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiStepLR,
    SequentialLR,
    StepLR,
)
from tests.nn.optim.runs import bowl

KINDS = {
    "StepLR": lambda o: StepLR(o, 2, 0.5),
    "MultiStepLR": lambda o: MultiStepLR(o, [1, 4], 0.3),
    "ExponentialLR": lambda o: ExponentialLR(o, 0.9),
    "CosineAnnealingLR": lambda o: CosineAnnealingLR(o, 5, 0.01),
    "LinearLR": lambda o: LinearLR(o, 0.1, total_iters=4),
    "LambdaLR": lambda o: LambdaLR(o, lambda epoch: 1.0 / (1 + epoch)),
    "SequentialLR": lambda o: SequentialLR(o, [LinearLR(o), ExponentialLR(o, 0.7)], [3]),
    "ChainedScheduler": lambda o: ChainedScheduler([LinearLR(o), StepLR(o, 3)]),
    "nested": lambda o: ChainedScheduler([SequentialLR(o, [LinearLR(o), StepLR(o, 1)], [2]), StepLR(o, 3)]),
    "ConstantLR": lambda o: nn.ConstantLR(o, 0.5, 3),
    "PolynomialLR": lambda o: nn.PolynomialLR(o, 6, 2.0),
    "CosineAnnealingWarmRestarts": lambda o: nn.CosineAnnealingWarmRestarts(o, 2, 2, 0.01),
    "MultiplicativeLR": lambda o: nn.MultiplicativeLR(o, lambda epoch: 0.5 + 0.5 / epoch),
    "OneCycleLR": lambda o: nn.OneCycleLR(o, 0.5, total_steps=20),
    "CyclicLR": lambda o: nn.CyclicLR(o, 0.1, 0.5, 2, mode="triangular2"),
    "ReduceLROnPlateau": lambda o: nn.ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=2),
}
every_kind = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


def two_groups(lr: float = 0.1) -> SGD:
    return SGD([{"params": Value(0.0)}, {"params": Value(0.0), "lr": 4 * lr}], lr=lr)


def run(schedule: LRScheduler, epochs: int) -> list[list[float]]:
    """The step sizes of the next epochs."""
    step_sizes = []
    for _ in range(epochs):
        schedule.step(*([1.0] if isinstance(schedule, nn.ReduceLROnPlateau) else []))
        step_sizes.append([group["lr"] for group in schedule.optimizer.param_groups])
    return step_sizes


@every_kind
def test_schedule_goes_on_bit_for_bit_from_saved_state(make) -> None:
    schedule = make(two_groups())
    run(schedule, 4)
    state = json.loads(json.dumps(schedule.state_dict()))
    other = make(two_groups(0.7))
    other.load_state_dict(state)
    assert other.get_last_lr() == schedule.get_last_lr()
    assert [group["lr"] for group in other.optimizer.param_groups] == schedule.get_last_lr()
    assert run(other, 8) == run(schedule, 8)


OTHER_SETTINGS = {
    "StepLR": lambda o: StepLR(o, 3, 0.1),
    "MultiStepLR": lambda o: MultiStepLR(o, [2], 0.9),
    "ExponentialLR": lambda o: ExponentialLR(o, 0.2),
    "CosineAnnealingLR": lambda o: CosineAnnealingLR(o, 9, 0.0),
    "LinearLR": lambda o: LinearLR(o, 0.5, 0.7, total_iters=2),
    "SequentialLR": lambda o: SequentialLR(o, [LinearLR(o, 0.9), ExponentialLR(o, 0.2)], [1]),
    "ChainedScheduler": lambda o: ChainedScheduler([LinearLR(o, 0.9), StepLR(o, 1)]),
    "nested": lambda o: ChainedScheduler([SequentialLR(o, [LinearLR(o), StepLR(o, 4)], [3]), StepLR(o, 2)]),
}


@pytest.mark.parametrize("name", OTHER_SETTINGS)
def test_settings_come_with_the_state(name) -> None:
    first, second = KINDS[name](two_groups()), OTHER_SETTINGS[name](two_groups())
    state = first.state_dict()
    expected = run(first, 8)
    assert run(second, 8) != expected
    second.load_state_dict(state)
    assert run(second, 8) == expected


@every_kind
def test_training_goes_on_bit_for_bit_with_its_schedule(make) -> None:
    def epochs(optimizer, schedule, params, count) -> list[list[float]]:
        where = []
        for _ in range(count):
            optimizer.zero_grad()
            bowl(params).backward()
            optimizer.step()
            run(schedule, 1)
            where.append([p.data for p in params])
        return where

    params = [Value(0.0), Value(0.5)]
    optimizer = Adam(params, lr=0.1)
    schedule = make(optimizer)
    epochs(optimizer, schedule, params, 3)
    saved = copy.deepcopy((optimizer.state_dict(), schedule.state_dict(), [p.data for p in params]))
    expected = epochs(optimizer, schedule, params, 6)

    others = [Value(number) for number in saved[2]]
    other = Adam(others, lr=0.1)
    its_schedule = make(other)
    other.load_state_dict(saved[0])
    its_schedule.load_state_dict(saved[1])
    assert epochs(other, its_schedule, others, 6) == expected


@every_kind
def test_state_is_a_copy(make) -> None:
    schedule = make(two_groups())
    state = schedule.state_dict()
    before = copy.deepcopy(state)
    run(schedule, 3)
    schedule.get_last_lr()[0] = 99.0
    assert state == before
    schedule.load_state_dict(state)
    run(schedule, 3)
    assert state == before


def test_step_size_changed_by_hand_is_gone_on_from() -> None:
    optimizer = two_groups()
    schedule = ExponentialLR(optimizer, 0.5)
    schedule.step()
    optimizer.param_groups[1]["lr"] = 0.8
    schedule.step()
    assert optimizer.lr == 0.1 * 0.25
    assert optimizer.param_groups[1]["lr"] == pytest.approx(0.4, rel=1e-14)


def test_step_size_set_to_zero_and_back_is_gone_on_from() -> None:
    optimizer = SGD([Value(0.0)], lr=0.1)
    schedule = ExponentialLR(optimizer, 0.5)
    optimizer.lr = 0.0
    schedule.step()
    assert optimizer.lr == 0.0
    optimizer.lr = 0.3
    schedule.step()
    assert optimizer.lr == pytest.approx(0.15, rel=1e-14)


def test_where_the_formula_gives_zero_a_change_by_hand_is_overwritten() -> None:
    optimizer = SGD([Value(0.0)], lr=0.1)
    schedule = LinearLR(optimizer, start_factor=0.0, total_iters=4)
    optimizer.lr = 5.0
    schedule.step()
    assert optimizer.lr == pytest.approx(0.025, rel=1e-14)


def test_schedule_behind_a_finished_one_starts_where_that_ended() -> None:
    optimizer = SGD([Value(0.0)], lr=0.1)
    warm_up = LinearLR(optimizer, start_factor=0.5, end_factor=0.75, total_iters=1)
    warm_up.step()
    schedule = ExponentialLR(optimizer, 0.5)
    schedule.step()
    assert optimizer.lr == pytest.approx(0.0375, rel=1e-14)


def test_group_added_later_follows_from_its_own_step_size() -> None:
    optimizer = SGD([Value(0.0)], lr=0.1)
    schedule = ExponentialLR(optimizer, 0.5)
    schedule.step()
    optimizer.add_param_group({"params": Value(0.0), "lr": 0.8})
    schedule.step()
    assert schedule.get_last_lr() == [0.025, 0.2]
    assert optimizer.param_groups[1]["initial_lr"] == 0.8


@pytest.mark.parametrize("wrong", [None, 0.1, [Value(1.0)]])
def test_what_is_no_optimiser_is_refused(wrong) -> None:
    with pytest.raises(TypeError, match="a schedule needs an Optimizer, got"):
        ExponentialLR(wrong, 0.9)


def test_optimiser_without_a_step_size_is_refused() -> None:
    with pytest.raises(TypeError, match="Optimizer has no step size lr to schedule"):
        ExponentialLR(nn.Optimizer([Value(1.0)]), 0.9)


def test_base_has_no_formula() -> None:
    with pytest.raises(NotImplementedError, match="LRScheduler does not define lr_at"):
        LRScheduler(two_groups())


GOOD = {"gamma": 0.9, "last_epoch": 1, "base_lrs": [0.1, 0.4], "last_lrs": [0.09, 0.36]}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (StepLR(two_groups(), 2).state_dict(), r"settings \['gamma', 'step_size'\], but ExponentialLR has"),
        (GOOD | {"base_lrs": [0.1]}, "is for 1 parameter groups, got 2 here"),
        (GOOD | {"last_lrs": [0.1]}, "is for 2 parameter groups, got 2 here"),
        (GOOD | {"gamma": -1.0}, "gamma must be at least 0"),
        ({"gamma": 0.9}, "has the entries last_epoch, base_lrs, last_lrs"),
        (None, "has the entries last_epoch, base_lrs, last_lrs"),
    ],
)
def test_foreign_state_is_refused_and_changes_nothing(state, message) -> None:
    schedule = ExponentialLR(two_groups(), 0.5)
    schedule.step()
    before = schedule.state_dict(), schedule.optimizer.state_dict()["param_groups"]
    with pytest.raises(ValueError, match=message):
        schedule.load_state_dict(state)
    assert (schedule.state_dict(), schedule.optimizer.state_dict()["param_groups"]) == before
    schedule.load_state_dict(GOOD)
    assert schedule.get_last_lr() == GOOD["last_lrs"]


def test_text_says_what_it_is() -> None:
    schedule = StepLR(two_groups(), 2)
    schedule.step()
    assert repr(schedule) == "StepLR(step_size=2, gamma=0.1, last_epoch=1)"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("last_epoch", "x"),
        ("last_epoch", 1.5),
        ("last_epoch", -1),
        ("last_epoch", True),
        ("base_lrs", 0.5),
        ("base_lrs", ["x"]),
        ("last_lrs", [None]),
        ("last_lrs", "x"),
    ],
)
def test_progress_that_cannot_be_is_refused_and_nothing_changes(name, wrong) -> None:
    optimizer = SGD([Value(0.0)], lr=0.5)
    schedule = ExponentialLR(optimizer, gamma=0.5)
    before = schedule.state_dict()
    with pytest.raises((TypeError, ValueError), match=name):
        schedule.load_state_dict(before | {name: wrong})
    assert (schedule.state_dict(), optimizer.lr) == (before, 0.5)


@pytest.mark.parametrize("name", [name for name in KINDS if name not in ("ReduceLROnPlateau",)])
def test_last_epoch_continues_from_an_optimiser_that_was_scheduled(name) -> None:
    if name in ("SequentialLR", "ChainedScheduler", "nested"):  # whose parts have theirs
        return
    first = two_groups()
    schedule = KINDS[name](first)
    run(schedule, 4)
    second = two_groups(0.7)
    second.load_state_dict(first.state_dict())
    made = KINDS[name](two_groups())
    kind, settings = type(made), made._settings()
    if isinstance(made, (LambdaLR, nn.MultiplicativeLR)):
        settings = {"lr_lambda": made.lr_lambdas if made._several else made.lr_lambdas[0]}
    other = kind(second, last_epoch=3, **settings)
    assert (other.last_epoch, other.get_last_lr()) == (4, schedule.get_last_lr())
    assert run(other, 5) == run(schedule, 5)
    with pytest.raises(ValueError, match="last_epoch=3 needs 'initial_lr' in each parameter group"):
        kind(two_groups(), last_epoch=3, **settings)
    with pytest.raises(ValueError, match="last_epoch must be at least -1"):
        kind(first, last_epoch=-2, **settings)
