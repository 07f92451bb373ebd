"""Mini-batches of shuffled samples."""

from __future__ import annotations

from typing import Any

from engine.floats.validate import integer
from nn.data.dataset import pick, read_pair
from nn.rng import Rng, numpy_generator

__all__ = ["batches"]


def batches(
    X: Any,
    y: Any,
    size: int | None = 50,
    *,
    rng: Rng = None,
    shuffle: bool = True,
    drop_last: bool = False,
) -> list[tuple[Any, Any]]:
    """Divide the samples into mini-batches, in an order drawn anew at each call.

    ``size=1`` is stochastic gradient descent, ``size=None`` batch gradient descent; the default is 50.

    Args:
        X: samples, in a list, array or any other sequence.
        y: targets, one for each sample.
        size: samples in a batch; the last one has what is left. None for all. Where one batch holds
            everything it keeps the order, and nothing is drawn.
        rng: a seed, which gives the same order at each call; a generator, which moves on from epoch to
            epoch; or None for Python's ``random`` module.
        shuffle: False keeps the order.
        drop_last: leave the last batch out where it has fewer samples, as PyTorch's DataLoader does.

    Returns:
        Pairs of samples and targets: arrays if arrays were given, else lists.

    Raises:
        ValueError: X and y differ in length or are empty, ``size`` is less than 1, or ``drop_last`` leaves
            none.

    >>> batches([[0], [1], [2]], [0, 1, 2], size=2, shuffle=False)
    [([[0], [1]], [0, 1]), ([[2]], [2])]
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> [[y for _, y in batches(list("abcd"), range(4), size=3, rng=rng)] for epoch in range(2)]
    [[[2, 0, 1], [3]], [[3, 2, 1], [0]]]
    """
    samples, targets = read_pair(X, y)
    count = len(samples)
    size = count if size is None else integer("size", size)
    if drop_last and size > count:
        raise ValueError(f"drop_last leaves no batch: there are {count} samples, and size={size}")
    if size >= count:
        return [(samples[:], targets[:])]
    order = list(range(count))
    if shuffle:
        order = numpy_generator(rng).permutation(count).tolist()
    whole = count - count % size if drop_last else count
    portions = [order[start : start + size] for start in range(0, whole, size)]
    return [(pick(samples, portion), pick(targets, portion)) for portion in portions]
