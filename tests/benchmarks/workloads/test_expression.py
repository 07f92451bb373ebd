from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.libraries.table import LIBRARIES
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
    x, y, z = map(np.array, expression.points("expression", 10_000))
    assert np.isfinite(expression.expression(np, x, y, z)).all()


@pytest.mark.parametrize("function", expression.FUNCTIONS)
def test_forms_compute_the_function_and_its_finite_differences(function) -> None:
    expected = expression.arrays(Differences(), function=function, count=30).check()
    found = expression.lifted(lifted(), function=function, count=30).check()
    agree(found, expected, rtol=1e-6, atol=1e-6)
    for peer in ("casadi", "jax"):
        if find_spec(peer):
            library = LIBRARIES[peer]
            form = library.form(expression.WORKLOAD)
            agree(form(library.load(), function=function, count=30).check(), found)


def test_price_is_that_of_a_textbook() -> None:
    found = expression.price(Differences.functions, 42.0, 40.0, 0.5, 0.1, 0.2)
    assert found == pytest.approx(4.7594, abs=5e-5)  # Hull, example 15.6
