"""The second look: numbers changed in each way, and traces that differ in one thing each."""

import numpy as np
import pytest

import engine
from engine import TraceError, Value, jit
from engine.jit.trace.retrace_check import changes_for, dealt_anew, lowered, refuse_differences
from tests.engine.jit.stages import graph
from tests.engine.jit.unseen import unseen_turns

W, V = Value(0.5), Value(-1.5)
NUMBERS = np.array([0.0, -2.0, 3.5, 1e-3, 1e3])


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("operands", "numbers", "count"), [(1, 1, 5), (40_000, 3, 5), (40_001, 3, 1), (1, 0, 1)]
)
def test_a_large_graph_and_one_without_arguments_are_traced_again_once(operands, numbers, count) -> None:
    assert len(changes_for(operands, numbers)) == count


@pytest.mark.parametrize("change", changes_for(1)[:-1], ids=lambda change: change.__name__)
def test_every_change_changes_each_number_and_its_own_copy(change) -> None:
    before = NUMBERS.copy()
    other = change(NUMBERS, rng())
    assert (other != NUMBERS).all()
    assert (before == NUMBERS).all()


def test_changes_are_mild_of_either_sign_turned_large_and_zero() -> None:
    near, either, turned, large, zero = (change(NUMBERS, rng()) for change in changes_for(1))
    assert (np.abs(near - NUMBERS) <= 0.3 * np.abs(NUMBERS) + 1e-3).all()
    many = changes_for(1)[1](np.ones(64), rng())
    assert (many > 0.0).any()
    assert (many < 0.0).any()
    assert (np.sign(turned[1:3]) == -np.sign(NUMBERS[1:3])).all()
    assert (np.abs(large[1:3]) > 50.0).all()
    assert not zero.any()
    assert either.shape == NUMBERS.shape


@pytest.mark.parametrize(
    ("numbers", "low", "high"), [([3.0, 5.0, 4.0], 3, 5), ([0.0, 0.0], 1, 1), ([7.0], 6, 8), ([-2.0], -1, -1)]
)
def test_integers_are_dealt_anew_from_their_range(numbers, low, high) -> None:
    found = dealt_anew(np.array(numbers), rng())
    assert (found == np.round(found)).all()
    assert low <= found.min()
    assert found.max() <= high
    if len(set(numbers)) == 1:
        assert (found != numbers).all()


@pytest.mark.parametrize("numbers", [[42.0, 7.0, 1.0], [0.0, 30.0], [-30.0, 2.0, 9.0], [5.0, 5.0]])
def test_integers_are_lowered_within_their_range(numbers) -> None:
    found = lowered(np.array(numbers), rng())
    assert (found == np.round(found)).all()
    assert (found <= numbers).all()
    assert (found != numbers).any()
    assert found.min() >= min(numbers) - (len(set(numbers)) == 1)


SAME = {
    "arithmetic": (lambda x, y: x * y + 1.0, lambda x, y: x * y + 1.0),
    "a captured Value": (lambda x, y: W * x, lambda x, y: W * x),
    "an unused input": (lambda x, y: x, lambda x, y: x),
    "a nan": (lambda x, y: x + float("nan"), lambda x, y: x + float("nan")),
    "a result in a dict": (lambda x, y: {"y": x, "n": 3}, lambda x, y: {"y": x, "n": 3}),
}


def compare(first, second) -> None:
    """As while tracing: before it is known which leaves are inputs, which captured."""
    traces = [graph(f, 2, settled=False) for f in (first, second)]
    refuse_differences(*traces, traces[0].shared_with(traces[1]))


@pytest.mark.parametrize("name", SAME)
def test_the_same_graphs_pass(name) -> None:
    compare(*SAME[name])


DIFFERENT = {
    "an operator": (
        lambda x, y: x * y,
        lambda x, y: x + y,
        r"is '\*' of 2 .* '\+' of 2 operands",
    ),
    "an operand": (lambda x, y: x - y, lambda x, y: y - x, "which Value is used depends"),
    "one more node": (lambda x, y: x * y, lambda x, y: (x * y).exp(), r"\(3 and 4 nodes in all\)"),
    "a constant": (
        lambda x, y: x * 2.0,
        lambda x, y: x * 3.0,
        "2.0 with these, 3.0 with others",
    ),
    "a captured Value": (
        lambda x, y: W * x + V,
        lambda x, y: V * x + W,
        "which Value is used depends",
    ),
    "an input": (lambda x, y: x.exp(), lambda x, y: y.exp(), "which Value is used depends"),
    "the nesting": (lambda x, y: [x], lambda x, y: (x,), "what the function returns depends"),
    "a plain number returned": (
        lambda x, y: (x, 1),
        lambda x, y: (x, 2),
        "what the function returns depends",
    ),
    "a set of Values": (lambda x, y: {x}, lambda x, y: {y}, "dicts and arrays only, not in 'set'"),
    "a generator": (
        lambda x, y: (each for each in (x, y)),
        lambda x, y: (each for each in (x, y)),
        "not in 'generator'",
    ),
    "what a node reads": (
        lambda x, y: x.exp() - y.exp(),
        lambda x, y: (lambda a, b: b - a)(y.exp(), x.exp()) * 1.0,
        "nodes in all",
    ),
    "how many operands": (
        lambda x, y: engine.sum([x, y, x]),
        lambda x, y: engine.sum([x, y]),
        "of 3 operands with these, .* of 2 operands with others",
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_is_named(name) -> None:
    first, second, message = DIFFERENT[name]
    with pytest.raises(TraceError, match=message):
        compare(first, second)


def test_where_a_number_is_used_is_said() -> None:
    with pytest.raises(TraceError, match=r"it is an operand of '\*'"):
        compare(lambda x, y: (x * 2.0).tanh(), lambda x, y: (x * 3.0).tanh())


def test_an_operator_that_is_made_within_the_function_is_named() -> None:
    def f(x):
        return engine.custom_op(lambda x: 2.0 * x, lambda x: 2.0, name="twice")(x) + 1.0

    with pytest.raises(TraceError, match=r"the custom operator 'twice' is made anew in each .* outside"):
        engine.jit(f)(1.0)


def test_graphs_that_differ_from_run_to_run_are_refused() -> None:
    weight, unseen_turn = Value(2.0), unseen_turns()
    ways = {
        r"node \d+ is '.*' of 1 operands with these, .*; use engine\.where": lambda x: (
            weight * x if unseen_turn() % 2 else engine.sin(engine.cos(weight) * x)
        ),
        "the result": lambda x: [weight * x, Value(float(unseen_turn()))],
    }
    for message, f in ways.items():
        with pytest.raises(TraceError, match=message):
            jit(f)(3.0)
