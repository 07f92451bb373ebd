"""Which functions saturate is found from their rows."""

import pytest

from engine.diagnostics.saturation import steepest
from engine.ops import OPERATORS, find

S_SHAPED = {"sigmoid": 0.25, "tanh": 1.0, "atan": 1.0, "erf": 1.1283791670955126, "ndtr": 0.3989422804014327}


@pytest.mark.parametrize(("name", "slope"), S_SHAPED.items(), ids=list(S_SHAPED))
def test_s_shaped_functions_have_a_steepest_slope(name, slope) -> None:
    assert steepest(find(name)) == pytest.approx(slope)


NOT = ("relu", "elu", "softplus", "sin", "exp", "log", "sign", "step", "floor", "neg", "gaussian", "abs",
       "sqrt", "asin", "cbrt", "silu", "gelu", "asinh", "mul")  # fmt: skip


@pytest.mark.parametrize("name", NOT)
def test_others_have_none(name) -> None:
    row = find(name)
    assert steepest(row.bind(*row.defaults) if row.defaults else row) is None


def test_clip_saturates_at_its_bounds() -> None:
    assert steepest(find("clip", (-1.0, 1.0))) == 1.0


def test_every_row_can_be_asked() -> None:
    assert {name for name, row in OPERATORS.items() if steepest(row)} >= set(S_SHAPED)
