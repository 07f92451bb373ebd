"""Arguments with a leading axis of samples, parted: the first sample, and the numbers of all."""

import numpy as np
import pytest

from engine import Value
from engine.pytree.arguments import Arguments
from engine.pytree.samples import Columns, columns_of, one_sample

A, B = Value(0.5), Value(1.5)


@pytest.mark.parametrize(
    ("given", "first", "numbers"),
    [
        ([1.0, 2.0], 1.0, [[1.0], [2.0]]),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), [1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]]),
        ([[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]]),
        ([(1.0, 2.0), (3.0, 4.0)], (1.0, 2.0), [[1.0, 2.0], [3.0, 4.0]]),
        ([[[1.0], [2.0]], [[3.0], [4.0]]], [[1.0], [2.0]], [[1.0, 2.0], [3.0, 4.0]]),
        (
            [[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]],
            [[[1.0]], [[2.0]]],
            [[1.0, 2.0], [3.0, 4.0]],
        ),
        ({"x": [1.0, 2.0]}, {"x": 1.0}, [[1.0], [2.0]]),
        (([1.0, 2.0], np.array([3.0, 4.0])), (1.0, 3.0), [[1.0, 3.0], [2.0, 4.0]]),
    ],
)
def test_the_first_sample_and_all_numbers(given, first, numbers) -> None:
    call = Arguments.of_call((given, "text"), {}, by_sample=True)
    sample, columns, values = one_sample(call)
    assert values == []
    args, _ = sample.rebuild(sample.flat())
    found = args[0].tolist() if isinstance(args[0], np.ndarray) else args[0]
    assert (found, args[1]) == (first, "text")
    assert np.concatenate(columns, axis=1).tolist() == numbers
    known = columns_of(call)
    assert known is None or np.concatenate(known, axis=1).tolist() == numbers


@pytest.mark.parametrize(
    ("given", "shapes"),
    [
        (np.zeros((3, 2, 2)), [(3, 4)]),
        (np.zeros((3, 2, 2)).tolist(), [(3, 4)]),
        ([[(1.0, 2.0)], [(3.0, 4.0)]], [(2, 2)]),
        (np.arange(120.0).reshape(2, 3, 4, 5).tolist(), [(2, 60)]),
        ([[[1.0], [2.0, 3.0]], [[4.0], [5.0, 6.0]]], None),  # ragged
        ([[[1.0, A]], [[3.0, 4.0]]], None),
        ([[[], []], [[], []]], None),
        (([[1.0, 2.0]], [[[3.0]]]), None),  # a tuple is of several arguments
    ],
)
def test_columns_of_lists_nested_to_any_depth(given, shapes) -> None:
    call = Arguments.of_call((given, [7.0] * len(given)), {}, by_sample=True)
    known = columns_of(call)
    assert (known and [each.shape for each in known[:-1]]) == shapes
    if known is not None:
        assert known[0].ravel().tolist() == np.ravel(given).tolist()
        assert known[-1].tolist() == [[7.0]] * len(given)
        for one, other in zip(known, one_sample(call)[1], strict=True):
            assert np.array_equal(one, other)


def test_numbers_out_of_an_array_make_a_table_too() -> None:
    plain, taken = [[1.0, 2.0], [3.0, 4.0]], [list(row) for row in np.array([[1.0, 2.0], [3.0, 4.0]])]
    assert type(taken[0][0]) is np.float64
    one, other = (Arguments.of_call((each,), {}) for each in (plain, taken))
    assert one.spec == other.spec
    assert one.numbers().tolist() == other.numbers().tolist()
    args, _ = other.rebuild(other.flat())
    assert args == [plain]


def test_values_among_the_samples_are_given_sample_by_sample() -> None:
    sample, columns, values = one_sample(Arguments.of_call(([A, B, 2.0],), {}, by_sample=True))
    assert columns[0].tolist() == [[0.5], [1.5], [2.0]]
    assert (values[0][0], values[1][0], values[2][0].data) == (A, B, 2.0)
    assert sample.flat() == [A]
    assert columns_of(Arguments.of_call(([A, B],), {}, by_sample=True)) is None


@pytest.mark.parametrize(
    ("given", "integers"),
    [
        ([1, 2], True),
        ([1.0, 2], False),
        (np.array([1, 2]), True),
        ([[[1, 2]], [[3, 4]]], True),
        ([[[1, 2]], [[3.5, 4]]], False),
        ([[[1.5, 2]], [[3, 4]]], False),
    ],
)
def test_a_sample_of_integers_is_one(given, integers) -> None:
    sample, *_ = one_sample(Arguments.of_call((given,), {}, by_sample=True))
    assert set(sample.integers.tolist()) == {integers}


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ((1.0,), TypeError, "every number of an argument needs a leading axis of samples, got 1.0"),
        (([],), ValueError, "there are no samples"),
        (({"a": [1.0], "e": []},), ValueError, r"no samples: argument 0\['e'\] has none"),
        (("text",), TypeError, "there must be an argument with a leading axis of samples"),
        (([1.0, 2.0], [1.0, 2.0, 3.0]), ValueError, r"different numbers of samples: \[2, 3\]"),
    ],
)
def test_what_has_no_samples_is_refused(given, error, message) -> None:
    with pytest.raises(error, match=message):
        one_sample(Arguments.of_call(given, {}, by_sample=True))


def test_lists_of_equal_lengths_may_have_an_axis_in_one_and_be_shared_in_another() -> None:
    call = Arguments.of_call(([[1.0, 2.0], [3.0, 4.0]],), {}, by_sample=True)
    sample, columns, values = one_sample(call, ([0, None],))
    args, _ = sample.rebuild(sample.flat())
    assert args == [[1.0, [3.0, 4.0]]] or args == ([1.0, [3.0, 4.0]],)
    assert np.concatenate(columns, axis=1).tolist() == [[1.0, 3.0, 4.0], [2.0, 3.0, 4.0]]
    assert values == []


def test_columns_are_a_sequence() -> None:
    columns = Columns([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0], [6.0]])])
    assert [column.tolist() for column in columns] == [[1.0, 3.0], [2.0, 4.0], [5.0, 6.0]]
