"""A lifted function is a function like the original: arguments, results, gradients, and what is refused."""

import itertools
import math
import operator
import random
import threading
from collections import namedtuple
from functools import partial

import numpy as np
import pytest

import engine
from engine import GraphError, TraceError, Value, grad, jit, no_grad, take, value_and_grad, vmap
from engine.autograd.trace_mode import is_tracing
from engine.checks.complex_step import ComplexNumber
from engine.jit import calling
from engine.jit.pipeline import Lifted
from nn import MLP
from tests.engine.jit.forms import FORMS, assert_agrees, forced
from tests.engine.jit.unseen import unseen_turns

Point = namedtuple("Point", "x y")


@pytest.fixture(params=FORMS, autouse=True)
def form(request):
    """Every test runs in every form."""
    with forced(request.param):
        yield request.param


# -- arguments ---------------------------------------------------------------------------------------------


def test_decorator_keeps_name_and_docstring() -> None:
    @jit
    def loss(x):
        """Twice."""
        return 2.0 * x

    @jit(batch=True)
    def mean(x):
        return 2.0 * x

    assert (loss.__name__, loss.__doc__, loss(3.0).data, mean([1.0, 2.0]).data) == (
        "loss",
        "Twice.",
        6.0,
        3.0,
    )
    assert repr(loss).endswith("loss, 1 program>")


def test_methods_are_lifted_for_each_instance() -> None:
    class Line:
        def __init__(self, slope):
            self.slope = Value(slope)

        @jit
        def at(self, x, *, shift=0.0):
            return self.slope * x + shift

    a, b = Line(2.0), Line(3.0)
    assert [a.at(1.0).data, b.at(1.0).data, a.at(2.0).data, a.at(2.0, shift=1.0).data] == [2.0, 3.0, 4.0, 5.0]
    b.at(5.0).backward()
    assert (a.slope.grad, b.slope.grad) == (0.0, 5.0)


def test_named_arguments_and_defaults() -> None:
    f = jit(lambda x, y=3.0, *, z=1.0: x * y + z)
    assert [f(2.0).data, f(2.0, 4.0).data, f(2.0, y=5.0).data, f(x=2.0, z=0.5).data] == [7.0, 9.0, 11.0, 6.5]
    assert f(y=1.0, x=2.0).data == f(x=2.0, y=1.0).data == 3.0
    assert f.traces == 5  # nestings


def test_static_argnums_keep_a_number_a_number() -> None:
    f = jit(lambda x, n: x**n if n > 1 else x * n, static_argnums=1)
    assert [f(3.0, 2).data, f(3.0, 1).data, f(2.0, 2).data] == [9.0, 3.0, 4.0]


@pytest.mark.parametrize(("static", "expected"), [("up", 3.0), ("down", 1.0), (None, 2.0), (True, 2.0)])
def test_strings_none_and_booleans_are_static(static, expected) -> None:
    f = jit(lambda x, how: x + {"up": 1.0, "down": -1.0}.get(how, 0.0))
    assert f(2.0, static).data == f(2.0, static).data == expected
    f(2.0, "another")
    assert f.traces == 2


def test_models_are_arguments() -> None:
    f = jit(lambda model, x: model(x))
    for seed in (0, 1):
        model = MLP(2, [3, 1], rng=random.Random(seed))
        for x in ([0.5, -1.0], [1.5, 2.0]):
            assert_agrees(lambda model, x: model(x), model.parameters(), model, x, lifted=f)
    assert f.traces == 2


def test_nested_arguments() -> None:
    def f(where):
        return where["p"].x * where["q"][0] + where["p"].y * where["q"][1][0]

    where = {"p": Point(Value(2.0), 3.0), "q": (Value(4.0), [Value(5.0)])}
    assert_agrees(f, [where["p"].x, where["q"][0], where["q"][1][0]], where)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64])
def test_numpy_arrays_of_any_rank(kind) -> None:
    f = jit(lambda a, b, c: (b * a).sum() + c @ b)
    a, b, c = np.array(2, kind), np.array([1, 2], kind), np.array([[3, 4], [5, 6]], kind)
    found = f(a, b, c)
    assert isinstance(found, np.ndarray)
    assert [each.data for each in found] == [17.0, 23.0]
    assert jit(lambda x: x * 2.0)(kind(3)).data == 6.0


