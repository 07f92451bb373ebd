"""What Python decides by a traced number is decided again at each call, never frozen."""

import math
import sys
import threading
import warnings

import numpy as np
import pytest

import engine
from engine import TraceError, Value, grad, jit, no_grad, vmap
from engine.jit.programs import MOST_FORMS
from engine.jit.trace import decisions
from tests.engine.jit.forms import FORMS, forced, in_turn
from tests.engine.jit.unseen import unseen_turns

NUMBERS = [-2.0, -0.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0]


@pytest.fixture(params=FORMS)
def form(request):
    """A test runs in every form."""
    with forced(request.param):
        yield request.param


@pytest.fixture
def threads_take_turns_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def data_of(x):
    return x.data if isinstance(x, Value) else float(x)


DECISIONS = {
    "==": lambda x: x == 1,
    "== on the right": lambda x: 1.0 == x,  # noqa: SIM300 - the order is what is tested
    "!=": lambda x: x != 1.0,
    "<": lambda x: x < 1,
    "<=": lambda x: x <= 1.0,
    ">": lambda x: x > 1,
    ">=": lambda x: x >= 1.0,
    "between": lambda x: 0.0 <= x < 2.0,
    "in a list": lambda x: x in [1, 2.0],
    "in a tuple": lambda x: x in (0.5, 3),
    "not in": lambda x: x not in [1, 2.0],
    "in a range": lambda x: x in range(3),
    ".count": lambda x: [1, x, 2].count(1) == 2,
    ".index": lambda x: [0.0, 1.0, x].index(x) < 2,
    ".remove": lambda x: [0.5, 1.0, 0.5].remove(x) is None if x in [0.5, 1.0] else False,
    "list ==": lambda x: [x, 1.0] == [2.0, 1.0],
    "f-string": lambda x: f"{x:.1f}" == "1.0",
    "format": lambda x: "{:+.0f}".format(x) in ("+1", "+2"),  # noqa: UP032
    "texts in order": lambda x: sorted([x, 1.25], key=lambda each: format(each, ".3f"))[0] == 1.25,
    "bool": lambda x: bool(x),
    "not": lambda x: not x,
    "and": lambda x: x and x < 2.0,
    "int": lambda x: int(x) == 1,
    "trunc": lambda x: math.trunc(x) == 1,
    "floor": lambda x: math.floor(x) == -2,
    "ceil": lambda x: math.ceil(x) == 1,
    "round": lambda x: round(x) == 2,
    "round to digits": lambda x: round(x, 1) == 0.5,
    "float": lambda x: float(x) > 0.7,
    ".data": lambda x: data_of(x) > 0.7,
    ".item()": lambda x: (x.item() if isinstance(x, Value) else x) > 0.7,
    "isnan": lambda x: math.isnan(x) or x > 1.0,
    "sign of zero": lambda x: math.copysign(1.0, data_of(x)) < 0.0,
    "np.equal": lambda x: np.equal(x, 1.0),
    "np.less": lambda x: np.less(x, 1.0),
    "array ==": lambda x: (np.array([x, 0.0], dtype=object) == 1)[0],
    "max": lambda x: max([x, 1.0]) == 1.0,
    "sorted": lambda x: sorted([1.0, x])[0] == 1.0,
}
W, V = Value(0.5), Value(-1.0)


def chosen_by(decide):
    return lambda x: W * x * x if decide(x) else V * x + W


def right(decide, x):
    """Value and gradients as plain Python has them."""
    if decide(x):
        return 0.5 * x * x, x * x, 0.0
    return -x + 0.5, 1.0, x


def found(y):
    W.grad = V.grad = 0.0
    y.backward()
    return y.data, W.grad, V.grad


@pytest.mark.unmeasured
@pytest.mark.parametrize(("name", "form"), in_turn(DECISIONS), indirect=["form"])
def test_a_decision_by_an_argument_is_taken_anew(name, form) -> None:
    decide = DECISIONS[name]
    f = jit(chosen_by(decide))
    for _ in range(2):
        for x in NUMBERS:
            assert found(f(x)) == pytest.approx(right(decide, x), abs=1e-15), x
    assert f.traces <= len(NUMBERS)


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", DECISIONS)
def test_samples_are_parted_by_the_way_they_take(name) -> None:
    decide = DECISIONS[name]
    f, g = jit(chosen_by(decide), batch=True), vmap(chosen_by(decide))
    for order in (NUMBERS, NUMBERS[::-1], NUMBERS[3:4] * 5, NUMBERS * 3):
        rows = [right(decide, x) for x in order]
        assert found(f(order)) == pytest.approx(np.mean(rows, axis=0), rel=1e-12, abs=1e-15)
        with no_grad():
            np.testing.assert_allclose(g(order), [row[0] for row in rows], rtol=1e-12)


