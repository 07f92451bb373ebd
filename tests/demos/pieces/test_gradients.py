"""S-CURSE: both ways find the gradient, and how often each computes the cost."""

import pytest

from demos.pieces.gradients import backpropagation, finite_differences, measured
from engine import Value, dot, tanh


def neuron(count: int) -> tuple[list[Value], object]:
    weights = [Value(0.1 * i - 0.3) for i in range(count)]
    return weights, lambda: (tanh(dot(weights, [1.0 + i for i in range(count)])) - 1) ** 2


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_s_curse_n_weights_take_2n_costs_one_at_a_time_and_1_by_backpropagation(count) -> None:
    weights, cost = neuron(count)
    nudged, walked = (measured(way, cost, weights) for way in (finite_differences, backpropagation))
    assert nudged.evaluations == 2 * count
    assert walked.evaluations == 1
    assert nudged.numbers == pytest.approx(walked.numbers, rel=1e-7, abs=1e-10)


def test_weights_end_where_they_were() -> None:
    weights, cost = neuron(3)
    before = [weight.data for weight in weights]
    finite_differences(cost, weights)
    assert [weight.data for weight in weights] == before


def test_repeats_are_not_counted_together() -> None:
    weights, cost = neuron(3)
    assert measured(backpropagation, cost, weights, repeats=4).evaluations == 1
    assert [weight.grad for weight in weights] == measured(backpropagation, cost, weights).numbers
