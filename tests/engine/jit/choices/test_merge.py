"""Short decisions become ``where``, with Python's own values and gradients; what does more is left alone."""

import linecache
import math
import random
import warnings

import numpy as np
import pytest

import engine
import nn
from engine import Value, jit, vmap
from engine.errors import TraceError
from engine.jit.choices import merge
from engine.jit.choices.merge import Merged
from engine.jit.choices.parts import leaves
from engine.jit.choices.paths import DIRECT
from tests.sampling import samples

W = [Value(math.sin(3.0 * i + 1.0)) for i in range(8)]


class Layer:
    alpha = 0.1

    def __init__(self) -> None:
        self.beta, self.calls = 2.0, 0

    def leaky(self, x):
        return self.alpha * x if x <= 0 else self.beta * x

    def counting(self, x):
        if x > 0:
            self.calls += 1
            return x
        return 0.0


layer = Layer()


# -- numbers that are chosen: one program ------------------------------------------------------------------


def relu(x):
    return x if x > 0 else 0


def relu_by_return(x):
    if x > 0:
        return x
    return 0.0


def relu_by_name(x):
    y = 0.0
    if not x <= 0:
        y = x
    return y


def by_max(x):
    return max(0, x)


def clipped(x):
    return max(-0.5, min(0.5, x))


def clipped_by_ifs(x):
    if x > 0.5:
        return 0.5
    elif x < -0.5:
        return -0.5
    return x


def absolute(x):
    if x < 0:
        x = -x
    return x


def elu(x):
    return x if x > 0 else 0.5 * (engine.exp(x) - 1.0)


def sigmoid(x):
    return 1 / (1 + engine.exp(-x)) if x >= 0 else x.exp() / (1 + x.exp())


def huber(x):
    if abs(x) < 0.5:
        y: Value = x * x
        z = 0.5 * y
        return z if True else y
    else:
        return 0.5 * (abs(x) - 0.25)


def beside_itself(x):
    return x * (x if x > 0 else 0.25) + x


def between(x):
    return x * x if -0.5 < x < 0.5 else 0.25


def both(x):
    return x if (x > 0 and x < 0.5) or x < -0.7 else 0.1 * x


def nested(x):
    return 1 if x > 1 else (x if x > 0 else 0)


def mixed(x):
    return x if 0.25 * x > 0.1 or False else x / 3


def by_where(x):
    return engine.where(x > 0, x * x, 0.1 * x)


def by_where_of_a_test(x):
    return engine.where(not x <= 0 and x < 0.5, x, engine.where(x > 0, 0.25 * x, 3.0))


def by_where_of_numbers(x):
    return engine.where(x > 0.5, 2.0, 0.5) * x


def masked(x):
    return x * x * 0.5 + (x > 0) * x


def masked_by_number(x):
    return x * (1 if x > 0 else 0.01) + float(x >= 0.5) * 2 * x


def signed(x):
    return -(1.0 if x > 0 else -1.0 if x < 0 else 0.0) * x


def function_by_sign(x):
    return (engine.exp if x > 0 else engine.tanh)(x)


def set_inside(x):
    y = 0.5 * x
    if x > 0:
        y = x
        if x > 0.5:
            y = 2 * x
    return y


def returned_from_inside(x):
    if x > 0:
        y = x
        if y > 0.5:
            return y * 2
        return y
    return 0.1 * x


CHOSEN = [
    function_by_sign,
    set_inside,
    returned_from_inside,
    by_where,
    by_where_of_a_test,
    by_where_of_numbers,
    masked,
    masked_by_number,
    signed,
    relu,
    relu_by_return,
    relu_by_name,
    by_max,
    clipped,
    clipped_by_ifs,
    absolute,
    elu,
    sigmoid,
    huber,
]
CHOSEN += [beside_itself, between, both, nested, mixed, layer.leaky, lambda x: x if x > 0 else 0 * x]


def largest(xs):
    terms = [w * x for w, x in zip(W, xs, strict=True)]
    top = max(terms)
    powers = [engine.exp(x - top) for x in terms]
    return powers[0] / sum(powers) + top


def best(xs):
    found = None
    for w, x in zip(W, xs, strict=True):
        if found is None or w * x < found:
            found = w * x
    return found * found


def best_by_name(xs):
    found = W[0] * 0.5
    for w, x in zip(W, xs, strict=True):
        h = w * x
        if h > found:
            found = h
    return found * found


def best_from_the_first(xs):
    terms = [w * x for w, x in zip(W, xs, strict=True)]
    high = terms[0]
    for h in terms:
        if h > high:
            high = h
    return high * high


def best_among_arguments(xs):
    low = xs[0]
    for x in xs:
        low = x if x <= low else low
    return low * W[0] + sum(w * x for w, x in zip(W, xs, strict=True))


def clipped_twice(xs):
    total = 0
    for w, x in zip(W, xs, strict=True):
        h = w * x
        if h > 0.5:
            h = 0.5
        if h < -0.5:
            h = -0.5
        total += h * h
    return total * W[0]