@pytest.mark.parametrize(("name", "form"), in_turn(DECISIONS), indirect=["form"])
def test_a_decision_by_a_computed_number_is_taken_anew(name, form) -> None:
    decide = DECISIONS[name]

    def f(x):
        return W * x if decide(W * x + 0.0) else V * x * x

    lifted = jit(f)
    for _ in range(2):
        for x in NUMBERS:
            assert found(lifted(x)) == found(f(x)), x
    assert lifted.traces <= len(NUMBERS)


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", DECISIONS)
def test_samples_are_parted_by_what_is_computed_of_them(name) -> None:
    decide = DECISIONS[name]

    def f(x):
        return W * x if decide(W * x + 0.0) else V * x * x

    mean, mapped = jit(f, batch=True), vmap(f)
    for order in (NUMBERS, NUMBERS[::-1], NUMBERS[3:4] * 5, NUMBERS * 3):
        rows = [found(f(x)) for x in order]
        assert found(mean(order)) == pytest.approx(np.mean(rows, axis=0), rel=1e-12, abs=1e-15)
        with no_grad():
            np.testing.assert_allclose(mapped(order), [row[0] for row in rows], rtol=1e-12)


@pytest.mark.parametrize(("name", "form"), in_turn(DECISIONS), indirect=["form"])
def test_a_decision_by_a_captured_value_is_taken_anew(name, form) -> None:
    decide = DECISIONS[name]
    switch = Value(1.0)

    class Model:
        @jit
        def method(self, x):
            return W * x if decide(switch) else V * x

    f = jit(lambda x: W * x if decide(switch) else V * x)
    g = jit(lambda x: W * x if decide(switch) else V * x, batch=True)
    h = vmap(lambda x: W * x if decide(switch) else V * x)
    model = Model()
    for number in (*NUMBERS, *NUMBERS):
        switch.data = number
        expected = 1.0 if decide(number) else -2.0
        assert f(2.0).data == model.method(2.0).data == expected
        assert g([1.0, 3.0]).data == expected
        assert h([2.0, 2.0]).tolist() == [expected, expected]


@pytest.mark.parametrize(("name", "form"), in_turn(DECISIONS), indirect=["form"])
def test_a_decision_by_what_is_computed_of_captured_values_is_taken_anew(name, form) -> None:
    decide, switch = DECISIONS[name], Value(1.0)

    def f(x):
        return W * x if decide(switch * 2.0) else V * x

    lifted, mean, mapped = jit(f), jit(f, batch=True), vmap(f)
    for number in (*NUMBERS, *NUMBERS):
        switch.data = number / 2.0
        expected = 1.0 if decide(number) else -2.0
        assert found(lifted(2.0)) == found(f(2.0))
        assert mean([1.0, 3.0]).data == expected
        with no_grad():
            assert mapped([2.0, 2.0]).tolist() == [expected, expected]


ONLY_DECIDED_BY = {
    "a captured Value": lambda x, t: V * x if W > 0.0 else V * 3.0,
    "what is computed of one": lambda x, t: V * x if W * 2.0 > 0.0 else V * 3.0,
    "what is computed of both": lambda x, t: V * x if W * t * x > 0.0 else V * 3.0,
    "its number": lambda x, t: V * x * (W * 2.0 * t).data,
}


@pytest.mark.parametrize("name", ONLY_DECIDED_BY)
@pytest.mark.parametrize("batch", [False, True], ids=["plain", "batch"])
def test_no_gradient_comes_to_what_is_only_decided_by(name, batch, form) -> None:
    f = jit(ONLY_DECIDED_BY[name], batch=batch)
    t, seen = Value(2.0), []
    hook = W.register_hook(seen.append)
    try:
        for _ in range(2):
            y = f([2.0], [t]) if batch else f(2.0, t)
            assert not {id(W), id(t)} & set(map(id, engine.leaves(y)))
            assert found(y * math.inf)[1:] == (0.0, math.inf)
            assert (t.grad, seen) == (0.0, [])
    finally:
        hook.remove()
    constant = jit(lambda x: 3.0 * x if W * x > 0.0 else W * x, batch=batch)
    assert found(constant([2.0] if batch else 2.0)) == (6.0, 0.0, 0.0)


