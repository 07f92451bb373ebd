"""Nodes, numbers and tables as texts."""

import pytest

import engine
from engine import Value
from engine.graph.names import aligned, count_text, lifted_remark, number, one_line, percent, shown


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 paths"),
        (1, "1 path"),
        (999_999_999_999_999, "999,999,999,999,999 paths"),
        (10**15, "about 1.0e15 paths"),
        (2**20_000, "about 4.0e6020 paths"),
    ],
    ids=["0", "1", "below 10^15", "10^15", "2^20000"],
)
def test_count_is_exact_as_far_as_it_can_be_read(count, text) -> None:
    assert count_text(count) == text


def test_negative_zero_has_no_sign() -> None:
    assert (number(-0.0), percent(-0.0)) == ("0", "0.0 %")


def test_share_that_is_nan_is_left_empty() -> None:
    assert percent(float("nan")) == ""


def test_node_is_shown_by_label_operator_or_number() -> None:
    x = Value(2.5, label="a\nb")
    assert [shown(node) for node in (x, x * x, Value(1 / 3))] == ["a b", "*", "0.333333"]


def test_long_name_is_cut() -> None:
    assert one_line("w" * 41) == "w" * 39 + "…"


def test_columns_stand_below_each_other() -> None:
    assert aligned([["a", "1", "x"], ["bbb", "22", ""]], "lrl") == ["a     1  x", "bbb  22"]


def double(x):
    return 2 * x


@pytest.mark.parametrize(
    "tell",
    [
        lambda y, x: str(engine.explain(y, x)),
        lambda y, x: engine.explain(y, x).to_markdown(),
        lambda y, x: str(engine.paths(y, x)),
        lambda y, x: str(engine.report(y)),
    ],
    ids=["explain", "markdown", "paths", "report"],
)
@pytest.mark.parametrize("lifted", [True, False])
def test_tools_say_that_a_lifted_function_is_one_node(tell, lifted) -> None:
    x = Value(3.0, label="x")
    function = engine.jit(double) if lifted else double
    assert ("to see inside, run it without jit" in tell(function(x).exp(), x)) is lifted
    assert engine.jit(double).__wrapped__ is double


def test_an_operator_of_ones_own_is_no_lifted_function() -> None:
    square = engine.custom_op(lambda x: x * x, lambda x: 2 * x, name="jit")
    assert lifted_remark([square(Value(3.0))]) == []
