"""S-SURF: gradients are those of the formulas, zero where level and uphill elsewhere."""

import numpy as np
import pytest

from demos.descent.surfaces import SURFACES, survey
from engine import grad


def height(name: str):
    (found,) = (each.height for each in SURFACES if each.name == name)
    return found


# What a pencil says the gradients are.
GRADIENTS = {
    "bowl": lambda x, y: (2 * x, 2 * y),
    "hill": lambda x, y: (-2 * x, -2 * y),
    "saddle": lambda x, y: (2 * x, -2 * y),
    "two valleys": lambda x, y: (4 * x * (x**2 - 1), 2 * y),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_s_surf_gradient_is_that_of_the_formula(name) -> None:
    for x, y in np.random.default_rng(0).uniform(-2, 2, (20, 2)).tolist():
        found = grad(height(name), argnums=(0, 1))(x, y)
        np.testing.assert_allclose(
            [float(each) for each in found], GRADIENTS[name](x, y), rtol=1e-12, atol=1e-12
        )


@pytest.mark.parametrize("surface", SURFACES, ids=lambda each: each.name)
def test_s_surf_gradient_is_zero_where_level_and_uphill_elsewhere(surface) -> None:
    for seed in range(6):
        found = survey(surface, np.random.default_rng(seed))
        assert found.gradients == [(0.0, 0.0)] * len(surface.level)
        assert found.uphill == 100
        assert found.kinds == [kind for _, _, kind in surface.level]


def test_s_surf_saddle_rises_along_x_and_falls_along_y_and_only_the_bowl_is_convex() -> None:
    saddle = height("saddle")
    assert saddle(0.1, 0.0) > saddle(0.0, 0.0) > saddle(0.0, 0.1)
    assert [each.name for each in SURFACES if each.convex] == ["bowl"]
    assert all((survey(each, np.random.default_rng(2)).above == 0) is each.convex for each in SURFACES)