def test_samples_that_only_decide_take_no_gradient() -> None:
    xs, ts = [Value(1.0), Value(2.0), Value(-1.0)], [Value(1.0), Value(0.2), Value(3.0)]
    f = jit(lambda x, t: 3.0 * x if W * t > 0.4 else W * x * t, batch=True)
    assert found(f(xs, ts))[1] == pytest.approx(0.4 / 3.0)
    assert [x.grad for x in xs] == pytest.approx([1.0, 0.1 / 3.0, 1.0])
    assert [t.grad for t in ts] == pytest.approx([0.0, 1.0 / 3.0, 0.0])


def hand_written_relu(h):
    return h if h > 0 else 0


def newton(x):
    """The square root, to where it does not change any more."""
    y = x
    while abs(y * y - x) > 1e-12:
        y = 0.5 * (y + x / y)
    return y * W


def clipped(x):
    if x * x > 4.0:
        return W * 2.0 / abs(x)
    return W * x


def largest_first(x):
    m = max([W * x, V * x], key=lambda v: v.data)
    return engine.log(sum(engine.exp(v - m.data) for v in (W * x, V * x))) + m


def guarded_pole(x):
    d = x - 1.0
    return W / d if d != 0 else V * x


PROGRAMS = {
    "a relu by hand": lambda x: sum((hand_written_relu(W * x * i + V) for i in range(-2, 3)), Value(0.0)),
    "a loop until it is precise": newton,
    "clipping": clipped,
    "the largest exponent first": largest_first,
    "a pole that is avoided": guarded_pole,
    "a choice after a choice": lambda x: W + hand_written_relu(hand_written_relu(W * x + 0.1) * 2.0 - 0.5),
    "a number in the result": lambda x: (W * x, float(x * W > 0.5))[0],
    "a count that is computed": lambda x: engine.sum([W * x for _ in range(1 + int(abs(x * W).data))]),
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_with_ifs_give_what_the_engine_gives(name, form) -> None:
    f = PROGRAMS[name]
    lifted, mean = jit(f), jit(f, batch=True)
    numbers = [0.3, 1.0, 2.5, 0.7, 1.0, 3.0, 0.3]
    for x in numbers:
        y = f(x)
        expected = found(y) if isinstance(y, Value) else (y, 0.0, 0.0)
        assert found(lifted(x)) == pytest.approx(expected, rel=1e-13, abs=1e-15), x
    rows = [found(f(x)) for x in numbers]
    assert found(mean(numbers)) == pytest.approx(np.mean(rows, axis=0), rel=1e-12, abs=1e-15)


def test_forms_that_never_end_run_as_written_with_one_warning() -> None:
    f = jit(lambda x: W * x * float(W * x))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for i in range(2 * MOST_FORMS):
            assert f(float(i)).data == 0.25 * i * i
    assert [str(each.message).count("as what it decides by keeps changing") for each in caught] == [1]
    assert "the number (float()) of a Value of '*'" in str(caught[0].message)
    assert "test_decisions.py" in str(caught[0].message)


KEYS = {
    "dict": lambda x: {1: W, 2: V}.get(x, 3.0) * x,
    "dict []": lambda x: {1: W, 2: V}[x] * x,
    "in a set": lambda x: W * x if x in {1, 2} else V * x,
    "a set": lambda x: W * len({x, 1.0}),
    "hash": lambda x: W * (hash(x) % 7),
    "of what is computed": lambda x: {2.0: W}.get(x + 1.0, V) * x,
    "of what is computed of one twice": lambda x: {2.0: W}.get(x * x, V) * x,
    "dict.fromkeys": lambda x: W * len(dict.fromkeys([x, 1])),
}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("lift", [jit, lambda f: jit(f, batch=True), vmap], ids=["jit", "batch", "vmap"])
def test_a_number_as_a_key_is_refused_with_the_line(name, lift) -> None:
    with pytest.raises(TraceError, match=r"as a key of a dict(.|\n)*test_decisions.py"):
        lift(KEYS[name])(1 if lift is jit else [1, 2])


def test_values_as_keys_are_nodes() -> None:
    table = {W: 2.0, V: 3.0}
    f = jit(lambda x: engine.sum([x * p * table[p] for p in (W, V)]) if W in table else x)
    assert f(1.0).data == -2.0


def test_equality_with_a_captured_value_compares_numbers_where_a_number_was_given() -> None:
    c = Value(2.0)
    f = jit(lambda x: W * x if x == c else V * x)
    for number in (2.0, 3.0, 2.0):
        assert f(number).data == (1.0 if number == 2.0 else -number)
    c.data = 3.0
    assert (f(3.0).data, f(2.0).data) == (1.5, -2.0)


def test_a_value_equals_itself_also_as_nan(form) -> None:
    f = jit(lambda x: V * x if x + W != x + W else W)  # two nodes
    g = jit(lambda x: (lambda h: V * 2.0 if h != h else W * 2.0)(engine.log(W * x)))
    k = jit(lambda x: V if x != x else W)
    for number in (1.0, -1.0, math.nan, 1.0):
        assert (g(number).data, g(Value(number)).data) == (1.0, 1.0)
        assert k(Value(number)).data == 0.5
        assert k(number).data == (-1.0 if math.isnan(number) else 0.5)
    assert (f(1.0).data, f(2.0).data) == (-1.0, -2.0)


def test_equality_of_two_values_that_were_given_is_refused() -> None:
    a, b = Value(1.0), Value(1.0)
    f = jit(lambda x, y: W * x if x == y else V * x)
    assert f(1.0, 1.0).data == 0.5
    assert f(1.0, 2.0).data == -1.0
    with pytest.raises(TraceError, match="whether they are the same one"):
        f(a, b)
    assert jit(lambda x: W * x if W == V else V * x)(1.0).data == -1.0


@pytest.mark.parametrize("name", ["==", "!=", "in a list", ".count", "array =="])
def test_labels_in_an_array_choose(name, form) -> None:
    decide = DECISIONS[name]
    f = jit(lambda x, labels: engine.sum([W * x if decide(t) else V * x for t in labels]))
    for labels in ([1, 0, 1], [0, 0, 0], [1, 0, 1], [2, 1, 5]):
        expected = sum(1.0 if decide(t) else -2.0 for t in labels)
        assert f(2.0, labels).data == f(2.0, np.array(labels)).data == expected
    masked = jit(lambda x, Y: (np.where(Y == 1, W, V) * x).sum())
    for labels in ([1, 0, 1], [0, 0, 0]):
        assert masked(2.0, np.array(labels)).data == sum(1.0 if t == 1 else -2.0 for t in labels)


@pytest.mark.unmeasured
def test_a_number_that_keeps_changing_runs_as_written_with_one_warning(form) -> None:
    f = jit(lambda x: W * x * int(x.data))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for i in range(2 * MOST_FORMS + 3):
            y = f(float(i))
            assert found(y)[:2] == (0.5 * i * i, i * i)
    assert len(caught) == 1
    assert "as what it decides by keeps changing" in str(caught[0].message)
    assert "test_decisions.py" in str(caught[0].message)
    assert f.traces == MOST_FORMS
    f.clear_cache()
    assert (f(3.0).data, f.traces) == (4.5, 1)


def test_samples_that_all_go_ways_of_their_own_are_right() -> None:
    f, g = jit(lambda x: W * x * int(x.data), batch=True), vmap(lambda x: W * x * int(x.data))
    xs = np.arange(30.0)
    with pytest.warns(RuntimeWarning, match="keeps changing"):
        assert f(xs).data == pytest.approx(0.5 * np.mean(xs * xs), rel=1e-14)
    with pytest.warns(RuntimeWarning, match="keeps changing"):
        np.testing.assert_array_equal(g(xs), 0.5 * xs * xs)


def test_a_loop_that_waits_for_an_argument_ends() -> None:
    def f(x, n):
        while n > 0:
            x, n = x * W, n - 1
        return x

    counting = jit(f)
    assert [counting(1.0, n).data for n in (3, 1, 0, 3)] == [0.125, 0.5, 1.0, 0.125]  # n - 1 is computed

    def g(x, n):
        for i in range(10):
            if i < n:
                x = x * W
        return x

    lifted = jit(g)
    assert [lifted(1.0, n).data for n in (3, 1, 0, 3)] == [0.125, 0.5, 1.0, 0.125]


def test_the_gradient_of_a_captured_value_is_read_anew() -> None:
    c = Value(1.0)
    f = jit(lambda x: W * x * c.grad)
    for number in (2.0, 3.0):
        c.grad = number
        assert f(1.0).data == 0.5 * number
    with pytest.raises(TraceError, match="gradient"):
        jit(lambda x: W * x * x.grad)(1.0)


REFUSED = {
    "data +=": (lambda x: setattr(x, "data", x.data + 1.0), r"setting \.data"),
    "data of a captured one": (lambda x: setattr(W, "data", 3.0), r"setting \.data"),
    "grad": (lambda x: setattr(W, "grad", 3.0), r"setting \.grad"),
    "zero_grad": (lambda x: (W * x).zero_grad(), r"zero_grad\(\)"),
    "backward": (lambda x: (W * x).backward(), r"backward\(\)"),
    "hook": (lambda x: W.register_hook(lambda g: g), r"register_hook\(\)"),
    "made by hand": (lambda x: Value(2.0, (x, W), (1.0, 1.0)), "made by hand"),
    "made by hand with a name": (lambda x: Value(2.0, (x, W), "times"), "made by hand"),
    "local gradients": (lambda x: (x * W)._local_grads, "cannot read the gradients"),
    "no_grad": (lambda x: no_grad(lambda: x * W)(), r"under no_grad\(\)"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("lift", [jit, lambda f: jit(f, batch=True), vmap], ids=["jit", "batch", "vmap"])
def test_what_acts_on_nodes_is_refused_with_the_line(name, lift) -> None:
    act, message = REFUSED[name]

    def f(x):
        act(x)
        return x * x * W

    W.grad = 0.0
    with pytest.raises(TraceError, match=message) as caught:
        lift(f)(3.0 if lift is jit else [3.0, 4.0])
    assert "test_decisions.py" in str(caught.value)
    assert (W.data, W.grad) == (0.5, 0.0)


def test_derivatives_inside_are_graphs(form) -> None:
    c = Value(2.0)
    f = jit(lambda x: x * grad(lambda t: c * t * t)(3.0) + engine.gradients(c * c * x, [c])[0])
    for number in (2.0, 5.0):
        c.data = number
        assert f(1.0).data == 6.0 * number + 2.0 * number


def test_tracing_touches_no_parameter() -> None:
    values = [Value(0.1 * i) for i in range(4)]
    seen = []

    def f(x):
        seen.append([value._data for value in values])
        return engine.sum([engine.tanh(value * x) for value in values])

    jit(f)(1.0)
    assert len(seen) >= 2
    assert all(numbers == [0.1 * i for i in range(4)] for numbers in seen)


def tanh_of_each(weights, xs):
    return engine.sum([engine.tanh(w * x) for w, x in zip(weights, xs, strict=True)])


def tanh_or_none(weights, xs):
    """Decided by arguments, and by what is computed: four ways."""
    terms = [engine.tanh(w * x) for w, x in zip(weights, xs, strict=True)]
    head = terms[0] if xs[0] > 0.0 else 0.0 * weights[0]
    return engine.sum([head, *terms[1:5], terms[5] if terms[5] > 0.0 else 0.0 * weights[5]])


def right_for_threads(f, numbers, X):
    """The means over samples of f and of its derivatives by the weights, by NumPy."""
    Z, used = numbers * X, np.ones(X.shape)
    if f is tanh_or_none:
        used[:, 0], used[:, 5] = X[:, 0] > 0.0, Z[:, 5] > 0.0
    found = used * np.tanh(Z), used * (1.0 - np.tanh(Z) ** 2) * X
    return found[0].sum(axis=1).mean(), found[1].mean(axis=0)


@pytest.mark.unmeasured
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("f", [tanh_of_each, tanh_or_none])
def test_threads_call_while_others_trace(f, batch, form, threads_take_turns_often) -> None:
    """Eight call one function while two others trace it anew."""
    weights = [Value(0.1 * i - 0.25) for i in range(6)]
    numbers, rng = np.array([w.data for w in weights]), np.random.default_rng(0)
    X = rng.normal(size=(8, 20, 5 if batch else 1, 6))

    def lifted():
        return jit(lambda xs: f(weights, list(xs)), batch=batch)

    shared, wrong, start = lifted(), [], threading.Barrier(10)

    def compare(g, samples):
        given = samples if batch else samples[0].tolist()
        y, (value, derivatives) = g(given), right_for_threads(f, numbers, samples)
        if not math.isclose(y.data, value, rel_tol=1e-11, abs_tol=1e-14):
            wrong.append((y.data, value))
        if not np.allclose(engine.gradients(y, weights), derivatives, rtol=1e-11, atol=1e-14):
            wrong.append(derivatives)
        if [w.data for w in weights] != numbers.tolist():
            wrong.append("perturbed")

    def run(k):
        start.wait()
        try:
            for samples in X[k % 8][: 20 if k < 8 else 8]:
                compare(shared if k < 8 else lifted(), samples)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_updates_made_while_another_thread_traces_are_kept() -> None:
    w, inside, go_on = Value(1.0), threading.Event(), threading.Event()

    def f(x):
        inside.set()
        assert go_on.wait(60)
        return w * x

    results = []
    thread = threading.Thread(target=lambda: results.append(jit(f)(2.0).data))
    thread.start()
    assert inside.wait(60)
    w.data = 5.0
    go_on.set()
    thread.join()
    assert (w.data, results) == (5.0, [10.0])


def test_whether_a_parameter_takes_a_gradient_is_asked_anew() -> None:
    ps = [Value(2.0), Value(3.0)]
    f = jit(lambda x: x * engine.sum([p * p for p in ps if p.requires_grad]))
    for flags, expected in (((1, 1), 13.0), ((1, 0), 4.0), ((0, 1), 9.0), ((1, 1), 13.0)):
        for p, flag in zip(ps, flags, strict=True):
            p.requires_grad = bool(flag)
        y = f(1.0)
        y.backward()
        assert y.data == expected
    frozen = Value(2.0)
    frozen.requires_grad = False
    g = jit(lambda x: W * x if x.requires_grad else V * x)
    assert [g(frozen).data, g(Value(2.0)).data, g(frozen).data] == [-2.0, 1.0, -2.0]
    with pytest.raises(TraceError, match="requires_grad"):
        jit(lambda x: W * x if (W * x).requires_grad else V * x)(1.0)


def test_decisions_in_a_function_that_is_differentiated_inside() -> None:
    def f(x):
        return W * x * x if x > 1.0 else V * x

    for x in (0.5, 2.0, 0.5, 3.0):
        expected = x if x > 1.0 else -1.0
        assert jit(grad(f))(x).data == grad(f)(x) == expected
        assert jit(lambda x: grad(f)(x) + 1.0)(x).data == expected + 1.0
    assert vmap(grad(f))([0.5, 2.0, 3.0]).tolist() == [-1.0, 2.0, 3.0]
    c = Value(2.0)
    g = jit(lambda x: x * grad(f)(c))
    for number in (2.0, 0.5, 2.0):
        c.data = number
        assert g(1.0).data == (number if number > 1.0 else -1.0)


def test_what_decides_is_looked_for_where_it_stood() -> None:
    switches = [Value(1.0)]
    f = jit(lambda x: W * x if switches[0] == 1.0 else V * x)
    assert f(2.0).data == 1.0
    switches[0] = Value(0.0)
    assert f(2.0).data == -2.0
    switches[0] = 1.0
    assert f(2.0).data == 1.0


@pytest.mark.parametrize("lift", [jit, lambda f: jit(f, batch=True), vmap], ids=["jit", "batch", "vmap"])
def test_decisions_that_differ_from_run_to_run_are_refused(lift) -> None:
    unseen_turn = unseen_turns()
    ways = {
        "a random number": lambda x: W * x if Value(float(unseen_turn())) > 50.0 else V * x,
        "another number": lambda x: W * x if x > float(unseen_turn()) else V * x,
        "one more": lambda x: W * x if unseen_turn() % 2 and x > 0.0 else V * x,
        "another kind": lambda x: W * x if (x > 0.0 if unseen_turn() % 2 else x >= 0.0) else V * x,
    }
    for f in ways.values():
        unseen_turn = unseen_turns()
        with pytest.raises(TraceError, match="when it runs again"):
            lift(f)(3.0 if lift is jit else [3.0, 4.0])


RUNS = {
    "fewer decisions": (lambda x, y: x > 0 and x > 1, lambda x, y: x > 0),
    "more decisions": (lambda x, y: x > 0, lambda x, y: x > 0 and x > 1),
    "an index": (lambda x, y: x > 0, lambda x, y: [0, 1, 2, 3][x]),
    "another argument": (lambda x, y: x > 0, lambda x, y: y > 0),
    "an argument, then a constant": (lambda x, y: x > 0, lambda x, y: Value(1.0) > 0),
    "a constant, then an argument": (lambda x, y: Value(1.0) > 0, lambda x, y: x > 0),
    "a constant, then another": (lambda x, y: Value(1.0) > 0, lambda x, y: Value(2.0) > 0),
    "what is computed, then an argument": (lambda x, y: x + y > 0, lambda x, y: x > 0),
    "one thing twice, then two": (
        lambda x, y: (lambda s: s > 0 and s > 1)(x + y),
        lambda x, y: x + y > 0 and x + y > 1,
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_runs_that_look_at_different_numbers_are_refused_with_the_line(name) -> None:
    ways, turn = RUNS[name], unseen_turns()

    def f(x, y):
        return W * x if ways[turn() % 2](x, y) else V * y

    with pytest.raises(TraceError, match=r"decides otherwise when it runs again(.|\n)*test_decisions.py"):
        jit(f)(3, 2)


def test_what_constants_decide_is_no_guard() -> None:
    f = jit(lambda x: W * x if Value(2.0) > 1.0 else V * x)
    assert [f(2.0).data, f(-2.0).data] == [1.0, -1.0]
    assert (f.traces, f._shown.guards) == (1, [])


def test_too_many_decisions_are_refused_with_a_remedy(monkeypatch) -> None:
    monkeypatch.setattr(decisions, "_MOST", 5)

    def f(x):
        while x > 0.0:
            x = x - 1.0
        return W * x

    assert jit(f)(4.0).data == 0.0
    with pytest.raises(
        TraceError, match=r"more than 5 times, the last time at (.|\n)*choose by engine.where"
    ):
        jit(f)(9.0)


@pytest.mark.parametrize("read", [float, int, bool, math.isnan], ids=lambda read: read.__name__)
def test_samples_of_the_next_call_are_read_anew(read) -> None:
    """Also nan, which is itself when it is read; as an integer it is refused as the function refuses it."""

    def f(x):
        return W * 3.0 if read(x) == 1 else V * 2.0

    mean = jit(f, batch=True, audit=False)
    same = [1.0, 1.0]
    for numbers in (
        same,
        same,
        [1.0, 4.0],
        same,
        [math.nan, 1.0],
        [math.nan, math.nan],
        [math.nan, math.nan],
    ):
        if read is int and math.isnan(numbers[0]):
            with pytest.raises(ValueError, match="cannot convert float NaN to integer"):
                mean(np.array(numbers))
        else:
            expected = engine.mean([f(x) for x in numbers])
            assert mean(np.array(numbers)).data == expected.data


LOG: list[str] = []


def test_a_text_decides_unless_it_is_only_shown(capsys) -> None:
    w = Value(0.5)

    def of_parts(x):
        parts = []
        parts.append(f"{w * x:.1f}")
        return w * x if parts == ["1.0"] else x

    def of_an_error(x):
        try:
            raise ValueError(f"{w * x:.1f}")
        except ValueError as error:
            return w * x if str(error) == "1.0" else x

    texts = {
        "of a list of texts": of_parts,
        "of an error": of_an_error,
        "repr": lambda x: w * x if "data=1.0" in repr(w * x) else x,
        "str": lambda x: w * x if "data=1.0" in str(w * x) else x,
        "of a list": lambda x: w * x if "data=1.0" in str([w * x]) else x,
        "f-string": lambda x: w * x if f"{w * x:.1f}" == "1.0" else x,
    }
    for name, f in texts.items():
        lifted = jit(f, audit=False)
        assert [lifted(x).data for x in (1.0, 2.0, 3.0, 2.0)] == [1.0, 1.0, 3.0, 1.0], name
        assert lifted.traces == 3

    def shows(x):
        y = w * x
        print(f"{y}", repr(y), f"{y:.3f}")
        LOG.append(f"loss {y:.3f}")
        if x < 0.0:
            raise ValueError(f"{y:.3f} of {x}")
        return y

    lifted = jit(shows)
    assert [lifted(x).data for x in (1.0, 2.0, 3.0)] == [0.5, 1.0, 1.5]
    assert lifted.traces == 1
    assert capsys.readouterr().out.startswith("Value(data=0.5, grad=0.0) Value(data=0.5, grad=0.0) 0.500\n")
