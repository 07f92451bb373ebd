"""Anomalies and reports of them as data and as text; test_detect_anomaly.py has how they are found."""

import math
from dataclasses import replace

import pytest

import engine
from engine import Value, detect_anomaly
from engine.diagnostics.anomaly import Anomaly, AnomalyReport, Operand
from engine.frames.user_frame import UserLine
from engine.node.backend import apply
from engine.ops import OPERATORS


def found(compute):
    """The anomalies in a computation."""
    with detect_anomaly(mode="report") as report:
        compute()
    return report.anomalies


def test_the_same_in_the_same_line_is_counted() -> None:
    x = Value(0.0)
    (anomaly,) = found(lambda: [(x * i).log() for i in range(5)])
    assert anomaly.count == 5
    assert "5 times" in str(anomaly)


def test_a_report_keeps_so_many_and_counts_the_others() -> None:
    operators = [Value(1.0) for _ in range(100 + 3)]
    with detect_anomaly(mode="report") as report:
        for i, x in enumerate(operators):
            Value(math.nan, (x,), f"operator {i}")
    assert (len(report), report.omitted) == (100, 3)
    assert str(report).endswith("3 more are not shown")


def test_many_operands_are_abridged_with_the_odd_ones_shown() -> None:
    xs = [Value(float(i)) for i in range(40)]
    xs[30] = Value(math.nan, label="the bad one")
    text = str(found(lambda: engine.sum(xs))[0])
    assert "xs[30]=nan (the bad one)" in text
    assert "… of 40 operands" in text
    assert "xs[20]" not in text


def test_the_omitted_are_counted_also_where_the_report_is_filled_by_hand() -> None:
    report = AnomalyReport()
    for line in range(105):
        place = UserLine("train.py", line, "loss")
        report.add(Anomaly("nan", "forward", "operator", "log", (), math.nan, place=place))
    assert (len(report), report.omitted, report.first.place.line) == (100, 5, 0)


def test_an_anomaly_reads_as_a_sentence_with_its_line_below() -> None:
    place = UserLine("train.py", 7, "loss", "return -p.log()", (8, 15))
    operand = Operand("x", "p", 0.0)
    anomaly = Anomaly("-inf", "forward", "operator", "log", (operand,), -math.inf, place=place)
    assert str(anomaly).split("\n")[:4] == [
        "-inf arose forward in log: log(x=0.0 (p)) = -inf",
        '  File "train.py", line 7, in loss',
        "    return -p.log()",
        "            ^^^^^^^",
    ]


# -- advice ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "phase", "origin", "advice"),
    [
        ("log1p", "forward", "operator", "log(1 + x) is -inf at -1 and nan below"),
        ("asin", "backward", "operator", "the derivative is infinite at -1 and 1"),
        ("asin", "forward", "operator", None),
        ("log1p", "backward", "operator", None),
        ("log1p", "forward", "operand", None),
        ("tanh", "forward", "operator", None),
        ("one of the user's", "forward", "operator", None),
    ],
)
def test_advice_is_that_of_the_row_where_the_operator_is_to_blame(operator, phase, origin, advice) -> None:
    text = str(Anomaly("nan", phase, origin, operator, (Operand("x", "", -2.0, 1.0),), math.nan, 0))
    assert text.endswith(f"\n  try: {advice}") if advice else "try:" not in text


POLES = {
    "log": (0.0,), "log2": (0.0,), "log10": (-1.0,), "log1p": (-1.0,), "exp": (710.0,), "exp2": (1024.0,),
    "expm1": (710.0,), "sinh": (711.0,), "cosh": (711.0,), "sqrt": (-1.0,), "div": (1.0, 0.0),
    "pow": (0.0, -1.0),
    "mul": (1e200, 1e200), "add": (1e308, 1e308), "sub": (-1e308, 1e308), "sum": (1e308, 1e308),
    "dot": (1e200, 1e200), "prod": (1e200, 1e200),
}  # fmt: skip
"""Where the rows with advice give nan or infinity of finite operands."""

INFINITE_PARTIALS = {
    "sqrt": (0.0,), "cbrt": (0.0,), "pow": (0.0, 0.5), "log": (0.0,), "div": (1.0, 0.0), "asin": (1.0,),
    "acos": (-1.0,), "atanh": (1.0,), "acosh": (1.0,),
}  # fmt: skip


def test_rows_with_poles_have_advice() -> None:
    assert {name for name, row in OPERATORS.items() if row.advice} == set(POLES)
    assert {name for name, row in OPERATORS.items() if row.gradient_advice} == set(INFINITE_PARTIALS)


@pytest.mark.parametrize(("name", "point"), POLES.items())
def test_advice_is_given_where_it_is_needed(name, point) -> None:
    with detect_anomaly(mode="report") as report:
        result = apply(OPERATORS[name], [Value(x) for x in point])
    assert not math.isfinite(result.data)
    assert str(report.first).endswith(f"try: {OPERATORS[name].advice}")


@pytest.mark.parametrize(("name", "point"), INFINITE_PARTIALS.items())
def test_rows_with_advice_on_gradients_have_infinite_partials(name, point) -> None:
    row = OPERATORS[name]
    assert not all(map(math.isfinite, row.local_gradients(row.forward(*point), point)))


def test_advice_comes_with_a_new_row(monkeypatch) -> None:
    row = replace(OPERATORS["tanh"], name="mine", advice="less of it", gradient_advice="more of it")
    monkeypatch.setitem(OPERATORS, "mine", row)
    operands = (Operand("x", "", 1.0, 1.0),)
    assert str(Anomaly("inf", "forward", "operator", "mine", operands, math.inf)).endswith("try: less of it")
    assert str(Anomaly("inf", "backward", "operator", "mine", operands, 1.0, 0)).endswith("try: more of it")
