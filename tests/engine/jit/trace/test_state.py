"""State that a lifted function reads beside its arguments is never frozen."""

import sys
import warnings
from array import array
from collections import deque
from functools import cached_property, partial, wraps
from types import MappingProxyType, ModuleType, SimpleNamespace

import numpy as np
import pytest

import engine
import nn
from engine import Value, grad, jit, vmap
from engine.jit.programs import MOST_FORMS
from engine.jit.trace.state import State
from nn import MLP, SGD, Dropout, Neuron, fit

SCALE = 1.0


class Settings:
    factor = 1.0
    names = ("a",)

    def __init__(self):
        self.scale = 1.0
        self.inner = {"deep": [1.0]}

    def times(self, x):
        return x * self.scale * self.factor

    @property
    def doubled(self):
        return 2.0 * self.scale


class Child(Settings):
    pass


class Slotted:
    __slots__ = ("scale",)

    def __init__(self):
        self.scale = 1.0


def read_global(x):
    return x * SCALE


def one(x):
    return x


def two(x):
    return 2.0 * x


def in_a_dict():
    state = {"k": 1}
    return lambda x: x * state["k"], partial(state.__setitem__, "k", 5)


def in_a_list():
    held = [1.0, 2.0]
    return lambda x: x * held[0], partial(held.__setitem__, 0, 5.0)


def in_a_list_of_lists():
    held = [[1.0], [2.0]]
    return lambda x: x * sum(row[0] for row in held), partial(held[1].__setitem__, 0, 5.0)


def in_an_array():
    held = np.ones(3)
    return lambda x: x * held.sum(), partial(held.__setitem__, 1, 5.0)


def in_a_large_array():
    held = np.ones(300_000)
    return lambda x: x * held.sum(), partial(held.__setitem__, 200_001, 5.0)


def in_another_array():
    batch = {"x": np.ones(3)}
    return lambda x: x * batch["x"].sum(), partial(batch.__setitem__, "x", np.zeros(3))


def in_an_attribute():
    held = Settings()
    return lambda x: x * held.scale, partial(setattr, held, "scale", 4.0)


def in_an_attribute_that_a_method_reads():
    held = Settings()
    return held.times, partial(setattr, held, "scale", 4.0)


def in_an_attribute_that_a_property_reads():
    held = Settings()
    return lambda x: x * held.doubled, partial(setattr, held, "scale", 4.0)


def in_an_attribute_that_getattr_reads():
    held = Settings()
    return lambda x: x * getattr(held, "scale"), partial(setattr, held, "scale", 4.0)  # noqa: B009


def in_an_attribute_of_a_parent():
    held = Child()
    return held.times, partial(setattr, held, "factor", 4.0)


def in_a_class():
    class Own(Settings):
        factor = 1.0

    held = Own()
    return held.times, partial(setattr, Own, "factor", 3.0)


def in_a_class_between():
    class Own(Settings):
        pass

    held = Own()
    return held.times, partial(setattr, Own, "factor", 3.0)


def in_a_slot():
    held = Slotted()
    return lambda x: x * held.scale, partial(setattr, held, "scale", 4.0)


def in_a_list_of_an_attribute():
    held = Settings()
    return lambda x: x * held.inner["deep"][0], partial(held.inner["deep"].__setitem__, 0, 4.0)


def in_a_method():
    class Own(Settings):
        pass

    held = Own()
    return lambda x: held.times(x), partial(setattr, Own, "times", lambda self, x: 7.0 * x)


def in_a_global():
    return read_global, partial(setattr, sys.modules[__name__], "SCALE", SCALE + 1.0)


def in_a_module():
    settings = ModuleType("settings")
    settings.scale = 1.0
    return lambda x: x * settings.scale, partial(setattr, settings, "scale", 4.0)


def in_a_variable():
    factor = 1.0

    def change():
        nonlocal factor
        factor = 4.0

    return lambda x: x * factor, change


def in_a_function_called():
    state = {"k": 1.0}

    def inner(x):
        return x * state["k"]

    return lambda x: inner(x), partial(state.__setitem__, "k", 5.0)


def in_a_function_that_is_another():
    held = [one]
    return lambda x: held[0](x), partial(held.__setitem__, 0, two)


def in_the_code_of_a_function():
    def inner(x):
        return x

    return lambda x: inner(x), partial(setattr, inner, "__code__", two.__code__)


def in_a_default():
    state = {"k": 1.0}

    def f(x, state=state):
        return x * state["k"]

    return partial(f, state=state), partial(state.__setitem__, "k", 5.0)


