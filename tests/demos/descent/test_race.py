"""S-RACE: all variants start at one point, and arrive as the formulas say."""

import numpy as np

from demos.descent.race import CLOSE, FAMILIES, START, STEPS, walk
from demos.descent.variants import VARIANTS


def test_s_race_all_start_at_one_point_and_arrive() -> None:
    ways = [walk(variant) for variant in VARIANTS]
    assert sorted(sum(FAMILIES.values(), ())) == sorted(each.name for each in VARIANTS), "each is drawn"
    assert [way.variant.name for way in ways] == [each.name for each in VARIANTS]
    for way in ways:
        assert way.points.shape == (STEPS + 1, 2)
        assert tuple(way.points[0]) == START
        np.testing.assert_allclose(
            way.heights, way.points[:, 0] ** 2 / 20 + way.points[:, 1] ** 2, rtol=1e-12
        )
        assert way.arrived is not None
        assert way.heights[way.arrived :].max() < CLOSE <= way.heights[way.arrived - 1]


def test_s_race_plain_descent_and_momentum_go_where_the_formulas_say() -> None:
    plain, momentum = (walk(variant).points for variant in VARIANTS[:2])
    curvature, t = np.array([0.1, 2.0]), np.arange(STEPS + 1)[:, None]
    np.testing.assert_allclose(plain, np.array(START) * (1 - 0.9 * curvature) ** t, rtol=1e-9, atol=1e-12)
    expected, change = [np.array(START)], np.zeros(2)
    for _ in range(STEPS):
        change = 0.9 * change - 0.1 * curvature * expected[-1]
        expected.append(expected[-1] + change)
    np.testing.assert_allclose(momentum, expected, rtol=0, atol=1e-12)


def test_s_race_momentum_overshoots_further_than_nesterov_and_plain_descent_leaps() -> None:
    plain, momentum, nesterov = (walk(variant).points for variant in VARIANTS[:3])
    assert momentum[:, 0].max() > nesterov[:, 0].max() > 0
    assert (plain[:-1, 1] * plain[1:, 1] < 0).all()
