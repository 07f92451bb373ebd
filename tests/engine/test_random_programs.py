"""Programs nobody thought of: drawn by hypothesis, run by the engine and by what knows nothing of it.

A program is a list of steps, each of which reads any of the numbers before it, with a liking for the latest.
So numbers are shared, fan out, stay unused, meet constants on either side, and are operands twice. The
gradients are held against dual numbers (tests/engine/dual.py) and against differences of their values.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine import Value, leaves
from tests.engine import dual
from tests.engine.dual import Dual
from tests.sampling import samples

pytestmark = pytest.mark.unmeasured

# Each step takes the functions to use, two numbers and a constant between 0.5 and 3. Other operators keep
# arguments within domains and within bounds, so that a program of any length stays finite.
SMOOTH: dict[str, Callable[..., Any]] = {
    "a + b": lambda m, a, b, c: a + b,
    "a - b": lambda m, a, b, c: a - b,
    "a * b": lambda m, a, b, c: m.tanh(a) * b,
    "a * a": lambda m, a, b, c: m.sin(a) * m.sin(a),
    "a / b": lambda m, a, b, c: a / (b * b + 1.0),
    "a + c": lambda m, a, b, c: a + c,
    "c + a": lambda m, a, b, c: c + a,
    "a - c": lambda m, a, b, c: a - c,
    "c - a": lambda m, a, b, c: c - a,
    "a * c": lambda m, a, b, c: a * c,
    "c * a": lambda m, a, b, c: c * a,
    "a / c": lambda m, a, b, c: a / c,
    "c / a": lambda m, a, b, c: c / (a * a + 0.5),
    "-a": lambda m, a, b, c: -a,
    "a ** 2": lambda m, a, b, c: m.tanh(a) ** 2,
    "a ** 3": lambda m, a, b, c: m.cos(a) ** 3,
    "a ** -c": lambda m, a, b, c: (a * a + 0.5) ** -c,
    "c ** a": lambda m, a, b, c: c ** m.tanh(a),
    "a ** b": lambda m, a, b, c: (m.sin(a) + 1.5) ** m.tanh(b),
    "exp": lambda m, a, b, c: m.exp(m.sin(a)),
    "exp2": lambda m, a, b, c: m.exp2(m.cos(a)),
    "expm1": lambda m, a, b, c: m.expm1(m.tanh(a)),
    "log": lambda m, a, b, c: m.log(a * a + c),
    "log2": lambda m, a, b, c: m.log2(a * a + 1.0),
    "log10": lambda m, a, b, c: m.log10(m.exp(m.sin(a)) + c),
    "log1p": lambda m, a, b, c: m.log1p(b * b),
    "sqrt": lambda m, a, b, c: m.sqrt(a * a + b * b + 0.5),
    "cbrt": lambda m, a, b, c: m.cbrt(a * a + c),
    "sin": lambda m, a, b, c: m.sin(a),
    "cos": lambda m, a, b, c: m.cos(a + b),
    "tan": lambda m, a, b, c: m.tan(m.tanh(a)),
    "asin": lambda m, a, b, c: m.asin(0.9 * m.sin(a)),
    "acos": lambda m, a, b, c: m.acos(0.9 * m.cos(a)),
    "atan": lambda m, a, b, c: m.atan(a),
    "atan2": lambda m, a, b, c: m.atan2(a, b * b + 0.5),
    "sinh": lambda m, a, b, c: m.sinh(m.tanh(a)),
    "cosh": lambda m, a, b, c: m.cosh(m.sin(a)),
    "tanh": lambda m, a, b, c: m.tanh(a),
    "asinh": lambda m, a, b, c: m.asinh(a),
    "acosh": lambda m, a, b, c: m.acosh(a * a + 1.5),
    "atanh": lambda m, a, b, c: m.atanh(0.9 * m.sin(a)),
    "hypot": lambda m, a, b, c: m.hypot(a, c),
    "erf": lambda m, a, b, c: m.erf(a),
    "erfc": lambda m, a, b, c: m.erfc(m.tanh(a)),
    "ndtr": lambda m, a, b, c: m.ndtr(a),
    "gaussian": lambda m, a, b, c: m.gaussian(a, 0.5),
    "sigmoid": lambda m, a, b, c: m.sigmoid(m.asinh(a)),
    "log_sigmoid": lambda m, a, b, c: m.log_sigmoid(m.asinh(a)),
    "softplus": lambda m, a, b, c: m.softplus(m.asinh(a)),
    "gelu": lambda m, a, b, c: m.gelu(m.asinh(a)),
    "silu": lambda m, a, b, c: m.silu(m.asinh(a)),
    "sum": lambda m, a, b, c: m.sum([a, b, a, c]),
    "mean": lambda m, a, b, c: m.mean([a, c, b]),
    "prod": lambda m, a, b, c: m.prod([m.tanh(a), c, m.sin(b), m.tanh(a)]),
    "dot": lambda m, a, b, c: m.dot([m.tanh(a), b, c], [b, 0.5, m.tanh(a)]),
    "logsumexp": lambda m, a, b, c: m.logsumexp([m.asinh(a), c, m.asinh(b)]),
    "softmax": lambda m, a, b, c: m.softmax([m.asinh(a), c, m.asinh(b)])[0],
    "log_softmax": lambda m, a, b, c: m.log_softmax([c, m.asinh(a), m.asinh(b)])[1],
}

WITH_KINKS: dict[str, Callable[..., Any]] = {
    "abs": lambda m, a, b, c: abs(a),
    "relu": lambda m, a, b, c: m.relu(a),
    "leaky_relu": lambda m, a, b, c: m.leaky_relu(a),
    "elu": lambda m, a, b, c: m.elu(m.asinh(a), c),
    "step": lambda m, a, b, c: m.step(a),
    "sign": lambda m, a, b, c: m.sign(a),
    "floor": lambda m, a, b, c: m.floor(a) + b,
    "ceil": lambda m, a, b, c: m.ceil(a) * 0.5,
    "a % c": lambda m, a, b, c: a % c,
    "c % a": lambda m, a, b, c: c % (m.tanh(a) + 2.0),
    "a % b": lambda m, a, b, c: a % (m.sin(b) + 2.0),
    "maximum": lambda m, a, b, c: m.maximum(a, b),
    "minimum": lambda m, a, b, c: m.minimum(a, b),
    "max": lambda m, a, b, c: m.max([a, b, c, a]),
    "min": lambda m, a, b, c: m.min([c, b, a]),
    "clip": lambda m, a, b, c: m.clip(a, -c, c),
    "where": lambda m, a, b, c: m.where(m.step(a), a * 2.0, b),
    "hypot": lambda m, a, b, c: m.hypot(a, b),
    "stop_gradient": lambda m, a, b, c: m.stop_gradient(a) * b,
}

EVERYTHING = SMOOTH | {f"{name}, with kinks": step for name, step in WITH_KINKS.items()}


@dataclass(frozen=True)
class Program:
    """Inputs, and steps of the form (name, how far back the first operand is, the second, a constant)."""

    inputs: tuple[float, ...]
    steps: tuple[tuple[str, int, int, float], ...]

    def numbers(self, m: Any, inputs: list[Any]) -> Iterator[Any]:
        """The results of the steps in turn, and the program's, computed with the functions of m."""
        numbers = list(inputs)
        for name, i, j, c in self.steps:
            a, b = (numbers[-1 - k % len(numbers)] for k in (i, j))
            numbers.append(EVERYTHING[name](m, a, b, c))
            yield numbers[-1]
        yield m.sum(numbers[-3:])  # so that a flat step at the end does not make all gradients zero

    def run(self, m: Any, inputs: list[Any]) -> Any:
        """The program's result."""
        return list(self.numbers(m, inputs))[-1]


