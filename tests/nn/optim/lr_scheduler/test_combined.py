"""Schedules made of schedules. Their figures are compared with PyTorch's in test_formulas.py."""

import math

import pytest

from engine import Value
from nn import SGD, ChainedScheduler, CosineAnnealingLR, ExponentialLR, LinearLR, SequentialLR, StepLR


def an_optimizer() -> SGD:
    return SGD([{"params": Value(0.0)}, {"params": Value(0.0), "lr": 0.4}], lr=0.1)


def test_warm_up_then_cosine_is_the_two_formulas_one_behind_the_other() -> None:
    optimizer = an_optimizer()
    warm_up = LinearLR(optimizer, start_factor=0.2, total_iters=4)
    cosine = CosineAnnealingLR(optimizer, T_max=6)
    schedule = SequentialLR(optimizer, [warm_up, cosine], milestones=[4])
    for t in range(11):
        factor = 0.2 + 0.2 * t if t < 4 else math.cos(math.pi * (t - 4) / 12) ** 2
        expected = [0.1 * factor, 0.4 * factor]
        assert [group["lr"] for group in optimizer.param_groups] == pytest.approx(
            expected, rel=1e-12, abs=1e-17
        )
        assert schedule.get_last_lr() == [group["lr"] for group in optimizer.param_groups]
        schedule.step()


def test_chained_schedules_multiply() -> None:
    optimizer = an_optimizer()
    parts = [LinearLR(optimizer, start_factor=0.5, total_iters=4), ExponentialLR(optimizer, gamma=0.9)]
    schedule = ChainedScheduler(parts, optimizer)
    for t in range(8):
        assert optimizer.lr == pytest.approx(0.1 * min(0.5 + 0.125 * t, 1.0) * 0.9**t, rel=1e-12)
        schedule.step()


def test_chain_survives_a_step_size_of_zero() -> None:
    optimizer = an_optimizer()
    schedule = ChainedScheduler([CosineAnnealingLR(optimizer, T_max=2), ExponentialLR(optimizer, gamma=0.9)])
    for t in range(6):
        expected = 0.1 * math.cos(math.pi * t / 4) ** 2 * 0.9**t
        assert optimizer.lr == pytest.approx(expected, rel=1e-12, abs=1e-17)
        schedule.step()


def test_sequence_within_a_chain() -> None:
    optimizer = an_optimizer()
    inner = SequentialLR(optimizer, [LinearLR(optimizer, 0.5, total_iters=2), StepLR(optimizer, 1)], [2])
    schedule = ChainedScheduler([inner, ExponentialLR(optimizer, 0.5)])
    factors = [0.5, 0.75 * 0.5, 0.25, 0.1 * 0.125]
    for factor in factors:
        assert optimizer.lr == pytest.approx(0.1 * factor, rel=1e-12)
        schedule.step()


def test_what_the_parts_did_when_they_were_made_is_undone() -> None:
    optimizer = an_optimizer()
    late = LinearLR(optimizer, start_factor=0.1)
    assert optimizer.lr == pytest.approx(0.01)
    SequentialLR(optimizer, [StepLR(optimizer, 5), late], [3])
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.4]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda o: SequentialLR(o, [], []), ValueError, "SequentialLR needs at least one schedule, got none"),
        (lambda o: ChainedScheduler([]), ValueError, "ChainedScheduler needs at least one schedule"),
        (
            lambda o: SequentialLR(o, [StepLR(o, 1), StepLR(o, 1)], []),
            ValueError,
            "2 schedules need 1 milestones between them, got 0",
        ),
        (
            lambda o: SequentialLR(o, [StepLR(o, 1)] * 3, [4, 2]),
            ValueError,
            r"milestones must be in order, got \[4, 2\]",
        ),
        (
            lambda o: SequentialLR(o, [StepLR], []),
            TypeError,
            r"schedulers\[0\] must be a schedule, got <class",
        ),
        (lambda o: ChainedScheduler([o]), TypeError, r"schedulers\[0\] must be a schedule, got SGD"),
        (
            lambda o: ChainedScheduler([StepLR(o, 1), StepLR(an_optimizer(), 1)]),
            ValueError,
            r"schedulers\[1\] of ChainedScheduler is for another optimizer",
        ),
        (lambda o: ChainedScheduler([StepLR(o, 1)], an_optimizer()), ValueError, "for another optimizer"),
    ],
)
def test_wrong_parts_are_refused(make, error, message) -> None:
    with pytest.raises(error, match=message):
        make(an_optimizer())


def test_state_of_other_parts_is_refused() -> None:
    def chain(*kinds):
        optimizer = an_optimizer()
        return ChainedScheduler([kind(optimizer) for kind in kinds])

    def step(optimizer):
        return StepLR(optimizer, 2)

    def exponential(optimizer):
        return ExponentialLR(optimizer, 0.5)

    schedule = chain(step, exponential)
    with pytest.raises(ValueError, match="is for 1 schedules, got 2 here"):
        schedule.load_state_dict(chain(step).state_dict())
    with pytest.raises(ValueError, match=r"has the settings \['gamma'\], but StepLR has"):
        schedule.load_state_dict(chain(exponential, step).state_dict())
    with pytest.raises(ValueError, match=r"but StepLR has \['gamma', 'step_size'\]"):
        step(an_optimizer()).load_state_dict(schedule.state_dict())
    schedule.load_state_dict(chain(step, exponential).state_dict())


def test_settings_of_the_schedules_within_come_with_the_state() -> None:
    def made(gamma):
        optimizer = an_optimizer()
        parts = [ExponentialLR(optimizer, gamma=gamma), StepLR(optimizer, step_size=1, gamma=gamma)]
        return SequentialLR(optimizer, parts, milestones=[2])

    first, second = made(0.5), made(0.25)
    second.load_state_dict(first.state_dict())
    for epoch in range(5):
        assert second.lr_at(0.1, epoch) == first.lr_at(0.1, epoch)
