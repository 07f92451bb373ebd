"""Functions of vectors and nested lists under PyTorch's names: one_hot, pad, normalize, distances.

Called as ``nn.functional.one_hot`` and so on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import index
from typing import Any

import numpy as np

from engine import Value, abs, dot, greater, norm, relu, stop_gradient, sum, where
from engine import max as largest
from engine.floats.validate import integer, real
from engine.quoting import brief
from nn.checks import one_of
from nn.data.numbers import items_of
from nn.modules.layers.axes import listed, shape_of

__all__ = [
    "at_least",
    "cosine_similarity",
    "normalize",
    "one_hot",
    "pad",
    "pairwise_distance",
]

_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""PyTorch's names of paddings, and NumPy's."""


def one_hot(input: Any, num_classes: int = -1) -> Any:
    """A list with 1 at the index of a class and 0 elsewhere; of nested lists of indices the lists of them.

    Args:
        input: an index, from 0 on, or nested lists of them.
        num_classes: how many there are; -1 takes one more than the largest index.

    Raises:
        ValueError: an index is below 0, or not below the number of classes.
        TypeError: an index is not an integer.

    >>> one_hot([2, 0]), one_hot(1, num_classes=2)
    ([[0, 0, 1], [1, 0, 0]], [0, 1])
    """
    chosen = _indices(input)
    highest = np.max(chosen) if np.size(chosen) else -1
    count = int(highest) + 1 if num_classes == -1 else integer("num_classes", num_classes)
    if np.size(chosen) and (np.min(chosen) < 0 or highest >= count):
        raise ValueError(f"indices must be from 0 to {count - 1}, got {np.min(chosen)} to {highest}")
    found: Any = np.eye(count, dtype=int)[np.asarray(chosen, dtype=int)].tolist()
    return found


def _indices(x: Any) -> Any:
    items = items_of(x, "input")
    if items is not None:
        return [_indices(each) for each in items]
    number: Any = x.data if isinstance(x, Value) else x
    try:
        return index(int(number) if isinstance(number, float) and number.is_integer() else number)
    except TypeError:
        raise TypeError(f"an index of a class must be an integer, got {brief(x)}") from None


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: Any = 0.0) -> Any:
    """Nested lists with more numbers before and behind on the last axis, the last but one, and so on.

    Args:
        input: nested lists, tuples or an array.
        pad: how many before and behind on the last axis, then on the one before it, …; a number below 0
            takes so many away.
        mode: ``"constant"``, the value; ``"reflect"``, mirrored at the last number; ``"replicate"``, the last
            number again; ``"circular"``, from the other end.
        value: what ``"constant"`` fills in.

    Raises:
        ValueError: the numbers are not pairs, or there are too few numbers to mirror or to take away.

    >>> pad([1.0, 2.0, 3.0], (1, 2)), pad([[1.0, 2.0, 3.0]], (2, 0), mode="reflect")
    ([0.0, 1.0, 2.0, 3.0, 0.0, 0.0], [[3.0, 2.0, 1.0, 2.0, 3.0]])
    """
    array, how = _array(input), one_of(*_MODES)("mode", mode)
    counts = [integer(f"pad[{i}]", each, least=-(2**31)) for i, each in enumerate(pad)]
    if len(counts) % 2 or len(counts) > 2 * array.ndim:
        raise ValueError(
            f"pad must be pairs, one for each of the last axes of {array.shape}, got {brief(pad)}"
        )
    for i in range(0, len(counts), 2):
        axis, before, behind = array.ndim - 1 - i // 2, counts[i], counts[i + 1]
        length = array.shape[axis]
        kept = range(max(-before, 0), length - max(-behind, 0))
        most = {"constant": math.inf, "reflect": length - 1, "circular": length}.get(how, length * math.inf)
        if length + min(before, 0) + min(behind, 0) < 0 or max(before, behind) > most:
            raise ValueError(f'pad of {before, behind} is too much for "{how}" and {length} numbers')
        if how == "reflect":  # of what is taken away, too, as in PyTorch
            array = _widened(array, axis, max(before, 0), max(behind, 0), how, value)
            array = array.take(range(max(-before, 0), array.shape[axis] - max(-behind, 0)), axis)
        else:
            array = _widened(array.take(kept, axis), axis, max(before, 0), max(behind, 0), how, value)
    return array.tolist()


def _widened(array: Any, axis: int, before: int, behind: int, how: str, value: Any) -> Any:
    """An array of objects with more of them on one axis."""
    widths = [(0, 0)] * array.ndim
    widths[axis] = (before, behind)
    if how != "constant":
        return np.pad(array, widths, _MODES[how])  # type: ignore[call-overload]
    wide = np.empty(
        [n + before + behind for n, (before, behind) in zip(array.shape, widths, strict=True)], object
    )
    wide.fill(value)  # which np.pad would make a float of
    wide[tuple(slice(w, w + n) for n, (w, _) in zip(array.shape, widths, strict=True))] = array
    return wide


