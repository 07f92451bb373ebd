"""Where a derivation is tried: random points in the domain of f, and the simplest point that shows a slip."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator

import numpy as np

from engine.checks.derivation.forward import Forward, shape_of
from engine.checks.derivation.setting import Point, Setting
from engine.pytree.maps import flatten, map_numbers
from engine.transforms.variables import like

__all__ = ["kept_discrete", "longer", "sampled", "simplest", "with_number"]

_TARGET = re.compile(r"^(t|y|d|target|label|onehot|one_hot|q|p)s?(_?true|_?\d+)?$", re.IGNORECASE)
"""Names of targets. Where they are 0 and 1, or probabilities, they are so at all points."""

NICE = (0.0, 1.0, -1.0, 2.0, 0.5, 3.0)
MOST_RUNS = 300

_WAYS = (("far", "all"), ("near", ""), ("anywhere", ""), ("far", "one"), ("anywhere", ""), ("far", ""))
"""How the numbers of a point are moved, in turn, and the signs of which arguments change."""


def kept_discrete(setting: Setting, wrt: Collection[str]) -> list[str]:
    """The targets that are 0 and 1, -1 and 1, or probabilities: they stay so at all points."""
    return [
        name
        for name in setting.names
        if name not in wrt and _TARGET.match(name) and _is_discrete(setting.base[name])
    ]


def _is_discrete(tree: object) -> bool:
    numbers = np.array(flatten(tree))
    if set(numbers.tolist()) <= {0.0, 1.0} or set(numbers.tolist()) <= {-1.0, 1.0}:
        return True
    array = np.asarray(tree) if isinstance(tree, np.ndarray) else numbers
    return bool((numbers >= 0).all()) and any(
        np.allclose(array.sum(axis), 1.0) for axis in range(array.ndim) if array.shape[axis] > 1
    )


def sampled(
    setting: Setting, wrt: Collection[str], rng: np.random.Generator, count: int
) -> Iterator[tuple[Point, Forward]]:
    """Random points at which f is finite, near the given one and far from it, with the runs of f."""
    discrete = kept_discrete(setting, wrt)
    found = 0
    for attempt in range(20 * count):
        way, flips = _WAYS[attempt % len(_WAYS)] if attempt < 10 * count else ("close", "")
        turn = attempt // len(_WAYS)
        point: Point = {}
        for k, name in enumerate(setting.names):
            tree = setting.base[name]
            flipped = flips == "all" or (flips == "one" and k == turn % len(setting.names))
            point[name] = _shuffled(tree, rng) if name in discrete else _moved(tree, rng, way, flipped)
        forward = finite_run(setting, point)
        if forward is not None:
            found += 1
            yield point, forward
            if found == count:
                return


def finite_run(setting: Setting, point: Point) -> Forward | None:
    """The run of f at a point; None where f is not defined or not finite there."""
    try:
        with np.errstate(all="ignore"):
            forward = setting.run(point)
    except (ValueError, ArithmeticError, IndexError, KeyError, TypeError):
        return None
    return forward if math.isfinite(forward.loss.data) else None


def _moved(tree: object, rng: np.random.Generator, way: str, flipped: bool) -> object:
    """A nest of numbers with each of them moved: anywhere, near by, or farther with its sign kept."""
    numbers = np.array(flatten(tree))
    size = max(1.0, float(np.sqrt(np.mean(numbers**2))) if np.isfinite(numbers).all() else 1.0)
    sign = -1.0 if flipped else 1.0

    def moved(x: float, _: str) -> float:
        if not math.isfinite(x):
            return x
        if way == "anywhere":
            return float(rng.normal() * min(size, 3.0))
        if way == "close":  # where f is defined in a narrow domain
            return float(x * (1.0 + 0.01 * rng.normal()) + 1e-3 * rng.normal() * (x == 0.0))
        if way == "far":
            return float(sign * x * math.exp(0.7 * rng.normal()) if x else rng.normal())
        return float(sign * (x * math.exp(0.3 * rng.normal()) + 0.1 * rng.normal()))

    return map_numbers(moved, tree)


def _shuffled(tree: object, rng: np.random.Generator) -> object:
    if isinstance(tree, np.ndarray) and tree.size > 1:
        for axis in range(tree.ndim):
            tree = np.take(tree, rng.permutation(tree.shape[axis]), axis)
        return tree
    numbers = np.array(flatten(tree))
    if len(numbers) == 1 and set(numbers) <= {0.0, 1.0, -1.0}:
        low = -1.0 if -1.0 in numbers else 0.0
        return map_numbers(lambda *_: float(rng.choice([low, 1.0])), tree)
    return like([tree], rng.permutation(numbers).tolist())[0]


def simplest(point: Point, shows: Callable[[Point], bool], frozen: Collection[str] = ()) -> tuple[Point, int]:
    """The point made as simple as it still shows a slip: short axes; 0, 1, -1, 2 or ½ wherever that will do.

    Args:
        point: shows it.
        shows: whether a point does.
        frozen: names that are left as they are.

    Returns:
        The point, and how many points were tried.
    """
    runs = 0
    for size in sorted({n for tree in point.values() for n in shape_of(tree) if n > 1}, reverse=True):
        for smaller in (1, 2):
            if smaller < size:
                changed = {name: _cut(tree, size, smaller) for name, tree in point.items()}
                runs += 1
                if shows(changed):
                    point = changed
                    break
    for name in point:
        if name in frozen:
            continue
        for i in range(len(flatten(point[name]))):
            before = flatten(point[name])[i]
            for nice in (*NICE, round(before, 1)):
                if runs >= MOST_RUNS or before == nice:
                    break
                changed = {**point, name: with_number(point[name], i, nice)}
                runs += 1
                if shows(changed):
                    point = changed
                    break
    return point, runs


def longer(point: Point, size: int) -> Point:
    """A point whose axes of one length are longer by one: their last entries once more, a little changed."""

    def extended(tree: object) -> object:
        if not isinstance(tree, np.ndarray):
            return tree
        for axis in range(tree.ndim):
            if tree.shape[axis] == size:
                tree = np.concatenate([tree, 0.5 * np.take(tree, [-1], axis)], axis)
        return tree

    return {name: extended(tree) for name, tree in point.items()}


def _cut(tree: object, size: int, smaller: int) -> object:
    """An array with every axis of one length cut to a smaller one."""
    if not isinstance(tree, np.ndarray):
        return tree
    return tree[tuple(slice(smaller) if n == size else slice(None) for n in tree.shape)]


def with_number(tree: object, position: int, number: float) -> object:
    """A nest of numbers with one of them replaced."""
    numbers = flatten(tree)
    numbers[position] = number
    return like([tree], numbers)[0]
