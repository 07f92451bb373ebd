"""When two things that are not numbers are the same; which of them look like one thing a sample."""

from collections import deque

import numpy as np
import pytest

from engine.pytree.statics import equal_statics, is_series, static_key

NAN = float("nan")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 1.0, True),
        (1.0, 2.0, False),
        (NAN, float("nan"), True),
        (None, None, True),
        ("a", "b", False),
        (np.array([1.0, 2.0]), np.array([1.0, 2.0]), True),
        (np.array([1.0, NAN]), np.array([1.0, NAN]), True),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0]), False),
        (np.array([1.0, 2.0]), np.array([1.0]), False),
        (np.array(["a"]), np.array(["a"]), True),
        (np.array([1, 2]), None, False),
    ],
)
def test_what_is_no_value_is_compared_as_it_is(a, b, expected) -> None:
    assert equal_statics(a, b) is expected


def test_equal_plain_data_has_equal_keys_and_other_types_have_not() -> None:
    same = [(1000, 1000), ("a", "a"), ([1, (2,)], [1, (2,)]), (float("nan"), float("nan")), ({1, 2}, {2, 1})]
    for a, b in same:
        assert static_key(a) == static_key(b)
        hash(static_key(a))
    differ = [(1, 1.0), (1, True), (0.0, -0.0), ([1], (1,)), ({"a": 1}, {"a": 2}), (b"a", "a"), (None, 0)]
    for a, b in differ:
        assert static_key(a) != static_key(b)
    assert static_key(np.array([1])) != static_key(np.array([1.0]))
    assert static_key(object()) != static_key(object())
    circle = []
    circle.append(circle)
    assert static_key(circle) == static_key(circle)


def test_series_are_told_from_what_is_one_thing() -> None:
    assert all(map(is_series, ([1], (1,), range(3), deque(), np.zeros(2))))
    assert not any(map(is_series, ("ab", b"ab", {}, {1}, None, 1.0, len, object())))
