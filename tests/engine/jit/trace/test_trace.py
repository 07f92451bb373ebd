"""Tracing: a function runs on its own numbers and on others, and leaves its graph, leaves and guards."""

import math

import numpy as np
import pytest

import engine
from engine import TraceError, Value
from engine.jit.trace.trace import Given, trace
from engine.jit.trace.traced_graph import CAPTURED, CONSTANT, INPUT, OPERATOR
from engine.pytree.arguments import Arguments

W = Value(0.5, label="w")
TRUTH = "the truth (if, and, or, not) of Value(2.0)"


def traced(f, *args, batched=False, **options):
    arguments = Arguments.of_call(args, options)
    numbers = arguments.numbers()
    return trace(Given(f, arguments, numbers, [False] * len(numbers), batched))


def kinds_of(found) -> dict[str, int]:
    counts = np.bincount(found.kinds, minlength=4).tolist()
    return {
        "results": counts[OPERATOR],
        "inputs": counts[INPUT],
        "captured": counts[CAPTURED],
        "constants": counts[CONSTANT],
    }


GRAPHS = {
    "one product": (lambda x: W * x, {"results": 1, "inputs": 1, "captured": 1, "constants": 0}),
    "a constant": (lambda x: x + 2.0, {"results": 1, "inputs": 1, "captured": 0, "constants": 1}),
    "an unused input": (lambda x: W * 2.0, {"results": 1, "inputs": 0, "captured": 1, "constants": 1}),
    "a loop": (lambda x: engine.prod([x] * 3), {"results": 1, "inputs": 1, "captured": 0, "constants": 0}),
    "the input itself": (lambda x: x, {"results": 0, "inputs": 1, "captured": 0, "constants": 0}),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_nodes_are_inputs_captured_constants_and_results(name) -> None:
    f, counts = GRAPHS[name]
    assert kinds_of(traced(f, 2.0)) == counts


def test_captured_values_are_listed_once_in_the_order_of_their_use() -> None:
    v = Value(2.0)
    found = traced(lambda x: v * x + W * v, 2.0)
    assert found.captured == [v, W]
    assert [leaf.wanted for leaf in found.leaf_of.values() if not leaf.is_input] == [True, True]
    assert (v.grad, W.grad, W.data) == (0.0, 0.0, 0.5)


def test_a_result_that_was_there_before_is_a_leaf() -> None:
    before = W * 3.0
    found = traced(lambda x: before * x, 2.0)
    assert found.captured == [before]


def test_the_nesting_of_arguments_and_results_is_kept() -> None:
    found = traced(lambda x, *, scale: {"y": [x["a"][0] * scale, 7]}, {"a": (2.0, 3.0)}, scale=4.0)
    assert found.result.rebuild(["node"]) == {"y": ["node", 7]}
    assert len(found.inputs) == 3


@pytest.mark.parametrize(
    ("f", "guards"),
    [
        (lambda x: x * 2.0, []),
        (lambda x: x if x > 0 else -x, ["Value(2.0) > 0"]),
        (lambda x: x * 2.0 if W < 1.0 else x, ["Value(0.5) 'w' < 1.0"]),
        (lambda x: x + float(x), ["the number (float()) of Value(2.0)"]),
        (
            lambda x: x if x and x > 1.0 and x > 1.0 else -x,
            [TRUTH, "Value(2.0) > 1.0"],
        ),
    ],
)
def test_decisions_by_arguments_and_captured_values_are_guards(f, guards) -> None:
    assert [guard.decision.split("\n")[0] for guard in traced(f, 2.0).guards] == guards


def _counter():
    calls = []

    def f(x):
        calls.append(1)
        return x * float(len(calls))

    return f


RNG = np.random.default_rng(0)


def _noise(x):
    return x * float(RNG.random())


REFUSED = {
    "its gradient": (lambda x: x * (x * x).grad, "cannot read the gradients of what it is given or computes"),
    "a counter": (_counter(), "a constant of the graph depends on the numbers"),
    "random numbers": (_noise, "a constant of the graph depends on the numbers"),
    "backward inside": (
        lambda x: (x * x).backward() or x,
        r"backward\(\) inside a function",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_guard_can_hold_is_refused(name) -> None:
    f, message = REFUSED[name]
    with pytest.raises(TraceError, match=message):
        traced(f, 2.0)


def test_a_function_that_fails_on_all_other_numbers_says_so() -> None:
    def f(x):
        if math.isclose(float(x.data), 2.0):
            return x * 2.0
        return x * 2.0

    assert traced(f, 2.0).guards  # the number is read: it is a guard, and f never fails
    first = []

    def fails_later(x):
        if first:
            raise KeyError("later")
        first.append(1)
        return x

    with pytest.raises(TraceError, match="on other numbers than these the function raised KeyError: 'later'"):
        traced(fails_later, 2.0)


@pytest.mark.parametrize("length", [1_000, 30_000])
def test_labels_of_few_classes_are_traced_beside_indices_of_a_large_table(length) -> None:
    table, classes = [Value(0.1 * i) for i in range(length)], [Value(1.5), Value(-0.5)]

    def f(words, label):
        return engine.sum([engine.take(table, i) * table[0] for i in words]) * engine.take(classes, label)

    for words, label in (([length - 1, 2, length - 2], 1), ([1, 3, 2], 0), ([0, length - 1, 1], 1)):
        found = engine.jit(f)(words, label)
        assert found.data == pytest.approx(f(words, label).data, rel=1e-15)


def test_integers_are_traced_on_other_integers() -> None:
    seen = []

    def f(i, x):
        seen.append((i._data, x._data))  # .data would be recorded, and come out as at first
        return engine.take([1.0, W, 3.0], i) * x

    traced(f, 1, 0.5)
    assert len(seen) > 1
    assert all(float(i).is_integer() for i, _ in seen)
    assert any(x != 0.5 for _, x in seen)


KEPT = {
    "the result": lambda x, y: y,
    "on the way to it": lambda x, y: y._children[0] if y._children else y,
    "an argument": lambda x, y: x,
    "beside it": lambda x, y: (x * W).exp() + 1.0,
    "of a list": lambda x, y: engine.sum([x, W, x * x]),
    "without arguments": lambda x, y: W * 3.0,
    "a copy of a number": lambda x, y: Value(W.data * 2.0),
    "a derivative": lambda x, y: engine.gradients(x * x * W, [x])[0],
}


class _Keeps:
    """Keeps something beside the result, in an attribute and in a list."""

    def __init__(self, name: str) -> None:
        self.what, self.last, self.log = KEPT[name], None, []

    def __call__(self, x):
        y = x * W * x
        self.last = self.what(x, y)
        self.log.append(self.last)
        return y


@pytest.mark.parametrize("name", KEPT)
def test_what_a_function_keeps_of_its_trace_is_made_nan(name) -> None:
    f = _Keeps(name)
    traced(f, 2.0)
    assert len(f.log) > 1
    assert math.isnan(f.last.data)
    assert all(math.isnan(node.data) for node in f.log[name == "a copy of a number" :])
    assert W.data == 0.5


def test_what_a_function_makes_once_stays() -> None:
    made = {}

    def f(x):
        if "w" not in made:
            made["w"], made["table"], made["unused"] = Value(3.0), W * 4.0, Value(7.0)
        return x * made["w"] * made["table"]

    lifted = engine.jit(f)
    assert [lifted(x).data for x in (1.0, 2.0)] == [6.0, 12.0]
    assert [made[name].data for name in ("w", "table", "unused")] == [3.0, 2.0, 7.0]


def test_what_it_keeps_of_a_run_that_failed_is_made_nan() -> None:
    kept = []

    def f(x):
        kept.append(x * W)
        if len(kept) > 1:
            raise KeyError("later")
        return x

    with pytest.raises(TraceError, match="KeyError: 'later'"):
        traced(f, 2.0)
    assert all(math.isnan(node.data) for node in kept[1:])