def test_object_arrays_of_values_receive_gradients() -> None:
    x = np.array([Value(1.0), Value(2.0), 3.0], dtype=object)
    jit(lambda x: x @ x)(x).backward()
    assert [x[0].grad, x[1].grad] == [2.0, 4.0]


def test_gradients_reach_values_among_the_arguments_and_what_is_behind_them() -> None:
    a, w = Value(0.5), Value(2.0)
    f = jit(lambda x, y: w * x * x + y)
    z = f(engine.exp(a), 3.0).log()
    z.backward()
    expected = np.exp(1.0) * 2.0 + 3.0
    assert z.data == pytest.approx(np.log(expected), rel=1e-14)
    assert a.grad == pytest.approx(4.0 * np.exp(1.0) / expected, rel=1e-14)
    assert w.grad == pytest.approx(np.exp(1.0) / expected, rel=1e-14)


def test_empty_arguments() -> None:
    f = jit(lambda xs, y: engine.sum(xs) + y)
    assert f([], 2.0).data == 2.0
    assert f([1.0], 2.0).data == 3.0
    assert jit(lambda a, y: engine.sum(list(a)) + y)(np.zeros(0), 2.0).data == 2.0


@pytest.mark.parametrize("wrong", [np.array([1j]), np.array([1.0, None], dtype=object)])
def test_arrays_of_anything_else_are_refused(wrong) -> None:
    with pytest.raises(TypeError, match="argument 0"):
        jit(lambda x: x[0] * 2.0)(wrong)


# -- results -----------------------------------------------------------------------------------------------


def test_results_are_nested_as_the_functions() -> None:
    f = jit(lambda x: {"a": [x * 2.0, 1.0], "p": Point(x, "s"), "n": None, "t": (x + 1.0,)})
    found = f(3.0)
    assert list(found) == ["a", "p", "n", "t"]
    assert (found["a"][0].data, found["a"][1]) == (6.0, 1.0)
    assert isinstance(found["p"], Point)
    assert (found["p"].x.data, found["p"].y, found["n"], found["t"][0].data) == (3.0, "s", None, 4.0)


def test_each_of_several_results_has_its_gradient() -> None:
    x, y = Value(2.0), Value(3.0)
    first, second = jit(lambda x, y: (x * y, x - y))(x, y)
    first.backward()
    assert (x.grad, y.grad) == (3.0, 2.0)
    second.backward()
    assert (x.grad, y.grad) == (4.0, 1.0)


def test_results_without_operators() -> None:
    w = Value(0.5)
    assert jit(lambda x: 3.0)(1.0) == 3.0
    assert jit(lambda x: None)(1.0) is None
    assert jit(lambda x: Value(3.0))(1.0).data == 3.0
    jit(lambda: w)().backward()
    assert w.grad == 1.0
    x = Value(2.0)
    jit(lambda x: x)(x).backward()
    assert x.grad == 1.0
    a, b = jit(lambda x: (x * 2.0, x * 2.0))(x)
    (a + b).backward()
    assert x.grad == 5.0


# -- the graph around it -----------------------------------------------------------------------------------


def test_nothing_is_remembered_under_no_grad() -> None:
    w = Value(2.0)
    f = jit(lambda x: w * x)
    with no_grad():
        y = f(3.0)
    assert y.data == 6.0
    with pytest.raises(GraphError):
        y.backward()
    f(3.0).backward()
    assert w.grad == 3.0


def test_backward_accumulates_over_calls() -> None:
    w = Value(2.0)
    f = jit(lambda x: w * x)
    for count in (1, 2, 3):
        f(3.0).backward()
        assert w.grad == 3.0 * count
    (f(1.0) * f(1.0) + w).backward()
    assert w.grad == 9.0 + 4.0 + 1.0


def test_changed_parameters_are_seen_and_a_pending_backward_is_not_corrupted() -> None:
    w = Value(2.0)
    f = jit(lambda x: w * w * x)
    before = f(1.0)
    w.data = 5.0
    assert (before.data, f(1.0).data) == (4.0, 25.0)
    before.backward()
    assert w.grad == 4.0


def test_requires_grad_set_and_unset_after_tracing() -> None:
    w, v = Value(2.0), Value(3.0)
    f = jit(lambda x: w * v * x)
    for flag in (True, False, True):
        w.requires_grad = flag
        w.grad = v.grad = 0.0
        f(1.0).backward()
        assert (w.grad, v.grad) == (3.0 * flag, 2.0)


