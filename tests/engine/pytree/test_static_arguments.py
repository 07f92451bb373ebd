"""Static arguments: named by position or by keyword, compared by what they are; and what has no samples."""

from collections import deque

import numpy as np
import pytest

import engine
from engine import Value, jit, vmap


def repeated(x, n):
    return engine.sum([x for _ in range(n)])


@pytest.mark.parametrize("static", [1, -1, (1,), [-1], np.int64(1)])
def test_a_position_counts_from_either_end_and_by_keyword(static) -> None:
    f = jit(repeated, static_argnums=static)
    assert [f(2.0, 3).data, f(2.0, n=3).data, f(x=2.0, n=4).data, f(2.0, 4).data] == [6.0, 6.0, 8.0, 8.0]
    assert jit(repeated, static_argnums=static, batch=True)([2.0, 4.0], n=3).data == 9.0
    assert vmap(repeated, static_argnums=static)([2.0, 4.0], n=3).tolist() == [6.0, 12.0]


def test_positions_of_a_method_count_the_object() -> None:
    class Model:
        w = Value(2.0)

        @jit(static_argnums=2)
        def third(self, x, n):
            return self.w * repeated(x, n)

        @jit(static_argnums=(0, -1))
        def both(self, x, n):
            return self.w * repeated(x, n)

    model = Model()
    for method in (model.third, model.both):
        assert [method(2.0, 3).data, method(2.0, n=3).data, method(2.0, 1).data] == [12.0, 12.0, 4.0]
        assert (method(5.0, 3).data, method.traces) == (30.0, 3)


def test_negative_positions_where_a_function_takes_any_number() -> None:
    f = jit(lambda *xs: engine.sum([xs[0] for _ in range(xs[-1])]), static_argnums=-1)
    assert [f(2.0, 3).data, f(2.0, 5.0, 2).data, f(2.0, 3).data] == [6.0, 4.0, 6.0]


def test_names_count_by_keyword_and_by_position() -> None:
    def f(x, n, *, mode="twice"):
        return repeated(x, n) * (2.0 if mode == "twice" else 3.0)

    for lifted in (jit(f, static_argnames=("n", "mode")), jit(f, static_argnums=1, static_argnames="mode")):
        assert [lifted(2.0, 3).data, lifted(2.0, n=3, mode="thrice").data, lifted(2.0, 2).data] == [12, 18, 8]
        assert (lifted(5.0, 3).data, lifted.traces) == (30.0, 3)
    assert vmap(repeated, static_argnames="n")([2.0, 4.0], n=3).tolist() == [6.0, 12.0]
    anything = jit(lambda x, **options: repeated(x, options["n"]), static_argnames=["n"])
    assert (anything(2.0, n=3).data, anything(2.0, n=2).data) == (6.0, 4.0)

    class Model:
        w = Value(2.0)

        @jit(static_argnames=("self", "n"))
        def method(self, x, n):
            return self.w * repeated(x, n)

    assert [Model().method(2.0, 3).data, Model().method(2.0, n=2).data] == [12.0, 8.0]


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        ("m", ValueError, "static_argnames: the function has no parameter 'm'; it has x, n"),
        (("n", "m"), ValueError, "no parameter 'm'"),
        (1, TypeError, "static_argnames must be a name or several, got 1"),
        ((1,), TypeError, "a name or several"),
    ],
)
def test_wrong_names_are_refused(names, error, message) -> None:
    with pytest.raises(error, match=message):
        jit(repeated, static_argnames=names)


class Unhashable:
    """A setting that can change in place, and cannot be hashed."""

    __slots__ = ("factor",)
    __hash__ = None

    def __init__(self, factor: float) -> None:
        self.factor = factor


def test_a_static_argument_that_cannot_be_hashed_counts_by_what_it_holds_now() -> None:
    f = jit(lambda x, setting: x * setting.factor, static_argnames="setting")
    setting = Unhashable(2.0)
    assert f(3.0, setting).data == 6.0
    setting.factor = 5.0
    assert [f(3.0, setting).data, f(3.0, Unhashable(4.0)).data] == [15.0, 12.0]


@pytest.mark.parametrize("lift", [jit, vmap])
@pytest.mark.parametrize(
    ("static", "error", "message"),
    [
        (2, ValueError, "the function has 2 positional parameters, x, n"),
        (-3, ValueError, "2 positional parameters"),
        ((0, 5), ValueError, "2 positional parameters"),
        ((1, 1), ValueError, "names a parameter twice"),
        ((1, -1), ValueError, "names a parameter twice"),
        ("n", TypeError, "a position or several"),
        (1.0, TypeError, "a position or several"),
        (None, TypeError, "a position or several"),
    ],
)
def test_wrong_positions_are_refused(lift, static, error, message) -> None:
    with pytest.raises(error, match=message):
        lift(repeated, static_argnums=static)


CHANGED = {
    "list": ([1.0, 2.0], lambda item: item.append(3.0)),
    "dict": ({"a": 1.0}, lambda item: item.update(a=2.0)),
    "set": ({1.0}, lambda item: item.add(2.0)),
    "deque": (deque([1.0]), lambda item: item.append(2.0)),
    "nested": ([[1.0], {"a": (2.0, [3.0])}], lambda item: item[1]["a"][1].append(4.0)),
    "array": (np.array([1.0, 2.0]), lambda item: item.__setitem__(0, 5.0)),
    "booleans": (np.array([True, False]), lambda item: item.__setitem__(1, True)),
}


