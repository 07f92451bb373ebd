"""Samples dealt out to parts."""

import random
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import split as split_flat


def split(X, y, *args, **options):
    """The parts as pairs of samples and targets."""
    parts = split_flat(X, y, *args, **options)
    return list(zip(parts[: len(parts) // 2], parts[len(parts) // 2 :], strict=True))


X = list(range(150))
Y = [i // 50 for i in X]


@pytest.mark.parametrize(
    ("fractions", "sizes"),
    [(0.2, [120, 30]), ((0.6, 0.2, 0.2), [90, 30, 30]), ([0.5, 0.5], [75, 75]), (np.float64(0.1), [135, 15])],
)
@pytest.mark.parametrize("stratify", [False, True])
def test_every_sample_is_in_one_part_with_its_target(fractions, sizes, stratify) -> None:
    parts = split(X, Y, fractions, rng=0, stratify=stratify)
    assert [len(samples) for samples, _ in parts] == sizes
    assert sorted(x for samples, _ in parts for x in samples) == X
    assert all(y == x // 50 for samples, targets in parts for x, y in zip(samples, targets, strict=True))


def test_the_order_is_that_of_scikit_learn() -> None:
    model_selection = pytest.importorskip("sklearn.model_selection")
    theirs = model_selection.train_test_split(np.array(X), np.array(Y), test_size=0.2, random_state=0)
    ours = split_flat(np.array(X), np.array(Y), 0.2, rng=0)
    assert [part.shape for part in ours] == [part.shape for part in theirs]
    X_train, X_test, y_train, y_test = ours
    assert (X_train // 50).tolist() == y_train.tolist()
    assert (X_test // 50).tolist() == y_test.tolist()
    assert [len(part) for part in split_flat(X, Y, (0.6, 0.2, 0.2))] == [90, 30, 30, 90, 30, 30]


def test_a_quarter_is_held_out() -> None:
    assert [len(y) for _, y in split(X, Y)] == [113, 37]  # half a sample goes to the first part


def test_stratified_parts_have_each_class_in_its_share() -> None:
    parts = split(X, Y, (0.6, 0.2, 0.2), rng=0, stratify=True)
    assert [Counter(targets) for _, targets in parts] == [
        {0: 30, 1: 30, 2: 30},
        {0: 10, 1: 10, 2: 10},
        {0: 10, 1: 10, 2: 10},
    ]


@given(
    counts=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    weights=st.lists(st.integers(1, 9), min_size=2, max_size=4),
    seed=st.integers(0, 99),
)
def test_shares_are_kept_to_a_sample_or_two(counts, weights, seed) -> None:
    targets = [label for label, count in enumerate(counts) for _ in range(count)]
    fractions = [weight / sum(weights) for weight in weights]
    for stratify in (False, True):
        try:
            parts = split(targets, targets, fractions, rng=seed, stratify=stratify)
        except ValueError:
            assert min(fractions) * len(targets) < 2.0  # too few
            continue
        for (_, part), fraction in zip(parts, fractions, strict=True):
            assert abs(len(part) - fraction * len(targets)) < 2.0
            for label, count in enumerate(counts):
                assert not stratify or abs(part.count(label) - fraction * count) <= 2.0


@pytest.mark.parametrize("stratify", [False, True])
def test_order_is_that_of_the_seed(stratify) -> None:
    first = split(X, Y, rng=3, stratify=stratify)
    assert first == split(X, Y, rng=np.random.default_rng(3), stratify=stratify)
    assert first != split(X, Y, rng=4, stratify=stratify)
    random.seed(1)
    drawn = split(X, Y, stratify=stratify)
    random.seed(1)
    assert split(X, Y, stratify=stratify) == drawn


@pytest.mark.parametrize("stratify", [False, True])
def test_parts_are_shuffled(stratify) -> None:
    (samples, targets), _ = split(X, Y, rng=0, stratify=stratify)
    assert samples != sorted(samples)
    assert sum(a != b for a, b in pairwise(targets)) > 20  # classes are mixed


@pytest.mark.parametrize(
    "targets",
    [["a"] * 10 + ["b"] * 10, np.repeat([0, 1], 10), [[1, 0]] * 10 + [[0, 1]] * 10, np.eye(2)[[0, 1] * 10]],
    ids=["text", "array", "one-hot lists", "one-hot array"],
)
def test_classes_are_equal_targets_of_any_kind(targets) -> None:
    parts = split(range(20), targets, 0.5, rng=0, stratify=True)
    for _, part in parts:
        assert sorted(Counter(str(target) for target in part).values()) == [5, 5]


def test_arrays_give_arrays() -> None:
    (samples, targets), _ = split(np.array(X).reshape(-1, 1), np.array(Y), rng=0)
    assert samples.shape == (113, 1)
    assert (samples[:, 0] // 50 == targets).all()


@pytest.mark.parametrize(
    "wrong", [0.0, 1.0, -0.5, 1.5, 2, (0.5, 0.6), (1.0,), (0.5, 0.5, 0.0), [], float("nan")]
)
def test_other_fractions_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match="fractions must be one number between 0 and 1, or numbers above 0"):
        split(X, Y, wrong)


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"2 samples are too few for parts of \[0\.9, 0\.1\]: one would be empty"
    ):
        split([1, 2], [1, 2], 0.1)
