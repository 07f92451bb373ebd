"""The sweep chooses by points that the last ones are held out from."""

from demos.runner.account import Account
from demos.tune import sweep
from demos.tune.sweep import Choices


def test_the_three_parts_have_no_point_in_common() -> None:
    parts = [{tuple(x) for x in X} for X, _ in sweep.deal(0)]
    assert len(set.union(*parts)) == sum(map(len, parts)) == 2 * sweep.COUNT


def test_the_last_points_play_no_part_in_the_choice() -> None:
    parts = sweep.deal(0)
    spoilt = [*parts[:2], (parts[2][0] * 0, parts[2][1])]
    first, second = (sweep.try_out("lr", Choices(epochs=2), each, 0, Account()) for each in (parts, spoilt))
    assert first.cost == second.cost
