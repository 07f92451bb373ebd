"""Numbers read out of Values are computed by one program, and are floats to whoever asks."""

import copy
import json
import math
import random
import statistics
import warnings

import numpy as np
import pytest

import engine
from engine import Value, jit

W = [Value(0.0) for _ in range(6)]


def terms(xs):
    return [w * x for w, x in zip(W, xs, strict=True)]


# -- one program -------------------------------------------------------------------------------------------


def softmax(xs):
    logits = terms(xs)
    top = max(v.data for v in logits)
    powers = [(v - top).exp() for v in logits]
    total = sum(powers)
    return -(powers[1] / total).log()


def softmax_of_a_list(xs):
    logits = terms(xs)
    numbers = [v.data for v in logits]
    powers = [engine.exp(v - max(numbers)) for v in logits]
    return powers[0] / sum(powers) + numbers[-1] * logits[0]


def logsumexp(xs):
    logits = terms(xs)
    top = max([v.item() for v in logits])
    return top + engine.log(engine.sum([engine.exp(v - top) for v in logits]))


def twice_a_softmax(xs):
    first = terms(xs)
    for _ in range(2):
        top = max(v.data for v in first)
        powers = [(v - top).exp() for v in first]
        first = [w * p / sum(powers) for w, p in zip(W, powers, strict=True)]
    return first[0] - first[-1]


def by_hand(xs):
    logits = terms(xs)
    top = logits[0].data
    for v in logits[1:]:
        if v.data > top:
            top = v.data
    return sum((v - top).exp() for v in logits).log()


def smallest(xs):
    return sum(v - min(v.data for v in terms(xs)) for v in terms(xs)) ** 2


def range_of_numbers(xs):
    numbers = [v.data for v in terms(xs)]
    span = max(numbers) - min(numbers)
    return sum(terms(xs)) / (span + 1.0)


def scaled(xs):
    scale = 1 / max(abs(w.data) for w in W)
    return sum(scale * w * x for w, x in zip(W, xs, strict=True))


def of_the_total(xs):
    powers = [v.exp() for v in terms(xs)]
    total = sum(p.data for p in powers)
    return sum(p / total * p for p in powers)


def standardised(xs):
    found = terms(xs)
    mean = sum(v.data for v in found) / len(found)
    var = sum((v.data - mean) ** 2 for v in found) / len(found)
    return sum(((v - mean) / (var + 1e-5) ** 0.5) ** 3 for v in found)


def temperature(xs):
    return sum((v / W[0].data).tanh() for v in terms(xs))


def length_clipped(xs):
    norm = sum(w.data**2 for w in W) ** 0.5
    factor = 1.0 if norm < 1.0 else 1.0 / norm
    return sum(v * factor for v in terms(xs))


def clipped_by_name(xs):
    total = sum(v.data for v in terms(xs))
    scale = 1.0
    if total > 0.5:
        scale = 0.5 / total
    return sum(terms(xs)) * scale


def straight_through(xs):
    return sum(v + ((1.0 if v.data > 0 else -1.0) - v.data) for v in terms(xs)) * W[0]


def leaky(xs):
    return sum(v if v.data > 0 else 0.01 * v for v in terms(xs)) * W[1]


def leaky_by_return(xs):
    def activation(v):
        if v.data > 0:
            return v
        return 0.01 * v

    return sum(activation(v) for v in terms(xs)) * W[1]


def masked(xs):
    return sum(v * (v.data > 0) for v in terms(xs)) * W[1] + sum(v * (v.data >= 0.5) * v for v in terms(xs))


def dropped(xs):
    return sum(v * (0.0 if abs(v.data) < 0.3 else 1.25) for v in terms(xs))


def hinge(xs):
    return sum(max(0, 1 - v.data) * v for v in terms(xs)) + W[0]


def between(xs):
    return sum(v if -0.5 < v.data < 0.5 else 0.5 * v for v in terms(xs))


def safe_quotient(xs):
    return sum(v * (1.0 / v.data if v.data > 0 else 0.0) for v in terms(xs)) + W[0]


