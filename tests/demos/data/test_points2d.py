"""Points in the plane lie where they should."""

import numpy as np
import pytest

from demos.data import points2d

SHAPES = (points2d.blobs, points2d.moons, points2d.circles, points2d.spiral)


@pytest.mark.parametrize("shape", SHAPES)
def test_there_are_as_many_of_each_class_and_the_seed_decides_where(shape) -> None:
    (X, y), (again, _), (other, _) = (shape(50, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert X.shape == (100, 2)
    assert [y.count(each) for each in (0, 1)] == [50, 50]
    np.testing.assert_array_equal(X, again)
    assert (other != X).any()


def test_noise_is_as_large_as_asked() -> None:
    X, _ = points2d.circles(2000, np.random.default_rng(0), noise=0.1)
    radii = np.hypot(*X.T)
    assert abs(radii[:2000].std() - 0.1) < 0.01
    assert abs(radii[:2000].mean() - 1.0) < 0.02


def test_one_arm_of_the_spiral_is_the_other_turned_half_around() -> None:
    X, _ = points2d.spiral(500, np.random.default_rng(0), noise=0.0)
    turned = -X[:500]
    assert max(np.hypot(*(X[500:] - point).T).min() for point in turned) < 0.2
    assert min(np.hypot(*(X[500:] - point).T).min() for point in X[:500]) > 0.5, "the arms stay apart"
