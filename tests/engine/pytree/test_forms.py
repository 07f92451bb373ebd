"""Arguments are recognised only where they are nested as those before, with the numbers in them."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from engine import Value
from engine.node.backend import backend
from engine.pytree.arguments import Arguments, takes_gradient
from engine.pytree.forms import Form, recognised

Point = namedtuple("Point", "x y")


class Marked(Value):
    pass


class Sequence(tuple):
    pass


class Model:
    pass


X, Y, FROZEN = Value(1.5), Value(2.5), Value(3.5).detach()
MODEL = Model()

CALLS = {
    "a float": ((2.5,), {}),
    "another float": ((-1.0,), {}),
    "an integer": ((3,), {}),
    "a huge integer": ((10**300,), {}),
    "a number of NumPy": ((np.float64(4.5),), {}),
    "a single of NumPy": ((np.float32(4.5),), {}),
    "True": ((True,), {}),
    "a text": (("a",), {}),
    "another text": (("b",), {}),
    "two floats": ((1.0, 2.0), {}),
    "a Value": ((X,), {}),
    "another Value": ((Y,), {}),
    "a frozen Value": ((FROZEN,), {}),
    "a Value of a subclass": ((Marked(1.0),), {}),
    "a result": ((X * Y,), {}),
    "a vector": ((np.array([1.0, 2.0, 3.0]),), {}),
    "another vector": ((np.array([4.0, 5.0, 6.0]),), {}),
    "a reversed vector": ((np.array([4.0, 5.0, 6.0])[::-1],), {}),
    "a vector of integers": ((np.array([4, 5, 6]),), {}),
    "a vector of small integers": ((np.array([4, -5, 6], np.int32),), {}),
    "a vector of bytes": ((np.array([4, 5, 6], np.uint8),), {}),
    "a vector of the other order of bytes": ((np.array([4.0, 5.0, 6.0], ">f8"),), {}),
    "a vector of singles": ((np.array([4.0, 5.0, 6.0], np.float32),), {}),
    "a longer vector": ((np.arange(4.0),), {}),
    "a vector of Values": ((np.array([X, Y, FROZEN]),), {}),
    "booleans": ((np.array([True, False, True]),), {}),
    "a matrix": ((np.array([[1.0, 2.0, 3.0]]),), {}),
    "a matrix on its side": ((np.array([[1.0], [2.0], [3.0]]),), {}),
    "a number of no dimension": ((np.array(1.0),), {}),
    "nothing in an array": ((np.zeros((0, 3)),), {}),
    "three floats": (([1.0, 2.0, 3.0],), {}),
    "three floats in a tuple": (((1.0, 2.0, 3.0),), {}),
    "three numbers of NumPy": (([np.float64(1.0), np.float64(2.0), np.float64(3.0)],), {}),
    "floats and integers": (([1.0, 2, 3],), {}),
    "floats and True": (([1.0, 2.0, True],), {}),
    "floats and a Value": (([1.0, 2.0, X],), {}),
    "others and a Value": (([3.0, 4.0, Y],), {}),
    "a Value and floats": (([X, 1.0, 2.0],), {}),
    "rows": (([[1.0, 2.0], [3.0, 4.0]],), {}),
    "other rows": (([[5.0, 2.0], [3.0, 4.0]],), {}),
    "rows in tuples": (([(1.0, 2.0), (3.0, 4.0)],), {}),
    "ragged rows": (([[1.0, 2.0, 3.0], [4.0]],), {}),
    "rows in rows": (([[[1.0], [2.0]], [[3.0], [4.0]]],), {}),
    "a named tuple": ((Point(1.0, X),), {}),
    "a tuple like it": (((1.0, X),), {}),
    "a tuple of a subclass": ((Sequence((1.0, X)),), {}),
    "a dict": (({"w": [1.0], "b": X},), {}),
    "a dict like it": (({"w": [2.0], "b": Y},), {}),
    "a dict in another order": (({"b": X, "w": [1.0]},), {}),
    "a dict with other keys": (({"w": [1.0], "c": X},), {}),
    "an ordered dict": ((OrderedDict(w=[1.0], b=X),), {}),
    "an option": ((1.0,), {"scale": 2.0}),
    "another option": ((1.0,), {"shift": 2.0}),
    "options": ((1.0,), {"scale": 2.0, "mode": "fast"}),
    "options in another order": ((1.0,), {"mode": "fast", "scale": 3.0}),
    "a model": ((MODEL, 1.0), {}),
    "another model": ((Model(), 1.0), {}),
    "names": ((["a", "b"], 1.0), {}),
    "a set": (({"a"}, 1.0), {}),
    "nothing": ((), {}),
    "an empty list": (([],), {}),
    "None": ((None,), {}),
}


def _key(arguments):
    kinds = [takes_gradient(x) + 1 if isinstance(x, Value) else 0 for x in arguments.flat()]
    return arguments.spec, kinds


@pytest.mark.parametrize("before", CALLS)
def test_only_the_same_nesting_is_recognised(before) -> None:
    known = Arguments.of_call(*CALLS[before])
    form = Form.of(known)
    for name, call in CALLS.items() if form is not None else ():
        arguments = Arguments.of_call(*call)
        found = recognised(*call, form.template, form.numbers)
        if found is not None:
            assert _key(arguments) == _key(known), name
            np.testing.assert_array_equal(form.numbers, arguments.numbers())
            flat = arguments.flat()
            assert [flat[i] for i in form.values_at] == list(found)
        elif name == before and backend == "cython":
            assert before in ORDINARY_BUT_SLOW, name


ORDINARY_BUT_SLOW = {
    "a single of NumPy",
    "a vector of bytes",
    "a vector of the other order of bytes",
    "a number of no dimension",
    "three numbers of NumPy",
}
"""What has a form, which other arguments may be recognised by, but is not recognised itself."""

WITHOUT_FORM = {
    "a Value of a subclass",
    "a vector of Values",
    "booleans",
    "a tuple of a subclass",
    "an ordered dict",
    "a set",
}


@pytest.mark.parametrize("name", CALLS)
def test_what_has_a_form(name) -> None:
    assert (Form.of(Arguments.of_call(*CALLS[name])) is None) == (name in WITHOUT_FORM)


@pytest.mark.skipif(backend != "cython", reason="the node in Python recognises arrays only")
def test_what_is_in_place_changes_is_read_anew() -> None:
    point = [1.0, 2.0]
    form = Form.of(Arguments.of_call((point,), {}))
    point[1] = 5.0
    assert recognised((point,), {}, form.template, form.numbers) == ()
    assert form.numbers.tolist() == [1.0, 5.0]


SAMPLES = {
    "the same shapes": ((np.ones((4, 2)), np.ones(4)), True),
    "fewer samples": ((np.ones((3, 2)), np.ones(3)), False),
    "another length": ((np.ones((4, 2)), np.ones(3)), False),
    "other rows": ((np.ones((4, 3)), np.ones(4)), False),
    "integers": ((np.ones((4, 2)), np.ones(4, int)), True),
    "booleans": ((np.ones((4, 2)), np.ones(4, bool)), False),
    "transposed": ((np.ones((2, 4)).T, np.ones(4)), True),
    "lists": (([[1.0, 1.0]] * 4, [1.0] * 4), False),
    "one argument": ((np.ones((4, 2)),), False),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_in_arrays(name) -> None:
    form = Form.of(Arguments.of_call((np.zeros((4, 2)), np.zeros(4)), {}, by_sample=True), True)
    args, known = SAMPLES[name]
    assert (recognised(args, {}, form.template, form.numbers) is not None) == known
    if known:
        assert [column.shape for column in form.tables] == [(4, 2), (4, 1)]
        assert np.all(np.concatenate(form.tables, axis=1) == 1.0)


TABLE = np.arange(24.0).reshape(4, 6) - 7.0

LAYOUTS = {
    "columns": TABLE[:, 1:4],
    "every other column": TABLE[:, ::2],
    "turned round": TABLE[::-1, 2::-1],
    "transposed": TABLE[:3].T[:4],
    "in Fortran's order": np.asfortranarray(TABLE[:, :3]),
    "one row for all": np.broadcast_to(TABLE[0, :3], (4, 3)),
    "integers": TABLE.astype(np.int64)[:, ::-2],
    "small integers": TABLE.astype(np.int32)[:, :3],
    "singles": TABLE.astype(np.float32)[::-1, ::2] / 3,
    "read-only": TABLE[:, 3:],
    "of three axes": TABLE.reshape(4, 3, 2)[:, :, 1],
}
LAYOUTS["read-only"].setflags(write=False)


def test_arrays_are_read_in_the_order_of_their_axes_however_they_lie() -> None:
    packed = np.zeros(4, [("flag", "i1"), ("x", "f8", 3)])
    packed["x"] = TABLE[:, :3]
    form = Form.of(Arguments.of_call((np.zeros((4, 3)),), {}, by_sample=True), True)
    for name, array in (LAYOUTS | {"a field beside a byte": packed["x"]}).items():
        found = recognised((array,), {}, form.template, form.numbers)
        assert name == "a field beside a byte" or found == (), name
        if found is not None:
            assert form.numbers.tolist() == [float(x) for row in array.tolist() for x in row], name


@pytest.mark.skipif(backend != "cython", reason="the node in Python recognises arrays only")
def test_samples_in_lists() -> None:
    args = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [7.0, 8.0, 9.0]
    form = Form.of(Arguments.of_call(args, {}, by_sample=True), True)
    args[0][1][0] = -3.0
    assert recognised(args, {}, form.template, form.numbers) == ()
    assert np.concatenate(form.tables, axis=1).tolist() == [
        [1.0, 2.0, 7.0],
        [-3.0, 4.0, 8.0],
        [5.0, 6.0, 9.0],
    ]


def test_very_many_numbers_are_taken_apart() -> None:
    assert Form.of(Arguments.of_call((np.zeros((1 << 16, 3)),), {}, by_sample=True), True) is None
