"""Value and gradient within 4 units in the last place of mpmath, over the range of the elementary functions.

Through the public interface alone: a function of ``engine`` on a Value, and ``backward()``.
"""

import math
import random

import pytest
from mpmath import mp

import engine
from engine import Value
from engine.ops import OPERATORS
from tests.engine import oracle
from tests.sampling import samples

pytestmark = pytest.mark.unmeasured

ULPS = 4

UNARY = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("erf", "erfc", "sigmoid", "softplus", "log_sigmoid"),
)


def magnitudes(generator: random.Random, low: int, high: int, count: int) -> list[float]:
    """Numbers of either sign whose logarithms are spread evenly, one in each of ``count`` equal stretches."""
    width = (high - low) / count
    exponents = [low + (i + generator.random()) * width for i in range(count)]
    return [generator.choice((-1.0, 1.0)) * 10.0**exponent for exponent in exponents]


def sweep(name: str) -> list[float]:
    """Where a function of one operand is tried: everywhere, and densely where functions happen."""
    generator = random.Random(name)
    many = samples(1, 5)
    ordinary = [generator.uniform(-750.0, 750.0) for _ in range(12 * many)]
    ordinary += magnitudes(generator, -3, 2, 25 * many)
    near_one = [sign * (1.0 + x) for x in magnitudes(generator, -16, -1, 6 * many) for sign in (-1.0, 1.0)]
    unit = [generator.uniform(-1.0, 1.0) for _ in range(6 * many)]
    return magnitudes(generator, -320, 308, 20 * many) + ordinary + near_one + unit


def worst(name: str, operands: list[float], found: list[float]) -> list[str]:
    """What is further from mpmath than it may be: value first, then the gradients."""
    row = OPERATORS[name]
    exact = [oracle.value(row, operands)]
    # beyond the domain the difference quotient of a nan is a nan
    exact += [oracle.partial(row, operands, i) for i in range(len(operands))]
    complaints = []
    for what, one, other in zip(("value", *"ab"), found, exact, strict=False):
        distance = oracle.ulps(one, other)
        if not distance <= ULPS:
            complaints.append(
                f"{name}{tuple(operands)} {what}: {one!r}, not {mp.nstr(other, 20)}: {distance:.3g} ulp"
            )
    return complaints


def on_values(name: str, operands: list[float]) -> list[float]:
    values = [Value(x) for x in operands]
    result = getattr(engine, name)(*values)
    result.backward()
    return [result.data, *(x.grad for x in values)]


@pytest.mark.parametrize("name", UNARY)
def test_elementary_function_is_precise_everywhere(name) -> None:
    with mp.workdps(oracle.DIGITS):
        wrong = [complaint for x in sweep(name) for complaint in worst(name, [x], on_values(name, [x]))]
    assert not wrong, f"{len(wrong)} figures:\n" + "\n".join(wrong[:20])


def pairs(name: str, count: int = samples(60, 300)) -> list[list[float]]:
    """Where an operator of two operands is tried."""
    generator = random.Random(name)
    left, right = (magnitudes(generator, -300, 300, count) for _ in range(2))
    generator.shuffle(right)
    near = [x * generator.uniform(0.1, 10.0) for x in left]
    return [list(pair) for other in (right, near) for pair in zip(left, other, strict=True)]


def powers(count: int = samples(60, 300)) -> list[list[float]]:
    """Bases of every size and exponents with which the power just stays within the range of floats."""
    generator = random.Random("pow")
    bases = [abs(x) for x in magnitudes(generator, -300, 300, count // 2)]
    bases += [1.0 + x for x in magnitudes(generator, -12, -1, count // 2)]
    return [[x, generator.uniform(-708.0, 709.0) / math.log(x)] for x in bases]


@pytest.mark.parametrize("name", ["div", "hypot", "atan2", "mul"])
def test_operator_is_precise_everywhere(name) -> None:
    # a leg of 1e-300, moved by 1e-340, changes a hypotenuse of 1e300 by 1e-940
    with mp.workdps(2 * oracle.DIGITS):
        wrong = [complaint for pair in pairs(name) for complaint in worst(name, pair, on_values(name, pair))]
    assert not wrong, f"{len(wrong)} figures:\n" + "\n".join(wrong[:20])


def test_power_is_precise_everywhere() -> None:
    with mp.workdps(oracle.DIGITS):
        wrong = [complaint for pair in powers() for complaint in worst("pow", pair, on_values("pow", pair))]
    assert not wrong, f"{len(wrong)} figures:\n" + "\n".join(wrong[:20])


def test_power_with_a_constant_is_as_precise() -> None:
    wrong = []
    with mp.workdps(oracle.DIGITS):
        for x, n in powers():
            base, exponent = Value(x), Value(n)
            by_constant, of_constant = base**n, x**exponent
            by_constant.backward()
            of_constant.backward()
            wrong += worst("pow", [x, n], [by_constant.data, base.grad, exponent.grad])
            assert by_constant.data == of_constant.data
    assert not wrong, f"{len(wrong)} figures:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("n", [1.2225909395126404, 1.25])
def test_slope_of_a_power_that_underflows_keeps_its_digits(n) -> None:
    """The value is below 2.2e-308, where floats have few digits left; the slope is far above."""
    x, exponent = 2.086419070942863e-265, Value(n)
    by_value, by_constant = Value(x), Value(x)
    (by_value**exponent).backward()
    (by_constant**n).backward()
    with mp.workdps(oracle.DIGITS):
        slope = oracle.partial(OPERATORS["pow"], [x, n], 0)
    assert oracle.ulps(by_value.grad, slope) <= ULPS
    assert oracle.ulps(by_constant.grad, slope) <= ULPS
