"""Shares of a sum, as softmax has them, forward and backward."""

import math

import numpy as np
import pytest

import engine
from engine import Value, exp, jit
from tests.engine.jit.forms import assert_agrees, forced

RNG = np.random.default_rng(0)
BACK = "- np.add.reduce("
"""Of p * (dp - Σ dp * p)."""


def softmax(zs):
    powers = [exp(z) for z in zs]
    total = sum(powers)
    return [power / total for power in powers]


def scores(ps, t=0.0):
    """A number that depends on each in a way of its own."""
    return sum((p - 0.1 * i - t) ** 2 for i, p in enumerate(ps))


def from_the_largest(zs):
    largest = engine.max(zs).data
    return softmax([z - largest for z in zs])


def weighted(zs):
    powers = [exp(z) for z in zs]
    total = sum(i * power for i, power in enumerate(powers, 1))
    return [power / total for power in powers]


def with_its_sum(zs):
    powers = [exp(z) for z in zs]
    total = sum(powers)
    return [power / total for power in powers] + [total]


def with_its_terms(zs):
    powers = [exp(z) for z in zs]
    total = sum(powers)
    return [power / total for power in powers] + powers[:2]


def in_part(zs):
    return softmax(zs)[:2]


def of_squares(zs):
    squares = [z * z for z in zs]
    total = sum(squares)
    return [square / total for square in squares]


def masked(zs):
    return softmax([z if i % 2 == 0 else z - math.inf for i, z in enumerate(zs)])


def turned_round(zs):
    powers = [exp(z) for z in zs]
    total = sum(reversed(powers))
    return [power / total for power in reversed(powers)]


PROGRAMS = {
    softmax: True,
    from_the_largest: True,
    masked: False,
    turned_round: True,
    weighted: False,
    with_its_sum: False,
    with_its_terms: False,
    in_part: False,
    of_squares: False,
}


@pytest.mark.parametrize("form", ["arrays", "numpy"])
@pytest.mark.parametrize("probabilities", PROGRAMS)
def test_shares_in_a_loss(probabilities, form) -> None:
    for rows, columns in ((1, 5), (4, 3), (3, 1), (6, 6)):
        values = [[Value(x) for x in row] for row in RNG.normal(size=(rows, columns)).tolist()]
        flat = [x for row in values for x in row]

        def loss(t, values=values):
            return sum(scores(probabilities(row), t) * (i + 1.0) for i, row in enumerate(values))

        def of_columns(t, values=values):
            return sum(scores(probabilities(list(line)), t) for line in zip(*values, strict=True))

        with forced(form):
            assert_agrees(loss, flat, 0.2)
            assert_agrees(of_columns, flat, 0.2)


@pytest.mark.parametrize("probabilities", PROGRAMS)
def test_shares_of_each_sample(probabilities) -> None:
    weights = [Value(x) for x in RNG.normal(size=4)]
    xs = RNG.normal(size=(3, 4))

    def loss(x):
        return scores(probabilities([w * each for w, each in zip(weights, x, strict=True)]))

    def lifted(x):
        found = jit(loss, batch=True)(x)
        found.backward()
        return found.data, [w.grad for w in weights]

    value, gradients = lifted(xs)
    for w in weights:
        w.grad = 0.0
    mean = sum(loss(x) for x in xs.tolist()) / len(xs)
    mean.backward()
    assert value == pytest.approx(mean.data, rel=1e-12)
    assert gradients == pytest.approx([w.grad for w in weights], rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("probabilities", PROGRAMS)
def test_the_way_back_is_that_of_textbooks(probabilities) -> None:
    for columns in (3, 5):
        values = [[Value(x) for x in row] for row in RNG.normal(size=(4, columns)).tolist()]
        with forced("arrays"):
            lifted = jit(lambda values=values: sum(scores(probabilities(row)) for row in values))
            lifted()
        assert (BACK in lifted.source) == PROGRAMS[probabilities]


@pytest.mark.parametrize("form", ["arrays", "numpy"])
def test_saturated_shares(form) -> None:
    """Where eager gives a number it is the same; where that is none, so is this, or finite and right."""
    rows = (
        *([800.0, 1.0, 2.0], [-800.0, 1.0, 2.0], [-1e9, 0.0, 1.0], [40.0, 0.0, 0.0], [-math.inf, 0.0, 1.0]),
        *([-math.inf] * 3, [math.inf, 0.0, 0.0], [math.nan, 0.0, 1.0], [-740.0] * 3, [700.0, 709.0, -700.0]),
        [-710.0, -726.0, -735.0],  # 1 / Σe overflows: eager gives nan, and inf
    )
    for row in rows:
        values = [Value(z) for z in row]
        eager = scores(softmax(values))
        eager.backward()
        expected = [value.grad for value in values]
        for value in values:
            value.grad = 0.0
        with forced(form):
            found = jit(lambda values=values: scores(softmax(values)))()
        found.backward()
        assert found.data == pytest.approx(eager.data, nan_ok=True)
        for value, own in zip(values, expected, strict=True):
            assert value.grad == pytest.approx(own, rel=1e-12, abs=1e-15, nan_ok=True) or (
                not math.isfinite(own) and math.isfinite(value.grad)
            ), row


def test_second_derivatives_of_shares() -> None:
    f = jit(lambda a, b, c: scores(softmax([a, b, c])))
    point = 0.3, -0.2, 0.9
    eager = engine.hessian(lambda a, b, c: scores(softmax([a, b, c])), argnums=(0, 1, 2))(*point)
    found = jit(engine.grad(lambda a, b, c: scores(softmax([a, b, c])), argnums=(0, 1, 2)))(*point)
    first = engine.grad(f, argnums=(0, 1, 2))(*point)
    np.testing.assert_allclose([x.data if isinstance(x, Value) else x for x in found], first, rtol=1e-12)
    again = jit(engine.hessian(lambda a, b, c: scores(softmax([a, b, c])), argnums=(0, 1, 2)))(*point)
    np.testing.assert_allclose(
        [[getattr(x, "data", x) for x in row] for row in again], eager, rtol=1e-11, atol=1e-13
    )


def test_quotients_by_the_sums_of_others_are_no_shares() -> None:
    values = [[Value(x) for x in row] for row in RNG.normal(size=(5, 5)).tolist()]

    def loss():
        powers = [[exp(z) for z in row] for row in values]
        totals = [sum(row) for row in powers]
        return sum(scores([x / total for x, total in zip(row, totals, strict=True)]) for row in powers)

    with forced("arrays"):
        lifted = assert_agrees(loss, [z for row in values for z in row])
    assert BACK not in lifted.source
