"""What is known of numbers before a program runs never says more than is so."""

import itertools
import math

import numpy as np

from engine.jit.lower.ragged.known import FINITE, Known, partials_of, value_of
from engine.ops import OPERATORS

NUMBERS = (0.0, -0.0, 1.0, -2.5, math.inf, -math.inf)
SOME = (0.0, 0.7, -1.3, 40.0, -1e200)
"""What stands for a number that is only known to be finite."""


def holds(known: Known, number: float) -> bool:
    """Whether a number is what is known of it, or nan, which a program notices."""
    if math.isnan(number):
        return True
    return known.number is None or known.number == number


def test_values_and_partials_of_rows_are_what_they_are_known_to_be() -> None:
    with np.errstate(all="ignore"):
        for row in OPERATORS.values():
            count = row.arity or 2 * len(row.operands)
            for given in itertools.product([*NUMBERS, None], repeat=count):
                if None not in given:
                    continue
                knowns = [FINITE if x is None else Known(x) for x in given]
                value = value_of(row, knowns)
                partials = partials_of(row, value, knowns)
                for x in SOME:
                    xs = [x if each is None else each for each in given]
                    y = row.forward(xs) if row.arity is None else row.forward(*xs)
                    assert holds(value, y), (row.name, given, x)
                    for known, partial in zip(partials, row.local_gradients(y, xs), strict=True):
                        assert holds(known, partial), (row.name, given, x)


def test_what_matters_is_known() -> None:
    zero, low = Known(0.0), Known(-math.inf)
    assert value_of(OPERATORS["exp"], [low - FINITE]).number == 0.0
    assert value_of(OPERATORS["truediv" if "truediv" in OPERATORS else "div"], [zero, FINITE]).number == 0.0
    assert partials_of(OPERATORS["exp"], zero, [low])[0].is_zero
    assert partials_of(OPERATORS["max"], FINITE, [FINITE, low])[1].is_zero
    assert partials_of(OPERATORS["logsumexp"], FINITE, [FINITE, low])[1].is_zero
    assert not partials_of(OPERATORS["sin"], zero, [FINITE])[0].is_zero
