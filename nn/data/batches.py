"""Mini-batches: the samples in shuffled portions."""

from __future__ import annotations

from typing import Any

from engine.floats.validate import integer
from nn.data.dataset import paired, taken
from nn.rng import Rng, numpy_generator

__all__ = ["batches"]


def batches(
    X: Any, y: Any, size: int | None = 50, *, rng: Rng = None, shuffle: bool = True
) -> list[tuple[Any, Any]]:
    """All samples once, in portions of a size, in an order drawn anew at each call.

    ``size=1`` is stochastic gradient descent, one example at a time; ``size=None`` batch gradient descent
    over everything; what lies between, mini-batches, 50 by default.

    Args:
        X: samples, in a list, array or any other sequence.
        y: as many targets.
        size: samples in a portion; the last one has what is left. None for all. Where one portion
            holds everything it keeps the order, and nothing is drawn.
        rng: a seed, which gives the same order at each call; a generator, which moves on from epoch to
            epoch; or None for Python's ``random`` module.
        shuffle: False keeps the order.

    Returns:
        Pairs of samples and targets: of arrays arrays, else lists.

    Raises:
        ValueError: there are more or fewer samples than targets, none, or ``size`` is less than 1.

    >>> batches([[0], [1], [2]], [0, 1, 2], size=2, shuffle=False)
    [([[0], [1]], [0, 1]), ([[2]], [2])]
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> [[y for _, y in batches(list("abcd"), range(4), size=3, rng=rng)] for epoch in range(2)]
    [[[2, 0, 1], [3]], [[3, 2, 1], [0]]]
    """
    samples, targets = paired(X, y)
    count = len(samples)
    size = count if size is None else integer("size", size)
    if size >= count:
        return [(samples[:], targets[:])]
    order = list(range(count))
    if shuffle:
        order = numpy_generator(rng).permutation(count).tolist()
    portions = [order[start : start + size] for start in range(0, count, size)]
    return [(taken(samples, portion), taken(targets, portion)) for portion in portions]
