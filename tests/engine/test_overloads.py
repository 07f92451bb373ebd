"""Values among NumPy's numbers and arrays: so far identity, and arrays changed in place."""

import numpy as np
import pytest

from engine import Value


@pytest.mark.parametrize(
    "other", [2.0, np.float64(2.0), np.float32(2.0), np.int64(2), np.bool_(True)], ids=repr
)
def test_a_value_equals_only_itself(other) -> None:
    v = Value(2.0)
    assert not v == other  # noqa: SIM201 - both operators are under test
    assert v != other
    assert not other == v  # noqa: SIM201
    assert other != v
    assert v not in [other]
    assert v in [other, v]


def test_an_array_of_values_takes_a_value_in_place() -> None:
    v, array = Value(3.0), np.array([Value(1.0), Value(2.0)])
    array += v
    assert [x.data for x in array] == [4.0, 5.0]
    array[0].backward()
    assert v.grad == 1.0


def test_an_array_of_floats_refuses_a_value_in_place_with_advice() -> None:
    with pytest.raises(TypeError, match=r"array.*dtype=object"):
        np.zeros(2).__iadd__(Value(1.0))


def test_statistics_of_an_array_of_values() -> None:
    array = np.array([Value(1.0), Value(2.0), Value(6.0)])
    assert np.mean(array).data == 3.0
    assert np.var(array).data == pytest.approx(14.0 / 3.0)
    assert np.std(array).data == pytest.approx((14.0 / 3.0) ** 0.5)
