"""Activations as layers, on what is no number."""

import math

import pytest

import nn
from engine import grad
from nn.modules.layers import pointwise


@pytest.mark.parametrize("name", [name for name in pointwise.__all__ if name != "Pointwise"])
def test_nan_stays_nan_and_is_never_taken_for_a_number_in_bounds(name) -> None:
    below, unknown, above = getattr(nn, name)()([-2.0, math.nan, 2.0])
    assert math.isnan(unknown)
    assert math.isfinite(below)
    assert math.isfinite(above)


def test_derivatives_at_corners_are_those_of_pytorch() -> None:
    """Recorded from PyTorch 2.x in float64: the derivative at each corner."""
    for module, corners in (
        (nn.ReLU(), {0.0: 0}),
        (nn.LeakyReLU(0.2), {0.0: 0.2}),
        (nn.ReLU6(), {0.0: 0, 6.0: 0}),
        (nn.Hardtanh(), {-1.0: 0, 1.0: 0}),
        (nn.Hardtanh(-0.3, 0.2), {-0.3: 0, 0.2: 0}),
        (nn.Hardsigmoid(), {-3.0: 0, 3.0: 0}),
        (nn.Hardswish(), {-3.0: 0, 3.0: 1}),
        (nn.Softshrink(), {-0.5: 0, 0.5: 0}),
        (nn.Hardshrink(), {-0.5: 0, 0.5: 0}),
        (nn.ELU(0.3), {0.0: 0.3}),
    ):
        for x, derivative in corners.items():
            assert grad(module)(x) == derivative, (module, x)
            for beside in (x - 1e-3, x + 1e-3):
                step = 1e-5
                numeric = (module(beside + step) - module(beside - step)) / (2 * step)
                assert grad(module)(beside) == pytest.approx(numeric, abs=1e-8), (module, beside)


def test_bounds_that_are_no_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"min_val must be below max_val, got 2\.0 and 1\.0"):
        nn.Hardtanh(2.0, 1.0)
