"""The distributions that weights start from."""

import math

import numpy as np
import pytest

from nn import INITIALIZERS, init

NIN, NOUT = 300, 200
EXPECTED = {  # deviation; for a uniform distribution also the limit, root 3 times as large
    "uniform": (1.0 / math.sqrt(3.0), 1.0),
    "normal": (1.0, None),
    "xavier_uniform": (math.sqrt(2.0 / 500), math.sqrt(6.0 / 500)),
    "xavier_normal": (math.sqrt(2.0 / 500), None),
    "he_uniform": (math.sqrt(2.0 / 300), math.sqrt(6.0 / 300)),
    "he_normal": (math.sqrt(2.0 / 300), None),
    "lecun_uniform": (math.sqrt(1.0 / 300), math.sqrt(3.0 / 300)),
    "lecun_normal": (math.sqrt(1.0 / 300), None),
}
OTHER_NAMES = {
    "glorot_uniform": "xavier_uniform",
    "glorot_normal": "xavier_normal",
    "kaiming_uniform": "he_uniform",
    "kaiming_normal": "he_normal",
}


def draw(initializer) -> np.ndarray:
    return initializer(np.random.default_rng(0), NIN, NOUT)


def test_every_random_initialiser_is_tested() -> None:
    assert set(INITIALIZERS) == {*EXPECTED, *OTHER_NAMES, "zeros", "ones"}
    assert set(init.FAMILIES) == {*INITIALIZERS, "constant"}


@pytest.mark.parametrize("name", EXPECTED)
def test_random_weights_have_the_spread_of_their_paper(name) -> None:
    weights = draw(INITIALIZERS[name])
    deviation, limit = EXPECTED[name]
    assert weights.shape == (NOUT, NIN)
    assert weights.std() == pytest.approx(deviation, rel=0.01)
    assert weights.mean() == pytest.approx(0.0, abs=0.01 * deviation)
    if limit is None:
        assert np.abs(weights).max() > 3.0 * deviation
    else:
        assert 0.999 * limit < np.abs(weights).max() <= limit


@pytest.mark.parametrize(("name", "same"), OTHER_NAMES.items())
def test_other_names_of_the_same(name, same) -> None:
    assert (draw(INITIALIZERS[name]) == draw(INITIALIZERS[same])).all()


@pytest.mark.parametrize(
    ("scaled", "plain", "factor"),
    [
        (init.uniform(0.1), init.uniform(), 0.1),
        (init.normal(0.1), init.normal(), 0.1),
        (init.xavier_uniform(5 / 3), init.xavier_uniform(), 5 / 3),
        (init.xavier_normal(5 / 3), init.xavier_normal(), 5 / 3),
        (init.he_uniform(0.2), init.he_uniform(), 1.04**-0.5),
        (init.he_normal(0.2), init.he_normal(), 1.04**-0.5),
        (init.lecun_uniform(2), init.lecun_uniform(), 2.0),
        (init.lecun_normal(2), init.lecun_normal(), 2.0),
    ],
)
def test_scale_multiplies(scaled, plain, factor) -> None:
    np.testing.assert_allclose(draw(scaled), factor * draw(plain), rtol=1e-14, atol=1e-15)


def test_constants() -> None:
    assert draw(init.zeros()).tolist() == [[0.0] * NIN] * NOUT
    assert draw(init.ones()).tolist() == [[1.0] * NIN] * NOUT
    assert draw(init.constant(-0.5)).tolist() == [[-0.5] * NIN] * NOUT


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf, "1", None])
def test_scale_must_be_a_number_of_at_least_0(name, wrong) -> None:
    error, rule = (TypeError, "a number") if wrong in ("1", None) else (ValueError, "at least 0 and finite")
    with pytest.raises(error, match=rf"(limit|std|gain|leak) must be {rule}, got"):
        init.FAMILIES[name](wrong)