def in_a_set():
    held = {1}
    return lambda x: x * len(held), partial(held.add, 2)


def in_a_deque():
    held = deque([1.0])
    return lambda x: x * held[0], partial(held.__setitem__, 0, 5.0)


def in_a_buffer():
    held = array("d", [1.0])
    return lambda x: x * held[0], partial(held.__setitem__, 0, 5.0)


def in_a_namespace():
    held = SimpleNamespace(scale=1.0)
    return lambda x: x * held.scale, partial(setattr, held, "scale", 4.0)


def in_a_flag():
    held = {"on": True}
    return lambda x: x if held["on"] else -x, partial(held.__setitem__, "on", False)


def in_the_number_of_values():
    held = [Value(1.0), Value(2.0)]
    return lambda x: x * len(held), partial(held.append, Value(3.0))


def in_whether_there_are_values():
    held = [Value(1.0)]
    return lambda x: x if held else -x, held.clear


def in_none():
    held = {"on": None}
    return lambda x: x if held["on"] is None else -x, partial(held.__setitem__, "on", 0)


def of_one_type_for_another():
    held = {"on": True}
    return lambda x: x if held["on"] is True else -x, partial(held.__setitem__, "on", 1)


def in_the_activation_of_a_neuron():
    neuron = Neuron(1, activation="tanh", rng=0)
    return lambda x: neuron([x]), partial(setattr, neuron, "activation", "relu")


PLACES = [
    value
    for name, value in list(globals().items())
    if name.split("_")[0] in ("in", "of") and callable(value) and value.__module__ == __name__
]


@pytest.fixture(autouse=True)
def _put_back(monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "SCALE", 1.0)


@pytest.mark.unmeasured
@pytest.mark.measured
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("how", ["jit", "batch", "vmap", "grad"])
def test_changed_state_is_seen(place, how) -> None:
    f, change = place()
    w = Value(1.5)

    def loss(x):
        return w * f(x)

    lifted = {
        "jit": lambda: jit(loss),
        "batch": lambda: jit(loss, batch=True),
        "vmap": lambda: vmap(loss),
        "grad": lambda: jit(grad(loss)),
    }[how]()
    x = np.array([2.0]) if how in ("batch", "vmap") else 2.0
    plain = grad(loss) if how == "grad" else loss

    def both():
        found = lifted(x)
        found = found[0] if how == "vmap" else found
        wanted = plain(Value(2.0)) if how != "grad" else plain(2.0)
        return [each.data if isinstance(each, Value) else float(each) for each in (found, wanted)]

    before, wanted_before = both()
    change()
    after, wanted_after = both()
    assert before == pytest.approx(wanted_before, rel=1e-12)
    assert after == pytest.approx(wanted_after, rel=1e-12)
    assert wanted_before != wanted_after


def test_method_that_is_lifted() -> None:
    class Model(Settings):
        @jit
        def f(self, x):
            return x * self.scale

    model = Model()
    assert model.f(2.0).data == 2.0
    model.scale = 4.0
    assert model.f(2.0).data == 8.0


def test_object_that_is_an_argument() -> None:
    held = Settings()
    f = jit(lambda held, x: held.times(x))
    assert f(held, 2.0).data == 2.0
    held.scale = 4.0
    assert f(held, 2.0).data == 8.0


def test_loss_without_arguments_over_a_batch_that_is_refilled() -> None:
    w = Value(2.0)
    batch = {"x": [1.0, 2.0], "y": np.array([1.0, 1.0])}

    def loss():
        return sum((w * x - y) ** 2 for x, y in zip(batch["x"], batch["y"], strict=True))

    lifted = jit(loss)
    changes = [
        lambda: None,
        lambda: batch["x"].__setitem__(slice(None), [3.0, 4.0]),
        lambda: batch["y"].fill(0.5),
        lambda: batch.update(x=[5.0], y=[6.0]),
    ]
    for change in changes:
        change()
        w.grad = 0.0
        loss().backward()
        expected, w.grad = w.grad, 0.0
        found = lifted()
        found.backward()
        assert found.data == pytest.approx(loss().data, rel=1e-12)
        assert w.grad == pytest.approx(expected, rel=1e-12)
    assert lifted.traces == len(changes)


