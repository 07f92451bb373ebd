"""Samples and targets as they are given."""

import numpy as np
import pytest

from nn.data.dataset import pick, read_pair, read_samples


class Table:
    """What pandas' tables have: iteration over columns, and to_numpy."""

    def __iter__(self):
        return iter(["column 0", "column 1"])

    def to_numpy(self):
        return np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


@pytest.mark.parametrize(
    "items", [[1, 2, 3], (1, 2, 3), range(1, 4), (i for i in (1, 2, 3)), {1: "a", 2: "b", 3: "c"}.keys()]
)
def test_any_iterable_becomes_a_list(items) -> None:
    assert read_samples("X", items) == [1, 2, 3]


def test_arrays_stay_and_tables_become_arrays() -> None:
    array = np.ones((3, 2))
    assert read_samples("X", array) is array
    assert read_samples("X", Table()).shape == (3, 2)


@pytest.mark.parametrize("wrong", ["ab", b"ab", {"a": 1}, 3.0, None, np.array(3.0)])
def test_what_is_no_sequence_is_refused(wrong) -> None:
    with pytest.raises(TypeError, match="y must be a sequence, got"):
        read_pair([1.0], wrong)


@pytest.mark.parametrize("empty", [[], np.ones((0, 2)), range(0)])
def test_nothing_is_refused(empty) -> None:
    with pytest.raises(ValueError, match="X has no samples"):
        read_pair(empty, empty)


@pytest.mark.parametrize(("X", "y"), [([1], [1, 2]), (np.ones((3, 2)), [1, 2])])
def test_lengths_must_agree(X, y) -> None:
    with pytest.raises(ValueError, match=rf"X and y differ in length: {len(X)} samples, 2 targets"):
        read_pair(X, y)


def test_positions_are_taken_in_their_order() -> None:
    assert pick(["a", "b", "c"], [2, 0, 2]) == ["c", "a", "c"]
    picked = pick(np.array([[1.0], [2.0], [3.0]]), [2, 0])
    assert isinstance(picked, np.ndarray)
    assert picked.tolist() == [[3.0], [1.0]]