def test_a_captured_frozen_value_is_read_at_each_call() -> None:
    w = Value(2.0)
    frozen = Value(3.0)
    frozen.requires_grad = False
    f = jit(lambda x: w * frozen * x)
    assert f(1.0).data == 6.0
    frozen.data = 10.0
    assert f(1.0).data == 20.0
    f(1.0).backward()
    assert (w.grad, frozen.grad) == (10.0, 0.0)


# -- what was captured, changed ----------------------------------------------------------------------------


def test_a_list_that_grows_shrinks_or_holds_another() -> None:
    ws = [Value(1.0)]
    f = jit(lambda x: engine.sum([w * x for w in ws]))
    assert f(2.0).data == 2.0
    ws.append(Value(3.0))
    assert f(2.0).data == 8.0
    ws[0] = Value(10.0)
    assert f(2.0).data == 26.0
    del ws[0]
    assert f(2.0).data == 6.0
    f(2.0).backward()
    assert ws[0].grad == 2.0


def test_an_attribute_that_is_set_anew() -> None:
    model = MLP(1, [2, 1], rng=random.Random(0))
    f = jit(lambda x: model([x]))
    before = f(2.0).data
    model.layers[0].neurons[1].b = Value(5.0)
    after = f(2.0)
    assert after.data == model([2.0]).data != before
    after.backward()
    lifted = model.layers[0].neurons[1].b.grad
    model.zero_grad()
    model([2.0]).backward()
    assert lifted == pytest.approx(model.layers[0].neurons[1].b.grad, rel=1e-12) != 0.0


def test_a_variable_of_the_closure_bound_anew() -> None:
    model = [Value(2.0)]

    def rebind(other):
        nonlocal model
        model = other

    f = jit(lambda x: model[0] * x)
    assert f(1.0).data == 2.0
    rebind([Value(7.0)])
    assert f(1.0).data == 7.0


WEIGHT = Value(2.0)


def test_a_global_bound_anew(monkeypatch) -> None:
    f = jit(lambda x: WEIGHT * x)
    assert f(1.0).data == 2.0
    monkeypatch.setitem(globals(), "WEIGHT", Value(9.0))
    assert f(1.0).data == 9.0


def test_a_dict_that_holds_another() -> None:
    params = {"w": Value(1.0), "b": Value(2.0)}
    f = jit(partial(lambda params, x: engine.sum([p * x for p in params.values()]), params))
    assert f(1.0).data == 3.0
    params["w"] = Value(5.0)
    assert f(1.0).data == 7.0
    params["c"] = Value(1.0)
    assert f(1.0).data == 8.0


def test_each_structure_is_traced_once() -> None:
    ran = []

    @jit
    def f(xs):
        ran.append(len(xs))
        return engine.sum([engine.tanh(x) for x in xs])

    for xs in ([1.0], [2.0], [1.0, 2.0], [3.0], [4.0, 5.0]):
        f(xs)
    assert f.traces == 2
    f.clear_cache()
    assert f.traces == 0
    assert set(ran) == {1, 2}


def test_looking_inside_before_a_call_says_what_to_do() -> None:
    f = jit(lambda x: x * 2.0)
    for look in (lambda: f.source, lambda: f.graph, lambda: f.stages, f.to_numpy_source):
        with pytest.raises(TraceError, match="call the function once"):
            look()
    f(1.0)
    assert list(f.stages) == ["trace", "canonical form", "layout", "program", "choice", "source"]
    assert all(isinstance(text, str) for text in f.stages.values())


# -- numbers that are none ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e308, 0.0])
def test_numbers_that_are_not_finite_come_out_as_the_engines(number) -> None:
    w = Value(2.0)

    def f(x):
        return [w * engine.tanh(x), engine.log(x) * 0.0 + w, w / x, x * x * w]

    x = Value(number)
    lifted = jit(f)
    lifted(1.0)
    assert_agrees(f, [w, x], x, lifted=lifted)


# -- wrong use ---------------------------------------------------------------------------------------------


def muted(x):
    with no_grad():
        return Value((x * 2.0).data) * x


W = Value(0.5)

BY_NUMBERS = {
    "if": lambda x: x * W if x * W > 0.0 else x,
    "if with one shape": lambda x: x * W if x * W > 0.0 else x * x,
    "max over data": lambda x: max([x * W, W], key=lambda v: v.data) * W,
    "number back": lambda x: Value(float(x * W)) * W,
    "number in the result": lambda x: (x * W, (x * W).data),
    "a loop": lambda x: engine.sum([x for _ in range(int((W * x).data))]) * 1.0,
    "comparison": lambda x: x * float(x * W > 0.5),
    "a check": lambda x: W * x if abs(x.data * 1.0 - (x * W).data) < 10.0 else 1 / 0,
}


