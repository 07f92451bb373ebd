from types import SimpleNamespace

import numpy as np

from benchmarks.workloads import expression
from tests.benchmarks.workloads.oracle import Differences, agree, lifted


class Counting:
    """Counts the operators it goes through."""

    def __init__(self) -> None:
        self.operators = 0

    def operator(self, *_: object) -> "Counting":
        self.operators += 1
        return self

    __add__ = __sub__ = __mul__ = __truediv__ = operator


def test_expression_has_fifty_operators() -> None:
    x = Counting()
    names = ("sin", "cos", "exp", "log", "tanh", "sqrt")
    expression.expression(SimpleNamespace(**dict.fromkeys(names, x.operator)), x, x, x)
    assert x.operators == 50


def test_expression_is_finite_everywhere() -> None:
    x, y, z = map(np.array, expression.points(10_000))
    assert np.isfinite(expression.expression(np, x, y, z)).all()


def test_derivatives_by_hand_are_those_of_finite_differences() -> None:
    expected = expression.arrays(Differences(), count=30).check()
    agree(expression.by_hand(np, count=30).check(), expected, rtol=1e-6, atol=1e-7)


def test_mapped_expression_is_that_by_hand() -> None:
    agree(expression.lifted(lifted(), count=30).check(), expression.by_hand(np, count=30).check())
