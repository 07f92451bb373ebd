"""Penalties on the size of parameters."""

import math

import pytest

from engine import Value, gradcheck
from engine.graph.walks import topological_order
from nn import SGD, Neuron, l1_penalty, l2_penalty

NUMBERS = [3.0, -4.0, 0.5]


@pytest.mark.parametrize(
    ("penalty", "value", "derivative"),
    [
        (l1_penalty, lambda ws, s: s * sum(abs(w) for w in ws), lambda w, s: math.copysign(s, w)),
        (l2_penalty, lambda ws, s: s * sum(w * w for w in ws), lambda w, s: 2.0 * s * w),
    ],
)
@pytest.mark.parametrize("strength", [0.0, 0.25, 3])
def test_value_and_derivatives_are_those_of_the_formula(penalty, value, derivative, strength) -> None:
    weights = [Value(number) for number in NUMBERS]
    result = penalty(iter(weights), strength)
    result.backward()
    assert result.data == pytest.approx(value(NUMBERS, strength), rel=1e-15)
    assert [w.grad for w in weights] == pytest.approx([derivative(n, strength) for n in NUMBERS], rel=1e-15)


@pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
def test_finite_differences_agree(penalty) -> None:
    gradcheck(lambda *ws: penalty(ws, 0.3), *NUMBERS)


def test_derivative_of_the_first_at_zero_is_zero() -> None:
    w = Value(0.0)
    l1_penalty([w], 2.0).backward()
    assert w.grad == 0.0


def test_few_nodes_are_made() -> None:
    weights = [Value(float(i)) for i in range(100)]
    assert len(topological_order(l2_penalty(weights, 0.5))) <= 100 + 3
    assert len(topological_order(l1_penalty(weights, 0.5))) <= 200 + 3


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_second_with_half_the_strength_is_weight_decay(momentum) -> None:
    w, u = Value(2.0), Value(2.0)
    decayed = SGD([w], lr=0.1, momentum=momentum, weight_decay=0.6)
    penalised = SGD([u], lr=0.1, momentum=momentum)
    for _ in range(5):
        decayed.zero_grad()
        penalised.zero_grad()
        w.sin().backward()
        (u.sin() + l2_penalty([u], 0.3)).backward()
        decayed.step()
        penalised.step()
        assert w.data == pytest.approx(u.data, rel=1e-14)


@pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
@pytest.mark.parametrize(
    ("parameters", "strength", "error", "message"),
    [
        ([], 0.1, ValueError, "a penalty needs at least one parameter, got none"),
        (Value(1.0), 0.1, TypeError, "parameters must be a list of Values"),
        (Neuron(1), 0.1, TypeError, r"such as model\.parameters\(\)"),
        ([1.0], 0.1, TypeError, r"parameters\[0\] must be a Value, got 1\.0"),
        ([Value(1.0)], -0.1, ValueError, r"strength must be at least 0 and finite, got -0\.1"),
        ([Value(1.0)], "0.1", TypeError, "strength must be a number"),
    ],
)
def test_wrong_arguments_are_refused(penalty, parameters, strength, error, message) -> None:
    with pytest.raises(error, match=message):
        penalty(parameters, strength)
