"""S-WB: the weight makes a sigmoid steeper, the bias shifts it."""

import numpy as np
import pytest

from demos.xor import weight_and_bias


@pytest.mark.parametrize("w", weight_and_bias.WEIGHTS)
def test_s_wb_weight_makes_it_steeper_and_leaves_the_middle(w) -> None:
    assert weight_and_bias.middle(w, 0.0) == 0.0
    assert weight_and_bias.derivative(w, 0.0) == pytest.approx(w / 4, rel=1e-12)


@pytest.mark.parametrize("b", weight_and_bias.BIASES)
def test_s_wb_bias_shifts_and_leaves_the_derivative(b) -> None:
    assert weight_and_bias.middle(1.0, b) == -b
    assert weight_and_bias.derivative(1.0, b) == pytest.approx(0.25, rel=1e-12)


def test_s_wb_curves_are_sigmoids() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    ax = figure.subplots()
    weight_and_bias.curves(ax, [(1.0, -2.0), (5.0, 0.0)], "w", "title")
    for line, (w, b) in zip(ax.lines, [(1.0, -2.0), (5.0, 0.0)], strict=True):
        np.testing.assert_allclose(
            line.get_ydata(), 1 / (1 + np.exp(-(w * line.get_xdata() + b))), rtol=1e-12
        )
    assert len({line.get_linestyle() for line in ax.lines}) == 2
