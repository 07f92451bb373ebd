"""Nodes that no row describes are run as written or refused; what was there before is a leaf."""

import math

import numpy as np
import pytest

import engine
from engine import TraceError, Value, custom_op, jit, no_grad, vmap
from engine.node.bulk import fused_node
from engine.ops import OPERATORS
from engine.ops.op import custom_op_row
from nn import Module
from tests.engine.jit.forms import FORMS, assert_agrees, forced

W = Value(0.5)


def sine(x, name="sine"):
    """A node as the engine's own bulk functions make it, of an operator that no row describes."""
    return fused_node(math.sin(x.data), (x,), np.array([math.cos(x.data)]), custom_op_row(name))


HAND_MADE = {
    "named as nothing is": lambda x: sine(x) * W,
    "named as a row is": lambda x: sine(x, "tanh") * W,
    "named as what is picked": lambda x: sine(x, "take") * W,
    "named as a variable": lambda x: sine(x, "same") * W,
    "before a comparison": lambda x: engine.where(engine.greater(sine(x), 0.5), W * x, -x),
    "before a step": lambda x: engine.step(sine(x)) * x * W,
    "before a choice": lambda x: engine.maximum(sine(x), W) * x,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", HAND_MADE)
def test_nodes_made_by_hand_are_computed_anew_at_every_call(name, form) -> None:
    f, x = HAND_MADE[name], Value(0.7)
    with forced(form):
        lifted = assert_agrees(f, [W, x], x)
        for x.data in (2.0, -1.3, 0.1):
            assert_agrees(f, [W, x], x, lifted=lifted)
        assert_agrees(
            lambda X: engine.mean([f(x) for x in X]), [W, x], [x, x * 2.0], lifted=jit(f, batch=True)
        )


def test_a_node_captured_that_was_made_by_hand_is_a_leaf() -> None:
    x, outside = Value(0.7), sine(W)
    assert_agrees(lambda x: outside * x + outside, [W, x], x)


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize(("operands", "row"), [(1, "mul"), (1, "add"), (2, "tanh"), (3, "mul"), (1, "where")])
def test_a_node_with_the_row_of_another_is_refused(operands, row, batch) -> None:
    def f(x):
        return fused_node(3.0, (x,) * operands, np.ones(operands), OPERATORS[row]) * W

    with pytest.raises(TraceError, match=r"made by hand.*engine\.custom_op"):
        jit(f, batch=batch)([2.0] if batch else 2.0)


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("local_grads", [(), (1.0,), "double"])
def test_a_node_made_by_hand_is_refused_where_it_is_made(local_grads, batch) -> None:
    with pytest.raises(TraceError, match=r"(?s)made by hand.*engine\.custom_op.*test_traced_graph\.py"):
        jit(lambda x: Value(2.0, (x,), local_grads) + W, batch=batch)([2.0] if batch else 2.0)


@pytest.mark.parametrize("name", ["take", "same", "jit"])
def test_an_operator_of_ones_own_may_have_the_name_of_another(name) -> None:
    double = custom_op(lambda x: 2.0 * x, lambda x: 2.0, name=name)
    x = Value(0.7)
    for form in FORMS:
        with forced(form):
            assert_agrees(lambda x: double(x) * W, [W, x], x)


OUTSIDE = {
    "a result": lambda: W * 2.0,
    "a result of a result": lambda: (W * 3.0).exp() + W,
    "a sum of many": lambda: engine.sum([W * i for i in range(5)]),
    "one that takes no gradient": lambda: W.detach() * 2.0,
    "one made by hand": lambda: sine(W),
}
READING = {
    "once": lambda x, o: o * x,
    "twice": lambda x, o: (o * x).tanh() + o,
    "beside what it is made of": lambda x, o: o * x + W * x,
    "beside numbers": lambda x, o: 2.0 * o + x * x - 1.0,
    "in several results": lambda x, o: [o * x, o + x, o],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("outside", OUTSIDE)
@pytest.mark.parametrize("reading", READING)
def test_a_result_computed_outside_is_a_leaf_and_nothing_else_is(reading, outside, form) -> None:
    o, x = OUTSIDE[outside](), Value(0.7)
    with forced(form):
        lifted = assert_agrees(lambda x: READING[reading](x, o), [W, x], x)
        for x.data in (2.0, -1.3):
            assert_agrees(lambda x: READING[reading](x, o), [W, x], x, lifted=lifted)
    lifted = jit(lambda x: READING[reading](x, o), batch=True)
    values = [Value(2.0), Value(-1.3)]

    def by_engine(X):
        results = [READING[reading](x, o) for x in X]
        if reading != "in several results":
            return engine.mean(results)
        return [engine.mean(column) for column in zip(*results, strict=True)]

    assert_agrees(by_engine, [W, *values], values, lifted=lifted)


class Keeping(Module):
    """A module that keeps what it computed on the way, as one does to look at it."""

    def __init__(self) -> None:
        self.w = Value(2.0)
        self.kept: list[Value] = []

    def __call__(self, x: Value) -> Value:
        self.kept = [self.w * x, x]
        return self.kept[0] ** 2


@pytest.mark.parametrize(
    ("lift", "argument"),
    [
        (jit, 3.0),
        (lambda f: jit(f, batch=True), [3.0, 1.0]),
        (vmap, [3.0, 1.0]),
        (lambda f: jit(engine.grad(f)), 3.0),
    ],
)
def test_what_a_function_keeps_of_its_trace_is_nan(lift, argument) -> None:
    model = Keeping()
    lifted = lift(model)
    with no_grad():  # vmap by its program
        lifted(argument)
    product, x = model.kept
    assert math.isnan(product.data)
    assert math.isnan(x.data)
    (product * 0.1).backward()
    assert math.isnan(model.w.grad)  # no finite number that is not the gradient


def test_what_was_there_before_the_trace_stays() -> None:
    w = Value(2.0)
    doubled = w * 2.0
    lifted = jit(lambda x: doubled * x + w)
    assert lifted(3.0).data == 14.0
    assert (w.data, doubled.data, doubled._local_grads) == (2.0, 4.0, (2.0, 2.0))