def step_down(xs):
    return sum(w * x - 0.1 * w.data * x for w, x in zip(W, xs, strict=True))


def read_twice(xs):
    return sum(v * v.data + v.data.__abs__() * v for v in terms(xs))


def momentum(xs):
    mean = 0.0
    for v in terms(xs):
        mean = 0.9 * mean + 0.1 * v.data
    return sum((v - mean) ** 2 for v in terms(xs))


def power(xs):
    return sum(v * 2.0**v.data + v * abs(v.data) ** 1.5 for v in terms(xs))


def functions_of_numbers(xs):
    return sum(v * engine.tanh(v.data) + v * engine.maximum(v.data, 0.2) for v in terms(xs))


def remainders(xs):
    return sum(v * (v.data % 1.0) + v * (v.data // 0.5) for v in terms(xs))


def of_arguments(xs):
    return sum(x.data * w for w, x in zip(W, xs, strict=True)) * xs[0]


def ratio(xs):
    return terms(xs)[0] / terms(xs)[1].data


def of_a_reread(xs):
    v = sum(terms(xs))
    return v * (v * v.data).data


def as_a_leaf(xs):
    target = Value(2.0 * sum(v.data for v in terms(xs)))
    return sum(Value(v.data) * v for v in terms(xs)) + (target - terms(xs)[0]) ** 2 + target.tanh()


def returned(xs):
    found = sum(terms(xs))
    return found, found.data, [max(v.data for v in terms(xs)), 1.0]


def returned_alone(xs):
    found = sum(terms(xs))
    return found.data - 1.0


def returned_in_a_list(xs):
    top = max(v.data for v in terms(xs))
    powers = [(v - top).exp() for v in terms(xs)]
    return [(p / sum(powers)).data for p in powers]


ONE = [
    *(softmax, softmax_of_a_list, logsumexp, twice_a_softmax, by_hand, smallest, range_of_numbers, scaled),
    *(of_the_total, standardised, temperature, length_clipped, clipped_by_name, straight_through, leaky),
    *(leaky_by_return, masked, dropped, hinge, between, safe_quotient, step_down, read_twice, momentum),
    *(power, functions_of_numbers, remainders, of_arguments, ratio, of_a_reread, as_a_leaf),
    *(returned, returned_alone, returned_in_a_list),
]

# -- as before ---------------------------------------------------------------------------------------------


def rounded(xs):
    return sum(v + (round(v.data) - v.data) for v in terms(xs))


def largest_place(xs):
    found = terms(xs)
    return found[max(range(len(found)), key=lambda i: found[i].data)] * 2.0


def place_by_index(xs):
    numbers = [v.data for v in terms(xs)]
    return terms(xs)[numbers.index(max(numbers))] * 2.0


def counted(xs):
    return sum(terms(xs)) * sum(v.data > 0 for v in terms(xs))


def ordered(xs):
    low, *_, high = sorted(v.data for v in terms(xs))
    return sum(terms(xs)) * (high - low)


def by_math(xs):
    return sum(v * math.exp(v.data) for v in terms(xs))


def by_float(xs):
    return sum(v * float(v) for v in terms(xs))


def by_statistics(xs):
    return sum(terms(xs)) * statistics.mean(v.data for v in terms(xs))


def by_numpy(xs):
    return sum(terms(xs)) * np.std([v.data for v in terms(xs)]) + np.argmax([v.data for v in terms(xs)])


def by_an_array_of_floats(xs):
    return sum(terms(xs)) * float(np.array([v.data for v in terms(xs)], dtype=float).sum())


def by_text(xs):
    return sum(v * len(f"{v.data}") + len(f"{v.data:.2f}") + len(str(v.data)) for v in terms(xs))


def by_percent(xs):
    return sum(v * len("%.3f" % v.data) for v in terms(xs))  # noqa: UP031


def by_json(xs):
    return sum(v * json.loads(json.dumps([v.data]))[0] for v in terms(xs))


def by_method(xs):
    return sum(v * (2.0 if v.data.is_integer() else 3.0) * v.data.real for v in terms(xs))


def by_method_or_without(xs):
    def whole(number):
        try:
            return number.is_integer()
        except AttributeError:
            return True

    return sum(v * (2.0 if whole(v.data) else 3.0) for v in terms(xs))


def by_class(xs):
    return sum(v * (2.0 if isinstance(v.data, float) else 3.0) for v in terms(xs))


def by_type(xs):
    return sum(v * (2.0 if type(v.data) is float else 3.0) for v in terms(xs))


def by_pattern(xs):
    def kind(number):
        match number:
            case float():
                return 2.0
            case _:
                return 3.0

    return sum(v * kind(v.data) for v in terms(xs))


def by_attribute(xs):
    def as_number(x):
        return x.data if hasattr(x, "grad") else 3.0 * x

    return sum(v * as_number(v.data) for v in terms(xs))


def in_a_dict(xs):
    return sum(v * {v.data: 2.0}[v.data] for v in terms(xs))


def in_a_set(xs):
    return sum(terms(xs)) * len({v.data for v in terms(xs)})


def copied(xs):
    return sum(copy.copy(v.data) * v + copy.deepcopy([v.data])[0] for v in terms(xs))


def whole_part(xs):
    return sum(v * int(v.data) + v * math.floor(v.data) for v in terms(xs))


def equal_numbers(xs):
    top = max(v.data for v in terms(xs))
    return sum(v for v in terms(xs) if v.data == top)


def up_to_an_edge(xs):
    total = 0.0
    for v in terms(xs):
        total += v.data
        if total > 0.5:
            break
    return sum(terms(xs)) * total


def truth(xs):
    return sum(v * (v.data or 3.0) for v in terms(xs))


def without_graph(xs):
    found = terms(xs)
    with engine.no_grad():
        top = max(v.data for v in found)
        scale = top * 2.0
    return sum(v - scale for v in found) * W[0]


def by_format_spec(xs):
    return sum(v * float(f"{v.data:.1f}") for v in terms(xs))


def repeated(xs):
    return sum(W[0] * i for i in range(int(abs(sum(v.data for v in terms(xs)))) % 4)) + W[1]


def complex_numbers(xs):
    return sum(v * abs(v.data**0.5) for v in terms(xs))


OTHERS = [
    *(rounded, largest_place, place_by_index, counted, ordered, by_math, by_float, by_statistics, by_numpy),
    *(by_an_array_of_floats, by_text, by_percent, by_json, by_method, by_method_or_without, by_class),
    *(by_type, by_pattern, by_attribute, in_a_dict, in_a_set, copied, whole_part, equal_numbers),
    *(up_to_an_edge, truth, without_graph, by_format_spec, repeated, complex_numbers),
]


def parts(output):
    waiting, found = [output], []
    while waiting:
        item = waiting.pop()
        waiting += list(item) if isinstance(item, (list, tuple)) else []
        found += [] if isinstance(item, (list, tuple)) else [item]
    return found


def outcome(f, numbers):
    """The numbers and types that a call gives, with the gradients of all Values; or the type of its error."""
    xs = [Value(x) for x in numbers]
    try:
        found = parts(f(xs))
    except (ArithmeticError, TypeError) as error:
        return [type(error)]
    total = engine.sum([W[0] * 0.0, *(x for x in found if isinstance(x, Value))])
    gradients = engine.gradients(total, [*W, *xs])
    return [*[type(x) for x in found], *[float(getattr(x, "data", x)) for x in found], *gradients]


def points(count, ties=True):
    draw = random.Random(5)
    for i in range(count):
        if i % 2 == 0:
            for w in W:
                w.data = draw.gauss(0.0, 1.0)
        numbers = [draw.gauss(0.0, 1.5) for _ in W]
        if ties and i % 4 == 3:
            for w in W:
                w.data = 0.5 if i % 8 == 3 else 1.0
            numbers = [draw.choice([-1.0, 0.5, 1.0, 2.0]) for _ in W]
        yield numbers


def agree(f, lifted, numbers):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # that it runs as written
        mine = outcome(lifted, numbers)
    own = outcome(f, numbers)
    assert len(mine) == len(own), f
    for a, b in zip(mine, own, strict=True):
        assert a is b if isinstance(b, type) else a == pytest.approx(b, rel=1e-9, abs=1e-11, nan_ok=True), f


def test_numbers_read_out_are_computed_by_one_program() -> None:
    for f in ONE:
        for audit in (True, False):
            lifted = jit(f, audit=audit)
            for numbers in points(9):
                agree(f, lifted, numbers)
            assert (lifted.traces, lifted.graph.is_merged) == (1, True), f


def test_a_way_on_which_a_value_is_a_plain_number_raises_as_that_does() -> None:
    def shrunk(x, by):
        return x * by if x.data > 0.5 else by

    def f(xs):
        scale = W[0].data - 1.0
        return W[0] * xs[0] + engine.tanh(shrunk(xs[1], 1.0 + scale) / scale)

    lifted = jit(f, audit=False)
    for first, x in ((0.5, 1.0), (0.25, 0.0), (2.0, 1.0), (1.0, 2.0), (1.0, 0.0), (1.5, -1.0)):
        W[0].data = first
        agree(f, lifted, [1.0, x])
    assert lifted.graph.is_merged


def test_who_asks_for_the_class_of_a_number_is_told_the_truth_on_all_ways() -> None:
    def by_class_attribute(xs):
        return sum(v * (2.0 if v.data.__class__ is float else 3.0) for v in terms(xs))

    for f in (by_class, by_type, by_pattern, by_class_attribute):
        lifted = jit(f, audit=False)
        for numbers in points(4):
            agree(f, lifted, numbers)
        assert not lifted.graph.is_merged, f


def test_what_floats_do_otherwise_than_values_is_as_eagerly() -> None:
    for f in OTHERS:
        lifted = jit(f, audit=False)
        for numbers in points(12):
            agree(f, lifted, numbers)


# -- where floats raise ------------------------------------------------------------------------------------


def twice_inverse(x):
    return W[0] * x * (1 / (1 / (W[1] * x).data))


def inverse_on_a_side(x):
    v = W[1] * x
    return W[0] * (1.0 / (1.0 / (v.data - 1.0)) if v.data > 0 else 0.25) * x


def whole_quotient(x):
    return W[0] * x * engine.tanh(1.0 // (W[1] * x).data + 1.0 % (W[1] * x).data)


def overflowing(x):
    return W[0] * x + 1.0 / (1.0 + ((W[1] * x).data * 1e10) ** 20)


def of_a_root(x):
    return W[0] * x * abs((W[1] * x).data ** 0.5) + 0.0 * x


def of_an_exponent(x):
    return W[0] * x + 1.0 / (1.0 + 10.0 ** (400.0 * (W[1] * x).data))


RAISING = [twice_inverse, inverse_on_a_side, whole_quotient, overflowing, of_a_root, of_an_exponent]


def test_where_floats_raise_the_lifted_function_does() -> None:
    for f in RAISING:
        for audit in (True, False):
            raised = 0
            W[0].data, W[1].data = 2.0, 1.0
            lifted = jit(lambda xs, f=f: f(xs[0]), audit=audit)
            for x in (0.5, 0.7, 0.3, 0.0, -0.5, 1.0, 0.25, -2.0, 3.0, 1e300, 0.0, 1e200, 0.125):
                agree(lambda xs, f=f: f(xs[0]), lifted, [x])
                raised += isinstance(outcome(lambda xs, f=f: f(xs[0]), [x])[0], type(ZeroDivisionError))
            assert lifted.graph.is_merged, f


class Kept:
    """What a function may keep numbers in."""

    of_class = None

    def __init__(self):
        self.list, self.dict, self.attribute = [], {}, None

    def append(self, x):
        self.list.append(x)

    def under_a_key(self, x):
        self.dict["x"] = x

    def as_attribute(self, x):
        self.attribute = x

    def of_all(self, x):
        type(self).of_class = (x, 2.0 * x)

    @property
    def numbers(self):
        return [*self.list, *self.dict.values(), self.attribute, *(self.of_class or ())]


def test_who_keeps_a_number_has_a_float_of_each_call() -> None:
    for keep in (Kept.append, Kept.under_a_key, Kept.as_attribute, Kept.of_all):
        kept = Kept()

        def f(xs, kept=kept, keep=keep):
            found = sum(terms(xs))
            keep(kept, found.data)
            return found * max(v.data for v in terms(xs))

        lifted = jit(f)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # that it runs as written
            for numbers in points(6):
                lifted([Value(x) for x in numbers])
                assert sum(terms(numbers)).data in kept.numbers
        assert {type(x) for x in kept.numbers} <= {float, type(None)}


def test_a_list_of_the_functions_own_may_keep_numbers() -> None:
    def f(xs):
        found = []

        def add(v):
            found.append((add, v.data))

        for v in terms(xs):
            add(v)
        return sum(terms(xs)) * max(x for _, x in found)

    lifted = jit(f)
    for numbers in points(6):
        agree(f, lifted, numbers)
    assert lifted.graph.is_merged


# -- extrema -----------------------------------------------------------------------------------------------


def test_the_largest_of_many_is_one_operator() -> None:
    for f in (softmax, softmax_of_a_list, logsumexp, by_hand, scaled, range_of_numbers):
        lifted = jit(f)
        for numbers in points(4):
            agree(f, lifted, numbers)
        assert lifted.graph.is_merged
        assert {row.name for row in lifted.graph.rows} & {"max", "where"} == {"max"}, f


def test_a_nan_is_passed_over_where_max_does() -> None:
    """A result that a nan would not reach is computed by choices, as Python would."""

    def whether_large(xs):
        largest = max(v.data for v in terms(xs))
        return W[0] * xs[0] if largest > 0.5 else W[0] * 0.5

    def poisoned(xs):
        return W[0] * xs[0] / (1.0 + max(v.data for v in terms(xs)) ** 2)

    for f in (whether_large, poisoned):
        lifted = jit(f)
        for numbers in points(8):
            agree(f, lifted, numbers)
        assert lifted.graph.is_merged
        for at in (1, 5):
            numbers = [0.5, 1.5, -1.0, 0.25, 2.0, 1.0]
            numbers[at] = math.nan
            for w in W:
                w.data = 1.0
            agree(f, lifted, numbers)


def test_many_items_are_one_program() -> None:
    for count in (2, 3, 17, 64):
        ws = [Value(math.sin(i + 1.0)) for i in range(count)]

        def f(xs, ws=ws):
            logits = [w * x for w, x in zip(ws, xs, strict=True)]
            low, high = min(v.data for v in logits), max([v.data for v in logits])
            return sum((v - high).exp() for v in logits).log() + low * logits[0]

        lifted, draw = jit(f, audit=True), random.Random(2)
        for _ in range(4):
            numbers = [draw.gauss(0.0, 1.0) for _ in ws]
            assert lifted(numbers).data == pytest.approx(f([Value(x) for x in numbers]).data)
        assert (lifted.traces, lifted.graph.is_merged) == (1, True)


def test_the_largest_of_one_is_an_operator_as_others_are() -> None:
    """So the softmax over the first step of a causal attention is computed with those over more."""

    def f(xs):
        logits, total = terms(xs), 0.0
        for i in range(1, len(logits)):
            top = max(v.data for v in logits[:i])
            total = total + sum((v - top).exp() * w for v, w in zip(logits[:i], W, strict=False))
        return total

    lifted = jit(f)
    for numbers in points(6):
        agree(f, lifted, numbers)
    assert lifted.graph.is_merged
    assert [lifted.graph.rows[i].name for i in lifted.graph.row_of].count("max") == 5