@pytest.mark.unmeasured
@pytest.mark.filterwarnings("ignore:.*was traced 16 times:RuntimeWarning")
def test_fit_with_a_weight_that_a_callback_changes() -> None:
    xs = np.random.default_rng(0).normal(size=(8, 2))

    def losses(lift):
        beta, model, seen = [0.0], MLP(2, [3, 1], rng=0), []

        def loss(outputs, targets):
            return sum((o - t) ** 2 * (1.0 + beta[0]) for o, t in zip(outputs, targets, strict=True))

        def anneal(state):
            beta[0] += 0.5
            seen.append(state.loss)

        optimizer = SGD(model.parameters(), lr=0.01)
        fit(model, xs, [1.0] * 8, optimizer=optimizer, loss=loss, epochs=22, jit=lift, callbacks=[anneal])
        return seen

    assert losses(True) == pytest.approx(losses(False), rel=1e-9)


def test_both_states_keep_their_programs() -> None:
    held = Settings()
    f = jit(lambda x: x * held.scale)
    for scale in (1.0, 4.0) * 20:
        held.scale = scale
        assert f(2.0).data == 2.0 * scale
    assert f.traces == 2


def test_dropout_that_is_switched_on_and_off() -> None:
    dropout = Dropout(0.5, rng=0)
    w = Value(1.5)
    f = jit(lambda x: engine.sum(dropout([w * x, w])))
    dropout.eval()
    assert f(2.0).data == 4.5
    dropout.train()
    with pytest.warns(RuntimeWarning, match="draws random numbers"):
        found = [f(2.0).data for _ in range(8)]
    dropout.rng.bit_generator.state = np.random.default_rng(0).bit_generator.state
    assert found == [engine.sum(dropout([w * 2.0, w])).data for _ in range(8)]
    dropout.eval()
    assert f(2.0).data == 4.5
    assert f.traces == 2


def test_state_that_keeps_changing_ends_in_one_warning_and_stays_right() -> None:
    beta = [0.0]
    f = jit(lambda x: x * beta[0])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for step in range(MOST_FORMS + 5):
            beta[0] = float(step)
            assert f(2.0).data == 2.0 * step
    assert f.traces == MOST_FORMS
    assert len(caught) == 1
    assert "reads beside its arguments: a list" in str(caught[0].message)


def test_what_no_code_reads_may_change() -> None:
    held = Settings()
    f = jit(lambda x: x * held.scale)
    f(2.0)
    held.inner = {}
    Settings.other = 1.0
    del Settings.other
    assert f(3.0).data == 3.0
    assert f.traces == 1


def test_what_the_function_writes_itself_is_left_out() -> None:
    held, log, calls = Settings(), [], {"count": 0}

    def f(x):
        log.append(1)
        calls["count"] += 1
        held.last = x
        return x * held.scale

    lifted = jit(f)
    lifted(2.0)
    f(2.0)
    assert lifted(3.0).data == 3.0
    assert lifted.traces == 1
    held.scale = 4.0
    assert lifted(3.0).data == 12.0


def test_equal_numbers_are_the_same_state() -> None:
    held = {"x": [1000.5, 2.0], "y": "some words"}
    state = State(lambda x: held["x"], [])
    held["x"][0] = float("1000.5")
    held["y"] = " ".join(["some", "words"])
    assert state.unchanged()


def test_circles_are_walked_once() -> None:
    held = Settings()
    held.scale = [held, 1.0]
    state = State(lambda x: x * held.scale[1], [])
    assert state.unchanged()
    held.scale[1] = 2.0
    assert not state.unchanged()


def test_libraries_are_not_looked_into() -> None:
    def f(x):
        return x * 2.0 if callable(pytest.approx) else x  # a function of a library, which has large modules

    lifted = jit(f)
    assert lifted(3.0).data == 6.0
    modules = {function.__module__ for function in State(f, []).places.functions}
    assert modules == {__name__}


def test_what_a_view_of_a_dict_shows_is_read_anew() -> None:
    held = {"scale": 2.0, "weight": Value(3.0)}
    settings = MappingProxyType(held)
    f = jit(lambda x: settings["weight"] * x * settings["scale"])
    assert f(1.0).data == 6.0
    held["scale"] = 4.0
    assert f(1.0).data == 12.0
    held["weight"] = Value(5.0)
    assert f(1.0).data == 20.0


def test_a_cached_property_is_computed_anew_where_it_was_forgotten() -> None:
    class Cached:
        def __init__(self):
            self.scale = 1.0

        @cached_property
        def doubled(self):
            return 2.0 * self.scale

    held, weight = Cached(), Value(3.0)
    f = jit(lambda x: weight * x * held.doubled)
    assert f(1.0).data == 6.0
    held.scale = 4.0
    assert f(1.0).data == 6.0
    del held.doubled
    assert f(1.0).data == 24.0


