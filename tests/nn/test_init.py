"""Initial weights, and the distributions they are drawn from."""

import math
import random

import numpy as np
import pytest

from nn import INITIALIZERS, MLP, init
from nn.init import initial_weights

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


def test_constants_by_name_and_number() -> None:
    assert initial_weights("zeros", None, 3, 2).tolist() == [[0.0] * 3] * 2
    assert initial_weights("ones", None, 3, 2).tolist() == [[1.0] * 3] * 2
    assert initial_weights(0.25, None, 3, 2).tolist() == [[0.25] * 3] * 2
    assert initial_weights(("constant", 0.25), None, 3, 2).tolist() == [[0.25] * 3] * 2
    assert initial_weights(np.float64(2), None, 1, 1).tolist() == [[2.0]]


def test_weights_themselves() -> None:
    given = np.arange(6.0).reshape(2, 3)
    weights = initial_weights(given, None, 3, 2)
    assert weights.tolist() == given.tolist()
    assert not np.shares_memory(weights, given)
    assert initial_weights([1, 2, 3], None, 3, 1).tolist() == [[1.0, 2.0, 3.0]]


def test_function_gets_generator_and_sizes() -> None:
    seen = []

    def function(rng, nin, nout):
        seen.append((type(rng), nin, nout))
        return rng.standard_normal((nin, nout)).T

    weights = initial_weights(function, 1, 2, 3)
    assert seen == [(np.random.Generator, 2, 3)]
    assert weights.tolist() == np.random.default_rng(1).standard_normal((2, 3)).T.tolist()


@pytest.mark.parametrize(
    ("pair", "function"),
    [
        (("normal", 0.1), init.normal(0.1)),
        (["he_normal", 0.2], init.he_normal(0.2)),
        (("xavier_uniform", 5 / 3), init.xavier_uniform(5 / 3)),
        (("uniform", 1.0), init.uniform()),
        (("lecun_normal",), init.lecun_normal()),
    ],
)
def test_name_with_a_number_is_the_function_of_that_name(pair, function) -> None:
    assert initial_weights(pair, 3, 4, 2).tolist() == initial_weights(function, 3, 4, 2).tolist()


def test_name_with_a_number_reaches_the_layers_of_a_network() -> None:
    small, usual = (MLP(2, [3, 1], init=given, rng=0) for given in (("normal", 0.1), "normal"))
    for one, other in zip(small.parameters(), usual.parameters(), strict=True):
        assert one.data == pytest.approx(0.1 * other.data, rel=1e-15)


def test_default_is_uniform() -> None:
    assert initial_weights(None, 5, 3, 2).tolist() == initial_weights("uniform", 5, 3, 2).tolist()


@pytest.mark.parametrize("name", ["uniform", "he_normal"])
@pytest.mark.parametrize("rng", [lambda: 7, lambda: np.random.default_rng(7), lambda: random.Random(7)])
def test_same_seed_same_weights(name, rng) -> None:
    first = initial_weights(name, rng(), 3, 2)
    assert first.tolist() == initial_weights(name, rng(), 3, 2).tolist()


@pytest.mark.parametrize("name", ["uniform", "he_normal"])
def test_other_seed_other_weights(name) -> None:
    assert initial_weights(name, 7, 3, 2).tolist() != initial_weights(name, 8, 3, 2).tolist()


def test_without_rng_python_draws_row_by_row() -> None:
    random.seed(1)
    weights = initial_weights(None, None, 3, 2)
    random.seed(1)
    assert weights.ravel().tolist() == [random.uniform(-1, 1) for _ in range(6)]


@pytest.mark.parametrize("name", ["uniform", "normal"])
def test_without_rng_the_seed_of_python_decides(name) -> None:
    random.seed(1)
    first, second = (initial_weights(name, None, 3, 2).tolist() for _ in range(2))
    random.seed(1)
    assert initial_weights(name, random, 3, 2).tolist() == first != second


def test_generator_moves_on() -> None:
    rng = np.random.default_rng(0)
    assert initial_weights("normal", rng, 2, 2).tolist() != initial_weights("normal", rng, 2, 2).tolist()


def test_unknown_name_lists_the_known_ones() -> None:
    message = r"no initialiser is called 'kaiming'; there are uniform, normal, .*he_normal"
    for wrong in ("kaiming", ("kaiming", 0.1)):
        with pytest.raises(ValueError, match=message):
            initial_weights(wrong, None, 1, 1)


def test_name_without_the_number_it_needs_and_with_one_it_does_not_take() -> None:
    with pytest.raises(ValueError, match=r"'constant' needs a number: \('constant', 0\.5\)"):
        initial_weights("constant", None, 1, 1)
    with pytest.raises(ValueError, match=r"'zeros' does not take \[0\.1\]: zeros\(\) takes 0"):
        initial_weights(("zeros", 0.1), None, 1, 1)
    with pytest.raises(ValueError, match="std must be at least 0 and finite, got -1"):
        initial_weights(("normal", -1), None, 1, 1)


def test_name_added_to_the_table_takes_no_number(monkeypatch) -> None:
    monkeypatch.setitem(init.INITIALIZERS, "halves", lambda rng, nin, nout: np.full((nout, nin), 0.5))
    assert initial_weights("halves", None, 1, 1).tolist() == [[0.5]]
    with pytest.raises(ValueError, match="the initialiser 'halves' takes no number"):
        initial_weights(("halves", 0.1), None, 1, 1)


@pytest.mark.parametrize(
    ("given", "got"),
    [
        (np.ones((3, 2)), r"\(3, 2\)"),
        ([1.0, 2.0, 3.0], r"\(3,\)"),
        ([], r"\(0,\)"),
        ([[1.0], [1.0, 2.0]], "rows of different lengths"),
        (lambda rng, nin, nout: np.ones((nin, nout)), r"\(3, 2\)"),
    ],
)
def test_wrong_shape_names_both(given, got) -> None:
    with pytest.raises(ValueError, match=rf"must have shape \(2, 3\), a row for each neuron, got {got}"):
        initial_weights(given, None, 3, 2)


@pytest.mark.parametrize("wrong", [np.array(["a"]), lambda rng, nin, nout: None, 1j, {"a": 1}])
def test_what_is_no_number_is_refused(wrong) -> None:
    with pytest.raises(TypeError, match="initial weights must be real numbers"):
        initial_weights(wrong, None, 1, 1)
