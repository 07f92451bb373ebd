"""Mini-batches."""

import random

import numpy as np
import pytest

from nn import batches

X = [[float(i), -float(i)] for i in range(120)]
Y = [10 * i for i in range(120)]


@pytest.mark.parametrize(
    ("size", "sizes"),
    [(50, [50, 50, 20]), (1, [1] * 120), (120, [120]), (1000, [120]), (None, [120]), (7, [7] * 17 + [1])],
)
def test_every_sample_once_with_its_target(size, sizes) -> None:
    portions = batches(X, Y, size, rng=0)
    assert [len(samples) for samples, _ in portions] == sizes
    pairs = [(x, y) for samples, targets in portions for x, y in zip(samples, targets, strict=True)]
    assert sorted(pairs) == list(zip(X, Y, strict=True))


def test_size_is_50() -> None:
    assert [len(y) for _, y in batches(X, Y)] == [50, 50, 20]


def test_order_is_that_of_the_seed() -> None:
    first = batches(X, Y, 50, rng=3)
    assert first == batches(X, Y, 50, rng=3) == batches(X, Y, 50, rng=np.random.default_rng(3))
    assert first != batches(X, Y, 50, rng=4)
    assert first[0][1] != Y[:50]


def test_generator_gives_each_epoch_its_order() -> None:
    rng = np.random.default_rng(0)
    assert batches(X, Y, 50, rng=rng) != batches(X, Y, 50, rng=rng)


def test_without_rng_the_seed_of_python_decides() -> None:
    random.seed(1)
    first, second = batches(X, Y), batches(X, Y)
    random.seed(1)
    assert batches(X, Y) == first != second


@pytest.mark.parametrize("options", [{"shuffle": False, "size": 50}, {"size": None}, {"size": 120}])
def test_order_is_kept_where_asked_for_or_where_one_portion_holds_everything(options) -> None:
    rng = np.random.default_rng(0)
    assert [y for _, targets in batches(X, Y, rng=rng, **options) for y in targets] == Y
    assert rng.random() == np.random.default_rng(0).random()  # nothing was drawn


def test_a_last_batch_of_fewer_samples_may_be_left_out() -> None:
    seven = X[:7], Y[:7]
    for size, sizes in ((3, [3, 3]), (7, [7]), (1, [1] * 7), (None, [7])):
        found = batches(*seven, size, rng=0, drop_last=True)
        assert [len(targets) for _, targets in found] == sizes
        assert found == batches(*seven, size, rng=0)[: len(sizes)]
    with pytest.raises(ValueError, match="drop_last leaves no batch: there are 7 samples, and size=8"):
        batches(*seven, 8, drop_last=True)


def test_arrays_give_arrays() -> None:
    ((samples, targets), _) = batches(np.array(X), np.array(Y), 100, rng=0)
    assert samples.shape == (100, 2)
    assert (samples[:, 0] * 10 == targets).all()


@pytest.mark.parametrize("size", [0, -1])
def test_size_must_be_positive(size) -> None:
    with pytest.raises(ValueError, match=f"size must be at least 1, got {size}"):
        batches(X, Y, size)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="120 samples, 119 targets"):
        batches(X, Y[:-1])
    with pytest.raises(TypeError, match="size must be an integer"):
        batches(X, Y, 0.5)
