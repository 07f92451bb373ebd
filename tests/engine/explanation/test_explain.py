"""explain: the chain rule of one derivative written out."""

import math

import numpy as np
import pytest

from engine import GraphError, Value, exp, explain, sin
from tests.engine.formula_reader import computed


def lecture(x: float = 1.2) -> tuple[Value, Value]:
    """y = e^(sin x²) with v = x², u = sin v."""
    at = Value(x, label="x")
    v = at**2
    u = sin(v)
    y = exp(u)
    v.label, u.label, y.label = "v", "u", "y"
    return y, at


def test_s_chain_factors_are_those_of_the_lecture() -> None:
    (product,) = explain(*lecture()).products
    assert [(factor.head, factor.tail) for factor in product] == [("y", "u"), ("u", "v"), ("v", "x")]
    v, u = 1.2**2, math.sin(1.2**2)
    assert [factor.value for factor in product] == pytest.approx([math.exp(u), math.cos(v), 2.4], rel=1e-14)
    by_hand = [computed(factor.whole, {"x": 1.2}) for factor in product]
    assert by_hand == pytest.approx([math.exp(u), math.cos(v), 2.4], rel=1e-14)
    assert explain(*lecture()).gradient == pytest.approx(np.prod(by_hand), rel=1e-12)


def test_data_form_has_steps_and_paths() -> None:
    data = explain(*lecture()).to_dict()
    assert (data["root"], data["variable"], data["value"]) == ("y", "x", 1.2)
    assert [step["formula"] for step in data["steps"]] == ["x**2", "sin(v)", "exp(u)"]
    assert data["steps"][1]["factors"][0] == {
        "of": "u", "by": "v", "slot": 0, "symbol": "cos(v)", "whole": "cos(x**2)", "value": math.cos(1.2**2),
    }  # fmt: skip
    assert data["paths"]["count"] == 1


@pytest.mark.parametrize("k", [0, None, 1.5])
def test_number_of_paths_is_checked(k) -> None:
    with pytest.raises((TypeError, ValueError), match="k must be"):
        explain(*lecture(), k=k)


def test_node_without_local_gradients_is_an_error() -> None:
    x = Value(1.0)
    with pytest.raises(GraphError, match="without local gradients"):
        explain(Value(1.0, (x,), "f"), x)


def test_representation_is_short() -> None:
    assert repr(explain(*lecture())).startswith("Explanation(root='y', variable='x', gradient=0.84363")
