"""Specs built into what they say."""

import copy
from collections import Counter, OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest

from engine import Value, jit
from engine.pytree.spec import (
    ARRAY,
    DICT,
    LIST,
    NUMBER,
    STATIC,
    TABLE,
    TUPLE,
    build,
    object_array,
    sequence_of,
)

Pair = namedtuple("Pair", "left right")
N = (NUMBER,)


class Lists(list):
    pass


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (N, 1.0),
        ((STATIC, str, None), "a"),
        ((LIST, list, (N, (STATIC,), N)), [1.0, "a", 2.0]),
        ((TUPLE, Pair, (N, N)), Pair(1.0, 2.0)),
        ((DICT, dict, (("x", N), ("y", (TUPLE, tuple, (N,))))), {"x": 1.0, "y": (2.0,)}),
        ((TABLE, (2,), tuple, None), (1.0, 2.0)),
        ((TABLE, (2, 1), list, tuple), [(1.0,), (2.0,)]),
    ],
)
def test_a_spec_is_built(spec, expected) -> None:
    found = build(spec, iter([1.0, 2.0]), iter(["a"]))
    assert found == expected
    assert type(found) is type(expected)


def test_arrays_are_of_numbers_where_all_are() -> None:
    found = build((ARRAY, (2, 1)), iter([1.0, 2.0]), iter([]))
    assert (found.dtype, found.tolist()) == (np.dtype(float), [[1.0], [2.0]])
    mixed = build((ARRAY, (2,), (True, False)), iter([1.0]), iter(["a"]))
    assert mixed.tolist() == [1.0, "a"]
    assert build((ARRAY, (0, 2)), iter([]), iter([])).shape == (0, 2)


def test_another_builder_of_arrays_is_used() -> None:
    nested = (LIST, list, ((ARRAY, (2,)),))
    found = build(nested, iter([1.0, 2.0]), iter([]), lambda spec, feed, statics: [*feed])
    assert found == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("kind", "expected"), [(list, [1, 2]), (tuple, (1, 2)), (Pair, Pair(1, 2)), (Lists, [1, 2])]
)
def test_a_sequence_keeps_its_kind(kind, expected) -> None:
    assert sequence_of(kind, iter([1, 2])) == expected
    assert type(sequence_of(kind, [1, 2])) is type(expected)


def test_an_array_of_objects_never_looks_into_them() -> None:
    assert object_array([[1.0, 2.0], [3.0, 4.0]]).tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert object_array([[1.0, 2.0], [3.0, 4.0]]).shape == (2,)


def _missing_is_three(d, x):
    try:
        return x + d["missing"]
    except KeyError:
        return 1000.0 * x


CLASSES = {
    "defaultdict": (_missing_is_three, defaultdict(lambda: 3.0, a=2.0)),
    "Counter": (_missing_is_three, Counter(a=2)),
    "a method of Counter": (
        lambda d, x: x * len(list(d.elements())) if hasattr(d, "elements") else x,
        Counter(a=1),
    ),
    "order": (lambda d, x: x if d == OrderedDict(b=2.0, a=1.0) else 2.0 * x, OrderedDict(a=1.0, b=2.0)),
    "class": (lambda d, x: x if isinstance(d, OrderedDict) else 2.0 * x, OrderedDict(a=1.0)),
    "nested": (lambda d, x: x * d["a"]["b"] + len(d["a"]), {"a": defaultdict(float)}),
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_lifted_function_gets_dicts_of_the_class_that_was_given(name) -> None:
    function, given = CLASSES[name]
    found = jit(function, audit=False)(given, Value(2.0))
    assert found.data == float(function(copy.deepcopy(given), 2.0))


def test_results_are_dicts_of_the_class_that_was_returned() -> None:
    for made in (OrderedDict, lambda **parts: defaultdict(list, parts)):
        found = jit(lambda x, made=made: made(a=2.0 * x))(Value(2.0))
        assert type(found) is type(made())
        assert found["a"].data == 4.0


def test_a_dict_with_ways_of_its_own_is_refused() -> None:
    class Tenfold(dict):
        def __getitem__(self, key):
            return 10.0 * super().__getitem__(key)

    with pytest.raises(TypeError, match=r"argument 0 is of type Tenfold, .* pass dict\(\.\.\.\) of it"):
        jit(lambda d: d["a"])(Tenfold(a=2.0))
