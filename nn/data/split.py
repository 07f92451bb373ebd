"""Random splits into training, validation and test samples."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from nn.data.dataset import pick, read_pair
from nn.rng import Rng, numpy_generator

__all__ = ["split"]


def split(
    X: Any, y: Any, fractions: float | Sequence[float] = 0.25, *, rng: Rng = None, stratify: bool = False
) -> list[Any]:
    """Split samples and targets at random into two or more parts, in the order of scikit-learn.

    Args:
        X: samples, in a list, array or any other sequence.
        y: targets, one for each sample.
        fractions: one number, the fraction that is held out in the second part; or the fractions
            of all parts, which sum to 1: (0.6, 0.2, 0.2) to train, validate and test with.
        rng: a seed, a generator, or None for Python's ``random`` module.
        stratify: whether each class (equal targets) is split in these fractions, to within one or two
            samples; without, only the sizes of the parts are.

    Returns:
        The samples of each part, then the targets of each, as scikit-learn's ``train_test_split`` returns
        them: ``X_train, X_test, y_train, y_test``. Arrays if arrays were given, else lists.

    Raises:
        ValueError: fractions are not above 0 or do not sum to 1, a part would be empty, or X and y differ in
            length.

    >>> X, y = range(8), ["a", "a", "b", "b", "b", "b", "b", "b"]
    >>> X_train, X_test, y_train, y_test = split(X, y, 0.5, rng=0, stratify=True)
    >>> sorted(y_train), sorted(y_test)
    (['a', 'b', 'b', 'b'], ['a', 'b', 'b', 'b'])
    >>> sorted(X_train + X_test)
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    samples, targets = read_pair(X, y)
    shares = _checked(fractions)
    generator = numpy_generator(rng)
    order = generator.permutation(len(samples)).tolist()
    if stratify:
        # each class together, in a shuffled order within it
        order = [i for members in _classes(targets, order) for i in members]
    parts: list[list[int]] = [[] for _ in shares]
    for dealt, i in enumerate(order, start=1):
        # to the part that is furthest behind its share of what was dealt so far
        behind = [share * dealt - len(part) for share, part in zip(shares, parts, strict=True)]
        parts[behind.index(max(behind))].append(i)
    if any(not part for part in parts):
        raise ValueError(f"{len(samples)} samples are too few for parts of {shares}: one would be empty")
    if stratify:
        mixed = generator.permutation(len(samples)).tolist()
        parts = [sorted(part, key=mixed.__getitem__) for part in parts]
    return [pick(items, part) for items in (samples, targets) for part in parts]


def _checked(fractions: float | Sequence[float]) -> list[float]:
    if isinstance(fractions, (int, float, np.floating, np.integer)):
        fractions = [1.0 - fractions, float(fractions)]
    shares = [float(fraction) for fraction in fractions]
    if len(shares) < 2 or any(not share > 0.0 for share in shares) or not math.isclose(sum(shares), 1.0):
        raise ValueError(
            "fractions must be one number between 0 and 1, or numbers above 0 that sum to 1, "
            f"got {shares[1] if len(shares) == 2 and sum(shares) == 1.0 else shares}"
        )
    return shares


def _classes(targets: Sequence[Any], order: list[int]) -> list[list[int]]:
    """The positions of equal targets together."""
    members: dict[Hashable, list[int]] = {}
    for i in order:
        target = targets[i]
        if isinstance(target, np.ndarray):
            target = target.tolist()
        members.setdefault(tuple(target) if isinstance(target, list) else target, []).append(i)
    return list(members.values())
