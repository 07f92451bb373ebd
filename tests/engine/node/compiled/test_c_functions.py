"""Functions on floats written as C."""

import math

import pytest

from engine import floats
from engine.node.compiled.c_functions import FunctionWriter, literal


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "0x1.0000000000000p+0"),
        (-0.0, "(-0x0.0p+0)"),
        (math.pi, "0x1.921fb54442d18p+1"),
        (5e-324, "0x0.0000000000001p-1022"),
        (-math.inf, "(-INFINITY)"),
        (math.nan, "NAN"),
    ],
)
def test_literals_keep_every_bit(number, text) -> None:
    assert literal(number) == text


def test_a_function_stands_behind_what_it_calls_and_once() -> None:
    writer = FunctionWriter()
    for _ in range(2):
        writer.name(floats.clip)
        writer.name(floats.maximum)
    assert list(writer.texts) == ["f_maximum", "f_minimum", "f_clip"]


def test_what_is_caught_in_python_is_what_c_gives() -> None:
    writer = FunctionWriter()
    writer.name(floats.log)
    assert writer.texts["f_log"] == "static inline double f_log(double x)\n{\n    return log(x);\n}\n"


def test_arguments_left_out_have_their_defaults() -> None:
    assert FunctionWriter().call(floats.step, ["t1"]) == "f_step(t1, 0x0.0p+0)"


def test_what_c_has_no_form_for_is_refused() -> None:
    def loop(x: float) -> float:
        while x > 1.0:
            x *= 0.5
        return x

    with pytest.raises(ValueError, match="no C for: while"):
        FunctionWriter().name(loop)
