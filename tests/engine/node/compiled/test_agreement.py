"""Whether a fast path gives a row's results: paths that do, and paths that are a little wrong."""

import math
import random

import pytest

from engine import Value
from engine.node.compiled.agreement import agrees
from engine.ops import OPERATORS

LEAKY = {
    "right": (lambda x, slope: [x, 1.0] if x > 0.0 else [slope * x, slope], True),
    "value off by one bit": (lambda x, slope: [x, 1.0] if x > 0.0 else [next_to(slope * x), slope], False),
    "partial off by one bit": (lambda x, slope: [x, next_to(1.0)] if x > 0.0 else [slope * x, slope], False),
    "wrong sign of zero": (lambda x, slope: [x, 1.0 if x > 0.0 else -0.0], False),
    "partial missing": (lambda x, slope: [x if x > 0.0 else slope * x], False),
    "declined": (lambda x, slope: [], False),
}


def next_to(x: float) -> float:
    return math.nextafter(x, math.inf)


@pytest.mark.parametrize(("path", "expected"), LEAKY.values(), ids=LEAKY)
def test_row_with_an_operand_baked_in(path, expected) -> None:
    assert agrees(OPERATORS["leaky_relu"], lambda xs, partials: path(*xs)[: 1 + partials], 1) is expected


def test_row_over_a_sequence() -> None:
    assert agrees(OPERATORS["sum"], lambda xs, partials: [math.fsum(xs), *[1.0] * partials])
    assert not agrees(OPERATORS["sum"], lambda xs, partials: [math.fsum(xs), *[1.0] * (partials - 1), 0.0])


def test_row_without_points_is_tried_all_the_same() -> None:
    assert agrees(OPERATORS["stop_gradient"], lambda xs, partials: [xs[0], 0.0])
    assert not agrees(OPERATORS["stop_gradient"], lambda xs, partials: [xs[0], 1.0])


def test_sin_and_cos_computed_together_are_those_of_math() -> None:
    rng = random.Random(0)
    for i in range(20_000):
        x = math.ldexp(rng.uniform(-1.0, 1.0), rng.randint(-30, 30) if i % 3 else rng.randint(-1070, 1000))
        for name, value, partial in (("sin", math.sin(x), math.cos(x)), ("cos", math.cos(x), -math.sin(x))):
            y = getattr(Value(x), name)()
            assert (y.data, y._local_grads) == (value, (partial,)), (name, x)
