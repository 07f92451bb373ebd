"""Two classes, one output."""

import math

import mpmath
import pytest

from engine import Value
from engine.autograd.trace_mode import tracing
from nn import binary_cross_entropy, binary_cross_entropy_with_logits, hinge
from tests.nn.losses import as_values, gradients


def test_binary_cross_entropy_is_the_mean_in_natural_logarithms() -> None:
    expected = -(math.log(0.8) + math.log(0.6) + 0.25 * math.log(0.5) + 0.75 * math.log(0.5)) / 3
    assert binary_cross_entropy([0.8, 0.4, 0.5], [1, 0, 0.25]) == pytest.approx(expected, rel=1e-15)


def test_hinge_is_the_mean_of_margins_missed() -> None:
    scores = as_values([0.5, -2.0, 3.0, 1.0])
    loss = hinge(scores, [1, -1, -1, 1])
    loss.backward()
    assert loss.data == (0.5 + 0.0 + 4.0 + 0.0) / 4
    assert gradients(scores) == [-0.25, 0.0, 0.25, 0.0]  # at the kink, the last, 0


@pytest.mark.parametrize(
    ("z", "t"), [(40.0, 1), (-40.0, 0), (700.0, 1), (-1000.0, 1), (1000.0, 0), (3.0, 0.3)]
)
def test_logits_keep_their_digits_in_the_tails(z, t) -> None:
    value = Value(z)
    loss = binary_cross_entropy_with_logits(value, t)
    loss.backward()
    with mpmath.workdps(500):
        p = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
        t = mpmath.mpf(t)
        expected = -(t * mpmath.log(p) + (1 - t) * mpmath.log(1 - p))
        derivative = p - t
        assert loss.data == pytest.approx(float(expected), rel=1e-15, abs=0.0)
        assert value.grad == pytest.approx(float(derivative), rel=1e-14, abs=0.0)


@pytest.mark.parametrize(("p", "t", "value", "derivative"), [(0.0, 0, 0.0, 1.0), (1.0, 1, 0.0, -1.0)])
def test_certain_and_right_costs_nothing(p, t, value, derivative) -> None:
    probability = Value(p)
    loss = binary_cross_entropy([probability], [t])
    loss.backward()
    assert (loss.data, probability.grad) == (value, derivative)


@pytest.mark.parametrize(("p", "t", "derivative"), [(0.0, 1, -math.inf), (1.0, 0, math.inf)])
def test_certain_and_wrong_costs_everything(p, t, derivative) -> None:
    probability = Value(p)
    loss = binary_cross_entropy([probability], [t])
    loss.backward()
    assert (loss.data, probability.grad) == (math.inf, derivative)


def test_small_probability_keeps_its_digits() -> None:
    assert binary_cross_entropy([1e-20], [0]) == 1e-20


@pytest.mark.parametrize("loss", [binary_cross_entropy, binary_cross_entropy_with_logits])
@pytest.mark.parametrize("target", [-1, 1.5, math.nan])
def test_binary_targets_lie_between_0_and_1(loss, target) -> None:
    with pytest.raises(ValueError, match=f"binary targets must lie between 0 and 1, got {float(target)}"):
        loss([0.5], [target])


@pytest.mark.parametrize("p", [-0.01, 1.01, math.inf])
def test_probabilities_lie_between_0_and_1(p) -> None:
    with pytest.raises(ValueError, match=f"probabilities must lie between 0 and 1, got {p}.*_with_logits"):
        binary_cross_entropy([Value(p)], [1])


@pytest.mark.parametrize("target", [0, 0.5, 2, math.nan])
def test_hinge_targets_are_signs(target) -> None:
    with pytest.raises(ValueError, match=r"hinge targets must be -1 or \+1"):
        hinge([0.5], [target])


def test_targets_may_be_values() -> None:
    p, t = Value(0.25), Value(0.75)
    binary_cross_entropy([p], [t]).backward()
    assert p.grad == pytest.approx(0.25 / 0.75 - 0.75 / 0.25, rel=1e-14)
    assert t.grad == pytest.approx(math.log(0.75) - math.log(0.25), rel=1e-14)


@pytest.mark.parametrize("loss", [binary_cross_entropy, binary_cross_entropy_with_logits, hinge])
def test_targets_are_not_checked_on_the_numbers_made_up_for_a_trace(loss) -> None:
    with pytest.raises(ValueError, match="must"):
        loss([Value(0.5)], [Value(0.3 if loss is hinge else -0.3)])
    with tracing():
        for target in (0.3, -1.7):
            loss([Value(0.5)], [Value(target)])
            loss([Value(1.5)], [Value(target)])
