"""Activations as layers, on what is no number."""

import math

import pytest

import nn
from nn.modules.layers import pointwise


@pytest.mark.parametrize("name", [name for name in pointwise.__all__ if name != "Pointwise"])
def test_nan_stays_nan_and_is_never_taken_for_a_number_in_bounds(name) -> None:
    below, unknown, above = getattr(nn, name)()([-2.0, math.nan, 2.0])
    assert math.isnan(unknown)
    assert math.isfinite(below)
    assert math.isfinite(above)
