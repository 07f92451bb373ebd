"""derivatives and taylor: the same numbers as nesting, at orders that nesting does not reach."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from mpmath import mp

import engine
from engine import GraphError, Value, derivatives, grad, no_grad, taylor
from tests.engine.test_random_programs import EVERYTHING, SMOOTH, agree, programs
from tests.sampling import samples


def nested(f, x: float, order: int) -> list[float]:
    found = [f(Value(x)).data]
    for _ in range(order):
        f = grad(f)
        found.append(f(x))
    return found


@settings(max_examples=samples(20, 300))
@given(programs([*SMOOTH, *SMOOTH, *EVERYTHING], 10))
def test_taylor_mode_agrees_with_nesting(program) -> None:
    """Along a line through the inputs of a program."""
    speeds = (1.0, -0.5, 0.75, 1.25)

    def f(t):
        return program.run(engine, [x + t * v for x, v in zip(program.inputs, speeds, strict=False)])

    expected = nested(f, 0.0, 3)
    assert agree(derivatives(f, 0.0, 3), expected, 1e-9, 1.0)


def test_the_twentieth_derivative_is_mpmaths() -> None:
    def f(x, m):
        return m.sin(x * x) * m.exp(-0.5 * x) / (1 + x * x) + m.log(1 + x * x) ** 2

    found = derivatives(lambda x: f(x, engine), 0.7, 20)
    with mp.workdps(60):
        exact = [
            float(x * mp.factorial(k)) for k, x in enumerate(mp.taylor(lambda x: f(x, mp), mp.mpf(0.7), 20))
        ]
    assert found == pytest.approx(exact, rel=1e-9)


def test_derivatives_are_coefficients_times_factorials() -> None:
    coefficients = taylor(lambda x: 1.0 / (1.0 - x), 0.0, 10)
    assert coefficients == [1.0] * 11
    assert derivatives(lambda x: 1.0 / (1.0 - x), 0.0, 10) == [math.factorial(k) for k in range(11)]


def test_order_zero_is_the_value() -> None:
    assert derivatives(lambda x: x * x, 3.0, 0) == [9.0]
    assert taylor(lambda x: x, 3, 1) == [3.0, 1.0]
    assert derivatives(lambda x: x, np.float64(3.0), np.int64(2)) == [3.0, 1.0, 0.0]


@pytest.mark.parametrize("constant", [7, 7.0, Value(7.0), np.float64(7.0)], ids=repr)
def test_a_constant_has_no_derivatives(constant) -> None:
    assert derivatives(lambda x: constant, 3.0, 2) == [7.0, 0.0, 0.0]


def test_orders_end_where_factorials_do() -> None:
    assert derivatives(lambda x: 1.0 / (1.0 - x), 0.0, 170)[170] == float(math.factorial(170))
    with pytest.raises(ValueError, match=r"factorial of 171 .*engine\.taylor"):
        derivatives(engine.sin, 0.0, 171)
    assert taylor(lambda x: 1.0 / (1.0 - x), 0.0, 500) == [1.0] * 501


@pytest.mark.parametrize(
    ("f", "at_zero"),
    [
        (engine.log, [-math.inf, math.inf, -math.inf, math.inf]),
        (lambda x: 1.0 / x, [math.inf, -math.inf, math.inf, -math.inf]),
        (lambda x: x**-0.5, [math.inf, -math.inf, math.inf, -math.inf]),
        (lambda x: x**2.5, [0.0, 0.0, 0.0, math.inf]),
    ],
)
def test_derivatives_at_a_pole_are_those_of_nesting(f, at_zero) -> None:
    assert derivatives(f, 0.0, 3) == at_zero
    assert nested(f, 0.0, 2) == at_zero[:3]
    assert engine.hessian(f)(0.0) == at_zero[2]


def test_results_are_floats_and_nothing_outside_is_touched() -> None:
    w = Value(2.0)
    w.grad = 5.0
    with no_grad():
        found = derivatives(lambda x: w * x * x, 3.0, 2)
    assert (found, w.grad) == ([18.0, 12.0, 4.0], 5.0)
    assert {type(x) for x in found} == {float}


def test_within_a_transform_derivatives_can_be_differentiated() -> None:
    # d/dx of the second derivative by y of x·y⁴, 12·x·y², at y = 2 and at y = x
    assert grad(lambda x: derivatives(lambda y: x * y**4, 2.0, 2)[2])(3.0) == 48.0
    assert grad(lambda x: derivatives(lambda y: x * y**4, x, 2)[2])(3.0) == 12.0 * 27.0
    first, second = derivatives(lambda x: derivatives(lambda y: x * engine.exp(y), x, 3)[3], 1.0, 2)[1:]
    assert first == pytest.approx(2.0 * math.e, rel=1e-14)  # (x·e^x)'
    assert second == pytest.approx(3.0 * math.e, rel=1e-14)
    x = Value(3.0)
    derivatives(lambda x: x**3, x, 1)[1].backward()
    assert x.grad == 18.0


@pytest.mark.parametrize("name", ["sin", "sigmoid", "sqrt", "gelu", "cbrt", "atan", "softplus"])
def test_coefficients_as_graphs_are_the_same_numbers(name) -> None:
    f = engine.node.functions.FUNCTIONS[name]
    as_graph = [float(getattr(c, "data", c)) for c in taylor(lambda x: f(2.0 * x) / x, Value(0.7), 5)]
    assert as_graph == pytest.approx(taylor(lambda x: f(2.0 * x) / x, 0.7, 5), rel=1e-13)


def test_the_zero_rule_holds_at_every_order() -> None:
    def f(x):
        return engine.where(x > 0.0, engine.log(x), x * x) + 0.0 * engine.sqrt(x)

    assert derivatives(f, 0.0, 4) == [0.0, 0.0, 2.0, 0.0, 0.0]


@pytest.mark.unmeasured
def test_deep_graphs_do_not_recurse() -> None:
    def f(x):
        for _ in range(20_000):
            x = -x
        return x * x

    assert derivatives(f, 3.0, 3) == [9.0, 6.0, 2.0, 0.0]


@pytest.mark.parametrize("transform", [derivatives, taylor])
def test_bad_input_is_refused(transform) -> None:
    with pytest.raises(TypeError, match="expected a function to differentiate, got 3"):
        transform(3, 1.0, 1)
    with pytest.raises(ValueError, match="n must be at least 0, got -1"):
        transform(engine.exp, 1.0, -1)
    with pytest.raises(TypeError, match=r"n must be an integer, got 1\.5"):
        transform(engine.exp, 1.0, 1.5)
    with pytest.raises(TypeError, match=r"one number to differentiate by, got \[1.0\].*lambda t"):
        transform(engine.exp, [1.0], 1)
    with pytest.raises(TypeError, match="returns one number, got list"):
        transform(lambda x: [x], 1.0, 1)
    with pytest.raises(GraphError, match="built by hand"):
        transform(lambda x: Value(x.data**2, (x,), (2.0 * x.data,)), 1.0, 1)


def test_a_custom_operator_whose_rule_branches_has_all_derivatives() -> None:
    bent = engine.custom_op(
        lambda x: x**3 if x > 0.0 else 0.5 * x, lambda x: 3.0 * x * x if x > 0.0 else 0.5, name="bent"
    )
    assert derivatives(bent, 2.0, 4) == [8.0, 12.0, 12.0, 6.0, 0.0]
    assert derivatives(bent, -2.0, 2) == [-1.0, 0.5, 0.0]
