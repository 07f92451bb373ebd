"""Programs on floats: what is written for a graph, and that it computes the engine's numbers to the bit."""

import math
import re

import pytest

import engine
from engine import Value, custom_op
from engine.jit.backends.scalar_program import ScalarProgram
from engine.jit.emit.source import compiled
from tests.engine.jit.stages import graph

W, V = Value(0.5, label="w"), Value(-1.5)

LINES = {
    "arithmetic": (lambda x, y: (x + y) * (x - y) / y, ["x0 + x1", "x0 - x1", "v2 * v3"]),
    "a sign": (lambda x, y: -x + y, ["-x0"]),
    "a number": (lambda x, y: 2.0 * x - 1.5, ["2.0 * x0", "v2 - 1.5"]),
    "a negative number": (lambda x, y: x * -2.0 + y, ["x0 * -2.0"]),
    "one": (lambda x, y: 1.0 * x + y, ["x0"]),
    "a row": (lambda x, y: engine.tanh(x), ["f_tanh(x0)"]),
    "a row with a number": (lambda x, y: engine.leaky_relu(x, 0.2), ["f_leaky_relu0(x0)"]),
    "a sequence": (lambda x, y: engine.max([x, y]), ["f_max([x0, x1])"]),
    "a sum": (lambda x, y: engine.sum([x, y, x]), ["0.0 + x0 + x1 + x0"]),
    "a scalar product": (lambda x, y: engine.dot([x, y], [y, x]), ["0.0 + x0 * x1 + x1 * x0"]),
    "a mean": (lambda x, y: engine.mean([x, y]), ["f_mean([x0, x1])"]),
    "a square is pow's": (lambda x, y: x**2 + y, ["f_pow0(x0)"]),
    "a parameter": (lambda x, y: W * x, ["w0 * x0"]),
}


def values_in(program: ScalarProgram) -> list[str]:
    """What is assigned to results, line by line."""
    head = program.source.partition("\n\n")[0]
    return re.findall(r"^ +v\d+ = (.*)$", head, re.MULTILINE)


@pytest.mark.parametrize("name", LINES)
def test_lines(name) -> None:
    f, values = LINES[name]
    found = values_in(ScalarProgram(graph(f, 2, [W])))
    assert found[: len(values)] == values


COMPUTED = {
    **{name: f for name, (f, _) in LINES.items()},
    "tails": lambda x, y: engine.tanh(20.0 * x) + engine.sigmoid(40.0 * y) + engine.log(x) * y**3,
    "choices": lambda x, y: engine.where(x > 0.3, x * y, engine.relu(y)) + engine.clip(x, 0.0, y),
    "several": lambda x, y: [x * W, y / W, engine.logsumexp([x, y, V])],
    "shared terms": lambda x, y: (x * y) * (x * y) + (x * y).exp(),
    "a parameter alone": lambda x, y: W * V + x,
    "a number alone": lambda x, y: [x, Value(3.0)],
}


@pytest.mark.parametrize("name", COMPUTED)
def test_values_are_the_engine_s_to_the_bit_and_gradients_to_rounding(name) -> None:
    trace = graph(COMPUTED[name], 2, [W, V])
    program = ScalarProgram(trace)
    functions = compiled(program.source, program.constants)
    captured = [value.data for value in trace.captured]
    inputs = [0.75, -1.25 if name != "tails" else 1.25]
    outputs = functions["forward"](captured, inputs)
    again, gradients = functions["both"](captured, inputs)
    assert again == outputs
    xs = [Value(number) for number in inputs]
    results = COMPUTED[name](*xs)
    results = results if isinstance(results, list) else [results]
    assert outputs == [result.data for result in results]
    needed = [x for x, flag in zip(xs, trace.wanted_inputs().tolist(), strict=True) if flag]
    leaves = [*trace.captured, *needed]
    for result, row in zip(results, gradients, strict=True):
        for leaf in (W, V, *xs):
            leaf.grad = 0.0
        result.backward()
        assert row == pytest.approx([leaf.grad for leaf in leaves], rel=1e-13, abs=1e-300)
    W.grad = V.grad = 0.0


def test_where_the_engine_has_an_infinity_python_raises() -> None:
    program = ScalarProgram(graph(lambda x, y: x / y, 2))
    functions = compiled(program.source, program.constants)
    assert functions["forward"]([], [1.0, 2.0]) == [0.5]
    with pytest.raises(ZeroDivisionError):
        functions["forward"]([], [1.0, 0.0])


def test_only_what_is_wanted_has_a_gradient() -> None:
    trace = graph(lambda x, y: x * y * W, 2, settled=False)
    trace.settle(trace.places_of([W]), [False, True])
    program = ScalarProgram(trace)
    _, ((by_w, by_y),) = compiled(program.source, program.constants)["both"]([0.5], [3.0, 4.0])
    assert (by_w, by_y) == (12.0, 1.5)


def test_no_gradient_passes_a_flat_operator_that_masks() -> None:
    """Not even an infinite one, as in the engine."""
    program = ScalarProgram(graph(lambda x, y: engine.sqrt(engine.floor(x)) * y, 2))
    both = compiled(program.source, program.constants)["both"]
    assert both([], [4.5, 2.0])[1] == [[0.0, 2.0]]


def test_custom_operators_compute_their_own_partials() -> None:
    cube = custom_op(lambda x: x**3, lambda x: 3.0 * x * x, name="cube")
    program = ScalarProgram(graph(lambda x, y: cube(x) * y, 2))
    outputs, (gradient,) = compiled(program.source, program.constants)["both"]([], [2.0, 5.0])
    assert (outputs, gradient) == ([40.0], [60.0, 8.0])


def test_a_long_sum_is_a_call() -> None:
    xs = [Value(float(i)) for i in range(200)]
    program = ScalarProgram(graph(lambda x: engine.sum([x, *xs]), 1, xs))
    assert "f_sum([" in program.source
    assert compiled(program.source, program.constants)["forward"]([float(i) for i in range(200)], [0.5]) == [
        math.fsum(range(200)) + 0.5
    ]
