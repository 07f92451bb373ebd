"""Windows that slide over nested lists, for convolutions and pooling."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from engine.floats.validate import integer
from engine.quoting import brief

__all__ = ["Sizes", "output_sizes", "sizes", "windows"]

Sizes = tuple[int, ...]


def sizes(name: str, value: Any, axes: int, least: int = 1) -> Sizes:
    """An integer for each axis, of one for all or a tuple of them.

    >>> sizes("stride", 2, axes=2), sizes("padding", (0, 1), axes=2, least=0)
    ((2, 2), (0, 1))
    """
    if not isinstance(value, (tuple, list)):
        return (integer(name, value, least=least),) * axes
    if len(value) != axes:
        raise ValueError(f"{name} must be an integer or {axes} of them, got {brief(value)}")
    return tuple(integer(f"{name}[{i}]", each, least=least) for i, each in enumerate(value))


def output_sizes(shape: Sizes, kernel: Sizes, stride: Sizes, around: Sizes, dilation: Sizes) -> Sizes:
    """How often windows fit along each axis: ⌊(n + padding - dilation·(k - 1) - 1) / stride⌋ + 1.

    Args:
        shape: the lengths n.
        kernel: how many numbers of each axis are in a window, k.
        stride: how far it is from one window to the next.
        around: the padding before and behind together.
        dilation: how far it is from one number of a window to the next.

    >>> output_sizes((5,), (3,), (1,), (2,), (1,))
    (5,)
    """
    axes = zip(shape, kernel, stride, around, dilation, strict=True)
    return tuple((n + p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes)


@lru_cache(maxsize=64)
def windows(
    shape: Sizes, kernel: Sizes, stride: Sizes, before: Sizes, behind: Sizes, dilation: Sizes
) -> tuple[Sizes, tuple[tuple[int, ...], ...]]:
    """The positions in a flat list that each window holds; -1 where it lies in the padding.

    Args:
        shape, kernel, stride, dilation: as in :func:`output_sizes`.
        before, behind: the padding on either side.

    Returns:
        The lengths of the output's axes, and for each of its items the positions.

    >>> windows((3,), (2,), (1,), (1,), (0,), (1,))
    ((3,), ((-1, 0), (0, 1), (1, 2)))
    """
    around = tuple(a + b for a, b in zip(before, behind, strict=True))
    outputs = output_sizes(shape, kernel, stride, around, dilation)
    if min(outputs) < 1:
        return outputs, ()
    steps = [prod(shape[i + 1 :]) for i in range(len(shape))]
    found = []
    for corner in product(*map(range, outputs)):
        window = []
        for inside in product(*map(range, kernel)):
            axes = zip(corner, inside, stride, before, dilation, strict=True)
            places = [c * s - p + i * d for c, i, s, p, d in axes]
            fits = all(0 <= place < n for place, n in zip(places, shape, strict=True))
            window.append(sum(a * b for a, b in zip(places, steps, strict=True)) if fits else -1)
        found.append(tuple(window))
    return outputs, tuple(found)
