"""Seeds and generators, and their states."""

import json
import random

import numpy as np
import pytest

from nn.rng import (
    draw_normal,
    draw_uniform,
    numpy_generator,
    random_source,
    set_source_state,
    source_state,
    unmoved_by_failure,
)
from nn.serialization.encoding import from_arrays, to_arrays


def test_generators_stay_themselves_and_move_on() -> None:
    rng, python = np.random.default_rng(0), random.Random(0)
    assert random_source(rng) is numpy_generator(rng) is rng
    assert random_source(python) is python
    assert random_source(None) is random_source(random) is random


@pytest.mark.parametrize("seed", [3, np.int64(3)])
def test_seed_gives_a_new_generator(seed) -> None:
    assert random_source(seed).random() == numpy_generator(seed).random() == np.random.default_rng(3).random()


@pytest.mark.parametrize("wrong", ["0", 1.5, True, [1], np.random.RandomState(0)])
def test_other_sources_of_randomness_are_refused(wrong) -> None:
    with pytest.raises(TypeError, match=r"rng must be a seed \(an int\).*got"):
        random_source(wrong)


def test_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative, got rng=-1"):
        random_source(-1)


def test_numpy_generator_is_seeded_from_python_and_moves_it_on() -> None:
    random.seed(1)
    first, second = numpy_generator(None).random(), numpy_generator(None).random()
    random.seed(1)
    assert numpy_generator(random).random() == first != second


@pytest.mark.parametrize("source", [np.random.default_rng(0), random.Random(0)], ids=["numpy", "python"])
@pytest.mark.parametrize(("draw", "mean", "deviation"), [(draw_uniform, 0.5, 12**-0.5), (draw_normal, 0, 1)])
def test_draws_have_their_distribution(source, draw, mean, deviation) -> None:
    numbers = [draw(source) for _ in range(4000)]
    assert all(type(number) is float for number in numbers)
    assert np.mean(numbers) == pytest.approx(mean, abs=0.05)
    assert np.std(numbers) == pytest.approx(deviation, rel=0.05)


SOURCES = {
    "PCG64": lambda seed: np.random.default_rng(seed),
    "MT19937": lambda seed: np.random.Generator(np.random.MT19937(seed)),
    "Philox": lambda seed: np.random.Generator(np.random.Philox(seed)),
    "SFC64": lambda seed: np.random.Generator(np.random.SFC64(seed)),
    "Random": random.Random,
}


@pytest.mark.parametrize("kind", SOURCES)
def test_state_goes_through_a_file_s_form_and_continues_bit_for_bit(kind) -> None:
    source, twin = SOURCES[kind](1), SOURCES[kind](2)
    draw_normal(source)  # Python's generator keeps a second normal number for the next time
    arrays = to_arrays({"rng": source_state(source)})
    json.loads(str(arrays["state.json"]))
    set_source_state(twin, from_arrays(arrays)["rng"])
    assert [draw_normal(twin) for _ in range(5)] == [draw_normal(source) for _ in range(5)]
    assert [draw_uniform(twin) for _ in range(5)] == [draw_uniform(source) for _ in range(5)]


def test_state_is_a_copy() -> None:
    source = np.random.default_rng(0)
    state = source_state(source)
    first = source.random()
    set_source_state(source, state)
    assert source.random() == first


def test_state_of_python_s_module() -> None:
    random.seed(5)
    state = source_state(random)
    first = random.random()
    set_source_state(random, state)
    assert random.random() == first


def test_state_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"of kind 'PCG64', got one of kind 'random\.Random'"):
        set_source_state(random.Random(0), source_state(np.random.default_rng(0)))
    with pytest.raises(ValueError, match=r"of kind None, got one of kind 'PCG64'"):
        set_source_state(np.random.default_rng(0), {})


def python_state(index=624, gauss=None, word=1):
    return {"bit_generator": "random.Random", "state": (3, (word,) * 624 + (index,), gauss)}


def pcg(**changed):
    return source_state(np.random.default_rng(0)) | changed


@pytest.mark.parametrize("source", [random.Random(0), random], ids=["generator", "module"])
@pytest.mark.parametrize(
    "state",
    [
        python_state(gauss="x"),
        python_state(gauss=1),
        python_state(word=-1),
        python_state(word=2**32),
        python_state(index=700),
        {"bit_generator": "random.Random"},
        {"bit_generator": "random.Random", "state": (3, (), None)},
    ],
)
def test_python_s_generator_refuses_a_state_it_cannot_be_in(source, state) -> None:
    before = source.getstate()
    with pytest.raises(ValueError, match=r"a random generator of kind 'random\.Random'"):
        set_source_state(source, state)
    assert source.getstate() == before
    set_source_state(random.Random(), python_state(gauss=0.5))


@pytest.mark.parametrize(
    "changed", [{"has_uint32": 2}, {"has_uint32": "x"}, {"uinteger": -1}, {"uinteger": 2**32}, {"state": {}}]
)
def test_numpy_s_generator_refuses_a_state_it_cannot_be_in(changed) -> None:
    source = np.random.default_rng(1)
    before = source_state(source)
    with pytest.raises(ValueError, match="a random generator of kind 'PCG64'"):
        set_source_state(source, pcg(**changed))
    assert source_state(source) == before


def test_a_failure_leaves_a_generator_where_it_stood() -> None:
    source = np.random.default_rng(1)
    before = source_state(source)
    with pytest.raises(KeyError), unmoved_by_failure(source):
        {}[source.random()]
    assert source_state(source) == before
    with unmoved_by_failure(source):
        source.random()
    assert source_state(source) != before
