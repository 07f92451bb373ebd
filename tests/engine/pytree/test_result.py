"""Results taken apart, and put together with other Values or with arrays over samples."""

from collections import namedtuple

import numpy as np
import pytest

from engine import Value, jit, vmap
from engine.pytree.result import Result
from tests.engine.jit.forms import FORMS, forced

Pair = namedtuple("Pair", "left right")
A, B = Value(1.0), Value(2.0)
BOTH = np.array([A, 5.0, B], dtype=object)

RESULTS = {
    "a Value": (A, [A], [], "a"),
    "a number": (3.0, [], [3.0], 3.0),
    "a list": ([A, 3.0, B], [A, B], [3.0], ["a", 3.0, "b"]),
    "a tuple": ((B, (A,)), [B, A], [], ("a", ("b",))),
    "a named tuple": (Pair(A, None), [A], [None], Pair("a", None)),
    "a dict": ({"y": A, "note": "x", "z": [B]}, [A, B], ["x"], {"y": "a", "note": "x", "z": ["b"]}),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_taken_apart_and_put_together(name) -> None:
    output, values, statics, other = RESULTS[name]
    result = Result(output)
    assert (result.values, result.statics) == (values, statics)
    rebuilt = result.rebuild(["a", "b"][: len(values)])
    assert rebuilt == other
    assert type(rebuilt) is type(other)


def test_arrays_keep_their_shape_and_what_is_not_a_value() -> None:
    result = Result(np.array([[A, 5.0], [B, 6.0]], dtype=object))
    assert (result.values, result.statics) == ([A, B], [5.0, 6.0])
    rebuilt = result.rebuild([B, A])
    assert rebuilt.shape == (2, 2)
    assert rebuilt.ravel().tolist() == [B, 5.0, A, 6.0]
    assert Result(np.array(A, dtype=object)).rebuild([B]) is B


@pytest.mark.parametrize("items", [[1, 2.5], [1.0, "a"], [1, 2], [2.5, 1], [True, 2.5]])
def test_an_array_of_objects_beside_a_lifted_value_is_as_it_was(items) -> None:
    lifted = jit(lambda x: (x * 2.0, np.array(items, dtype=object)))
    for _ in range(2):
        assert lifted(3.0)[1].tolist() == items


def test_what_a_rebuilt_result_holds_is_not_shared() -> None:
    result = Result([A, np.array([1.0]), {1}])
    one, other = result.rebuild([A]), result.rebuild([A])
    one[1][0] = 7.0
    one[2].add(2)
    assert other[1].tolist() == [1.0]
    assert other[2] == {1}


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ([A, 1.0], [B, 1.0], True),
        ([A, 1.0], [B, 2.0], False),
        ([A], (A,), False),
        ({"x": A}, {"y": A}, False),
        (BOTH, np.array([B, 5.0, A], dtype=object), True),
        (BOTH, np.array([A, B, 5.0], dtype=object), False),
        ([A, float("nan")], [A, float("nan")], True),
    ],
)
def test_results_are_the_same_by_nesting_and_statics(a, b, same) -> None:
    assert Result(a).same_as(Result(b)) is same


def test_over_samples_each_number_becomes_an_array() -> None:
    column = np.array([1.0, 2.0, 3.0])
    result = Result({"y": A, "n": 4, "note": "x", "both": BOTH})
    found = result.over_samples([column, column, -column], 3)
    assert found["y"] is column
    assert (found["n"].tolist(), found["note"]) == ([4, 4, 4], "x")
    assert found["both"].tolist() == [[1.0, 5.0, -1.0], [2.0, 5.0, -2.0], [3.0, 5.0, -3.0]]


@pytest.mark.parametrize("form", FORMS)
def test_arrays_of_plain_numbers_in_results_gain_the_axis_of_samples(form) -> None:
    with forced(form):
        squares, same = vmap(lambda x: (x * x, np.array([1.0, 2.0])))([1.0, 2.0, 3.0])
    assert squares.tolist() == [1.0, 4.0, 9.0]
    assert same.tolist() == [[1.0, 2.0]] * 3
