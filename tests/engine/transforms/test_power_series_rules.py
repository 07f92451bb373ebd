"""Recurrences of coefficients: each row that has one of its own agrees with what its rule gives."""

import pytest

from engine.ops import OPERATORS
from engine.ops.fields import Series as Law
from engine.transforms import power_series_rules as recurrences
from engine.transforms.power_series import Series, Tape
from engine.transforms.reverse import ROWS

ROWS_WITH_THEIR_OWN = {
    "mul": lambda x: x * (2.0 - x * x),
    "dot": lambda x: ROWS.dot([x, x * x], [2.0 - x, x]),
    "prod": lambda x: ROWS.prod([x, 2.0 - x, x, 0.5]),
    "div": lambda x: (x + 1.0) / (x * x + 0.5),
    "pow": lambda x: (x * x + x) ** -2.5,
    "where": lambda x: ROWS.where(x - 5.0, x * x, x),
}


def coefficients(f) -> list[float]:
    y = f(Series(Tape(), [0.75, 1.0]))
    return [y.coefficient(k) for k in range(9)]


def test_these_are_all_there_are() -> None:
    own = {name for name, row in OPERATORS.items() if row.series is not Law.BY_PARTIALS}
    assert own == set(ROWS_WITH_THEIR_OWN)
    assert set(recurrences._RECURRENCES) == set(Law)


@pytest.mark.parametrize("name", ROWS_WITH_THEIR_OWN)
def test_recurrence_gives_what_the_rule_gives(name, monkeypatch) -> None:
    found = coefficients(ROWS_WITH_THEIR_OWN[name])
    monkeypatch.setitem(recurrences._RECURRENCES, OPERATORS[name].series, recurrences._by_rule)
    assert found == pytest.approx(coefficients(ROWS_WITH_THEIR_OWN[name]), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("n", [2.0, 3.0, 7.0, 64.0])
def test_whole_powers_as_products_are_those_of_the_rule(n, monkeypatch) -> None:
    found = coefficients(lambda x: (x + 0.5 * x * x) ** n)
    monkeypatch.setitem(recurrences._RECURRENCES, Law.POWER, recurrences._by_rule)
    assert found == pytest.approx(coefficients(lambda x: (x + 0.5 * x * x) ** n), rel=1e-12)
