"""Schedules by functions of the user's, for all groups or one for each."""

import pytest

from engine import Value
from nn import SGD, LambdaLR, MultiplicativeLR, SequentialLR, StepLR


def two_groups() -> SGD:
    return SGD([{"params": Value(0.0)}, {"params": Value(0.0), "lr": 0.4}], lr=0.1)


def test_each_group_has_its_function_in_a_sequence_too() -> None:
    optimizer = two_groups()
    each = LambdaLR(optimizer, [lambda epoch: 0.5**epoch, lambda epoch: 1.0 + epoch])
    schedule = SequentialLR(optimizer, [StepLR(optimizer, 5), each], [1])
    for _ in range(3):
        schedule.step()
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.025, 1.2])


def test_a_factor_is_asked_for_once_in_an_epoch() -> None:
    asked = []
    schedule = MultiplicativeLR(two_groups(), lambda epoch: asked.append(epoch) or 0.5)
    for _ in range(4):
        schedule.step()
    assert asked == [1, 2, 3, 4]
    assert schedule.get_last_lr() == pytest.approx([0.1 / 16, 0.4 / 16])


@pytest.mark.parametrize("kind", [LambdaLR, MultiplicativeLR])
def test_what_they_refuse(kind) -> None:
    with pytest.raises(ValueError, match="a function for each of 2 groups, got 1"):
        kind(two_groups(), [lambda epoch: 1.0])
    with pytest.raises(TypeError, match=r"lr_lambda\[1\] must be a function of the epoch, got 0\.5"):
        kind(two_groups(), [lambda epoch: 1.0, 0.5])
    optimizer = two_groups()
    schedule = kind(optimizer, [lambda epoch: 1.0, lambda epoch: 1.0])
    optimizer.add_param_group({"params": Value(0.0)})
    with pytest.raises(ValueError, match="no function for group 2, which was added since"):
        schedule.step()