@pytest.mark.parametrize("name", BY_NUMBERS)
def test_what_depends_on_computed_numbers_is_the_engines(name) -> None:
    f = BY_NUMBERS[name]
    lifted = jit(f)
    for number in (3.0, 0.5, -1.0, 3.0):
        x = Value(number)
        assert_agrees(f, [W, x], x, lifted=lifted)


@pytest.mark.parametrize("batch", [False, True])
def test_what_would_be_frozen_is_refused(batch) -> None:
    with pytest.raises(TraceError, match=r"engine\.|return Values|frozen"):
        jit(muted, batch=batch)([3.0, 3.0] if batch else 3.0)
    assert W.data == 0.5


TABLE = [Value(1.0), Value(2.0), Value(4.0)]
BY_INTEGERS = {
    "an item": lambda i: TABLE[i] * W,
    "a range": lambda i: engine.sum([W * k for k in range(i + 1)]),
    "a slice": lambda i: engine.sum(TABLE[: i + 1]) * W,
    "a list repeated": lambda i: engine.sum([W] * (1 + int(i))),
    "a list so many times": lambda i: engine.sum([W, 2.0] * (i + 1)),
    "so many times a list": lambda i: engine.sum((i + 1) * [W, 2.0]),
    "a tuple so many times": lambda i: engine.sum((W,) * (1 + i)),
    "text so many times": lambda i: W * len("ab" * i) + len(i * b"a"),
    "a list repeated in place": lambda i: engine.sum(operator.imul([W, 2.0], i + 1)),
    "an array of a length": lambda i: W * np.ones(i + 1).sum(),
    "iterators": lambda i: engine.sum([*itertools.repeat(W, i), *itertools.islice(TABLE, i), W]),
    "an item popped": lambda i: TABLE.copy().pop(i) * W,
    "numbering": lambda i: engine.sum([k * w for k, w in enumerate(TABLE, i)]),
    "an item of an array": lambda i: np.array([1.0, 2.0, 3.0])[i] * W,
    "a computed index": lambda i: TABLE[2 - i] * W * i,
    "a character": lambda i: W * "abc".index("abc"[i]) + i,
}


@pytest.mark.parametrize("name", BY_INTEGERS)
def test_integers_pick_and_count(name) -> None:
    f = BY_INTEGERS[name]
    lifted, mean = jit(f), jit(f, batch=True)
    for i in (1, 0, 2, 1):
        W.grad = 0.0
        right = f(i)
        right.backward()
        expected, W.grad = W.grad, 0.0
        y = lifted(i)
        y.backward()
        assert (y.data, W.grad) == pytest.approx((right.data, expected), rel=1e-14)
    assert mean([0, 2, 1]).data == pytest.approx(sum(f(i).data for i in (0, 1, 2)) / 3, rel=1e-14)


def test_a_number_that_is_not_an_integer_is_no_index() -> None:
    f = jit(lambda i: TABLE[i] * W)
    with pytest.raises(TypeError, match="take"):
        f(0.5)
    assert f(1).data == 1.0
    with pytest.raises(TypeError, match="take"):
        f(1.5)
    with pytest.raises(TypeError, match="take"):
        jit(lambda i: TABLE[i] * W)(Value(1.0))  # nor is a Value
    for f in (lambda i: engine.sum([W] * i), lambda i: engine.sum(i * (W,))):
        with pytest.raises(TypeError, match="must be a real number, got"):
            jit(f)(0.5)
        with pytest.raises(TypeError, match="must be a real number, got"):
            jit(f)(Value(1.0))
    table = [Value(1.0), Value(2.0)]
    f = jit(lambda i: take(table, i) * W)
    assert [f(1).data, f(0).data, f(-1).data] == [1.0, 0.5, 1.0]
    with pytest.raises(IndexError, match="2"):
        f(2)
    with pytest.raises(TypeError, match="integer"):
        f(0.5)


def test_errors_of_the_function_are_its_own_and_what_it_captured_is_kept() -> None:
    turn = unseen_turns()

    def f(x):
        if turn() == 1:
            raise KeyError("later")
        return x * W

    assert jit(f)(1.0).data == 0.5
    assert W.data == 0.5
    with pytest.raises(KeyError, match="at once"):
        jit(lambda x: x * {}["at once"])(1.0)
    assert not is_tracing()


