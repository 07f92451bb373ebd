"""Nested arguments: numbers found, replaced, and named by their place."""

from collections import OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from engine import Value
from engine.pytree.maps import (
    copied,
    flatten,
    map_leaves,
    map_numbers,
    map_values,
    matching,
    numbers_of_output,
)

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


def test_none_is_an_empty_part() -> None:
    tree = {"w": [1.0, None], "b": None}
    assert map_numbers(lambda number, path: number * 2.0, tree) == {"w": [2.0, None], "b": None}
    assert map_leaves(np.shape, tree) == {"w": [(), None], "b": None}
    assert flatten(tree) == matching(tree, {"w": [1.0, None], "b": None}, "form", "given") == [1.0]
    assert flatten(None) == []
    with pytest.raises(ValueError, match=r"form\['b'\] is None, but given\['b'\] is 2.0 of type float"):
        matching(tree, {"w": [1.0, None], "b": 2.0}, "form", "given")
    with pytest.raises(TypeError, match="what the function returns must be a real number, got None"):
        numbers_of_output(None)


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
        (1j, "argument"),
        ([1.0, "a"], r"argument\[1\]"),
        ({"w": [1.0, "a"]}, r"argument\['w'\]\[1\]"),
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


# -- of the form of another one -----------------------------------------------------------------------

FORM = {"a": 1.0, "b": [2.0, (3.0,)], "c": np.array([[4.0, 5.0]]), "d": Value(6.0)}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"b": (20.0, [30.0])},
        {"b": [20.0, np.array([30.0])]},
        {"c": [[40.0, 50.0]]},
        {"c": [np.array([40.0, 50.0])]},
        {"a": np.float64(10.0), "d": np.array(60.0)},
        {"d": Value(60.0)},
    ],
    ids=repr,
)
def test_numbers_of_the_same_form_come_in_its_order_whatever_the_order_of_keys(change) -> None:
    given = {"d": 60.0, "c": np.array([[40.0, 50.0]]), "b": [20.0, [30.0]], "a": 10.0} | change
    found = matching(FORM, given, "form", "given")
    numbers = [x.data if isinstance(x, Value) else float(x) for x in found]
    assert numbers == [10.0, 20.0, 30.0, 40.0, 50.0, 60.0]


def differing(**change: Any) -> dict[str, Any]:
    given = {"d": 60.0, "c": np.array([[40.0, 50.0]]), "b": [20.0, [30.0]], "a": 10.0} | change
    return {key: item for key, item in given.items() if item is not ...}


DIFFERING = [
    (differing(a=...), ValueError, "given has no 'a', which form has"),
    (differing(e=1.0), ValueError, "given has 'e', which form has not"),
    (differing(a=[1.0]), ValueError, r"form\['a'\] is 1.0 of type float, but given\['a'\] is a list of 1"),
    (differing(a=np.ones(1)), ValueError, r"given\['a'\] is a ndarray of 1"),
    (differing(a={}), ValueError, r"given\['a'\] is a dict"),
    (differing(a=None), TypeError, r"given\['a'\] must be a real number, got None"),
    (differing(a="1"), TypeError, r"given\['a'\] must be a real number, got '1'"),
    (differing(b=[20.0]), ValueError, r"form\['b'\] has 2 entries, but given\['b'\] has 1"),
    (
        differing(b=[20.0, 30.0]),
        ValueError,
        r"form\['b'\]\[1\] is a tuple of 1, but given\['b'\]\[1\] is 30.0",
    ),
    (differing(b=[20.0, [30.0, 31.0]]), ValueError, r"form\['b'\]\[1\] has 1 entries, but .* has 2"),
    (differing(b=20.0), ValueError, r"form\['b'\] is a list of 2, but given\['b'\] is 20.0 of type float"),
    (differing(b=None), TypeError, r"form\['b'\] is a list of 2, but given\['b'\] is None"),
    (differing(c=np.array([[40.0], [50.0]])), ValueError, r"shape \(1, 2\), but given\['c'\] has \(2, 1\)"),
    (differing(c=np.array([40.0, 50.0])), ValueError, r"shape \(1, 2\), but given\['c'\] has \(2,\)"),
    (differing(c=[40.0, 50.0]), ValueError, r"form\['c'\] has 1 entries, but given\['c'\] has 2"),
    (differing(c=[[40.0]]), ValueError, r"form\['c'\]\[0\] has 2 entries, but given\['c'\]\[0\] has 1"),
    (differing(c=1.0), ValueError, r"given\['c'\] is 1.0 of type float"),
    (differing(d=[60.0]), ValueError, r"given\['d'\] is a list of 1"),
    ([1.0], ValueError, "form is a dict, but given is a list of 1"),
    (None, TypeError, "form is a dict, but given is None"),
]


@pytest.mark.parametrize(
    ("given", "error", "message"), DIFFERING, ids=lambda x: getattr(x, "__name__", repr(x))
)
def test_another_form_is_refused_with_its_place(given, error, message) -> None:
    with pytest.raises(error, match=message):
        matching(FORM, given, "form", "given")


# -- Values among anything ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    number: Any
    note: str = ""


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (Value(1.0), 1.0),
        ([Value(1.0), 2], [1.0, 2]),
        ((Value(1.0), None), (1.0, None)),
        (Point(Value(1.0), "x"), Point(1.0, "x")),
        ({"a": [{"b": Value(1.0)}]}, {"a": [{"b": 1.0}]}),
        (defaultdict(list, a=Value(1.0)), {"a": 1.0}),
        (OrderedDict(a=Value(1.0)), OrderedDict(a=1.0)),
        ({Value(1.0)}, {1.0}),
        (frozenset([Value(1.0)]), frozenset([1.0])),
        (deque([Value(1.0)], 3), deque([1.0], 3)),
        (Record(Value(1.0), "n"), Record(1.0, "n")),
        (Record([Value(1.0)]), Record([1.0])),
    ],
    ids=lambda x: type(x).__name__,
)
def test_values_are_replaced_wherever_they_stand(tree, expected) -> None:
    before = repr(tree)
    found = map_values(lambda value: value.data, tree)
    assert (found, type(found)) == (expected, type(tree) if not isinstance(tree, Value) else float)
    assert repr(tree) == before


def test_values_of_arrays_are_replaced() -> None:
    x = Value(1.0)
    numbers = map_values(lambda value: value.data, np.array([[x, x]]))
    assert (numbers.dtype, numbers.tolist()) == (float, [[1.0, 1.0]])
    mixed = map_values(lambda value: value.data, np.array([x, None]))
    assert (mixed.dtype, mixed.tolist()) == (object, [1.0, None])


@pytest.mark.parametrize(
    "tree", [np.ones(2), [1.0, "a"], {"a": [None]}, Record(1.0), Record, {1, 2}, object(), np.array([None])]
)
def test_what_holds_no_value_is_the_same_object(tree) -> None:
    assert map_values(lambda value: value.data, [tree, Value(1.0)])[0] is tree
