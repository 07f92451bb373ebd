"""A result's local gradients are its own: copies of what the program computed, whatever runs afterwards."""

import numpy as np
import pytest

from engine import Value, jit
from tests.engine.jit.forms import FORMS, assert_close, forced, outputs_and_gradients

W, V = Value(0.5), Value(-1.0)

RESULTS = {
    "one": lambda x: W * x + V.tanh(),
    "a pair": lambda x: (W * x, V * x),
    "nested": lambda x: {"a": [W * x, (V * W * x).exp()], "b": (V * x, W + 0.0 * x)},
    "one that needs nothing": lambda x: [W * x, V * 1.0, x + 0.0],
}


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", RESULTS)
def test_each_result_keeps_its_own_gradients(name, form, batch) -> None:
    f = RESULTS[name]
    x = Value(3.0)
    values = [W, V, x]

    def call(f, number):
        x.data = number
        return f(np.array([x, x], dtype=object)) if batch else f(x)

    expected = [outputs_and_gradients(f, values, Value(number)) for number in (3.0, -2.0)]
    for number, found in zip((3.0, -2.0), expected, strict=True):
        x.data = number
        found[1][:] = outputs_and_gradients(lambda: f(x), values)[1]
    with forced(form):
        lifted = jit(f, batch=batch)
        held = [call(lifted, number) for number in (3.0, -2.0)]  # both held, then both read
    for result, (numbers, gradients) in zip(held, expected, strict=True):
        found = outputs_and_gradients(lambda result=result: result, values)
        assert_close(found[0], numbers)
        assert_close(found[1], gradients)


@pytest.mark.parametrize("form", FORMS)
def test_results_are_read_in_any_order(form) -> None:
    with forced(form):
        first, second = jit(lambda x: (W * x, V * x))(3.0)
    for result, value, other in ((second, V, W), (first, W, V)):
        W.grad = V.grad = 0.0
        result.backward()
        assert (value.grad, other.grad) == (3.0, 0.0)
    W.grad = V.grad = 0.0