def total(item):
    if isinstance(item, dict):
        return sum(map(total, item.values()))
    if isinstance(item, (int, float, np.generic)):
        return float(item)
    return sum(map(total, item))


@pytest.mark.parametrize("name", CHANGED)
def test_a_static_argument_changed_in_place_is_another(name) -> None:
    item, change = CHANGED[name]
    f = jit(lambda x, item: x * total(item), static_argnums=1)
    before = total(item)
    assert f(2.0, item).data == 2.0 * before
    change(item)
    assert total(item) != before
    assert f(2.0, item).data == 2.0 * total(item)
    assert f.traces == 2


def test_booleans_in_an_array_are_static_by_what_they_are() -> None:
    mask = np.array([True, False])
    f = jit(lambda x, mask: engine.sum([x if flag else 0.0 for flag in mask]) + 0.0 * x)
    assert f(2.0, mask).data == 2.0
    mask[:] = True
    assert f(2.0, mask).data == 4.0
    assert (f(2.0, np.array([True, False])).data, f.traces) == (2.0, 2)


# -- samples ------------------------------------------------------------------------------------------------

NOT_SAMPLES = {
    "booleans": [True, False],
    "strings": ["a", "b"],
    "None": [None, None],
    "a tuple of booleans": (True, False),
    "booleans among numbers": [1.0, True],
    "nested booleans": [[True], [False]],
    "an array of booleans": np.array([True, False]),
    "an array of strings": np.array(["a", "b"]),
    "a range": range(2),
    "a deque": deque([1.0, 2.0]),
    "in a dict": {"flags": [True, False]},
    "bytes": bytearray(b"ab"),
}


@pytest.mark.parametrize("name", NOT_SAMPLES)
@pytest.mark.parametrize("lift", [lambda f, **how: jit(f, batch=True, **how), vmap], ids=["batch", "vmap"])
def test_what_is_not_of_numbers_is_not_parted_into_samples(name, lift) -> None:
    item = NOT_SAMPLES[name]
    with pytest.raises(TypeError, match=r"argument (1|flags).*cannot be parted into samples.*static_argnums"):
        lift(lambda x, item: x * 2.0)([1.0, 2.0], item)
    with pytest.raises(TypeError, match=r"argument item.*cannot be parted into samples"):
        lift(lambda x, item: x * 2.0)([1.0, 2.0], item=item)
    found = lift(lambda x, item: x * len(item), static_argnums=1)([1.0, 3.0], item)
    assert np.mean([float(each) for each in np.ravel(found)]) == 2.0 * len(item)


@pytest.mark.parametrize("shared", [True, "name", None, {"how": "up", "flag": True}, b"a", {1, 2}])
def test_what_is_no_series_is_the_same_for_all_samples(shared) -> None:
    seen = []
    f = jit(lambda x, shared: seen.append(shared) or x * 2.0, batch=True)
    assert f([1.0, 2.0], shared).data == 3.0
    assert all(item == shared for item in seen)


@pytest.mark.parametrize("number", [2.0, 2, np.float32(2.0)])
def test_an_array_without_axes_is_a_number(number) -> None:
    w = Value(3.0)
    array = np.array(number)
    assert jit(lambda x: w * x)(array).data == 6.0
    assert jit(lambda x: x.exp())(array).data == pytest.approx(np.exp(2.0), rel=1e-15)
    assert jit(lambda x: w * x if x > 1 else x)(array).data == 6.0
    v = Value(2.0)
    jit(lambda x: w * x)(np.array(v, dtype=object)).backward()
    assert v.grad == 3.0
    assert jit(lambda x: np.array(x * w, dtype=object))(2.0).data == 6.0


class Sloppy:
    """Answers to every name."""

    def __getattr__(self, name):
        return 42

    def __call__(self, x):
        return x * 2.0


class Odd(Sloppy):
    """Raises for every name what nobody expects."""

    def __getattr__(self, name):
        raise RuntimeError(name)


@pytest.mark.parametrize("kind", [Sloppy, Odd])
def test_objects_that_answer_to_names_as_they_like(kind) -> None:
    item = kind()
    item.w = Value(3.0)
    assert jit(lambda x, item: x * item.w)(2.0, item).data == 6.0
    assert jit(lambda x: x * item.w)(2.0).data == 6.0
    assert jit(lambda x, item: x * item.w, batch=True)([1.0, 3.0], item).data == 6.0
    assert vmap(lambda x, item: x * item.w)([1.0, 3.0], item).tolist() == [3.0, 9.0]
    assert jit(item)(1.0).data == jit(item, batch=True)([1.0]).data == vmap(item)([1.0])[0] == 2.0
    assert repr(jit(item)) == f"<engine.jit of {kind.__name__}, 0 programs>"


def test_static_argnums_that_are_no_positions_are_refused() -> None:
    for given in ("n", 1.5, [0, "n"]):
        with pytest.raises(TypeError, match="static_argnums must be a position or several, got"):
            jit(lambda x, n: x * n, static_argnums=given)
