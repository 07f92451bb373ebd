"""Power series through the table: recurrences, circles of rules that close, and the cost of a coefficient."""

import math

import pytest

import engine
from engine.autograd.masking import NOTHING, is_nothing
from engine.ops import OPERATORS
from engine.transforms.power_series import Series, Tape
from engine.transforms.reverse import ROWS

INF = math.inf


def variable(at: float, tape: Tape | None = None) -> Series:
    return Series(tape or Tape(), [at, 1.0])


def first(series: Series, count: int) -> list[float]:
    return [series.coefficient(k) for k in range(count)]


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: 1.0 / (1.0 - x), [1.0] * 8),
        (lambda x: 1.0 / (1.0 - x - x * x), [1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0]),  # Fibonacci
        (lambda x: (1.0 + x) ** 7, [math.comb(7, k) for k in range(8)]),
        (lambda x: (1.0 + x) ** -1.0, [(-1.0) ** k for k in range(8)]),
        (lambda x: (1.0 - 4.0 * x) ** -0.5, [math.comb(2 * k, k) for k in range(8)]),
        (lambda x: (1.0 + x) ** 1.0, [1.0, 1.0, *[0.0] * 6]),
        (lambda x: (1.0 + x) ** 0.0, [1.0, *[0.0] * 7]),
        (lambda x: x**3, [0.0, 0.0, 0.0, 1.0, *[0.0] * 4]),
        (lambda x: ROWS.exp(x), [1.0 / math.factorial(k) for k in range(8)]),
        (lambda x: ROWS.log1p(x), [0.0, *((-1.0) ** (k + 1) / k for k in range(1, 8))]),
        (lambda x: ROWS.sin(x), [0.0, 1.0, 0.0, -1 / 6, 0.0, 1 / 120, 0.0, -1 / 5040]),
        (lambda x: ROWS.tan(x), [0.0, 1.0, 0.0, 1 / 3, 0.0, 2 / 15, 0.0, 17 / 315]),
        (lambda x: ROWS.tanh(x), [0.0, 1.0, 0.0, -1 / 3, 0.0, 2 / 15, 0.0, -17 / 315]),
        (lambda x: ROWS.atan(x), [0.0, 1.0, 0.0, -1 / 3, 0.0, 1 / 5, 0.0, -1 / 7]),
        (lambda x: ROWS.sigmoid(x), [0.5, 0.25, 0.0, -1 / 48, 0.0, 1 / 480, 0.0, -17 / 80640]),
        (
            lambda x: ROWS.sqrt(1.0 + x),
            [1.0, 1 / 2, -1 / 8, 1 / 16, -5 / 128, 7 / 256, -21 / 1024, 33 / 2048],
        ),
        (lambda x: ROWS.prod([1.0 + x, 1.0 + x, 2.0, x]), [0.0, 2.0, 4.0, 2.0, *[0.0] * 4]),
        (lambda x: ROWS.dot([x, 1.0, x * x], [x, x, 3.0]), [0.0, 1.0, 4.0, *[0.0] * 5]),
        (lambda x: ROWS.where(x + 1.0, x * x, ROWS.log(x)), [0.0, 0.0, 1.0, *[0.0] * 5]),
        (lambda x: ROWS.floor(x + 0.5) + ROWS.stop_gradient(x), [0.0] * 8),
        (lambda x: ROWS.abs(x - 1.0), [1.0, -1.0, *[0.0] * 6]),
        (lambda x: ROWS.max([x, x, -x - 1.0]), [0.0, 1.0, *[0.0] * 6]),
    ],
)
def test_series_known_from_books(f, expected) -> None:
    assert first(f(variable(0.0)), 8) == pytest.approx(expected, rel=1e-14, abs=1e-17)


@pytest.mark.parametrize(
    "name", [row.name for row in OPERATORS.values() if len(row.operands) == 1 and row.arity]
)
def test_the_rules_of_a_row_close_in_a_circle(name) -> None:
    """However many coefficients are asked for, no more series are made: O(n²) for n coefficients."""

    def made(count: int) -> int:
        tape = Tape()
        first(getattr(ROWS, name)(variable(1.25, tape)), count)
        return len(tape.made)

    assert made(30) == made(5) <= 20


def test_the_same_row_of_the_same_operands_is_one_series() -> None:
    x = variable(0.3)
    assert ROWS.sin(x) is ROWS.sin(x)
    minus = -x
    assert -minus is x
    assert ROWS.sin(x) is not ROWS.sin(x + 0.0)


def test_coefficients_are_worked_out_when_asked_for() -> None:
    x = variable(0.5)
    y = ROWS.exp(x)
    assert y.known == []
    y.coefficient(2)
    assert len(y.known) == 3


def test_long_products_and_sums_do_not_recurse() -> None:
    x = variable(1.0)
    assert first(ROWS.prod([x] * 3000), 3) == [1.0, 3000.0, 3000.0 * 2999.0 / 2.0]
    assert first(ROWS.sum([x * x] * 3000), 3) == [3000.0, 6000.0, 3000.0]


def test_whole_powers_have_no_trouble_with_a_small_base() -> None:
    """A recurrence would divide by the base and lose all digits."""
    x = variable(1e-9)
    polynomial = x - x * x
    assert first(polynomial**3, 7)[3:] == pytest.approx([1.0, -3.0, 3.0, -1.0], rel=1e-6)


@pytest.mark.parametrize("n", [0.5, -0.5, 1.5])
def test_powers_at_zero_are_those_of_the_rule(n) -> None:
    found = first(variable(0.0) ** n, 2)
    assert found == {0.5: [0.0, INF], -0.5: [INF, -INF], 1.5: [0.0, 0.0]}[n]


def test_convolution_leaves_out_what_is_nothing_and_keeps_computed_zeros() -> None:
    tape = Tape()
    assert tape.convolve([NOTHING, 1.0], [2.0, INF], 1, 0) == 2.0
    assert math.isnan(tape.convolve([0.0, 1.0], [2.0, INF], 1, 0))
    assert is_nothing(tape.convolve([NOTHING, 1.0], [NOTHING, INF], 1, 0))
    assert not is_nothing(tape.convolve([0.0, 1.0], [NOTHING, INF], 1, 0))
    assert tape.convolve([1.0, 1.0], [2.0, INF], 1, 0) == INF
    assert tape.convolve([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], 2, 1) == 22.0


def test_functions_of_the_engine_take_series() -> None:
    assert first(engine.softmax([variable(0.0), 0.0])[0], 2) == [0.5, 0.25]
    assert repr(variable(2.0)) == "Series([2.0, 1.0])"
