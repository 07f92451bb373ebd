"""Lists of parameters, as they are given."""

import numpy as np
import pytest

from engine import Value
from nn import Neuron
from nn.optim.parameters import listed, listed_values


def test_any_iterable_will_do() -> None:
    w, b = Value(1.0), Value(2.0)
    for given in ([w, b], (w, b), iter([w, b]), {"w": w, "b": b}.values(), np.array([w, b])):
        assert listed_values("params", given) == [w, b]


@pytest.mark.parametrize("wrong", [Value(1.0), {"w": Value(1.0)}, "w", None, 3.0, Neuron(1)])
def test_what_is_no_list_is_refused(wrong) -> None:
    with pytest.raises(
        TypeError, match=r"weights must be a list of Values, such as model.parameters\(\), got"
    ):
        listed("weights", wrong)


def test_message_names_what_is_no_value() -> None:
    with pytest.raises(TypeError, match=r"weights\[1\] must be a Value, got 2\.0 of type float"):
        listed_values("weights", [Value(1.0), 2.0])
