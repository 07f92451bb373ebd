"""The weights a network starts from."""

import math
import random

import numpy as np
import pytest

from nn import INITIALIZERS
from nn.init import initial_weights, random_source

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


def test_every_random_initialiser_is_tested() -> None:
    assert set(INITIALIZERS) == {*EXPECTED, "zeros", "ones"}


@pytest.mark.parametrize("name", EXPECTED)
def test_random_weights_have_the_spread_of_their_paper(name) -> None:
    weights = initial_weights(name, 0, NIN, NOUT)
    deviation, limit = EXPECTED[name]
    assert weights.shape == (NOUT, NIN)
    assert weights.std() == pytest.approx(deviation, rel=0.01)
    assert weights.mean() == pytest.approx(0.0, abs=0.01 * deviation)
    if limit is None:
        assert np.abs(weights).max() > 3.0 * deviation
    else:
        assert 0.999 * limit < np.abs(weights).max() <= limit


def test_constants() -> None:
    assert initial_weights("zeros", None, 3, 2).tolist() == [[0.0] * 3] * 2
    assert initial_weights("ones", None, 3, 2).tolist() == [[1.0] * 3] * 2
    assert initial_weights(0.25, None, 3, 2).tolist() == [[0.25] * 3] * 2
    assert initial_weights(np.float64(2), None, 1, 1).tolist() == [[2.0]]


def test_weights_themselves() -> None:
    given = np.arange(6.0).reshape(2, 3)
    weights = initial_weights(given, None, 3, 2)
    assert weights.tolist() == given.tolist()
    assert not np.shares_memory(weights, given)
    assert initial_weights([1, 2, 3], None, 3, 1).tolist() == [[1.0, 2.0, 3.0]]


def test_function_gets_generator_and_sizes() -> None:
    seen = []

    def init(rng, nin, nout):
        seen.append((type(rng), nin, nout))
        return rng.standard_normal((nin, nout)).T

    weights = initial_weights(init, 1, 2, 3)
    assert seen == [(np.random.Generator, 2, 3)]
    assert weights.tolist() == np.random.default_rng(1).standard_normal((2, 3)).T.tolist()


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
    assert random_source(rng) is rng
    assert random_source(np.int64(3)).random() == np.random.default_rng(3).random()


@pytest.mark.parametrize("wrong", ["0", 1.5, True, [1], np.random.RandomState(0)])
def test_other_sources_of_randomness_are_refused(wrong) -> None:
    with pytest.raises(TypeError, match=r"rng must be a seed \(an int\).*got"):
        random_source(wrong)


def test_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative, got rng=-1"):
        random_source(-1)


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(
        ValueError, match=r"no initialiser is called 'kaiming'; there are uniform, normal, .*he_normal"
    ):
        initial_weights("kaiming", None, 1, 1)


@pytest.mark.parametrize(
    ("init", "got"),
    [
        (np.ones((3, 2)), r"\(3, 2\)"),
        ([1.0, 2.0, 3.0], r"\(3,\)"),
        ([[1.0], [1.0, 2.0]], "rows of different lengths"),
        (lambda rng, nin, nout: np.ones((nin, nout)), r"\(3, 2\)"),
    ],
)
def test_wrong_shape_names_both(init, got) -> None:
    with pytest.raises(ValueError, match=rf"must have shape \(2, 3\), a row for each neuron, got {got}"):
        initial_weights(init, None, 3, 2)


@pytest.mark.parametrize("wrong", [np.array(["a"]), lambda rng, nin, nout: None, 1j, {"a": 1}])
def test_what_is_no_number_is_refused(wrong) -> None:
    with pytest.raises(TypeError, match="initial weights must be real numbers"):
        initial_weights(wrong, None, 1, 1)
