"""Lists and groups of parameters, as they are given."""

import numpy as np
import pytest

from engine import Value
from nn import Neuron
from nn.optim.param_groups import checked_group, listed_groups, listed_values

DEFAULTS = {"lr": 0.1, "momentum": 0.9}


def test_parameters_alone_are_one_group() -> None:
    w, b = Value(1.0), Value(2.0)
    assert listed_groups(iter([w, b])) == [{"params": [w, b]}]


def test_groups_stay_as_they_are() -> None:
    groups = [{"params": [Value(1.0)]}, {"params": [Value(2.0)], "lr": 0.5}]
    assert listed_groups(tuple(groups)) == groups


def test_group_takes_the_defaults_where_it_says_nothing() -> None:
    w = Value(1.0)
    group = checked_group({"lr": 0.5, "params": (w,), "name": "w"}, DEFAULTS, [])
    assert group == {"params": [w], "lr": 0.5, "momentum": 0.9, "name": "w"}
    assert next(iter(group)) == "params"


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ([], ValueError, "at least one parameter, got none"),
        ([{"params": []}, Value(1.0)], TypeError, r"groups, not both; params\[1\] is Value"),
        ([Value(1.0), {"params": []}], TypeError, r"groups, not both; params\[0\] is Value"),
        ({"params": [Value(1.0)]}, TypeError, "must be a list of Values"),
        ({Value(1.0)}, TypeError, "must have an order, as a saved state finds them by position"),
        (Value(1.0), TypeError, r"must be a list of Values, such as model\.parameters\(\)"),
    ],
    ids=["none", "mixed", "mixed the other way", "dict", "set", "Value"],
)
def test_wrong_lists_are_refused(params, error, message) -> None:
    with pytest.raises(error, match=message):
        listed_groups(params)


TAKEN = Value(0.0)


@pytest.mark.parametrize(
    ("group", "error", "message"),
    [
        (
            [Value(1.0)],
            TypeError,
            r"a group must be a dict, such as \{'params': …, 'lr': 0\.1\}, got \[Value",
        ),
        ({"lr": 0.5}, ValueError, r"a group needs the entry 'params', got only \['lr'\]"),
        (
            {"params": Value(1.0), "learning_rate": 0.5},
            ValueError,
            "no setting is called 'learning_rate'; there are 'lr', 'momentum'",
        ),
        ({"params": TAKEN}, ValueError, "a parameter is in two groups"),
        ({"params": [TAKEN, TAKEN]}, ValueError, "params holds a parameter twice"),
        ({"params": frozenset([Value(1.0)])}, TypeError, "params must have an order"),
        ({"params": [1.0]}, TypeError, r"params\[0\] must be a Value, got 1\.0 of type float"),
        ({"params": [("w", Value(1.0))]}, TypeError, r"params\[0\] must be a Value, got \('w'"),
        ({"params": TAKEN + 1}, ValueError, r"params\[0\] is the result of an operator, only leaves"),
        ({"params": None}, TypeError, "params must be a list of Values"),
    ],
)
def test_wrong_groups_are_refused(group, error, message) -> None:
    with pytest.raises(error, match=message):
        checked_group(group, DEFAULTS, [TAKEN])


def test_any_iterable_will_do() -> None:
    w, b = Value(1.0), Value(2.0)
    for given in ([w, b], (w, b), iter([w, b]), {"w": w, "b": b}.values(), np.array([w, b])):
        assert listed_values("params", given) == [w, b]


@pytest.mark.parametrize("wrong", [Value(1.0), {"w": Value(1.0)}, "w", None, 3.0, Neuron(1)])
def test_what_is_no_list_is_refused(wrong) -> None:
    with pytest.raises(
        TypeError, match=r"weights must be a list of Values, such as model.parameters\(\), got"
    ):
        listed_values("weights", wrong)


def test_message_names_what_is_no_value() -> None:
    with pytest.raises(TypeError, match=r"weights\[1\] must be a Value, got 2\.0 of type float"):
        listed_values("weights", [Value(1.0), 2.0])
