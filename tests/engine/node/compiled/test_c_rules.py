"""Rules read on templates and written as C."""

import pytest

from engine.formulas.symbol import SYMBOLS
from engine.formulas.symbol import name as symbol
from engine.node.compiled.c_rules import statements


def written(rule, *names: str) -> list[str]:
    found = rule(SYMBOLS, *map(symbol, names))
    return [line.strip() for line in statements([("d", found)], _called)]


def _called(name: str, operands: list[str]) -> str:
    return f"f_{name}({', '.join(operands)})"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (lambda m, x: x, ["d = x;"]),
        (lambda m, x: 1.0, ["d = 0x1.0000000000000p+0;"]),
        (lambda m, x: -x, ["const double t1 = -x;", "d = t1;"]),
        (
            lambda m, x: m.exp(x) * m.exp(x),
            ["const double t1 = f_exp(x);", "const double t2 = t1 * t1;", "d = t2;"],
        ),
        (lambda m, x: 2 - x, ["const double t2 = 0x1.0000000000000p+1 - x;", "d = t2;"]),
    ],
)
def test_rules_become_statements(rule, expected) -> None:
    assert written(rule, "x") == expected


def test_what_one_side_of_a_choice_needs_is_computed_there() -> None:
    lines = written(lambda m, c, x: m.where(c, m.exp(x), m.log(x) + m.log(x)), "c", "x")
    text = " ".join(lines)
    assert text.index("if (c != 0.0) {") < text.index("f_exp") < text.index("} else {") < text.index("f_log")
    assert text.count("f_log") == 1


def test_what_both_sides_need_is_computed_before() -> None:
    lines = written(lambda m, c, x: m.where(c, m.exp(x), -m.exp(x)), "c", "x")
    assert " ".join(lines).index("f_exp") < " ".join(lines).index("if")