def _array(x: Any) -> Any:
    """Nested lists as an array of objects."""
    x = listed("input", x)
    found = np.empty(shape_of("input", x), dtype=object)
    found[...] = x
    return found


def _along(function: Callable[..., Any], dim: int, *inputs: Any) -> Any:
    """A function of vectors along one axis of nested lists, for all places on the others, as an array."""
    arrays = [_array(each) for each in inputs]
    shapes = [each.shape for each in arrays]
    if len({*shapes}) != 1 or not shapes[0]:
        raise ValueError(f"vectors of one length are needed, got shapes {', '.join(map(str, shapes))}")
    if not -len(shapes[0]) <= dim < len(shapes[0]):
        raise ValueError(f"there is no axis {dim} in an input of shape {shapes[0]}")
    moved = [np.moveaxis(each, dim, -1) for each in arrays]
    rows = [each.reshape(-1, each.shape[-1]).tolist() for each in moved]
    found = [function(*vectors) for vectors in zip(*rows, strict=True)]
    return _array(found).reshape(moved[0].shape[:-1] + np.shape(found[0])[:1]) if found else _array(found)


def at_least(x: Any, eps: float) -> Any:
    """x, or eps where x is smaller, with the derivative of x: a guard against division by 0.

    >>> at_least(0.5, 1e-8), at_least(0.0, 1e-8)
    (0.5, 1e-08)
    """
    return x + stop_gradient(relu(eps - x))


def cosine_similarity(x1: Any, x2: Any, dim: int = -1, eps: float = 1e-8) -> Any:
    """x1·x2 / (‖x1‖·‖x2‖) of two vectors; of nested lists of vectors the cosines, nested alike.

    Args:
        x1, x2: vectors of one length, or as many of them.
        dim: the axis of the vectors; the last, where PyTorch's default is 1.
        eps: a smaller norm counts as this one, so that a vector of zeros has the cosine 0.

    Raises:
        ValueError: the lengths differ, or there is no such axis.

    >>> cosine_similarity([3.0, 4.0], [6.0, 8.0]), cosine_similarity([[1.0, 0.0]], [[0.0, 2.0]])
    (1.0, [0.0])
    """

    def cosine(a: list[Any], b: list[Any]) -> Any:
        return dot(a, b) / (at_least(norm(a), eps) * at_least(norm(b), eps))

    return _along(cosine, dim, x1, x2).tolist()


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6) -> Any:
    """(Σ|x1 - x2 + eps|^p)^(1/p) of two vectors; of nested lists of vectors the distances, nested alike.

    Args:
        x1, x2: vectors of one length, or as many of them.
        p: 2 for Euclid's distance, 1 for the sum of distances, inf for the largest; above 0.
        eps: added to each difference, as in PyTorch.

    Raises:
        ValueError: the lengths differ.

    >>> pairwise_distance([0.0, 0.0], [3.0, 4.0], eps=0.0), pairwise_distance([[1.0]], [[3.0]], 1.0, 0.0)
    (5.0, [2.0])
    """

    def distance(a: list[Any], b: list[Any]) -> Any:
        return _norm([x - y + eps for x, y in zip(a, b, strict=True)], p)

    return _along(distance, -1, x1, x2).tolist()


def _norm(numbers: list[Any], p: float) -> Any:
    if p == 2.0:
        return norm(numbers)
    if not real("p", p) > 0.0:
        raise ValueError(f"p must be above 0, got {p}")
    sizes = [abs(each) for each in numbers]
    if p == 1.0:
        return sum(sizes)
    if p == math.inf:
        return largest(sizes)
    total = sum([each**p for each in sizes])
    return where(total, total ** (1.0 / p), 0.0)  # with the derivative 0 at 0, as in PyTorch


def normalize(input: Any, p: float = 2.0, dim: int = -1, eps: float = 1e-12) -> Any:
    """x / ‖x‖, each vector divided by its norm, nested as the input.

    Args:
        input: a vector, or nested lists of vectors.
        p: of the norm, as in :func:`pairwise_distance`.
        dim: the axis of the vectors; the last, where PyTorch's default is 1.
        eps: a smaller norm counts as this one.

    Raises:
        ValueError: there is no such axis.

    >>> normalize([3.0, 4.0])
    [0.6, 0.8]
    """

    def shares(vector: list[Any]) -> list[Any]:
        size = _norm(vector, p)
        size = where(greater(eps, size), eps, size)
        return [each / size for each in vector]

    return np.moveaxis(_along(shares, dim, input), -1, dim).tolist()