def programs(names: list[str], size: int) -> st.SearchStrategy[Program]:
    number = st.one_of(
        st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0]), st.floats(-2.0, 2.0, allow_subnormal=False)
    )
    constant = st.sampled_from([0.5, 0.75, 1.0, 1.5, 2.0, 3.0])
    # an operand is mostly one of the last few numbers, or else any of them
    back = st.one_of(st.integers(0, 2), st.integers(0, 2), st.integers(0, size))
    step = st.tuples(st.sampled_from(names), back, back, constant)
    return st.builds(
        Program,
        st.lists(number, min_size=1, max_size=4).map(tuple),
        st.lists(step, min_size=size // 2, max_size=size).map(tuple),
    )


def by_engine(program: Program) -> tuple[float, list[float]]:
    inputs = [Value(x) for x in program.inputs]
    root = program.run(engine, inputs)
    root.backward()
    return root.data, [x.grad for x in inputs]


def by_duals(program: Program) -> tuple[float, list[float]]:
    root = program.run(dual, dual.inputs(program.inputs))
    return root.value, list(root.slopes)


def in_step(program: Program) -> tuple[list[float], list[float]]:
    """The gradients by the engine and by dual numbers, whose values are compared after every step.

    From there the dual numbers go on with the engine's values: else a last bit could decide on which side of
    a kink each of them is.
    """
    inputs = [Value(x) for x in program.inputs]
    in_engine, in_duals = (
        program.numbers(engine, inputs),
        program.numbers(dual, dual.inputs(program.inputs)),
    )
    for node, number in zip(in_engine, in_duals, strict=True):
        assert number.value == pytest.approx(node.data, rel=1e-11, abs=1e-12)
        number.value = node.data
    node.backward()
    return [x.grad for x in inputs], list(number.slopes)


def differences(program: Program, step: float) -> np.ndarray:
    """Central differences of the value that the dual numbers compute, refined to fourth order."""
    point = np.array(program.inputs)

    def f(point: np.ndarray) -> float:
        return program.run(dual, dual.inputs(point.tolist())).value

    def central(h: float) -> np.ndarray:
        steps = h * np.eye(len(point))
        return np.array([(f(point + d) - f(point - d)) / (2.0 * h) for d in steps])

    return (4.0 * central(step / 2.0) - central(step)) / 3.0


def agree(found: list[float], expected: list[float], rel: float, floor: float) -> bool:
    """Close, relative to the largest of the figures: smaller ones may be what is left of cancellation."""
    size = max([floor, *map(abs, expected)])
    return all(abs(a - b) <= rel * size for a, b in zip(found, expected, strict=True))


@settings(max_examples=samples(100, 1500))
@given(programs([*SMOOTH, *SMOOTH, *EVERYTHING], 25))
def test_gradients_are_those_of_dual_numbers(program) -> None:
    gradients, expected = in_step(program)
    assert agree(gradients, expected, 1e-9, 1.0)


@settings(max_examples=samples(70, 1000))
@given(programs(list(SMOOTH), 10))
def test_gradients_are_finite_differences(program) -> None:
    _, gradients = by_engine(program)
    estimates = [differences(program, step).tolist() for step in (3e-3, 1e-3, 1e-4, 1e-5)]
    assert any(agree(gradients, estimate, 1e-6, 1.0) for estimate in estimates), estimates


@settings(max_examples=samples(40, 500))
@given(programs([*SMOOTH, *SMOOTH, *EVERYTHING], 25))
def test_transform_and_backward_give_the_same_bits(program) -> None:
    value, gradients = by_engine(program)
    inputs = [Value(x) for x in program.inputs]
    found = engine.value_and_grad(lambda xs: program.run(engine, xs))([x.data for x in inputs])
    assert found == (value, gradients)


@settings(max_examples=samples(40, 500))
@given(programs(list(SMOOTH), 8))
def test_second_derivatives_are_differences_of_the_first(program) -> None:
    """The Hessian by nesting, against central differences of the dual numbers' gradients."""
    hessian = engine.jacobian(engine.grad(lambda xs: program.run(engine, xs)))(list(program.inputs))
    point = np.array(program.inputs)

    def slopes(point: np.ndarray) -> np.ndarray:
        return np.array(program.run(dual, dual.inputs(point.tolist())).slopes)

    def central(h: float) -> np.ndarray:
        return np.array([(slopes(point + d) - slopes(point - d)) / (2.0 * h) for d in h * np.eye(len(point))])

    found = np.array(hessian).ravel().tolist()
    steps = (3e-3, 1e-3, 1e-4, 1e-5)
    estimates = [((4.0 * central(h / 2.0) - central(h)) / 3.0).ravel().tolist() for h in steps]
    assert any(agree(found, estimate, 1e-5, 1.0) for estimate in estimates), estimates


# -- the programs and the second implementation are what they claim to be -----------------------------


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_step_alone_agrees(name) -> None:
    """So that a step which is wrong is named, and none is missing from what hypothesis happens to draw."""
    for inputs in ((0.7, -1.3), (-0.4, 0.9), (1.0, 1.0), (0.0, 0.0), (2.0, 0.0)):
        program = Program(inputs, ((name, 0, 1, 1.5),))
        value, gradients = by_engine(program)
        expected_value, expected = by_duals(program)
        assert [value, *gradients] == pytest.approx([expected_value, *expected], rel=1e-12, abs=1e-14)


def test_programs_share_and_fan_out() -> None:
    program = Program((0.3,), (("a * b", 0, 0, 1.0), ("a + b", 0, 1, 1.0), ("a * b", 1, 2, 1.0)))
    x = Value(0.3)
    y = program.run(engine, [x])
    assert leaves(y) == [x]
    first = math.tanh(0.3) * 0.3
    second = first + 0.3
    assert y.data == first + second + math.tanh(first) * 0.3
    y.backward()
    assert x.grad == pytest.approx(by_duals(program)[1][0], rel=1e-14)


def test_dual_numbers_by_hand() -> None:
    x, y = dual.inputs([3.0, 2.0])
    z = x * x * y + 1.0
    assert (z.value, z.slopes) == (19.0, (12.0, 9.0))
    assert (2.0 / y).slopes == (0.0, -0.5)
    assert isinstance(dual.softmax([x, y])[0], Dual)


@pytest.mark.parametrize("slip", [(1.0 + 1e-6, 0.0), (1.0, 1e-6)])
def test_a_slightly_wrong_gradient_is_found(slip) -> None:
    factor, offset = slip
    expected = [2.0, -3.0]
    assert not agree([expected[0] * factor + offset, expected[1]], expected, 1e-8, 1.0)