def hinge(xs):
    loss = 0
    for w, x in zip(W, xs, strict=True):
        margin = 1 - w * x
        if margin > 0:
            loss += margin
    return loss * 0.5 + W[0]


def parts(xs):
    return [w * x if w * x > 0 else 0.0 for w, x in zip(W, xs, strict=True)], {"k": max(0.0, W[0] * xs[0])}


def over(activation):
    return lambda xs: (
        sum(activation(activation(w * x) * v) for w, v, x in zip(W, [W[-1], *W], xs, strict=False)) * W[1]
        + W[0]
    )


# -- what changes more than a number: a program for each way ------------------------------------------------


def counted(xs):
    count, total = 0, 0
    for w, x in zip(W, xs, strict=True):
        if w * x > 0:
            total = total + w * x
            count += 1
    return total * (count + 1) + W[0]


def all_dead(xs):
    terms = [w * x if w * x > 0 else 0 for w, x in zip(W, xs, strict=True)]
    return W[0] * 7.0 if all(isinstance(h, int) for h in terms) else sum(terms) * W[1]


def all_alive(xs):
    terms = [w * x for w, x in zip(W, xs, strict=True)]
    count = sum(1 if h > 0 else 0 for h in terms)
    total = sum(h if h > 0 else 0.1 * h for h in terms)
    return total * 5.0 if count == len(terms) else total


def kept(xs):
    found = []
    for w, x in zip(W, xs, strict=True):
        if w * x > 0:
            found.append(w * x)
    return sum(found) * len(found) + W[0]


def around(xs):
    total = W[0] * 0.0

    def look(h):
        nonlocal total
        if h > 0:
            total = total + h
        return h

    return sum(look(w * x) for w, x in zip(W, xs, strict=True)) * total


def put(xs):
    found = [0.0] * len(W)
    for i, (w, x) in enumerate(zip(W, xs, strict=True)):
        if w * x > 0:
            found[i] = w * x
    return sum(found) * W[2] + W[0]


def ordered(xs):
    terms = [w * x for w, x in zip(W, xs, strict=True)]
    for i in range(len(terms)):
        for j in range(i):
            if terms[i] < terms[j]:
                terms[i], terms[j] = terms[j], terms[i]
    return terms[0] * terms[-1]


def place(xs):
    terms = [w * x for w, x in zip(W, xs, strict=True)]
    return W[terms.index(max(terms))] * 3.0


def counted_as_numbers(xs):
    terms = [w * x for w, x in zip(W, xs, strict=True)]
    return sum(h > 0 for h in terms) * W[0] + sum([1.0 if h > 0 else 0.5 for h in terms]) * terms[1]


def named_first(xs):
    total = 0.0
    for w, x in zip(W, xs, strict=True):
        factor = 1.0 if w * x > 0 else 0.1
        total = total + factor * x * w
    return total


def by_a_where_of_its_own(xs):
    def where(c, a, b):
        calls.append(c)
        return a if c else b

    calls = []
    return sum(where(w * x > 0, w * x, 0.5) for w, x in zip(W, xs, strict=True)) * sum(calls)


def in_words(xs):
    signs = "".join("+" if w * x > 0 else "-" for w, x in zip(W, xs, strict=True))
    return W[0] * (signs.count("+-") + 1.0) + xs[0]


def stopped(xs):
    total = W[0] * 1.0
    for w, x in zip(W, xs, strict=True):
        total = total + w * x
        if total > 0.8:
            break
    return total


POINTS = samples(3, 12)


def points(count=POINTS):
    draw = random.Random(4)
    found = [[draw.gauss(0.0, 1.5) for _ in W] for _ in range(count)]
    signs = [math.copysign(1.0, w.data) for w in W]
    found += [[s * abs(x) * k for s, x in zip(signs, found[0], strict=True)] for k in (1.0, -1.0)]
    ties = [[edge / w.data for w in W] for edge in (0.5, -0.5)]
    return [*found, [0.0] * 8, [0.0, -0.0, 1.0, -1.0] * 2, *ties]


def numbers(f, *args):
    """The numbers that f returns, and the gradients of their sum."""
    for w in W:
        w.grad = 0.0
    values = [x for x in leaves(f(*args)) if isinstance(x, (int, float, Value))]
    total = engine.sum(values)
    if isinstance(total, Value):
        total.backward()
    return [float(getattr(x, "data", x)) for x in values], [w.grad for w in W]


def agree(f, lifted, *args):
    for mine, own in zip(numbers(lifted, *args), numbers(f, *args), strict=True):
        np.testing.assert_allclose(mine, own, rtol=1e-11, atol=1e-13)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*keeps changing", RuntimeWarning)
        yield


def test_chosen_numbers_are_one_program_and_right_at_ties() -> None:
    of_lists = [largest, best, best_by_name, best_from_the_first, best_among_arguments, clipped_twice]
    for f in [*map(over, CHOSEN), *of_lists, hinge, parts]:
        lifted = jit(f, audit=True)
        for xs in points():
            agree(f, lifted, xs)
        assert lifted.traces == 1, f
        assert lifted.graph.is_merged
        assert not lifted.graph.guards