def test_a_variable_may_be_filled_later_and_emptied_again() -> None:
    switch = [False]
    f = jit(lambda x: x * later if switch[0] else x * 2.0)
    assert f(Value(3.0)).data == 6.0
    later = Value(5.0)
    switch[0] = True
    assert [f(Value(3.0)).data, f(Value(3.0)).data] == [15.0, 15.0]
    del later
    with pytest.raises(NameError, match="later"):
        f(Value(3.0))
    later = 7.0
    assert f(Value(3.0)).data == 21.0


def test_the_function_that_a_wrapper_names_is_watched() -> None:
    weights = [Value(2.0)]

    def inner(x):
        return weights[0] * x

    @wraps(inner)
    def outer(x):
        return outer.__wrapped__(x)

    f = jit(outer)
    assert f(3.0).data == 6.0
    weights[0] = Value(4.0)
    assert f(3.0).data == 12.0


def test_the_same_method_of_the_same_object_is_no_change() -> None:
    one, other = Settings(), Settings()
    other.scale = 5.0
    table, weight = {"times": one.times}, Value(2.0)
    f = jit(lambda x: weight * table["times"](x))
    assert f(3.0).data == 6.0
    table["times"] = one.times
    assert (f(3.0).data, f.traces) == (6.0, 1)
    table["times"] = other.times
    assert f(3.0).data == 30.0


W = Value(2.0)


class Kept:
    scale = 5.0

    @cached_property
    def memo(self) -> float:
        return self.scale * 1.0


def _attribute(x, kept, table):
    if not hasattr(kept, "made"):
        kept.made = 5.0
    return W * x * kept.made


def _entry(x, kept, table):
    if "k" not in table:
        table["k"] = 5.0
    return W * x * table["k"]


def _property(x, kept, table):
    return W * x * kept.memo


def _set(places):
    for key in places:
        places[key] = 6.0


def _drop(places):
    places.clear()


@pytest.mark.parametrize("counts", [False, True])
@pytest.mark.parametrize("change", [_set, _drop])
@pytest.mark.parametrize("f", [_attribute, _entry, _property])
def test_what_a_function_keeps_for_later_calls_is_read_anew(f, change, counts, monkeypatch) -> None:
    kept, table, log = Kept(), {}, []

    def counted(x):
        if counts:
            log.append(x)
        return f(x, kept, table)

    lifted = jit(counted)
    for _ in range(3):
        assert lifted(1.0).data == 5.0 * W.data
    change(table if f is _entry else vars(kept))
    if change is _drop:
        monkeypatch.setattr(Kept, "scale", 7.0)
    for _ in range(12):
        assert lifted(1.0).data == f(1.0, kept, table).data
    assert lifted.traces <= 2


def test_a_global_that_is_called_as_an_attribute_or_a_key_is_not_looked_at() -> None:
    """Else a function that reads ``self.w`` or ``p["w"]`` is traced anew at each turn of a loop over w."""
    part = "def f(x, part=SimpleNamespace(w=1.5), p={'key': 1.0}):\n    return x * part.w * k * p['key']"
    for more, indirectly in (("", False), (" * globals()['named']", True)):
        space = {"k": 2.0, "named": 3.0, "SimpleNamespace": SimpleNamespace}
        exec(part + more, space)  # noqa: S102
        for name, changes in (("w", indirectly), ("key", indirectly), ("k", True), ("named", indirectly)):
            space.setdefault(name, 0.0)
            state = State(space["f"], [])
            space[name] += 1.0
            assert state.unchanged() is not changes
        state = State(space["f"], [])
        space["f"].__defaults__[0].w += 2.0
        assert not state.unchanged()


@pytest.mark.parametrize("lift", [partial(jit, batch=True), vmap])
def test_what_nn_imports_when_it_is_first_read_is_no_change_of_the_functions(lift, monkeypatch) -> None:
    w = Value(0.5)
    loss = nn.mse

    def f(x, t):
        return nn.mse([w * x], [t])

    monkeypatch.delitem(vars(nn), "mse")  # as after ``import nn``
    lifted = lift(f)
    with warnings.catch_warnings(), engine.no_grad():
        warnings.simplefilter("error")
        found = lifted([2.0, 3.0], [1.0, 1.0])
    assert np.mean(getattr(found, "data", found)) == pytest.approx(0.125)
    monkeypatch.setitem(vars(nn), "mse", lambda ys, ts: 2.0 * loss(ys, ts))
    with engine.no_grad():
        found = lifted([2.0, 3.0], [1.0, 1.0])
    assert np.mean(getattr(found, "data", found)) == pytest.approx(0.25)
