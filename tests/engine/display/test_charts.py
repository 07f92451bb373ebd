"""Line charts are SVG in which every number is where it should be."""

import math
import re
from xml.etree import ElementTree

import pytest

from engine.display.charts import BOTTOM, HEIGHT, LEFT, MOST_POINTS, RIGHT, TOP, WIDTH, line_chart

SVG = "{http://www.w3.org/2000/svg}"


def lines(chart: str) -> list[list[tuple[float, float]]]:
    """The points of each line."""
    found = ElementTree.fromstring(chart).iter(f"{SVG}polyline")
    return [[tuple(map(float, p.split(","))) for p in each.get("points").split()] for each in found]


def texts(chart: str) -> list[str]:
    return [each.text for each in ElementTree.fromstring(chart).iter(f"{SVG}text")]


def test_numbers_are_in_proportion() -> None:
    chart = line_chart({"loss": [4.0, 3.0, 2.0]})
    assert lines(chart) == [
        [
            (LEFT, TOP),
            ((LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2),
            (WIDTH - RIGHT, HEIGHT - BOTTOM),
        ]
    ]
    assert {"2", "4", "1", "3", "epoch", "loss"} <= set(texts(chart))


def test_far_apart_the_scale_is_logarithmic_and_says_so() -> None:
    chart = line_chart({"loss": [100.0, 1.0, 0.01]})
    assert lines(chart)[0][1][1] == pytest.approx((TOP + HEIGHT - BOTTOM) / 2)
    assert "log" in texts(chart)
    assert "log" not in texts(line_chart({"loss": [100.0, 1.0, 0.0]}))


def test_what_is_not_finite_leaves_a_gap_and_one_alone_is_a_dot() -> None:
    chart = line_chart({"loss": [1.0, 2.0, math.nan, 3.0, math.inf, 1.0, 2.0]})
    assert [*map(len, lines(chart))] == [2, 2]
    assert chart.count("<circle") == 1
    assert line_chart({"loss": [math.nan, math.inf]}) == ""


def test_extreme_and_equal_numbers_have_places() -> None:
    for curve in ([1e308, -1e308], [0.0, 0.0], [5e-324, 1e308], [1.0]):
        chart = line_chart({"x": curve})
        assert "nan" not in chart
        assert "inf" not in chart
        assert all(TOP <= y <= HEIGHT - BOTTOM for line in lines(chart) for _, y in line)


def test_a_long_curve_is_thinned_but_for_its_peaks_and_gaps() -> None:
    curve = [1.0] * 10_000
    curve[4321], curve[7654] = 50.0, -50.0
    chart = line_chart({"x": curve})
    (points,) = lines(chart)
    assert len(points) <= 1.1 * MOST_POINTS
    assert {min(y for _, y in points), max(y for _, y in points)} == {TOP, HEIGHT - BOTTOM}
    curve[5000] = math.nan
    assert len(lines(line_chart({"x": curve}))) == 2


def test_names_are_escaped_and_told_apart_by_dash() -> None:
    chart = line_chart({"a<b": [1.0, 2.0], "c&d": [2.0, 1.0]})
    assert {"a<b", "c&d"} <= set(texts(chart))
    assert len(set(re.findall(r'stroke-dasharray="([^"]+)"', chart))) == 1