def test_what_changes_more_than_a_number_is_left_alone() -> None:
    for f in (
        counted,
        all_dead,
        all_alive,
        kept,
        around,
        put,
        ordered,
        place,
        stopped,
        counted_as_numbers,
        named_first,
        by_a_where_of_its_own,
        in_words,
        over(layer.counting),
    ):
        lifted = jit(f)
        for xs in points():
            agree(f, lifted, xs)
        assert lifted.graph.guards, f


def test_a_decision_by_a_chosen_number_keeps_the_way_that_python_took() -> None:
    """In the run that is merged choices are forced, so that the same comparison may come out otherwise."""

    def f(x, y, z):
        a, c = W[1] * y, W[0] * x
        if min(y, z, z) > 0:
            c = abs(x)
        elif W[2] != 0:
            a = x if x > 0 else 0
        return a + c

    lifted, draw = jit(f, audit=False), random.Random(1)
    for _ in range(60):
        agree(f, lifted, *(draw.choice([draw.uniform(-3, 3), 1.0, 0.0]) for _ in range(3)))
    assert lifted.graph.is_merged


@pytest.mark.unmeasured
def test_samples_of_a_batch_are_one_program() -> None:
    X = np.array(points(40))
    for activation in (relu, clipped, sigmoid, layer.leaky):
        f = over(activation)
        lifted = jit(f, batch=True)
        agree(lambda rows, f=f: engine.mean([f(row) for row in rows.tolist()]), lifted, X)
        assert lifted.traces == 1
        mapped = vmap(f)
        with engine.no_grad():
            np.testing.assert_allclose(mapped(X), [f(row).data for row in X.tolist()], rtol=1e-12)


def test_a_nan_goes_where_python_sends_it() -> None:
    lifted = jit(over(relu))
    for xs in points():
        lifted(xs)
    assert lifted.graph.is_merged
    agree(over(relu), lifted, [math.nan, *points()[0][1:]])


def test_a_network_trains_as_it_does_eagerly() -> None:
    def trained(lifts):
        random.seed(1)
        model = nn.Sequential(nn.Linear(2, 8), lambda xs: [relu(x) for x in xs], nn.Linear(8, 1))
        draw = random.Random(0)
        X = [[draw.gauss(0.0, 1.0), draw.gauss(0.0, 1.0)] for _ in range(12)]
        y = [x[0] * x[1] for x in X]
        optimizer = nn.SGD(model.parameters(), lr=0.05)
        history = nn.fit(model, X, y, optimizer=optimizer, loss="mse", epochs=15, jit=lifts)
        return [*history["loss"], *(p.data for p in model.parameters())]

    np.testing.assert_allclose(trained(True), trained(False), rtol=1e-10)


def test_a_result_that_would_be_a_plain_number_is_a_value() -> None:
    def f(xs):
        return sum(max(0, x) for x in xs)

    lifted = jit(f, audit=True)
    for xs in points():
        lifted(xs)
    assert lifted.graph.is_merged
    assert f([-1.0] * 8) == 0 == lifted([-1.0] * 8).data
    assert isinstance(lifted([-1.0] * 8), Value)


def test_a_source_that_is_another_by_now_is_found_out() -> None:
    text = "def f(x):\n    return x if x > 0 else 0.25 * x\n"
    space = {}
    linecache.cache["other.py"] = (len(text), None, text.replace("0.25", "0.75").splitlines(True), "other.py")
    exec(compile(text, "other.py", "exec"), space)  # noqa: S102
    lifted = jit(over(space["f"]))
    for xs in points():
        agree(over(space["f"]), lifted, xs)
    assert not lifted.graph.is_merged


def test_an_audit_finds_what_no_run_showed(monkeypatch) -> None:
    """As if the runs with other outcomes had agreed with a wrong candidate."""
    settle = Merged._built

    def wrong(self, base):
        self._readers = dict.fromkeys(self._readers, DIRECT)
        return settle(self, base)

    monkeypatch.setattr(Merged, "_built", wrong)
    monkeypatch.setattr(merge, "_agrees", lambda *_: True)
    lifted = jit(over(relu), audit=True)
    lifted(points()[0])
    with pytest.raises(TraceError, match="all ways of its decisions"):
        [lifted(xs) for xs in points()]


def test_what_chooses_by_the_object_keeps_a_program_for_each_way() -> None:
    def prize(s):
        best = max(s)
        return 2 * best if best is s[1] else best

    def margin(s):
        best = max(s)
        return 0 * best if best is s[1] else 1 + best - s[1]

    def of_numbers(s):
        clipped = [x if x > 0 else 0 for x in s]
        return s[0] * sum(isinstance(x, Value) for x in clipped)

    rng = np.random.default_rng(0)
    for f in (prize, margin, of_numbers):
        lifted = jit(f, audit=False)
        for _ in range(60):
            xs = rng.normal(size=5).tolist()
            assert float(lifted(xs)) == pytest.approx(float(f([Value(x) for x in xs])), rel=1e-12)
