"""What a refused formula was meant to be."""

import math
import random

import pytest

from engine.formulas.repairs import ALIASES, NAMES, SIGNS, meant, repair
from engine.node.functions import FUNCTIONS
from viz.cli.expression import evaluate

X = {"x": 3.0, "y": 2.0, "w1": -0.5}

MEANT = {
    "x^2": "x**2",
    "x^2 + 1": "x**2 + 1",
    "2x": "2*x",
    "2 x": "2*x",
    "0.5x^2": "0.5*x**2",
    "2e3x": "2e3*x",
    "3(x+1)": "3*(x+1)",
    "(x+1)(x-1)": "(x+1)*(x-1)",
    "x(y+1)": "x*(y+1)",
    "x y w1": "x*y*w1",
    "2sin(x)": "2*sin(x)",
    "2 sin x": "2*sin(x)",
    "tanh(x) tanh(y)": "tanh(x)*tanh(y)",
    "e^(-x)": "e**(-x)",
    "x²": "x**2",
    "x⁻¹y": "x**(-1)*y",
    "2πx": "2*pi*x",
    "x × y − 1": "x * y - 1",
    "√x": "sqrt(x)",
    "2√(x + 1) - ∛8": "2*sqrt(x + 1) - cbrt(8)",
    "√x√y": "sqrt(x)*sqrt(y)",
    "√ x": "sqrt(x)",
    "|x - 5|": "abs(x - 5)",
    "-2|w1| + 1": "-2*abs(w1) + 1",
    "0,5x": "0.5*x",
    "y = x + 1": "x + 1",
    "f(x) = 2x": "2*x",
    "np.exp(x)": "exp(x)",
    "math.log(np.abs(w1))": "log(abs(w1))",
    "np.arctan(x)": "atan(x)",
    "x.tanh()": "tanh(x)",
    "ln(x)": "log(x)",
    "x if x > 0 else -x": "where(x > 0, x, -x)",
    "1 if x > 5 else 2 if x > 2 else 3": "where(x > 5, 1, where(x > 2, 2, 3))",
    "0 < x < 5": "(0 < x) * (x < 5)",
    "x > 0 and y > 3": "(x > 0) * (y > 3)",
    "x > 5 or y > 3": "max(x > 5, y > 3)",
    "not x > 2": "1 - (x > 2)",
    "x != y": "1 - (x == y)",
    "2x if not x > 5 else ln(x)^2": "where(1 - (x > 5), 2 * x, log(x) ** 2)",
}


def test_what_was_meant_is_written_as_it_can_be_read() -> None:
    for text, expected in MEANT.items():
        found = repair(text, FUNCTIONS, X)
        assert found is not None, text
        assert found.text == expected
        assert found.reasons
        assert repair(found.text, FUNCTIONS, X) is None
        assert math.isfinite(evaluate(found.text, X).data)


PYTHON = {
    "x if x > 0 else -x": X["x"],
    "1 if x > 5 else 2 if x > 2 else 3": 2,
    "0 < x < 5": True,
    "x > 0 and y > 3": False,
    "x > 5 or y > 3": False,
    "not x > 2": False,
    "x != y": True,
    "|x - 5|": 2.0,
    "x^2 + 1": 10.0,
    "x⁻¹y": 2.0 / 3.0,
    "-2|w1| + 1": 0.0,
}
"""What the formulas mean in Python, or on paper."""


def test_repairs_have_the_value_that_was_meant() -> None:
    for text, value in PYTHON.items():
        assert evaluate(MEANT[text], X).data == pytest.approx(float(value)), text


def test_what_can_be_read_is_not_repaired() -> None:
    for text in ("x + 1", "tanh(x)*2", "0x10 + 1e5", "[x, y][0]", "softmax([x, y])[1]", "max(1,2)", "x == y"):
        assert repair(text, FUNCTIONS, X) is None
        evaluate(text, X)


def test_where_nothing_is_known_nothing_is_said() -> None:
    nothing = ("", "x +", "((", "foo(x)", "x.data", "lambda x: x", "[a for a in [1]]", "x; y", "\0")
    for text in (*nothing, "2^" * 500):
        assert repair(text, FUNCTIONS, X) is None


def test_any_text_at_all_is_taken() -> None:
    draw = random.Random(0)
    letters = "xy12.,^|()[]²⁻ *+-=<>!ifelsenotand·×np'\\\"\n\tσ"
    for _ in range(3000):
        found = repair("".join(draw.choices(letters, k=draw.randrange(12))), FUNCTIONS, X)
        assert found is None or repair(found.text, FUNCTIONS, X) != found


def test_tables_name_functions_and_signs_that_there_are() -> None:
    assert set(ALIASES.values()) <= set(FUNCTIONS)
    assert not set(ALIASES) & set(FUNCTIONS)
    assert set(NAMES.values()) <= {"pi", "tau"}
    assert all(len(sign) == 1 and not sign.isascii() for sign in SIGNS)


def test_unknown_names_may_be_products_calls_or_misspelt() -> None:
    for name, expected in {"xy": "x*y", "sinx": "sin(x)", "w_1": "w1", "qqq": ""}.items():
        assert meant(name, FUNCTIONS, X) == expected
