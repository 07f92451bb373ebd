"""The complex step's probe: functions written for Values run on it; its imaginary part is the derivative."""

import cmath

import numpy as np
import pytest

import engine
from engine import Value, gradcheck
from engine.checks.complex_step import ComplexNumber

H = 1e-30


def derivative_of(f, x: float) -> float:
    return f(ComplexNumber(complex(x, H))).data.imag / H


@pytest.mark.parametrize(
    ("f", "derivative"),
    [
        (lambda x: x * x * 3.0, 4.2),
        (lambda x: 2.0 - x, -1.0),
        (lambda x: 1.0 / x, -1.0 / 0.49),
        (lambda x: x**3, 1.47),
        (lambda x: -x + 0.0, -1.0),
        (lambda x: +x, 1.0),
        (lambda x: x.exp(), float(np.exp(0.7))),
        (lambda x: engine.sin(x), float(np.cos(0.7))),
        (lambda x: np.tanh(x), float(1.0 / np.cosh(0.7) ** 2)),
        (lambda x: engine.sum([x, x, 3.0]), 2.0),
        (lambda x: engine.dot([x, 2.0], [x, x]), 3.4),
        (lambda x: Value(3.0) * x, 3.0),
        (lambda x: x * Value(3.0), 3.0),
        (lambda x: x + np.float64(3.0), 1.0),
    ],
)
def test_the_imaginary_part_is_the_derivative(f, derivative) -> None:
    assert derivative_of(f, 0.7) == pytest.approx(derivative, rel=1e-14)


def test_the_real_part_is_the_value() -> None:
    z = ComplexNumber(complex(0.7, H))
    assert (z.exp() * z).data.real == pytest.approx((cmath.exp(0.7) * 0.7).real)
    assert isinstance(z.exp(), ComplexNumber)


def test_comparisons_are_those_of_the_real_parts() -> None:
    z = ComplexNumber(complex(2.0, H))
    for other in (1.0, Value(1.0), ComplexNumber(1.0 + 5j), np.float64(1.0)):
        assert z > other
        assert z >= other
        assert not z < other
        assert not z <= other
        assert other < z
        assert other <= z
    assert z >= 2.0
    assert z <= 2.0
    assert not z > 2.0
    assert not z < 2.0


def test_a_choice_by_comparison_can_be_checked() -> None:
    def f(x, y):
        return x * y if x > y else x + y

    assert gradcheck(f, 3.0, 2.0, method="complex", rtol=1e-12)
    assert gradcheck(f, 2.0, 3.0, method="complex", rtol=1e-12)
    assert gradcheck(lambda x, y: max(x, y) * min(x, y), 2.0, 3.0, method="complex", rtol=1e-12)


@pytest.mark.parametrize(
    "f",
    [
        lambda xs: engine.softmax(xs),
        lambda xs: engine.log_softmax(xs),
        lambda xs: engine.max(xs) * 2.0,
        lambda xs: engine.min(xs) * engine.max(xs),
        lambda xs: engine.logsumexp(xs),
        lambda xs: engine.prod(xs),
        lambda xs: engine.mean(xs) / engine.dot(xs, xs),
        lambda xs: engine.relu(xs[0]) + engine.maximum(xs[1], xs[2]),
        lambda xs: engine.clip(xs[0], -1.0, 1.0) * xs[1],
        lambda xs: engine.where(xs[0] > 0.0, xs[1] * xs[1], xs[2]),
    ],
)
def test_functions_over_sequences_pass(f) -> None:
    assert gradcheck(f, [0.3, -1.2, 2.5], method="complex", rtol=1e-12)


def test_a_cross_entropy_passes() -> None:
    def loss(W, x):
        logits = W @ x
        return -engine.log_softmax(logits)[1] + 0.01 * (W * W).sum()

    W, x = np.array([[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]]), np.array([1.0, -2.0])
    assert gradcheck(loss, W, x, method="complex", rtol=1e-12)


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (abs, "abs"),
        (lambda x: x.floor(), "floor"),
        (lambda x: x % 2.0, "mod"),
        (lambda x: x.softplus(), "softplus"),
    ],
)
def test_what_is_not_analytic_is_named_with_advice(f, name) -> None:
    with pytest.raises(TypeError, match=f"cannot pass '{name}', which is not analytic; use method='central'"):
        f(ComplexNumber(complex(0.7, H)))


def test_poles_are_numbers() -> None:
    """NumPy's, as the engine has them, where Python's complex numbers would raise."""
    zero = ComplexNumber(0j)
    assert not np.isfinite((1.0 / zero).data)
    assert not np.isfinite(zero.log().data)
