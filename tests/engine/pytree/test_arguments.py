"""Arguments taken apart: numbers, and what is static; what a program cannot read anew is refused."""

from collections import namedtuple

import numpy as np
import pytest

import engine
from engine import Value, jit, vmap
from engine.pytree.arguments import Arguments, as_values, takes_gradient

Pair = namedtuple("Pair", "left right")
W = Value(0.5)


@pytest.mark.parametrize(
    ("given", "numbers", "integers", "statics"),
    [
        (2.0, [2.0], [False], []),
        (2, [2.0], [True], []),
        (np.float32(0.5), [0.5], [False], []),
        (np.int64(3), [3.0], [True], []),
        (W, [0.5], [False], []),
        ([1.0, 2], [1.0, 2.0], [False, False], []),
        ([1, 2], [1.0, 2.0], [True, True], []),
        (((1.0, 2.0), (3.0, 4.0)), [1.0, 2.0, 3.0, 4.0], [False] * 4, []),
        ([1.0, W, [2]], [1.0, 0.5, 2.0], [False, False, True], []),
        (Pair(1, [2.0]), [1.0, 2.0], [True, False], []),
        ({"b": 1, "a": [W]}, [1.0, 0.5], [True, False], []),
        (np.array([[1, 2]]), [1.0, 2.0], [True, True], []),
        (np.array(3.0), [3.0], [False], []),
        (np.array([W, 1], dtype=object), [0.5, 1.0], [False, False], []),
        (np.zeros((0, 2)), [], [], []),
        ("text", [], [], ["text"]),
        (True, [], [], [True]),
        ([None, 1.0], [1.0], [False], [None]),
        ([], [], [], []),
    ],
)
def test_arguments_are_numbers_and_statics(given, numbers, integers, statics) -> None:
    found = Arguments.of_call((given,), {"named": given})
    assert found.numbers().tolist() == numbers * 2
    assert found.integers.tolist() == integers * 2
    assert found.statics == statics * 2
    assert [x is W for x in found.flat()] == [not flag for flag in found.numeric]
    assert found.spec == Arguments.of_call((given,), {"named": given}).spec


@pytest.mark.parametrize(
    "given",
    [2.0, [1.0, [2.0, 3.0]], ([1.0, 2.0], [3.0, 4.0]), Pair(1.0, (2.0,)), {"b": 1.0, "a": ["text", 2.0]}, []],
)
def test_arguments_are_rebuilt_as_they_were(given) -> None:
    found = Arguments.of_call((given, "x"), {"named": given})
    args, options = found.rebuild(found.flat())
    assert args == [given, "x"]
    assert options == {"named": given}
    assert type(args[0]) is type(given)


def test_static_positions_and_names_are_no_numbers() -> None:
    found = Arguments.of_call((1.0, 2), {"n": 3, "x": 4.0}, frozenset({1}), frozenset({"n"}))
    assert (found.numbers().tolist(), found.statics) == ([1.0, 4.0], [2, 3])


def test_which_values_take_gradients() -> None:
    with engine.no_grad():
        frozen = W * 2.0
    assert [takes_gradient(x) for x in (W, W * 2.0, frozen, 1.0)] == [True, True, False, False]
    values = as_values([W, 2.0])
    assert (values[0] is W, values[1].data) == (True, 2.0)


@pytest.mark.parametrize("lift", [jit, vmap, lambda f: jit(f, batch=True)])
@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (lambda numbers: (each for each in numbers), "generator"),
        (iter, "list_iterator"),
        (lambda numbers: iter(tuple(numbers)), "tuple_iterator"),
        (lambda numbers: map(float, numbers), "map"),
        (lambda numbers: filter(None, numbers), "filter"),
        (lambda numbers: zip(numbers, numbers, strict=True), "zip"),
        (enumerate, "enumerate"),
        (lambda numbers: dict(enumerate(numbers)).values(), "dict_values"),
        (lambda numbers: dict(enumerate(numbers)).items(), "dict_items"),
    ],
)
def test_what_a_program_cannot_read_anew_is_refused(lift, made, kind) -> None:
    lifted = lift(lambda x, y: x)
    advice = r"pass list\(\.\.\.\) of it"
    for place, nest in (("0", lambda x: x), (r"0\[0\]", lambda x: [x])):
        with pytest.raises(TypeError, match=rf"^argument {place} is of type {kind}, .*{advice}"):
            lifted(nest(made([1.0, 2.0])), [1.0, 2.0])


def test_numbers_shown_by_a_dict_are_not_frozen() -> None:
    lifted, shown = jit(lambda x, numbers: x * sum(numbers)), {"a": 1.0}
    with pytest.raises(TypeError, match="dict_values"):
        lifted(2.0, shown.values())
    for number in (1.0, 5.0):
        shown["a"] = number
        assert lifted(2.0, list(shown.values())).data == 2.0 * number


@pytest.mark.parametrize("lift", [engine.jit, lambda f: engine.jit(f, batch=True), engine.vmap])
def test_masked_arrays_are_refused(lift) -> None:
    masked = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])
    for given in (masked, [masked, masked]):
        with pytest.raises(ValueError, match="is a masked array"):
            lift(lambda x: engine.sum(x) if isinstance(x, np.ndarray) else x)(given)
    lift(lambda x: engine.sum(x) if isinstance(x, np.ndarray) else x)(np.ma.masked_array([1.0, 2.0]))


def test_integers_beyond_64_bits_are_floats_as_a_value_makes_them() -> None:
    w = Value(0.5)

    def first(xs):
        return w * xs[0]

    for n in (2**63, -(2**64), 10**30, 10**400, -(10**400)):
        assert engine.jit(lambda x: w * x)(n).data == 0.5 * Value(n).data
        assert engine.jit(lambda x, i: w * x + i)(n, 1).data == 0.5 * Value(n).data + 1
        for xs in ([n], (n, 1), [n, 1.5], [n, True]):
            assert engine.jit(first)(xs).data == 0.5 * Value(n).data
        assert engine.jit(lambda xs: w * xs[0][0])([[n, 2]]).data == 0.5 * Value(n).data
        assert engine.jit(lambda x: w * x, batch=True)([n]).data == 0.5 * Value(n).data
        assert engine.vmap(lambda x: x * 2.0)([n]).tolist() == [2.0 * Value(n).data]
