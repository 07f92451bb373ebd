"""Nested arguments: numbers found, replaced, and named by their place."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from engine import Value
from engine.structure import copied, flatten, map_leaves, map_numbers

Point = namedtuple("Point", "x y")


def places(tree) -> list[str]:
    found: list[str] = []
    map_numbers(lambda number, path: found.append(path) or number, tree, "a")
    return found


def test_a_number_is_its_own_tree() -> None:
    x = Value(1.0)
    assert map_numbers(lambda number, path: (number, path), x, "x") == (x, "x")
    assert flatten(2) == [2]
    assert flatten(x) == [x]


def test_nested_structures_keep_their_shape() -> None:
    tree = {"w": [[1, 2.0], (3.0,)], "p": Point(4.0, [5.0]), "empty": [], "none": {}}
    found = map_numbers(lambda number, path: number * 10, tree)
    assert found == {"w": [[10, 20.0], (30.0,)], "p": Point(40.0, [50.0]), "empty": [], "none": {}}
    assert type(found["p"]) is Point
    assert flatten(tree) == [1, 2.0, 3.0, 4.0, 5.0]


def test_the_tree_itself_is_left_alone() -> None:
    tree = {"w": [1.0, 2.0]}
    map_numbers(lambda number, path: 0.0, tree)
    assert tree == {"w": [1.0, 2.0]}


def test_dicts_keep_their_order_and_keys() -> None:
    tree = OrderedDict([("b", 1.0), ("a", 2.0), (3, 4.0)])
    assert flatten(tree) == [1.0, 2.0, 4.0]
    assert list(map_numbers(lambda number, path: number, tree)) == ["b", "a", 3]


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 2), (0,), (2, 0)])
def test_arrays_keep_their_shape(shape) -> None:
    array = np.arange(float(np.prod(shape, dtype=int))).reshape(shape)
    values = map_numbers(lambda number, path: Value(number), array)
    assert values.shape == shape
    assert [value.data for value in values.ravel()] == array.ravel().tolist()
    back = map_numbers(lambda value, path: value.data, values)
    assert (back.shape, back.dtype) == (shape, float)
    np.testing.assert_array_equal(back, array)


def test_arrays_give_python_numbers() -> None:
    assert [type(number) for number in flatten(np.array([1, 2]))] == [int, int]
    assert [type(number) for number in flatten(np.array([1.0], dtype=np.float32))] == [float]
    assert flatten(np.array([True, False])) == [True, False]


def test_arrays_of_values_give_the_values() -> None:
    x, y = Value(1.0), Value(2.0)
    assert flatten(np.array([[x, y]])) == [x, y]


def test_places_are_written_as_indices() -> None:
    assert places(1.0) == ["a"]
    assert places([1.0, (2.0, 3.0)]) == ["a[0]", "a[1][0]", "a[1][1]"]
    assert places({"w": [1.0], 2: 1.0}) == ["a['w'][0]", "a[2]"]
    assert places(np.ones(2)) == ["a[0]", "a[1]"]
    assert places(np.ones((2, 2))) == ["a[0, 0]", "a[0, 1]", "a[1, 0]", "a[1, 1]"]
    assert places(np.array(1.0)) == ["a"]


@pytest.mark.parametrize(
    ("tree", "place"),
    [
        ("a", "argument"),
        (None, "argument"),
        (1j, "argument"),
        ([1.0, "a"], r"argument\[1\]"),
        ({"w": [1.0, None]}, r"argument\['w'\]\[1\]"),
        ((1.0, {2.0}), r"argument\[1\]"),
        (np.array(["a", "b"]), r"argument\[0\]"),
        (np.array([[1.0, 2j]]), r"argument\[0, 0\]"),
        (np.array([1.0, None]), r"argument\[1\]"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), r"argument\[0\]"),
    ],
    ids=repr,
)
def test_what_is_no_number_is_named_by_its_place(tree, place) -> None:
    with pytest.raises(TypeError, match=f"^{place} must be a real number, got .* of type"):
        flatten(tree)


def test_arrays_are_leaves_as_a_whole() -> None:
    tree = {"w": [np.zeros((2, 3)), 1.0], "p": Point(2.0, (np.zeros(4),))}
    shapes = map_leaves(np.shape, tree)
    assert shapes == {"w": [(2, 3), ()], "p": Point((), ((4,),))}
    assert type(shapes["p"]) is Point


def test_copies_have_containers_of_their_own_and_share_what_these_hold() -> None:
    x, special = Value(1.0), OrderedDict(a=1.0)
    tree = {
        "list": [x, [2.0]],
        "tuple": (x, [3.0]),
        "point": Point([x], 4.0),
        "array": np.array([x, 5.0]),
        "s": special,
    }
    twin = copied(tree)
    assert twin["list"][0] is twin["tuple"][0] is twin["point"].x[0] is twin["array"][0] is x
    assert type(twin["point"]) is Point
    assert twin["s"] is special  # of a subclass: nobody knows how to make another one
    twin["list"][1].clear()
    twin["tuple"][1].clear()
    twin["point"].x.clear()
    twin["array"][1] = 0.0
    twin["new"] = 1.0
    assert (tree["list"][1], tree["tuple"][1], tree["point"].x, tree["array"][1]) == ([2.0], [3.0], [x], 5.0)
    assert "new" not in tree