# -- among other tools -------------------------------------------------------------------------------------


def test_derivatives_are_lifted() -> None:
    w = Value(0.5)

    def f(x):
        return x * x * x * w

    assert jit(grad(f))(3.0).data == 13.5
    value, slope = jit(value_and_grad(f))(3.0)
    assert (value.data, slope.data) == (13.5, 13.5)
    jit(grad(f))(3.0).backward()
    assert w.grad == 27.0
    assert jit(grad(grad(f)))(3.0).data == 9.0


def test_lifted_functions_are_differentiated_once() -> None:
    f = jit(lambda x: x * x * x)
    assert grad(f)(3.0) == 27.0
    assert value_and_grad(f)(3.0) == (27.0, 27.0)


def test_a_second_derivative_of_a_lifted_function_names_the_other_order(form) -> None:
    f = jit(lambda x: x * x * x)
    if form == "eager":
        assert grad(grad(f))(3.0) == 18.0
        return
    with pytest.raises(GraphError, match=r"jit\(grad\(f\)\)"):
        grad(grad(f))(3.0)


def test_lifted_functions_are_traced_through_by_others() -> None:
    w = Value(0.5)
    inner = jit(lambda x: engine.tanh(w * x))
    outer = jit(lambda x: inner(x) + inner(2.0 * x))
    assert_agrees(lambda x: engine.tanh(w * x) + engine.tanh(w * 2.0 * x), [w], 1.5, lifted=outer)
    assert inner.traces == 0
    assert jit(grad(inner))(1.5).data == pytest.approx(0.5 / np.cosh(0.75) ** 2, rel=1e-14)
    means = jit(lambda x: x * w, batch=True)
    assert jit(lambda xs: means(xs) * 2.0)([1.0, 2.0]).data == 1.5
    mapped = vmap(lambda x: x * w)
    assert float(jit(lambda xs: engine.sum(list(mapped(xs))))([1.0, 2.0])) == 1.5


