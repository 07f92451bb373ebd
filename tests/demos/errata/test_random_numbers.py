"""E-6: rand is uniform, randn is normal."""

import numpy as np
import pytest

from demos.errata import random_numbers
from demos.errata.random_numbers import ALLOWED, COUNT, distance, from_normal, samples, statistics


def test_samples_are_those_of_numpys_functions() -> None:
    np.random.seed(3)  # noqa: NPY002  # the functions the lecture speaks of
    rand, randn = np.random.rand(COUNT), np.random.randn(COUNT)  # noqa: NPY002
    drawn = samples(3)
    np.testing.assert_array_equal(drawn["rand"], rand)
    np.testing.assert_array_equal(drawn["randn"], randn)


@pytest.mark.parametrize("seed", range(20))
def test_e_6_rand_is_not_normal_and_randn_is(seed) -> None:
    drawn = samples(seed)
    assert from_normal(drawn["rand"]) > ALLOWED > from_normal(drawn["randn"])
    assert distance(drawn["rand"], lambda x: min(max(x, 0.0), 1.0)) < ALLOWED, "it is uniform on [0, 1)"
    assert drawn["rand"].min() >= 0.0
    assert drawn["rand"].max() < 1.0


def test_e_6_statistics_are_those_of_the_distributions() -> None:
    drawn = samples(0)
    uniform = [1 / 2, 12**-0.5, 0.0, 1.0, 3**-0.5, 9 / 5]
    assert statistics(drawn["rand"]) == pytest.approx(uniform, abs=0.02)
    mean, deviation, least, largest, within, kurtosis = statistics(drawn["randn"])
    assert (mean, deviation, within, kurtosis) == pytest.approx((0.0, 1.0, 0.6827, 3.0), abs=0.1)
    assert least < -3
    assert largest > 3


def test_distance_and_allowance_are_those_of_kolmogorov_and_smirnov() -> None:
    stats = pytest.importorskip("scipy.stats")
    for numbers in (samples(1)["randn"], samples(1)["rand"][:50]):
        standard = (numbers - numbers.mean()) / numbers.std()
        assert from_normal(numbers) == pytest.approx(stats.kstest(standard, "norm").statistic, rel=1e-9)
    assert stats.kstwobign.sf(ALLOWED * COUNT**0.5) == pytest.approx(1e-4, rel=1e-3)


def test_drawing_shows_both() -> None:
    figure = pytest.importorskip("matplotlib.figure")
    ax = figure.Figure().subplots()
    random_numbers.draw(ax, 0)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["rand", "randn"]
    assert ax.patches[0].get_data().values.sum() == COUNT
