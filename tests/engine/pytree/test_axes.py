"""Axes of arguments and results: checked, spread over nested parts, moved."""

import numpy as np
import pytest

from engine.pytree.axes import checked_axes, in_axes_of_call, moved, parts_of_axes, position_of_axis


def test_axes_are_integers_none_and_containers_of_them() -> None:
    assert checked_axes("in_axes", (np.int64(1), {"w": [None, -1]})) == (1, {"w": [None, -1]})
    for wrong, holds in ((1.0, "in_axes is 1.0"), (True, "is True"), ((0, "a"), "in_axes holds 'a'")):
        with pytest.raises(TypeError, match=holds):
            checked_axes("in_axes", wrong)


def test_axes_of_arguments_and_of_parts() -> None:
    assert in_axes_of_call(1, 3) == (1, 1, 1)
    assert in_axes_of_call([0, None], 2) == (0, None)
    with pytest.raises(ValueError, match="has 2 entries, but the function was called with 1"):
        in_axes_of_call((0, None), 1)
    assert parts_of_axes(None, 2, "in_axes", "argument 0") == [None, None]
    assert parts_of_axes((0, 1), 2, "in_axes", "argument 0") == [0, 1]
    for axes, keys in (((0, 1), 3), ({"a": 0}, 1), ({"a": 0}, ["b"]), ((0,), ["a"])):
        with pytest.raises(ValueError, match=r"in_axes has .* for argument 0, which is a (sequence|dict)"):
            parts_of_axes(axes, keys, "in_axes", "argument 0")
    assert [position_of_axis(axis, 2) for axis in (-3, -2, 0, 1, 2)] == [None, 0, 0, 1, None]


def test_results_are_moved_part_by_part() -> None:
    result = {"a": np.arange(6.0).reshape(3, 2), "b": (np.arange(3.0), "note"), "c": None}
    found = moved(result, {"a": -1, "b": (None, 0), "c": 0}, lambda array, place: (array[0], place))
    assert found["a"].tolist() == result["a"].T.tolist()
    assert found["b"] == ((0.0, "the result['b'][0]"), "note")
    assert found["c"] is None
    with pytest.raises(ValueError, match=r"out_axes=2, but the result\['b'\]\[0\] of one sample has 0 axes"):
        moved({"b": [np.arange(3.0)]}, 2, lambda array, place: array)
    with pytest.raises(ValueError, match="which is not nested"):
        moved(np.arange(3.0), (0,), lambda array, place: array)
