"""Where labels of edges stand, by geometry counted here on a fine grid of points."""

import random
from itertools import combinations

import pytest

from viz.rendering.edge_labels import Box, EdgeLine, box_around, places_on_lines, plate_size

STRAIGHT = EdgeLine([(0.0, 0.0), (100.0, 0.0), (200.0, 0.0), (300.0, 0.0)], (40.0, 10.0))


def holds(box: Box, x: float, y: float) -> bool:
    if not box.is_round:
        return box.left < x < box.right and box.top < y < box.bottom
    across, down = (box.right - box.left) / 2, (box.bottom - box.top) / 2
    return ((x - box.left - across) / across) ** 2 + ((y - box.top - down) / down) ** 2 < 1


@pytest.mark.parametrize("is_round", [False, True])
def test_an_overlap_is_there_where_points_lie_in_both(is_round) -> None:
    draw = random.Random(4)
    for _ in range(100):
        x, y, a, b = (draw.uniform(0, 20) for _ in range(4))
        one, other = Box(x, y, x + 12, y + 8, is_round), Box(a, b, a + 9, b + 5)
        points = [(a + i * 9 / 60, b + k * 5 / 60) for i in range(61) for k in range(61)]
        seen = sum(holds(one, *point) for point in points)
        assert one.overlap(other) >= 45 * max(0, seen - 130) / 61**2
        assert seen or one.overlap(other) < 0.6


def test_a_label_stands_at_the_first_place_that_covers_nothing() -> None:
    assert places_on_lines([STRAIGHT], []) == {0: (pytest.approx(135.0), 0.0)}
    behind = places_on_lines([STRAIGHT], [Box(110.0, -9.0, 150.0, 9.0)])
    assert behind == {0: (pytest.approx(180.0), 0.0)}
    around = places_on_lines([STRAIGHT], [Box(110.0, -9.0, 205.0, 9.0)])[0][0]
    assert around + 20 <= 110.0 or around - 20 >= 205.0


def test_where_all_is_covered_it_stands_where_it_covers_least() -> None:
    walls = [Box(-50.0, -9.0, 350.0, 2.0), Box(-50.0, 2.0, 225.0, 9.0)]
    assert places_on_lines([STRAIGHT], walls)[0][0] >= 245.0 - 1e-9


def test_labels_far_and_near_cover_nothing_of_each_other() -> None:
    fan = [EdgeLine([(0, 0), (60, 20 * k), (120, 40 * k), (180, 60 * k)], (36.0, 11.0)) for k in range(-4, 5)]
    places = places_on_lines([*fan, EdgeLine(fan[0].points)], [])
    assert sorted(places) == [*range(9)], "the last has no label"
    for (x, y), (a, b) in combinations(places.values(), 2):
        assert abs(x - a) >= 35.9 or abs(y - b) >= 10.9


def test_a_line_of_one_point_has_a_place() -> None:
    assert places_on_lines([EdgeLine([(3.0, 4.0)], (9.0, 9.0))], []) == {0: (3.0, 4.0)}


def test_sizes() -> None:
    assert plate_size(["ab", "abcd"], 10.0) == (29.0, 24.0)
    assert box_around([(1.0, 5.0), (0.0, 7.0)]) == Box(0.0, 5.0, 1.0, 7.0)