def test_two_threads_call_one_function() -> None:
    w = [Value(0.1 * i) for i in range(8)]
    f = jit(lambda xs: engine.sum([engine.tanh(a * x) for a, x in zip(w, xs, strict=True)]))
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2, 200, 8)).tolist()
    expected = [[sum(np.tanh(0.1 * i * x) for i, x in enumerate(xs)) for xs in half] for half in X]
    found = [[], []]

    def work(k):
        for xs in X[k]:
            found[k].append(f(xs).data)

    threads = [threading.Thread(target=work, args=(k,)) for k in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(found, expected, rtol=1e-12)


# -- batches -----------------------------------------------------------------------------------------------


def test_samples_come_in_arrays_lists_and_what_holds_them() -> None:
    w = Value(0.5)
    X, t = np.arange(12.0).reshape(3, 2, 2), np.array([1.0, 2.0, 3.0])
    expected = np.mean(0.5 * X.sum(axis=(1, 2)) * t)

    def f(x, t):
        return engine.sum([v * w for row in x for v in row]) * t

    g = jit(f, batch=True)
    for x, y in ((X, t), (X.tolist(), t.tolist()), (X, t.tolist())):
        for _ in range(2):
            w.grad = 0.0
            y = g(x, y)
            y.backward()
            assert y.data == pytest.approx(expected, rel=1e-14)
            assert w.grad == pytest.approx(expected / 0.5, rel=1e-14)
            y = t
    h = jit(lambda d: f(d["x"], d["t"]), batch=True)
    for n in (3, 2, 3):
        found = h({"x": X[:n], "t": t[:n]}).data
        assert found == pytest.approx(np.mean(0.5 * X[:n].sum(axis=(1, 2)) * t[:n]), rel=1e-14)
    assert h.traces == 1


def test_values_among_samples_receive_gradients() -> None:
    a, b = Value(1.0), Value(2.0)
    for samples in ([a, b, 3.0], np.array([3.0, a, b], dtype=object)):
        a.grad = b.grad = 0.0
        y = jit(lambda x: x * x, batch=True)(samples)
        y.backward()
        assert y.data == pytest.approx(14.0 / 3.0, rel=1e-15)
        assert (a.grad, b.grad) == pytest.approx((2.0 / 3.0, 4.0 / 3.0), rel=1e-15)


@pytest.mark.parametrize("none", [[], np.zeros(0), np.zeros((0, 2))])
def test_a_batch_of_none_has_no_mean(none) -> None:
    w = Value(1.0)
    f = jit(lambda x: w * 2.0, batch=True)
    for _ in range(2):
        with pytest.raises(ValueError, match="no samples"):
            f(none)
        f([1.0])


def test_samples_must_have_an_axis_and_be_equally_many() -> None:
    f = jit(lambda x, y: x * y, batch=True)
    for wrong in (1.0, np.array(1.0), Value(1.0)):
        with pytest.raises(TypeError, match="leading axis"):
            f(wrong, [1.0])
    with pytest.raises(ValueError, match=r"\[2, 3\]"):
        f([1.0, 2.0], np.ones(3))


def test_a_sample_that_is_not_finite_is_the_engines() -> None:
    w = Value(2.0)
    f = jit(lambda x: engine.where(engine.greater(x, 0.0), engine.log(x * w), 0.0), batch=True)
    y = f([0.0, 1.0, 4.0])
    y.backward()
    assert y.data == pytest.approx(np.log(16.0) / 3.0, rel=1e-14)
    assert w.grad == pytest.approx(1.0 / 3.0, rel=1e-14)


def test_samples_of_which_squares_overflow_are_mapped_like_others() -> None:
    f = vmap(lambda x: x * 1e200)
    np.testing.assert_array_equal(f(np.array([1.0, 2.0, 3e5])), [1e200, 2e200, 3e205])
    several = vmap(lambda x: (x.exp(), x * 2.0))(np.array([1.0, 800.0, 3.0]))
    assert [column.tolist() for column in several] == [
        [math.exp(1.0), math.inf, math.exp(3.0)],
        [2.0, 1600.0, 6.0],
    ]


def test_a_backend_that_is_none_or_not_there_is_refused(monkeypatch) -> None:
    with pytest.raises(ValueError, match="backend must be None or 'jax', got 'torch'"):
        jit(lambda x: x, batch=True, backend="torch")
    with pytest.raises(ValueError, match=r"needs batch=True; for one sample see to_jax\(\)"):
        jit(lambda x: x, backend="jax")
    monkeypatch.setattr(calling, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[jax\]'"):
        jit(lambda x: x, batch=True, backend="jax")


def test_any_number_of_shapes_of_samples(monkeypatch) -> None:
    """What is known of them is forgotten now and then."""
    monkeypatch.setattr(calling, "_MOST_NESTINGS", 2)
    weight = Value(2.0)
    mean = jit(lambda x: weight * engine.sum(x), batch=True)
    for size in (1, 2, 3, 4, 5, 1, 2):
        X = np.arange(3.0 * size).reshape(3, size)
        assert mean(X).data == mean(X + 0.0).data == pytest.approx(2.0 * X.sum() / 3.0)


def test_numbers_of_other_types_go_through_the_function_itself() -> None:
    weight = Value(2.0)
    f = jit(lambda x: weight * x * x)
    assert f(ComplexNumber(3.0 + 1e-20j)).data == pytest.approx(18.0 + 12e-20j, rel=1e-14)
    assert f(3.0).data == 18.0


def test_samples_whose_results_are_not_finite_are_those_of_the_function() -> None:
    weight = Value(2.0)
    mean = jit(lambda x: weight * engine.exp(x), batch=True)
    one, large = np.array([0.0, 1.0]), np.array([0.0, 900.0])
    for numbers in (one, one, large, one):
        assert mean(numbers).data == pytest.approx(
            2.0 * (1.0 + (math.e if numbers is one else math.inf)) / 2.0
        )


@pytest.mark.parametrize("batch", [False, True])
def test_a_call_within_a_call_leaves_its_numbers_alone(batch, monkeypatch) -> None:
    """As a signal handler or a finalizer makes it."""
    w = Value(0.5)
    f = jit(lambda x: (w * x) ** 2, batch=batch)
    a, b = ([3.0, 4.0], [5.0, 6.0]) if batch else (3.0, 5.0)
    expected = [f(a).data, f(b).data, f(a).data]
    name = "mean" if batch else "run"
    run, found = getattr(Lifted, name), []

    def interrupted(self, *args):
        if not found:
            found.append(0.0)
            found[0] = f(b).data
        return run(self, *args)

    monkeypatch.setattr(Lifted, name, interrupted)
    f._leave_quick()
    assert [f(a).data, *found] == pytest.approx(expected[: 1 + len(found)], rel=1e-15)
