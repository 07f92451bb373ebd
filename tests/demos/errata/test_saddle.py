"""E-5: the gradient points where the rise is steepest, not to a minimum."""

import math
from itertools import pairwise

import numpy as np
import pytest

from demos.errata import saddle
from engine import gradcheck

POINTS = [(1.5, 0.1), (-0.5, 1.0), (0.3, -1.7), (1.0, 1.0)]


@pytest.mark.parametrize("at", POINTS)
def test_e_5_gradient_is_the_direction_of_steepest_ascent(at) -> None:
    assert saddle.gradient(at) == (2 * at[0], -2 * at[1])
    assert gradcheck(saddle.saddle, *at, rtol=1e-7)
    angles = np.linspace(-math.pi, math.pi, 7201)
    h = 1e-3
    rises = (at[0] + h * np.cos(angles)) ** 2 - (at[1] + h * np.sin(angles)) ** 2 - (at[0] ** 2 - at[1] ** 2)
    steepest = angles[rises.argmax()]
    dx, dy = saddle.gradient(at)
    assert math.atan2(dy, dx) == pytest.approx(steepest, abs=2e-3)


@pytest.mark.parametrize("at", POINTS)
def test_derivative_along_is_the_gradients_share_in_a_direction(at) -> None:
    for angle in (0.0, 0.7, 2.0, 4.0):
        expected = 2 * at[0] * math.cos(angle) - 2 * at[1] * math.sin(angle)
        assert saddle.derivative_along(at, (3 * math.cos(angle), 3 * math.sin(angle))) == pytest.approx(
            expected, abs=1e-9
        )


def test_e_5_lowest_point_of_the_square_is_not_where_the_gradient_points() -> None:
    side = np.linspace(-2, 2, 401)
    x, y = np.meshgrid(side, side)
    z = x**2 - y**2
    assert z.min() == saddle.saddle(*saddle.LOWEST) == -4.0
    found = saddle.less_steep()
    dx, dy = saddle.gradient(saddle.START)
    to = np.subtract(saddle.LOWEST, saddle.START)
    cosine = -(dx * to[0] + dy * to[1]) / math.hypot(dx, dy) / math.hypot(*to)
    assert found["to the minimum"] == pytest.approx(1 - cosine, rel=1e-9)
    assert found["to the minimum"] > 0.01
    assert found["against the gradient"] < 1e-7


def test_e_5_ways_downhill_end_on_the_saddle_or_never() -> None:
    on_axis = saddle.descend((1.5, 0.0), steps=300)
    assert on_axis[-1] == pytest.approx((0.0, 0.0), abs=1e-10)
    assert saddle.gradient(on_axis[-1]) == pytest.approx((0.0, 0.0), abs=1e-10)
    assert saddle.saddle(0.0, 0.1) < saddle.saddle(*on_axis[-1]), "it is lower next to it: no minimum"
    off_axis = saddle.descend(saddle.START)
    heights = [saddle.saddle(*point) for point in off_axis]
    assert all(after < before for before, after in pairwise(heights))
    assert abs(off_axis[-1][1]) > saddle.LIMIT


def test_a_gradient_that_is_not_the_steepest_is_found_out(monkeypatch) -> None:
    monkeypatch.setattr(saddle, "gradient", lambda at: (2 * at[0], -1.9 * at[1] + 0.3))
    assert saddle.less_steep()["against the gradient"] > 1e-7


def test_drawing_shows_ways_and_lowest_points() -> None:
    figure = pytest.importorskip("matplotlib.figure")
    ax = figure.Figure().subplots()
    saddle.draw(ax)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["down from (1.5, 0.1)", "down from (-1.5, 0.0)", "lowest of the square"]
